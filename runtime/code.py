"""The runtime as the state names it: what stands under `:code` in place of a WebAssembly blob.

It says which version of the rules made the state and which constants they ran with, and it holds a hash of the
metadata, so that a change of what clients see changes the genesis hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CODE_KEY = b":code"
_MAGIC = b"\x00taonet\x00"


@dataclass(frozen=True, slots=True)
class RuntimeCode:
    """Name and version of a runtime, the constants that replace its defaults, a hash of its metadata (hex)."""

    spec_name: str
    spec_version: int
    constants: Mapping[str, int] = field(default_factory=dict)
    metadata: str = ""

    def encode(self) -> bytes:
        """The bytes to store; the same content always gives the same bytes."""
        body = {
            "spec_name": self.spec_name,
            "spec_version": self.spec_version,
            "constants": dict(self.constants),
            "metadata": self.metadata,
        }
        return _MAGIC + json.dumps(body, sort_keys=True, separators=(",", ":")).encode()

    @staticmethod
    def parse(code: bytes) -> RuntimeCode | None:
        """The description in `code`, None if it is none."""
        if not code.startswith(_MAGIC):
            return None
        try:
            body: Any = json.loads(code[len(_MAGIC) :])
            name, version = body["spec_name"], body["spec_version"]
            constants, metadata = body.get("constants", {}), body.get("metadata", "")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if not (isinstance(name, str) and isinstance(version, int) and isinstance(metadata, str)):
            return None
        if not isinstance(constants, dict) or not 0 <= version < 1 << 32:
            return None
        if not all(isinstance(v, int) and not isinstance(v, bool) for v in constants.values()):
            return None
        return RuntimeCode(name, version, constants, metadata)
