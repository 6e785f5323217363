"""The calls of Crowdloan: what each changes, what it refuses, and the story of a crowdloan to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from support.chain import (
    FAST,
    ROOT,
    Chain,
    call,
    dispatch,
    emits,
    events,
    free,
    key_of,
    make_runtime,
    reverts,
    sum_of_accounts,
    unchanged,
)
from support.crowdloans import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    FUNDS,
    LEAST,
    TARGET,
    contribute,
    contributions,
    create,
    create_with_call,
    crowd,
    fund,
    loan_of,
    manage,
)
from support.economy import skip_blocks

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.types import H256, BlockNumber
from runtime.frame.errors import BadOrigin, TokenError, post_info_of
from runtime.frame.origin import Origin
from runtime.frame.weight import Weight
from runtime.pallets.balances import Balances
from runtime.pallets.crowdloan.pallet import CREATE, Crowdloan, CrowdloanInfo, refund_weight
from runtime.pallets.preimage import Inline, Legacy, Lookup, Preimage, Requested
from runtime.pallets.subtensor.events import Events
from runtime.pallets.system import System
from runtime.taonet import PRESETS, Taonet
from runtime.units import TAO, TaoBalance

RAO = TaoBalance(1)
MANAGING: dict[str, dict[str, Any]] = {
    "refund": {},
    "dissolve": {},
    "update_min_contribution": {"new_min_contribution": LEAST},
    "update_end": {"new_end": BlockNumber(60)},
    "update_cap": {"new_cap": TAO(100)},
    "set_max_contribution": {"new_max_contribution": None},
}
"""Calls of the creator about a crowdloan that is not final, besides `finalize`."""
OTHERS: dict[str, dict[str, Any]] = {"contribute": {"amount": LEAST}, "withdraw": {}, "finalize": {}}


@pytest.fixture
def runtime(runtime: Taonet) -> Iterator[Taonet]:
    """The runtime, whose books have to be in order in the end."""
    yield runtime
    runtime.invariants()
    assert sum_of_accounts(runtime) == runtime.balances.TotalIssuance == runtime.tao.TotalIssuance
    for number, loan in runtime.crowdloan.Crowdloans.items():
        given = contributions(runtime, number)
        assert loan.raised == sum(given.values())
        assert loan.contributors_count == len(given)
        if not loan.finalized:
            assert free(runtime, loan.funds_account) == loan.raised


def raise_all(runtime: Taonet) -> None:
    """Bob and Charlie give what Alice's crowdloan still needs."""
    contribute(runtime, BOB, TAO(60))
    contribute(runtime, CHARLIE, TAO(30))


# -- create


def test_a_crowdloan_begins_with_its_creators_deposit(runtime: Taonet) -> None:
    before, now = free(runtime, ALICE), runtime.system.Number

    with emits(
        runtime,
        System.NewAccount(account=FUNDS),
        Balances.Endowed(account=FUNDS, free_balance=TAO(10)),
        Balances.Transfer(from_=ALICE.account, to=FUNDS, amount=TAO(10)),
        Crowdloan.Created(0, ALICE.account, BlockNumber(now + 50), TAO(100)),
    ):
        create(runtime)

    end = BlockNumber(now + 50)
    assert loan_of(runtime) == CrowdloanInfo(
        ALICE.account, TAO(10), LEAST, end, TAO(100), FUNDS, TAO(10), TARGET, None, False, 1
    )
    assert contributions(runtime) == {ALICE.account: TAO(10)}
    assert runtime.crowdloan.NextCrowdloanId == 1
    assert runtime.system.Account[FUNDS].providers == 2
    assert (free(runtime, FUNDS), free(runtime, ALICE)) == (TAO(10), before - TAO(10))


