"""A real node in a process of its own, for tests that need one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

START_SECONDS = 30.0
SERVES = re.compile(r"(?:^RPC +|server: addr=)ws://[^:\s]+:(\d+)", re.MULTILINE)
"""What a node prints or logs once it answers."""
PROGRAM = (sys.executable, "-m", "node.cli")


class RpcFailure(Exception):
    """An error answer of the node."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(json.dumps(error))
        self.code, self.message, self.data = error["code"], error["message"], error.get("data")


class NodeProcess:
    """A `taonet` server. `url` is its WebSocket address; `call` asks it over HTTP."""

    def __init__(
        self, folder: Path, *arguments: str, command: str = "dev", port: int = 0, program: Sequence[str] = PROGRAM
    ) -> None:
        """`program` is the command line of the `taonet` that is started; what it prints is kept in `folder`."""
        self.log_path = folder / f"node-{time.monotonic_ns()}.log"
        line = [*program, command, "--rpc-port", str(port), *arguments]
        with self.log_path.open("wb") as log:
            environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
            self.process = subprocess.Popen(line, stdout=log, stderr=subprocess.STDOUT, env=environment)
        self.port = self._wait_for_port()
        self.url = f"ws://127.0.0.1:{self.port}"

    def _wait_for_port(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = SERVES.search(self.log)
            if found:
                return int(found.group(1))
            if self.process.poll() is not None:
                raise RuntimeError(f"the node ended with {self.process.returncode}: {self.log}")
            time.sleep(0.02)
        raise RuntimeError(f"the node did not start: {self.log}")

    @property
    def log(self) -> str:
        """What it has printed and logged so far."""
        return self.log_path.read_text()

    def call(self, method: str, *params: Any) -> Any:
        """The result of an RPC method. Raises: RpcFailure."""
        answer = self.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode())
        if "error" in answer:
            raise RpcFailure(answer["error"])
        return answer["result"]

    def post(self, body: bytes) -> Any:
        """The answer to a raw HTTP request."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}", body, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return {"error": {"code": error.code, "message": error.read().decode()}}

    def wait_for_block(self, number: int, seconds: float = 30.0) -> None:
        """Wait until the best block has at least this number."""
        deadline = time.monotonic() + seconds
        while int(self.call("chain_getHeader")["number"], 16) < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no block {number}: {self.log}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, and give its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


@contextlib.contextmanager
def running(
    folder: Path, *arguments: str, command: str = "dev", port: int = 0, program: Sequence[str] = PROGRAM
) -> Iterator[NodeProcess]:
    """A node that runs while the block does."""
    node = NodeProcess(folder, *arguments, command=command, port=port, program=program)
    try:
        yield node
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            node.stop()
