"""What eth-tester needs for the kinds of work that `test_devnet_benchmark.py` measures, as JSON in seconds.

It runs in an environment of its own: python eth_tester_driver.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from eth_tester import EthereumTester, PyEVMBackend

ROUNDS = 5
TRANSACTIONS = 20
BLOCKS = 1000


def best_of(rounds: int, work: Callable[[], Any]) -> float:
    """The least time in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    tester = EthereumTester(PyEVMBackend())
    sender, receiver = tester.get_accounts()[:2]

    def pay() -> None:
        tester.send_transaction({"from": sender, "to": receiver, "value": 1, "gas": 21_000})

    def pay_and_go_back() -> None:
        snapshot = tester.take_snapshot()
        pay()
        tester.revert_to_snapshot(snapshot)

    pay()
    pay_and_go_back()
    found = {
        "transaction": best_of(ROUNDS, lambda: [pay() for _ in range(TRANSACTIONS)]) / TRANSACTIONS,
        "snapshot, transaction, revert": best_of(ROUNDS, lambda: [pay_and_go_back() for _ in range(TRANSACTIONS)])
        / TRANSACTIONS,
        "empty block": best_of(1, lambda: tester.mine_blocks(BLOCKS)) / BLOCKS,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
