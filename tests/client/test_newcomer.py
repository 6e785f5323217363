"""A newcomer's first hour: a fresh clone, `make dev`, the explorer, a transfer, a subnet, an epoch, a halving."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.browser import WITH_BROWSER, expect, visiting
from support.drivers import Client, command_of

from node.testing.process import SERVES
from node.values.given import dev_key

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
TAO = 10**9
HALVING = 10_500_000 * TAO
INSTALL_SECONDS = 400

pytestmark = [*WITH_BROWSER, pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody has who clones the repository now: every file that git knows of, and nothing that was installed."""
    folder = tmp_path_factory.mktemp("clone") / "taonet"
    line = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(line, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def url(clone: Path) -> Iterator[str]:
    """The address that `make dev` prints, on a port that is free."""
    log = clone.parent / "make.log"
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    with log.open("wb") as out:
        making = subprocess.Popen(
            ["make", "dev", f"PYTHON={sys.executable}", "ARGS=--rpc-port 0"],
            cwd=clone,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + INSTALL_SECONDS
        while (found := SERVES.search(log.read_text())) is None:
            assert making.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        assert "//Alice" in log.read_text()
        yield f"ws://127.0.0.1:{found[1]}"
    finally:
        os.killpg(making.pid, signal.SIGINT)
        making.wait(timeout=20)


def press(page: Page, button: str, words: str) -> None:
    """Press a button that moves the devnet, and wait until the page says what came of it."""
    devnet = page.get_by_role("region", name="Devnet")
    devnet.get_by_role("button", name=button).click()
    devnet.get_by_role("status").get_by_text(re.compile(words)).wait_for()


def test_from_a_fresh_clone_to_a_halving(clone: Path, url: str, browser: Browser, tmp_path: Path) -> None:
    def taonet(*arguments: str) -> str:
        line = [str(clone / ".venv" / "bin" / "taonet"), *arguments, "--url", url]
        done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    port = int(url.rpartition(":")[2])
    with visiting(browser, port) as visit:
        page = visit.page
        visit.go("blocks", "Blocks")
        page.get_by_text("Connected", exact=True).wait_for()

        # a transfer from polkadot.js is on the page as it comes
        polkadot = Client("pjs", command_of("pjs"), tmp_path / "pjs.log")
        try:
            polkadot.connect(url=url)
            call = {"pallet": "Balances", "name": "transfer_keep_alive"}
            sent = polkadot.submit(
                uri="//Alice", call={**call, "args": {"dest": dev_key("//Dave").address, "value": 7 * TAO}}
            )
        finally:
            polkadot.close()
        assert sent["success"]
        visit.go(f"account/{dev_key('//Dave').address}", "Account Dave")
        page.get_by_text(re.compile(r"^2,007\b")).first.wait_for()

        # a subnet is registered by a script of examples/
        script = [str(clone / ".venv" / "bin" / "python"), str(clone / "examples" / "submit" / "register_subnet.py")]
        keys = ["--hotkey", "//Zoe", "--miner", "//Yara"]
        done = subprocess.run([*script, "--url", url, *keys], capture_output=True, text=True, timeout=60, check=False)
        assert "uid 1 on subnet 2" in done.stdout, done.stderr
        visit.go("subnets", "Subnets")
        page.get_by_role("table").get_by_role("row").nth(2).wait_for()
        taonet("tx", "--sudo", "AdminUtils.sudo_set_subnet_emission_enabled", "netuid=2", "enabled=true")

        # an epoch is advanced
        before = int(taonet("query", "SubtensorModule.SubnetEpochIndex", "2"))
        page.get_by_role("region", name="Devnet").get_by_label("Netuid").fill("2")
        press(page, "Advance epoch", "An epoch of subnet 2 has been")
        assert int(taonet("query", "SubtensorModule.SubnetEpochIndex", "2")) > before

        # a halving is crossed on the chart
        visit.go("supply", "Supply")
        curve = page.get_by_role("img", name=re.compile(r"^The halving curve.*a block emits 1 τ"))
        curve.wait_for()
        issued = int(taonet("query", "Balances.TotalIssuance"))
        taonet("rpc", "dev_fund", "//Zoe", str(HALVING - 4 * TAO - issued))
        expect(page.get_by_role("img", name=re.compile(r"^The halving curve.*a block emits 0\.5 τ"))).to_have_count(
            1, timeout=30_000
        )
        first = page.get_by_role("table", name=re.compile("halvings")).locator("tbody tr").first
        expect(first).to_contain_text("passed")
        page.get_by_text(re.compile(r", at [\d.,]+ τ in the last \d+ blocks")).wait_for()
        visit.shot(tmp_path, "newcomer-halving")