def test_each_crowdloan_has_its_own_number_and_account(runtime: Taonet) -> None:
    create(runtime)
    create(runtime, BOB)

    assert loan_of(runtime, 1).creator == BOB.account
    assert loan_of(runtime, 1).funds_account == (b"modlbt/cloan" + b"\1\0\0\0").ljust(32, b"\0")


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"deposit": TAO(10) - RAO}, Crowdloan.DepositTooLow),
        ({"cap": TAO(10)}, Crowdloan.CapTooLow),
        ({"min_contribution": LEAST - RAO}, Crowdloan.MinimumContributionTooLow),
        ({"target_address": None}, Crowdloan.InvalidFinalizationConfig),
        ({"end": BlockNumber(1)}, Crowdloan.CannotEndInPast),
        ({"end": BlockNumber(50)}, Crowdloan.BlockDurationTooShort),
        ({"end": BlockNumber(20_002)}, Crowdloan.BlockDurationTooLong),
    ],
)
def test_terms_have_their_limits(runtime: Taonet, terms: dict[str, Any], error: type[DispatchError]) -> None:
    with unchanged(runtime), reverts(error):
        create(runtime, **terms)


def test_a_crowdloan_has_a_target_or_a_call(runtime: Taonet) -> None:
    remark = call(runtime, "System.remark", remark=b"")

    with unchanged(runtime), reverts(Crowdloan.InvalidFinalizationConfig()):
        create(runtime, call=remark)


def test_terms_are_checked_in_their_order(runtime: Taonet) -> None:
    wrong = {"deposit": TAO(1), "cap": TAO(1), "min_contribution": RAO, "end": BlockNumber(1), "target_address": None}
    order = [
        ("deposit", TAO(10), Crowdloan.DepositTooLow),
        ("cap", TAO(11), Crowdloan.CapTooLow),
        ("min_contribution", LEAST, Crowdloan.MinimumContributionTooLow),
        ("target_address", TARGET, Crowdloan.InvalidFinalizationConfig),
        ("end", BlockNumber(60), Crowdloan.CannotEndInPast),
    ]

    for name, right, error in order:
        with reverts(error):
            create(runtime, key_of("Nobody"), **wrong)
        wrong[name] = right
    with reverts(Crowdloan.InsufficientBalance()):
        create(runtime, key_of("Nobody"), **wrong)


def test_durations_are_those_of_the_preset() -> None:
    for preset, least, most in (("mainnet", 50_400, 432_000), ("fast", 50, 20_000)):
        runtime = make_runtime(constants=PRESETS[preset])
        now = runtime.system.Number
        create(runtime, end=BlockNumber(now + least))
        create(runtime, end=BlockNumber(now + most))
        with reverts(Crowdloan.BlockDurationTooShort()):
            create(runtime, end=BlockNumber(now + least - 1))
        with reverts(Crowdloan.BlockDurationTooLong()):
            create(runtime, end=BlockNumber(now + most + 1))


def test_the_deposit_must_be_there(runtime: Taonet) -> None:
    fund(runtime, DAVE, TAO(10) - RAO)

    with unchanged(runtime), reverts(Crowdloan.InsufficientBalance()):
        create(runtime, DAVE)


def test_numbers_of_crowdloans_end(runtime: Taonet) -> None:
    runtime.crowdloan.NextCrowdloanId = 2**32 - 1

    with unchanged(runtime), reverts(Crowdloan.Overflow()):
        create(runtime)


def test_a_short_call_is_kept_in_the_crowdloan_and_a_long_one_as_a_preimage(runtime: Taonet) -> None:
    short = call(runtime, "System.remark", remark=b"short")
    long = call(runtime, "System.remark", remark=bytes(200))
    raw = runtime.construct.call.encode(long)
    digest = H256(blake2_256(raw))

    create_with_call(runtime, short)
    create_with_call(runtime, long)

    assert loan_of(runtime).call == Inline(runtime.construct.call.encode(short))
    assert loan_of(runtime, 1).call == Lookup(digest, len(raw))
    assert runtime.preimage.RequestStatusFor[digest] == Requested(None, 1, len(raw))


