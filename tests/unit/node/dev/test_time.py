"""Going on in time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from support.copies import execute_again

from node.dev.time import MAX_BLOCKS, TimeError
from node.devnet import Devnet

DIFFERS = {
    ("System", "BlockHash"),
    ("System", "ParentHash"),
    ("System", "Digest"),
    ("RandomnessCollectiveFlip", "RandomMaterial"),
}
"""What a chain that made every block knows better than one that leapt: the hashes of the blocks between."""


@pytest.fixture
def chain() -> Iterator[Devnet]:
    with Devnet() as made:
        yield made


@pytest.fixture
def bare() -> Iterator[Devnet]:
    with Devnet("bare") as made:
        yield made


def test_blocks_come_one_slot_after_the_other_whatever_the_clock_says(chain: Devnet) -> None:
    chain.advance(5)
    first = chain.now

    chain.advance(4)

    assert chain.number == 9
    assert chain.now - first == datetime.timedelta(milliseconds=4 * 250)


def test_one_can_go_up_to_a_block_and_not_back(chain: Devnet) -> None:
    assert chain.advance_to(7) == 7
    assert chain.advance_to(7) == 7
    with pytest.raises(TimeError, match="block 3 is behind the present 7"):
        chain.advance_to(3)


def test_no_more_blocks_are_made_at_once_than_anyone_waits_for(chain: Devnet) -> None:
    with pytest.raises(TimeError, match=f"at most {MAX_BLOCKS}"):
        chain.advance(MAX_BLOCKS + 1)

    assert chain.number == 0


def test_the_next_block_has_the_time_that_was_set(chain: Devnet) -> None:
    chain.advance()
    chain.set_time(datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC))

    chain.advance()

    assert chain.now == datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    with pytest.raises(TimeError, match="is not after the last block's time"):
        chain.set_time(datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC))


def test_an_epoch_is_over_when_it_has_run(chain: Devnet) -> None:
    before = chain.query("SubtensorModule.SubnetEpochIndex", 1)

    chain.advance_epoch(1)
    last = chain.number
    chain.advance_epoch(1, 2)

    assert chain.query("SubtensorModule.SubnetEpochIndex", 1) == before + 3
    assert chain.number == last + 2 * chain.query("SubtensorModule.Tempo", 1)
    assert chain.query("SubtensorModule.LastEpochBlock", 1) == chain.number


def test_a_subnet_that_is_not_there_has_no_epochs(chain: Devnet) -> None:
    with pytest.raises(TimeError, match="there is no subnet 7; there are 0, 1"):
        chain.advance_epoch(7)
    with pytest.raises(TimeError, match="there is no subnet -1"):
        chain.advance_epoch(-1)


def test_a_leap_ends_where_every_step_would_have(bare: Devnet) -> None:
    with Devnet("bare") as walked:
        walked.advance(3_200)

        bare.jump_to(3_200)

        assert bare.number == walked.number == 3_200
        assert bare.node.chain.hash_of(3_199) is None
        assert bare.now == walked.now
        assert without(bare) == without(walked)


def without(chain: Devnet) -> dict[bytes, bytes]:
    """The state but for what differs by nature."""
    construct = chain.runtime.construct
    left_out = tuple(construct.accessor(*name).prefix for name in DIFFERS)
    return {key: value for key, value in chain.take_state().top.items() if not key.startswith(left_out)}


def test_years_without_a_subnet_take_a_block(bare: Devnet) -> None:
    bare.jump_to(4_000)
    year = 4_001 + 365 * 24 * 3600 * 4

    bare.jump_to(year)

    assert bare.number == year
    assert bare.now.year == 2027
    assert bare.query("System.Number") == year


def test_a_leap_stops_where_something_is_due(bare: Devnet) -> None:
    remark = bare.call("System.remark_with_event", remark="now")
    bare.jump_to(4_000)
    bare.sudo("Scheduler.schedule", when=5_000, maybe_periodic=None, priority=0, call=remark)

    bare.jump_to(6_000)

    assert bare.number == 6_000
    assert "Dispatched" in [type(e).__name__ for e in events_of(bare, 5_000)]
    assert bare.node.chain.hash_of(4_999) is None


def events_of(chain: Devnet, number: int) -> list[object]:
    return [record.event for record in chain.query("System.Events", at=number)]


def test_where_subnets_are_every_block_is_made(chain: Devnet) -> None:
    chain.jump_to(20)

    assert all(chain.node.chain.hash_of(number) is not None for number in range(21))


def test_blocks_of_a_leap_execute_again_alike(bare: Devnet) -> None:
    bare.advance(2)
    bare.jump_to(3_500)
    bare.advance(2)

    assert execute_again(bare.node).best.hash == bare.head
