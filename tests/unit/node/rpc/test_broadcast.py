from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from chain.errors import InvalidTransaction
from node.pool import PoolError
from node.rpc.subscriptions import Topic
from node.rpc.transaction import Broadcast

EXTRINSIC = b"extrinsic"


class StubNode:
    """A node whose pool answers as it is told, block by block."""

    def __init__(self, *answers: Exception | None) -> None:
        self.imported: Topic[Any] = Topic()
        self.offered = 0
        self.blocks: dict[bytes, tuple[bytes, ...]] = {}
        self._answers = list(answers)
        self.chain = SimpleNamespace(block=lambda block: SimpleNamespace(extrinsics=self.blocks[block]))
        self.pool = SimpleNamespace(submit=self._submit)

    def runtime(self) -> Any:
        return SimpleNamespace(construct=SimpleNamespace(format=SimpleNamespace(decode=lambda raw: None)))

    def _submit(self, extrinsic: bytes) -> None:
        assert extrinsic == EXTRINSIC
        self.offered += 1
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer

    async def import_block(self, *extrinsics: bytes) -> None:
        number = bytes([len(self.blocks)])
        self.blocks[number] = extrinsics
        self.imported.publish(SimpleNamespace(hash=number))
        await asyncio.sleep(0.01)


FULL = PoolError("Immediately Dropped")


@pytest.mark.parametrize(
    ("answers", "offered"),
    [((), [1, 2, 3, 3]), ((FULL, FULL), [1, 2, 3, 3]), ((FULL, InvalidTransaction("Payment")), [1, 2, 2, 2])],
    ids=["accepted", "a full pool", "found invalid"],
)
def test_an_extrinsic_is_offered_until_it_is_included_or_invalid(
    answers: tuple[Exception | None, ...], offered: list[int]
) -> None:
    async def scenario() -> list[int]:
        node = StubNode(*answers)
        broadcast = Broadcast(node, EXTRINSIC)  # type: ignore[arg-type]
        counts = [node.offered]
        for block in ((), (b"another",), (EXTRINSIC,)):
            await node.import_block(*block)
            counts.append(node.offered)
        await node.import_block()
        broadcast.close()
        return counts

    assert asyncio.run(scenario()) == offered


def test_who_stops_is_not_offered_again() -> None:
    async def scenario() -> int:
        node = StubNode()
        Broadcast(node, EXTRINSIC).close()  # type: ignore[arg-type]
        await node.import_block()
        return node.offered

    assert asyncio.run(scenario()) == 1