def test_creating_weighs_with_the_call_that_will_be_made(runtime: Taonet) -> None:
    remark = call(runtime, "System.remark", remark=bytes(100))
    arguments = {"deposit": 0, "min_contribution": 0, "cap": 0, "end": 0, "target_address": None}
    plain = call(runtime, "Crowdloan.create", call=None, **arguments)
    guards = runtime.guard_weight(plain.bound)

    with_call = runtime.dispatch_info(call(runtime, "Crowdloan.create", call=remark, **arguments)).weight

    assert runtime.dispatch_info(plain).weight == CREATE + guards
    assert with_call == CREATE + guards + runtime.dispatch_info(remark).weight


# -- contribute


def test_contributions_add_up(runtime: Taonet) -> None:
    create(runtime)
    contribute(runtime, BOB, TAO(20))

    with emits(runtime, Balances.Transfer, Crowdloan.Contributed(0, BOB.account, TAO(5))):
        contribute(runtime, BOB, TAO(5))

    loan = loan_of(runtime)
    assert (loan.raised, loan.contributors_count) == (TAO(35), 2)
    assert contributions(runtime)[BOB.account] == TAO(25)


def test_the_creator_gives_more_and_is_still_one_contributor(runtime: Taonet) -> None:
    create(runtime)

    contribute(runtime, ALICE, TAO(1))

    assert loan_of(runtime).contributors_count == 1
    assert contributions(runtime) == {ALICE.account: TAO(11)}


def test_no_more_than_the_cap_is_taken(runtime: Taonet) -> None:
    create(runtime)
    before = free(runtime, BOB)

    contribute(runtime, BOB, TAO(500))

    assert loan_of(runtime).raised == TAO(100)
    assert free(runtime, BOB) == before - TAO(90)
    with unchanged(runtime), reverts(Crowdloan.CapRaised()):
        contribute(runtime, CHARLIE, LEAST)


def test_what_the_cap_leaves_may_be_less_than_the_least_contribution(runtime: Taonet) -> None:
    create(runtime, cap=TAO(10) + RAO)

    contribute(runtime, BOB, LEAST)

    assert contributions(runtime)[BOB.account] == 1


def test_no_more_than_one_account_may_give_is_taken(runtime: Taonet) -> None:
    create(runtime)
    manage(runtime, "set_max_contribution", new_max_contribution=TAO(12))
    contribute(runtime, BOB, TAO(10))

    contribute(runtime, BOB, TAO(10))

    assert contributions(runtime)[BOB.account] == TAO(12)
    with unchanged(runtime), reverts(Crowdloan.MaxContributionReached()):
        contribute(runtime, BOB, LEAST)


def test_a_contribution_comes_before_the_end(runtime: Taonet) -> None:
    create(runtime)
    skip_blocks(runtime, 49)
    contribute(runtime, BOB, LEAST)
    skip_blocks(runtime, 1)

    with unchanged(runtime), reverts(Crowdloan.ContributionPeriodEnded()):
        contribute(runtime, BOB, LEAST)


def test_a_contribution_is_not_below_the_least(runtime: Taonet) -> None:
    create(runtime, min_contribution=TAO(2))

    with unchanged(runtime), reverts(Crowdloan.ContributionTooLow()):
        contribute(runtime, BOB, TAO(2) - RAO)


def test_a_contribution_must_be_there(runtime: Taonet) -> None:
    create(runtime)
    fund(runtime, DAVE, LEAST)

    with unchanged(runtime), reverts(Crowdloan.InsufficientBalance()):
        contribute(runtime, DAVE, LEAST + RAO)

    contribute(runtime, DAVE, LEAST)
    assert DAVE.account not in runtime.system.Account


