"""Which web pages may connect, and what belongs to this machine only."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

DEFAULT_CORS = (
    "http://localhost:*",
    "http://127.0.0.1:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://polkadot.js.org",
)
"""The web pages that may connect; `:*` is any port, or none."""


class Origins:
    """The web pages that may connect; `:*` in place of a port is any port, or none."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._exact = frozenset(pattern for pattern in patterns if not pattern.endswith(":*"))
        self._any_port = frozenset(pattern[:-2] for pattern in patterns if pattern.endswith(":*"))

    def allow(self, origin: str, host: str) -> bool:
        """Whether a page from `origin` may; the node's own page may too, where `host` is no name but an address."""
        if origin in self._exact:
            return True
        try:
            parts = urlsplit(origin)
            parts.port  # noqa: B018  raises ValueError for what is no port
        except ValueError:
            return False
        if f"{parts.scheme}://{parts.hostname}" in self._any_port and not parts.path:
            return True
        return origin in (f"http://{host}", f"https://{host}") and _is_address(parts.hostname)


def is_loopback(host: str) -> bool:
    """Whether the name or address is of this machine only."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_loopback_name(host: str | None) -> bool:
    """Whether a Host header names this machine only, or is missing."""
    if host is None:
        return True
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _is_address(host: str | None) -> bool:
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True
