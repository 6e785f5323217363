"""Log lines in Substrate's style, `2026-01-31 12:00:00 🏆 Imported #12 (0xabcd…1234 → 0x…)`, or as JSON."""

from __future__ import annotations

import json
import logging
import sys
import time

from chain.errors import ChainError

LEVELS = {
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": logging.DEBUG,
    "off": logging.CRITICAL + 1,
}


class LogFilterError(ChainError, ValueError):
    """A log filter that cannot be read."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `ts`, `level`, `target`, `message`, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line."""
        body = {
            "ts": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "target": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            body["exception"] = self.formatException(record.exc_info)
        return json.dumps(body, ensure_ascii=False)


def set_up_logging(levels: str | None, *, as_json: bool = False) -> None:
    """Log to standard error. `levels` is as Substrate's `-l`: `debug`, `info,txpool=debug`. Raises: LogFilterError."""
    handler = logging.StreamHandler(sys.stderr)
    if as_json:
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
    for part in (levels or "").split(","):
        if part:
            _apply(part)


def _apply(part: str) -> None:
    target, _, level = part.rpartition("=")
    if level not in LEVELS:
        raise LogFilterError(f"{level!r} is none of {', '.join(LEVELS)}")
    logging.getLogger(target or None).setLevel(LEVELS[level])