def test_five_hundred_give_and_then_nobody_more(runtime: Taonet) -> None:
    create(runtime)
    contribute(runtime, BOB, LEAST)
    loan = loan_of(runtime)
    runtime.crowdloan.Crowdloans[0] = replace(loan, contributors_count=500)

    for who in (BOB, CHARLIE):  # even one who has given
        with unchanged(runtime), reverts(Crowdloan.MaxContributorsReached()):
            contribute(runtime, who, LEAST)

    runtime.crowdloan.Crowdloans[0] = replace(loan, contributors_count=499)
    contribute(runtime, CHARLIE, LEAST)
    assert loan_of(runtime).contributors_count == 500
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), contributors_count=3)


# -- withdraw


def test_a_contributor_takes_everything_back(runtime: Taonet) -> None:
    create(runtime)
    before = free(runtime, BOB)
    contribute(runtime, BOB, TAO(20))
    contribute(runtime, BOB, TAO(5))

    with emits(runtime, Balances.Transfer, Crowdloan.Withdrew(0, BOB.account, TAO(25))):
        manage(runtime, "withdraw", BOB)

    assert free(runtime, BOB) == before
    assert (loan_of(runtime).raised, loan_of(runtime).contributors_count) == (TAO(10), 1)
    assert contributions(runtime) == {ALICE.account: TAO(10)}


def test_the_creator_takes_back_what_is_above_the_deposit(runtime: Taonet) -> None:
    create(runtime)
    contribute(runtime, ALICE, TAO(5))

    manage(runtime, "withdraw")

    assert contributions(runtime) == {ALICE.account: TAO(10)}
    with unchanged(runtime), reverts(Crowdloan.DepositCannotBeWithdrawn()):
        manage(runtime, "withdraw")


def test_who_gave_nothing_takes_nothing_back(runtime: Taonet) -> None:
    create(runtime)

    with unchanged(runtime), reverts(Crowdloan.NoContribution()):
        manage(runtime, "withdraw", BOB)


# -- finalize


def test_what_was_raised_goes_to_the_target(runtime: Taonet) -> None:
    create(runtime)
    raise_all(runtime)

    with emits(
        runtime,
        System.NewAccount,
        Balances.Endowed,
        Balances.Transfer(from_=FUNDS, to=TARGET, amount=TAO(100)),
        Crowdloan.Finalized(0),
    ):
        manage(runtime, "finalize")

    assert (free(runtime, TARGET), free(runtime, FUNDS)) == (TAO(100), 0)
    assert loan_of(runtime).finalized
    assert runtime.system.Account[FUNDS].providers == 1


def test_the_call_is_made_as_the_creator(runtime: Taonet) -> None:
    create_with_call(runtime, call(runtime, "System.remark_with_event", remark=b"done"))
    raise_all(runtime)

    with emits(
        runtime,
        System.Remarked(sender=ALICE.account, hash=H256(blake2_256(b"done"))),
        Crowdloan.Finalized(0),
    ):
        manage(runtime, "finalize")

    assert loan_of(runtime).finalized
    assert free(runtime, FUNDS) == TAO(100)  # the call did not touch it
    assert runtime.crowdloan.CurrentCrowdloanId is None


def test_a_long_call_is_made_and_its_preimage_stays(runtime: Taonet) -> None:
    note = bytes(300)
    create_with_call(runtime, call(runtime, "System.remark_with_event", remark=note))
    raise_all(runtime)

    manage(runtime, "finalize")

    kept = loan_of(runtime).call
    assert isinstance(kept, Lookup)
    assert System.Remarked(sender=ALICE.account, hash=H256(blake2_256(note))) in events(runtime)
    assert (kept.hash, kept.len) in runtime.preimage.PreimageFor


