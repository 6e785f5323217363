"""Calls that root lets the chain make later: where they are kept, taken away, and tried again."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import FAST, ROOT, call, dispatch, emits, key_of, make_runtime, origin_of, reverts, unchanged

from chain.hashing import blake2_256
from chain.types import H256, BlockNumber, Bytes32
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import BadOrigin, Exhausted
from runtime.frame.origin import Root, SystemOrigin
from runtime.frame.weight import Weight
from runtime.pallets.preimage import Inline, Lookup, Preimage, Requested
from runtime.pallets.scheduler.agendas import Agendas, RetryConfig, Task
from runtime.taonet import Taonet

NAME = Bytes32(b"n" * 32)
WHEN = BlockNumber(5)
LONG = 200


def remark(runtime: Taonet, data: bytes = b"x") -> RuntimeCall:
    return call(runtime, "System.remark", remark=data)


def schedule(runtime: Taonet, when: int = WHEN, **more: Any) -> None:
    given = {"maybe_periodic": None, "priority": 0, "call": remark(runtime), **more}
    dispatch(runtime, ROOT, "Scheduler.schedule", when=when, **given)


def schedule_named(runtime: Taonet, when: int = WHEN, **more: Any) -> None:
    given = {"id": NAME, "maybe_periodic": None, "priority": 0, "call": remark(runtime), **more}
    dispatch(runtime, ROOT, "Scheduler.schedule_named", when=when, **given)


def task(runtime: Taonet, **changes: Any) -> Task:
    kept = Inline(runtime.construct.call.encode(remark(runtime)))
    given = {"maybe_id": None, "priority": 0, "call": kept, "maybe_periodic": None, "origin": SystemOrigin(Root())}
    return Task(**{**given, **changes})


# -- schedule


def test_a_short_call_stands_on_the_agenda_itself(runtime: Taonet) -> None:
    with emits(runtime, Agendas.Scheduled(WHEN, 0), Agendas.Scheduled(WHEN, 1)):
        schedule(runtime)
        schedule(runtime, priority=7)

    assert runtime.agendas.Agenda[WHEN] == (task(runtime), task(runtime, priority=7))


def test_a_long_call_is_kept_under_its_hash_and_asked_for_twice(runtime: Taonet) -> None:
    what = remark(runtime, bytes(LONG))
    data = runtime.construct.call.encode(what)
    hashed = H256(blake2_256(data))

    with emits(runtime, Preimage.Noted(hashed), Agendas.Scheduled(WHEN, 0)):
        schedule(runtime, call=what)

    assert runtime.agendas.Agenda[WHEN] == (task(runtime, call=Lookup(hashed, len(data))),)
    assert runtime.preimage.RequestStatusFor[hashed] == Requested(None, 2, len(data))


def test_a_name_leads_to_the_task_and_is_used_once(runtime: Taonet) -> None:
    schedule(runtime)

    schedule_named(runtime)

    assert runtime.agendas.Lookup[NAME] == (WHEN, 1)
    assert runtime.agendas.Agenda[WHEN][1] == task(runtime, maybe_id=NAME)
    with unchanged(runtime), reverts(Agendas.FailedToSchedule()):
        schedule_named(runtime)


@pytest.mark.parametrize("when", [0, 1])
def test_only_blocks_to_come_have_agendas(runtime: Taonet, when: int) -> None:
    with unchanged(runtime), reverts(Agendas.TargetBlockNumberInPast()):
        schedule(runtime, when)
    with unchanged(runtime), reverts(Agendas.TargetBlockNumberInPast()):
        schedule_named(runtime, when)


@pytest.mark.parametrize(("after", "when"), [(0, 2), (3, 5), (2**32 - 1, 2**32 - 1)])
def test_a_delay_counts_from_the_next_block(runtime: Taonet, after: int, when: int) -> None:
    given: dict[str, Any] = {"after": after, "maybe_periodic": None, "priority": 0, "call": remark(runtime)}

    with emits(runtime, Agendas.Scheduled(BlockNumber(when), 0), Agendas.Scheduled(BlockNumber(when), 1)):
        dispatch(runtime, ROOT, "Scheduler.schedule_after", **given)
        dispatch(runtime, ROOT, "Scheduler.schedule_named_after", id=NAME, **given)

    assert runtime.agendas.Lookup[NAME] == (when, 1)


@pytest.mark.parametrize(
    ("given", "kept"), [((10, 3), (10, 2)), ((10, 2), (10, 1)), ((10, 1), None), ((10, 0), None), ((0, 9), None)]
)
def test_the_first_time_of_a_period_is_counted_and_an_empty_period_is_none(
    runtime: Taonet, given: tuple[int, int], kept: tuple[int, int] | None
) -> None:
    schedule(runtime, maybe_periodic=given)

    assert runtime.agendas.Agenda[WHEN] == (task(runtime, maybe_periodic=kept),)


def test_a_full_agenda_takes_nothing_more_until_a_task_is_taken_away() -> None:
    runtime = make_runtime(constants={**FAST, "Scheduler.MaxScheduledPerBlock": 3})
    for _ in range(3):
        schedule(runtime)

    with unchanged(runtime), reverts(Exhausted()):
        schedule(runtime)
    dispatch(runtime, ROOT, "Scheduler.cancel", when=WHEN, index=1)
    with emits(runtime, Agendas.Scheduled(WHEN, 1)):
        schedule(runtime)


def test_a_hole_is_filled_only_when_the_agenda_is_full(runtime: Taonet) -> None:
    schedule(runtime)
    schedule(runtime)
    dispatch(runtime, ROOT, "Scheduler.cancel", when=WHEN, index=0)

    with emits(runtime, Agendas.Scheduled(WHEN, 2)):
        schedule(runtime)

    assert runtime.agendas.Agenda[WHEN] == (None, task(runtime), task(runtime))


# -- cancel


def test_a_task_that_is_taken_away_leaves_nothing(runtime: Taonet) -> None:
    schedule(runtime)
    dispatch(runtime, ROOT, "Scheduler.set_retry", task=(WHEN, 0), retries=2, period=1)

    with emits(runtime, Agendas.Canceled(WHEN, 0)):
        dispatch(runtime, ROOT, "Scheduler.cancel", when=WHEN, index=0)

    assert WHEN not in runtime.agendas.Agenda
    assert list(runtime.agendas.Retries) == []


def test_a_named_task_is_taken_away_by_name_or_by_place(runtime: Taonet) -> None:
    schedule_named(runtime)
    dispatch(runtime, ROOT, "Scheduler.set_retry_named", id=NAME, retries=2, period=1)
    with emits(runtime, Agendas.Canceled(WHEN, 0)):
        dispatch(runtime, ROOT, "Scheduler.cancel_named", id=NAME)
    assert (NAME in runtime.agendas.Lookup, WHEN in runtime.agendas.Agenda) == (False, False)
    assert list(runtime.agendas.Retries) == []

    schedule_named(runtime)
    dispatch(runtime, ROOT, "Scheduler.cancel", when=WHEN, index=0)

    assert NAME not in runtime.agendas.Lookup


def test_a_long_call_stays_after_it_was_cancelled_since_it_was_asked_for_twice(runtime: Taonet) -> None:
    what = remark(runtime, bytes(LONG))
    data = runtime.construct.call.encode(what)
    schedule(runtime, call=what)

    dispatch(runtime, ROOT, "Scheduler.cancel", when=WHEN, index=0)

    hashed = H256(blake2_256(data))
    assert runtime.preimage.RequestStatusFor[hashed] == Requested(None, 1, len(data))


def test_what_is_not_there_is_not_found(runtime: Taonet) -> None:
    schedule(runtime)
    schedule(runtime)
    dispatch(runtime, ROOT, "Scheduler.cancel", when=WHEN, index=0)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("cancel", {"when": WHEN, "index": 0}),
        ("cancel", {"when": WHEN, "index": 9}),
        ("cancel_named", {"id": NAME}),
        ("set_retry", {"task": (WHEN, 0), "retries": 1, "period": 1}),
        ("set_retry_named", {"id": NAME, "retries": 1, "period": 1}),
        ("cancel_retry", {"task": (WHEN, 9)}),
        ("cancel_retry_named", {"id": NAME}),
    ]
    for name, given in calls:
        with unchanged(runtime), reverts(Agendas.NotFound()):
            dispatch(runtime, ROOT, f"Scheduler.{name}", **given)


# -- retries


def test_retries_are_set_and_cancelled_by_place_or_by_name(runtime: Taonet) -> None:
    schedule_named(runtime)
    address, period = (WHEN, 0), BlockNumber(4)

    with emits(runtime, Agendas.RetrySet(address, None, period, 3), Agendas.RetrySet(address, NAME, period, 9)):
        dispatch(runtime, ROOT, "Scheduler.set_retry", task=address, retries=3, period=period)
        assert runtime.agendas.Retries[address] == RetryConfig(3, 3, period)
        dispatch(runtime, ROOT, "Scheduler.set_retry_named", id=NAME, retries=9, period=period)
    assert runtime.agendas.Retries[address] == RetryConfig(9, 9, period)

    with emits(runtime, Agendas.RetryCancelled(address, None), Agendas.RetryCancelled(address, NAME)):
        dispatch(runtime, ROOT, "Scheduler.cancel_retry", task=address)
        assert address not in runtime.agendas.Retries
        dispatch(runtime, ROOT, "Scheduler.cancel_retry_named", id=NAME)


# -- origin and weight


def calls_of(runtime: Taonet) -> list[RuntimeCall]:
    new: dict[str, Any] = {"maybe_periodic": None, "priority": 0, "call": remark(runtime)}
    given: dict[str, dict[str, Any]] = {
        "schedule": {"when": WHEN, **new},
        "cancel": {"when": WHEN, "index": 0},
        "schedule_named": {"id": NAME, "when": WHEN, **new},
        "cancel_named": {"id": NAME},
        "schedule_after": {"after": WHEN, **new},
        "schedule_named_after": {"id": NAME, "after": WHEN, **new},
        "set_retry": {"task": (WHEN, 0), "retries": 1, "period": 1},
        "set_retry_named": {"id": NAME, "retries": 1, "period": 1},
        "cancel_retry": {"task": (WHEN, 0)},
        "cancel_retry_named": {"id": NAME},
    }
    return [call(runtime, f"Scheduler.{name}", **arguments) for name, arguments in given.items()]


def test_only_root_schedules(runtime: Taonet) -> None:
    schedule_named(runtime)
    for what in calls_of(runtime):
        with unchanged(runtime), reverts(BadOrigin()):
            runtime.dispatch(what, origin_of(key_of("Bob")))


def test_each_call_weighs_as_if_agendas_were_full(runtime: Taonet) -> None:
    found = []
    for what in calls_of(runtime):
        whole = runtime.dispatch_info(what).weight
        found.append(whole.saturating_sub(runtime.guard_weight(what.bound)))

    named = 8_965_037 + 50 * 559_963 + 250_000_000
    plain = 3_815_234 + 50 * 538_417 + 125_000_000
    times = [
        plain,
        2_524_382 + 50 * 777_710 + 325_000_000,
        named,
        7_403_622 + 50 * 778_228 + 350_000_000,
        plain,
        named,
        169_783_000 + 125_000_000,
        186_544_000 + 150_000_000,
        169_076_000 + 125_000_000,
        182_329_000 + 150_000_000,
    ]
    assert found == [Weight(time, 110_487) for time in times]
