"""The address of this machine that others see."""

from __future__ import annotations

import socket

from node.rpc.origins import is_loopback


def beyond_loopback() -> str | None:
    """An address of this machine beyond loopback; None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address = str(probe.getsockname()[0])
        return None if is_loopback(address) else address