def test_the_call_knows_which_crowdloan_makes_it(runtime: Taonet) -> None:
    seen: list[int | None] = []

    class Watching(Taonet):
        def check_guards(self, signer: bytes, call: Any) -> None:
            seen.append(self.crowdloan.CurrentCrowdloanId)
            super().check_guards(signer, call)

    watching = make_runtime(cls=Watching)
    create(watching)
    create_with_call(watching, call(watching, "System.remark", remark=b""))
    contribute(watching, BOB, TAO(90), 1)
    seen.clear()

    manage(watching, "finalize", number=1)

    assert seen == [None, 1]  # of `finalize` itself, and of the call
    assert watching.crowdloan.CurrentCrowdloanId is None


def test_a_call_that_fails_leaves_the_crowdloan_as_it_was(runtime: Taonet) -> None:
    too_much = call(runtime, "Balances.transfer_keep_alive", dest=BOB, value=10**15)
    create_with_call(runtime, too_much)
    raise_all(runtime)

    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        manage(runtime, "finalize")


def test_a_call_that_fails_says_nothing_of_its_weight(runtime: Taonet) -> None:
    missing = call(runtime, "Balances.transfer_keep_alive", dest=BOB, value=10**15)
    create_with_call(runtime, call(runtime, "Utility.batch_all", calls=(missing,)))
    raise_all(runtime)

    with pytest.raises(TokenError) as caught:
        manage(runtime, "finalize")

    assert post_info_of(caught.value) is None


def test_a_call_that_a_filter_refuses_is_not_made(runtime: Taonet) -> None:
    batch = call(runtime, "Utility.batch", calls=(call(runtime, "Utility.batch", calls=()),))
    create_with_call(runtime, batch)
    raise_all(runtime)

    with unchanged(runtime), reverts(System.CallFiltered()):
        manage(runtime, "finalize")


def test_a_call_that_is_gone_is_not_made(runtime: Taonet) -> None:
    create_with_call(runtime, call(runtime, "System.remark", remark=bytes(200)))
    raise_all(runtime)
    kept = loan_of(runtime).call
    assert isinstance(kept, Lookup)
    dispatch(runtime, ROOT, "Preimage.unnote_preimage", hash=kept.hash)

    with unchanged(runtime), reverts(Crowdloan.CallUnavailable()):
        manage(runtime, "finalize")


def test_a_call_that_changes_its_crowdloan_is_overruled(runtime: Taonet) -> None:
    create_with_call(runtime, call(runtime, "Crowdloan.update_cap", crowdloan_id=0, new_cap=TAO(200)))
    raise_all(runtime)

    manage(runtime, "finalize")

    assert Crowdloan.CapUpdated(0, TAO(200)) in events(runtime)
    assert (loan_of(runtime).cap, loan_of(runtime).finalized) == (TAO(100), True)


@pytest.mark.parametrize("both", [True, False])
def test_a_crowdloan_with_both_ends_or_none_is_not_final(runtime: Taonet, both: bool) -> None:
    create(runtime)
    raise_all(runtime)
    kept, target = (Inline(b"\0\0\0"), TARGET) if both else (None, None)
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), call=kept, target_address=target)

    with unchanged(runtime), reverts(Crowdloan.InvalidFinalizationConfig()):
        manage(runtime, "finalize")


def test_finalizing_needs_the_creator_then_the_cap_and_happens_once(runtime: Taonet) -> None:
    create(runtime)
    with unchanged(runtime), reverts(Crowdloan.InvalidOrigin()):
        manage(runtime, "finalize", BOB)
    with unchanged(runtime), reverts(Crowdloan.CapNotRaised()):
        manage(runtime, "finalize")
    raise_all(runtime)
    manage(runtime, "finalize")

    with unchanged(runtime), reverts(Crowdloan.AlreadyFinalized()):
        manage(runtime, "finalize")


def test_a_crowdloan_may_be_final_after_its_end(runtime: Taonet) -> None:
    create(runtime)
    raise_all(runtime)
    skip_blocks(runtime, 1000)

    manage(runtime, "finalize")

    assert free(runtime, TARGET) == TAO(100)


# -- refund and dissolve


