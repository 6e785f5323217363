"""What stands on agendas is done at the start of blocks: in order, within its weight, again, and tried again."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import FAST, ROOT, Chain, call, dispatch, events, free, key_of, make_runtime

from chain.hashing import blake2_256
from chain.scale.hints import Err, Ok
from chain.types import H256, BlockNumber, Bytes32
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Root, Signed, SystemOrigin
from runtime.frame.pallet import Event
from runtime.frame.weight import Weight
from runtime.pallets.preimage import Inline, Lookup
from runtime.pallets.scheduler.agendas import Agendas, RetryConfig, Task
from runtime.pallets.scheduler.weights import agenda_weight
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import TAO

NAME = Bytes32(b"n" * 32)
WHEN = BlockNumber(5)
IDLE = Weight(1_335_000 + 2_409_000 + 250_000_000, 1489 + 110_487)
BIG = Weight(3_000_000_000_000)
DONE: Ok[None] = Ok(None)


def remark(runtime: Taonet, data: bytes = b"x") -> RuntimeCall:
    return call(runtime, "System.remark_with_event", remark=data)


def failing(runtime: Taonet) -> RuntimeCall:
    """A call that root may not make."""
    return remark(runtime)


def heavy(runtime: Taonet, weight: Weight = BIG) -> RuntimeCall:
    return call(runtime, "Utility.with_weight", call=call(runtime, "System.remark", remark=b""), weight=weight)


def schedule(runtime: Taonet, what: RuntimeCall, when: int = WHEN, name: Bytes32 | None = None, **more: Any) -> None:
    given: dict[str, Any] = {"maybe_periodic": None, "priority": 0, "call": what, **more}
    if name is None:
        dispatch(runtime, ROOT, "Scheduler.schedule", when=when, **given)
    else:
        dispatch(runtime, ROOT, "Scheduler.schedule_named", id=name, when=when, **given)


def serve(runtime: Taonet, block: int = WHEN) -> list[Event]:
    """Begin a block as far as the scheduler goes, and give what happened."""
    seen = len(events(runtime))
    runtime.system.Number = BlockNumber(block)
    runtime.agenda_service.on_initialize(BlockNumber(block))
    return events(runtime)[seen:]


def ok_call(runtime: Taonet) -> RuntimeCall:
    return call(runtime, "System.set_storage", items=((b"key", b"value"),))


def dispatched(index: int, result: Any = DONE, when: int = WHEN, name: Bytes32 | None = None) -> Event:
    return Agendas.Dispatched((BlockNumber(when), index), name, result)


# -- order and outcome


def test_a_task_is_done_in_its_block_and_leaves_the_agenda(runtime: Taonet) -> None:
    schedule(runtime, ok_call(runtime), name=NAME)

    assert serve(runtime, WHEN - 1) == []
    assert serve(runtime) == [dispatched(0, name=NAME)]

    assert runtime.state.get(b"key") == b"value"
    assert WHEN not in runtime.agendas.Agenda
    assert NAME not in runtime.agendas.Lookup


def test_lower_priority_numbers_come_first_and_equal_ones_in_their_order(runtime: Taonet) -> None:
    for priority in (200, 100, 200, 0):
        schedule(runtime, ok_call(runtime), priority=priority)

    assert serve(runtime) == [dispatched(n) for n in (3, 1, 0, 2)]


def test_a_call_that_fails_is_done_too_and_its_writes_are_undone(runtime: Taonet) -> None:
    schedule(runtime, failing(runtime))

    assert serve(runtime) == [dispatched(0, Err(BadOrigin()))]
    assert WHEN not in runtime.agendas.Agenda


def test_a_long_call_is_found_by_its_hash(runtime: Taonet) -> None:
    schedule(runtime, call(runtime, "System.set_storage", items=((b"key", bytes(200)),)))

    assert serve(runtime) == [dispatched(0)]
    assert runtime.state.get(b"key") == bytes(200)


def test_a_call_that_is_gone_is_reported_and_its_task_stays_without_being_done(runtime: Taonet) -> None:
    missing = Task(NAME, 0, Lookup(H256(blake2_256(b"missing")), 300), None, SystemOrigin(Root()))
    runtime.agendas.place(WHEN, missing)

    assert serve(runtime) == [Agendas.CallUnavailable((WHEN, 0), NAME)]
    assert runtime.agendas.Agenda[WHEN] == (missing,)
    assert NAME not in runtime.agendas.Lookup
    assert serve(runtime, WHEN + 1) == []


def test_bytes_that_are_no_call_are_unavailable(runtime: Taonet) -> None:
    runtime.agendas.place(WHEN, Task(None, 0, Inline(b"\xff"), None, SystemOrigin(Root())))

    assert serve(runtime) == [Agendas.CallUnavailable((WHEN, 0), None)]


def test_what_an_account_scheduled_passes_the_base_filter_or_not(runtime: Taonet) -> None:
    nested = call(runtime, "Utility.batch", calls=(call(runtime, "Utility.batch", calls=()),))
    kept = Inline(runtime.construct.call.encode(nested))
    runtime.agendas.place(WHEN, Task(None, 0, kept, None, SystemOrigin(Signed(key_of("Bob").account))))

    assert serve(runtime) == [dispatched(0, Err(System.CallFiltered()))]


# -- weight


def test_an_idle_block_weighs_its_look_at_an_empty_agenda_and_writes_nothing(runtime: Taonet) -> None:
    before = dict(runtime.state.changes())

    weight = runtime.agenda_service.on_initialize(runtime.system.Number)

    assert weight == IDLE
    assert dict(runtime.state.changes()) == before


def test_the_weight_of_a_task_has_its_parts(runtime: Taonet) -> None:
    what = ok_call(runtime)
    schedule(runtime, what, name=NAME, maybe_periodic=(1, 2))
    runtime.system.Number = WHEN

    weight = runtime.agenda_service.on_initialize(WHEN)

    task = Weight(4_292_000 + 100_000_000)
    own = Weight(1_858_000) + runtime.dispatch_info(what).weight
    assert weight == Weight(1_335_000 + 125_000_000, 1489) + agenda_weight(1) + task + own


def test_what_the_block_has_no_weight_for_waits(runtime: Taonet) -> None:
    schedule(runtime, heavy(runtime))
    schedule(runtime, heavy(runtime))

    assert serve(runtime) == [dispatched(0), Agendas.AgendaIncomplete(WHEN)]
    assert runtime.agendas.IncompleteSince == WHEN
    assert [task is None for task in runtime.agendas.Agenda[WHEN]] == [True, False]

    assert serve(runtime, WHEN + 1) == [dispatched(1)]
    assert runtime.agendas.IncompleteSince is None
    assert WHEN not in runtime.agendas.Agenda


def test_older_agendas_come_before_that_of_the_block(runtime: Taonet) -> None:
    for _ in range(3):
        schedule(runtime, heavy(runtime))
    schedule(runtime, ok_call(runtime), WHEN + 1)
    serve(runtime)

    found = serve(runtime, WHEN + 1)

    assert found == [dispatched(1), dispatched(0, when=WHEN + 1), Agendas.AgendaIncomplete(WHEN)]


def test_a_call_that_no_block_has_weight_for_is_never_made(runtime: Taonet) -> None:
    schedule(runtime, heavy(runtime, Weight(3_200_000_000_000)))

    assert serve(runtime) == [Agendas.PermanentlyOverweight((WHEN, 0), None)]
    assert runtime.agendas.IncompleteSince is None
    assert len(runtime.agendas.Agenda[WHEN]) == 1


def test_a_task_without_weight_for_itself_waits_with_all_behind_it(
    runtime: Taonet, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Weight(1_335_000 + 125_000_000 + agenda_weight(50).ref_time, 10**9)
    monkeypatch.setitem(runtime.agendas.__dict__, "MaximumWeight", limit)
    for n in range(50):
        schedule(runtime, ok_call(runtime), priority=n)

    found = serve(runtime)

    assert found == [Agendas.AgendaIncomplete(WHEN)]
    assert None not in runtime.agendas.Agenda[WHEN]


def test_without_weight_to_begin_nothing_is_looked_at(runtime: Taonet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(runtime.agendas.__dict__, "MaximumWeight", Weight(1000))
    schedule(runtime, ok_call(runtime))

    assert serve(runtime) == []
    assert len(runtime.agendas.Agenda[WHEN]) == 1


# -- again


def test_a_periodic_task_comes_as_often_as_was_said(runtime: Taonet) -> None:
    schedule(runtime, ok_call(runtime), name=NAME, maybe_periodic=(3, 3))

    found = [serve(runtime, block) for block in range(2, 15)]

    at = {block: events for block, events in enumerate(found, 2) if events}
    assert at == {
        5: [dispatched(0, name=NAME), Agendas.Scheduled(BlockNumber(8), 0)],
        8: [dispatched(0, when=8, name=NAME), Agendas.Scheduled(BlockNumber(11), 0)],
        11: [dispatched(0, when=11, name=NAME)],
    }
    assert NAME not in runtime.agendas.Lookup


def test_a_periodic_task_ends_at_a_full_agenda() -> None:
    runtime = make_runtime(constants={**FAST, "Scheduler.MaxScheduledPerBlock": 1})
    schedule(runtime, ok_call(runtime), maybe_periodic=(3, 3))
    schedule(runtime, ok_call(runtime), WHEN + 3)

    assert serve(runtime) == [dispatched(0), Agendas.PeriodicFailed((WHEN, 0), None)]


# -- tried again


def test_a_task_that_fails_is_tried_again_without_its_name_until_no_try_is_left(runtime: Taonet) -> None:
    schedule(runtime, failing(runtime), name=NAME)
    dispatch(runtime, ROOT, "Scheduler.set_retry_named", id=NAME, retries=2, period=3)
    failed = Err(BadOrigin())

    assert serve(runtime) == [dispatched(0, failed, name=NAME), Agendas.Scheduled(BlockNumber(8), 0)]
    assert runtime.agendas.Retries[BlockNumber(8), 0] == RetryConfig(2, 1, BlockNumber(3))
    assert serve(runtime, 8) == [dispatched(0, failed, 8), Agendas.Scheduled(BlockNumber(11), 0)]
    assert serve(runtime, 11) == [dispatched(0, failed, 11)]
    assert list(runtime.agendas.Retries) == []


def test_a_task_that_succeeds_is_not_tried_again(runtime: Taonet) -> None:
    schedule(runtime, ok_call(runtime))
    dispatch(runtime, ROOT, "Scheduler.set_retry", task=(WHEN, 0), retries=2, period=3)

    assert serve(runtime) == [dispatched(0)]
    assert list(runtime.agendas.Retries) == []


def test_a_periodic_task_keeps_all_its_tries_for_its_next_time(runtime: Taonet) -> None:
    schedule(runtime, failing(runtime), maybe_periodic=(10, 2))
    dispatch(runtime, ROOT, "Scheduler.set_retry", task=(WHEN, 0), retries=2, period=3)

    serve(runtime)

    assert dict(runtime.agendas.Retries.items()) == {
        (8, 0): RetryConfig(2, 1, BlockNumber(3)),
        (15, 0): RetryConfig(2, 2, BlockNumber(3)),
    }
    (again,) = runtime.agendas.Agenda[BlockNumber(8)]
    assert again is not None
    assert again.maybe_periodic is None


def test_a_try_ends_at_a_full_agenda() -> None:
    runtime = make_runtime(constants={**FAST, "Scheduler.MaxScheduledPerBlock": 1})
    schedule(runtime, failing(runtime))
    schedule(runtime, ok_call(runtime), WHEN + 3)
    dispatch(runtime, ROOT, "Scheduler.set_retry", task=(WHEN, 0), retries=2, period=3)

    assert serve(runtime) == [dispatched(0, Err(BadOrigin())), Agendas.RetryFailed((WHEN, 0), None)]


def test_a_try_needs_weight(runtime: Taonet) -> None:
    guard = runtime.guard_weight(heavy(runtime).bound).ref_time
    around = 126_335_000 + agenda_weight(1).ref_time + 2_991_000 + 1_858_000 + guard
    rest = Weight(3_200_000_000_000 - around - 10**7)
    big = call(runtime, "Utility.with_weight", call=failing(runtime), weight=rest)
    schedule(runtime, big)
    dispatch(runtime, ROOT, "Scheduler.set_retry", task=(WHEN, 0), retries=2, period=3)

    assert serve(runtime) == [dispatched(0, Err(BadOrigin())), Agendas.RetryFailed((WHEN, 0), None)]


# -- whole blocks


@pytest.mark.parametrize("delay", [0, 2])
def test_a_scheduled_call_moves_tao_in_its_block(chain: Chain, delay: int) -> None:
    runtime = chain.at_head()
    alice, bob = key_of("Alice"), key_of("Bob")
    move = call(runtime, "Balances.force_transfer", source=alice, dest=bob, value=TAO(5))
    later = call(runtime, "Scheduler.schedule_after", after=delay, maybe_periodic=None, priority=0, call=move)
    before = free(runtime, bob)

    chain.advance(chain.sign(alice, "Sudo.sudo", call=later))
    for _ in range(delay):
        assert free(chain.at_head(), bob) == before
        chain.advance()
    built = chain.advance()

    assert free(chain.at_head(), bob) == before + TAO(5)
    assert dispatched(0, when=2 + delay) in [record.event for record in built.events]