def test_contributors_are_paid_back_fifty_at_a_time(runtime: Taonet) -> None:
    create(runtime, cap=TAO(1000))
    keys = crowd(runtime, 120, TAO(1))
    ordered = sorted(keys, key=lambda k: k.account)

    for paid, event in ((50, Crowdloan.PartiallyRefunded(0)), (100, Crowdloan.PartiallyRefunded(0))):
        post = manage(runtime, "refund")
        assert events(runtime)[-1] == event
        assert post.actual_weight is None
        assert loan_of(runtime).contributors_count == 121 - paid
        assert loan_of(runtime).raised == TAO(130 - paid)
        assert sorted(contributions(runtime)) == sorted([ALICE.account, *(k.account for k in ordered[paid:])])
    with unchanged(runtime), reverts(Crowdloan.NotReadyToDissolve()):
        manage(runtime, "dissolve")
    post = manage(runtime, "refund")

    assert events(runtime)[-1] == Crowdloan.AllRefunded(0)
    assert post.actual_weight == refund_weight(20)
    assert contributions(runtime) == {ALICE.account: TAO(10)}
    assert {free(runtime, k) for k in keys} == {TAO(1) + 1_000_000}


def test_fifty_contributors_are_all_paid_back_at_once(runtime: Taonet) -> None:
    create(runtime)
    crowd(runtime, 50, LEAST)

    post = manage(runtime, "refund")

    assert events(runtime)[-1] == Crowdloan.AllRefunded(0)
    assert post.actual_weight == refund_weight(50)


def test_the_creator_is_not_paid_back_by_a_refund(runtime: Taonet) -> None:
    create(runtime)
    contribute(runtime, ALICE, TAO(5))

    with emits(runtime, Crowdloan.AllRefunded(0)):
        manage(runtime, "refund")

    assert loan_of(runtime).raised == TAO(15)


def test_a_refund_that_would_count_below_zero_pays_nobody(runtime: Taonet) -> None:
    create(runtime)
    contribute(runtime, BOB, LEAST)
    contribute(runtime, CHARLIE, LEAST)
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), contributors_count=1)

    with unchanged(runtime), reverts(Crowdloan.Underflow()):
        manage(runtime, "refund")
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), contributors_count=0)
    with unchanged(runtime), reverts(Crowdloan.Underflow()):
        manage(runtime, "withdraw", BOB)

    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), contributors_count=2)
    manage(runtime, "refund")
    assert loan_of(runtime).contributors_count == 0
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), contributors_count=1)


def test_refunds_weigh_as_full_ones_before_they_run(runtime: Taonet) -> None:
    refund = call(runtime, "Crowdloan.refund", crowdloan_id=0)

    weight = runtime.dispatch_info(refund).weight.saturating_sub(runtime.guard_weight(refund.bound))

    assert weight == refund_weight(50)
    assert refund_weight(50) == Weight(
        110_703_000 + 50 * 39_503_253 + 102 * 25_000_000 + 100 * 100_000_000, 3747 + 50 * 2579
    )


def test_a_dissolved_crowdloan_leaves_nothing(runtime: Taonet) -> None:
    before = free(runtime, ALICE)
    create(runtime)
    manage(runtime, "set_max_contribution", new_max_contribution=TAO(50))
    contribute(runtime, ALICE, TAO(5))
    contribute(runtime, BOB, TAO(5))
    manage(runtime, "refund")

    manage(runtime, "dissolve")

    assert events(runtime)[-1] == Crowdloan.Dissolved(0)
    assert free(runtime, ALICE) == before
    assert FUNDS not in runtime.system.Account
    assert list(runtime.crowdloan.Crowdloans) == []
    assert list(runtime.crowdloan.MaxContributions) == []
    assert contributions(runtime) == {}
    assert runtime.crowdloan.NextCrowdloanId == 1


def test_the_call_of_a_dissolved_crowdloan_is_needed_no_more(runtime: Taonet) -> None:
    create_with_call(runtime, call(runtime, "System.remark", remark=bytes(200)))
    kept = loan_of(runtime).call
    assert isinstance(kept, Lookup)

    manage(runtime, "dissolve")

    assert Preimage.Cleared(kept.hash) in events(runtime)
    assert kept.hash not in runtime.preimage.RequestStatusFor


def test_a_call_that_is_gone_does_not_keep_a_crowdloan(runtime: Taonet) -> None:
    create(runtime)
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), call=Legacy(H256(bytes(32))))

    manage(runtime, "dissolve")

    assert 0 not in runtime.crowdloan.Crowdloans


def test_a_creator_without_contribution_dissolves_nothing(runtime: Taonet) -> None:
    create(runtime)
    del runtime.crowdloan.Contributions[0, ALICE.account]

    with unchanged(runtime), reverts(Crowdloan.NoContribution()):
        manage(runtime, "dissolve")

    runtime.crowdloan.Contributions[0, ALICE.account] = TAO(10)


# -- changing the terms


def test_the_least_contribution_changes(runtime: Taonet) -> None:
    create(runtime)
    manage(runtime, "set_max_contribution", new_max_contribution=TAO(10))

    with emits(runtime, Crowdloan.MinContributionUpdated(0, TAO(10))):
        manage(runtime, "update_min_contribution", new_min_contribution=TAO(10))

    assert loan_of(runtime).min_contribution == TAO(10)
    with unchanged(runtime), reverts(Crowdloan.MinimumContributionTooHigh()):
        manage(runtime, "update_min_contribution", new_min_contribution=TAO(10) + RAO)
    with unchanged(runtime), reverts(Crowdloan.MinimumContributionTooLow()):
        manage(runtime, "update_min_contribution", new_min_contribution=LEAST - RAO)


def test_the_end_changes_from_now_on(runtime: Taonet) -> None:
    create(runtime)
    skip_blocks(runtime, 10)
    now = runtime.system.Number

    with emits(runtime, Crowdloan.EndUpdated(0, BlockNumber(now + 50))):
        manage(runtime, "update_end", new_end=now + 50)

    assert loan_of(runtime).end == now + 50
    for end, error in (
        (now, Crowdloan.CannotEndInPast()),
        (now + 49, Crowdloan.BlockDurationTooShort()),
        (now + 20_001, Crowdloan.BlockDurationTooLong()),
    ):
        with unchanged(runtime), reverts(error):
            manage(runtime, "update_end", new_end=end)


def test_the_cap_changes_down_to_what_is_raised(runtime: Taonet) -> None:
    create(runtime)
    contribute(runtime, BOB, TAO(20))

    with emits(runtime, Crowdloan.CapUpdated(0, TAO(30))):
        manage(runtime, "update_cap", new_cap=TAO(30))

    with unchanged(runtime), reverts(Crowdloan.CapTooLow()):
        manage(runtime, "update_cap", new_cap=TAO(30) - RAO)
    manage(runtime, "finalize")
    assert free(runtime, TARGET) == TAO(30)


def test_the_most_of_one_account_is_set_and_lifted(runtime: Taonet) -> None:
    create(runtime, min_contribution=TAO(12))

    for limit in (TAO(12) - RAO, TAO(10) - RAO):
        with unchanged(runtime), reverts(Crowdloan.MaximumContributionTooLow()):
            manage(runtime, "set_max_contribution", new_max_contribution=limit)
    with emits(runtime, Crowdloan.MaxContributionUpdated(0, TAO(12))):
        manage(runtime, "set_max_contribution", new_max_contribution=TAO(12))
    assert runtime.crowdloan.MaxContributions[0] == TAO(12)
    with emits(runtime, Crowdloan.MaxContributionUpdated(0, None)):
        manage(runtime, "set_max_contribution", new_max_contribution=None)

    assert 0 not in runtime.crowdloan.MaxContributions


def test_the_most_of_one_account_is_not_below_what_the_creator_gave(runtime: Taonet) -> None:
    create(runtime)

    with unchanged(runtime), reverts(Crowdloan.MaximumContributionTooLow()):
        manage(runtime, "set_max_contribution", new_max_contribution=TAO(10) - RAO)

    manage(runtime, "set_max_contribution", new_max_contribution=TAO(10))


# -- who may call


@pytest.mark.parametrize("name", [*MANAGING, *OTHERS])
@pytest.mark.parametrize("origin", [ROOT, Origin.none()])
def test_only_accounts_have_to_do_with_crowdloans(runtime: Taonet, name: str, origin: Origin) -> None:
    create(runtime)

    with unchanged(runtime), reverts(BadOrigin()):
        manage(runtime, name, origin, **{**MANAGING, **OTHERS}[name])
    with reverts(BadOrigin()):
        create(runtime, origin)


@pytest.mark.parametrize("name", [*MANAGING, *OTHERS])
def test_a_crowdloan_that_does_not_exist_does_nothing(runtime: Taonet, name: str) -> None:
    with unchanged(runtime), reverts(Crowdloan.InvalidCrowdloanId()):
        manage(runtime, name, **{**MANAGING, **OTHERS}[name])


@pytest.mark.parametrize("name", MANAGING)
def test_only_the_creator_manages_a_crowdloan(runtime: Taonet, name: str) -> None:
    create(runtime)

    with unchanged(runtime), reverts(Crowdloan.InvalidOrigin()):
        manage(runtime, name, BOB, **MANAGING[name])


@pytest.mark.parametrize("name", [*MANAGING, "withdraw"])
def test_a_final_crowdloan_does_not_change(runtime: Taonet, name: str) -> None:
    create(runtime)
    raise_all(runtime)
    manage(runtime, "finalize")

    for who in (ALICE, BOB):  # before it matters who asks
        with unchanged(runtime), reverts(Crowdloan.AlreadyFinalized()):
            manage(runtime, name, who, **MANAGING.get(name, {}))


# -- in blocks


@contextmanager
def block(chain: Chain, *raw: bytes) -> Iterator[list[Any]]:
    built = chain.advance(*raw)
    assert [o.error for o in built.outcomes] == [None] * len(raw)
    yield [record.event for record in built.events]


def test_a_crowdloan_lives_through_blocks_and_pays_its_target(chain: Chain) -> None:
    terms = {"deposit": TAO(10), "min_contribution": LEAST, "cap": TAO(50), "end": 60, "call": None}
    with block(chain, chain.sign(ALICE, "Crowdloan.create", **terms, target_address=TARGET)):
        pass
    gifts = [chain.sign(who, "Crowdloan.contribute", crowdloan_id=0, amount=TAO(25)) for who in (BOB, CHARLIE)]
    with block(chain, *gifts):
        pass
    with block(chain, chain.sign(ALICE, "Crowdloan.finalize", crowdloan_id=0)) as found:
        assert Crowdloan.Finalized(0) in found

    runtime = chain.at_head()
    assert free(runtime, TARGET) == TAO(50)
    assert contributions(runtime) == {
        k.account: amount for k, amount in ((ALICE, TAO(10)), (BOB, TAO(25)), (CHARLIE, TAO(15)))
    }


def test_a_crowdloan_can_register_a_subnet_for_its_creator(runtime: Taonet) -> None:
    create_with_call(runtime, call(runtime, "SubtensorModule.register_network", hotkey=DAVE.account), cap=TAO(20))
    contribute(runtime, BOB, TAO(10))

    manage(runtime, "finalize")

    added = next(e for e in events(runtime) if isinstance(e, Events.NetworkAdded))
    assert runtime.registry.SubnetOwner[added.netuid] == ALICE.account


def test_the_fast_preset_is_the_one_of_these_tests() -> None:
    assert FAST["Crowdloan.MinimumBlockDuration"] == 50
