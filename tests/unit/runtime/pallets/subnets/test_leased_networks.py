"""Leased subnets: a crowdloan buys one, its creator runs it, those who gave get dividends, and the lease ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from support.chain import (
    ROOT,
    Chain,
    call,
    dispatch,
    emits,
    events,
    free,
    key_of,
    raises_error,
    reserved,
    reverts,
    unchanged,
)
from support.crowdloans import contribute, create_with_call, crowd, loan_of, manage
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    MODULE,
    dissolve,
    enable_emission,
    enroll,
    ensure_sound,
    make_economy,
    skip_blocks,
    step,
)

from chain.errors import DecodeError
from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.scale.hints import Err, Ok
from chain.types import AccountId, BlockNumber, Id
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.frame.weight import PostInfo, Weight
from runtime.pallets.balances import Balances
from runtime.pallets.crowdloan.pallet import Crowdloan
from runtime.pallets.proxy.pallet import Proxy
from runtime.pallets.proxy.types import ProxyDefinition, ProxyType
from runtime.pallets.subnets.leases import (
    registered_weight,
    registration_weight,
    terminated_weight,
    termination_weight,
)
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import Percent, SubnetLease
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

COLDKEY = AccountId(blake2_256(b"\x3cleasing/coldkey" + bytes(4)))
HOTKEY = AccountId(blake2_256(b"\x38leasing/hotkey" + bytes(4)))
LEASED = NetUid(3)
PROXY_DEPOSIT = 93_000_000
SHARE = Percent(30)
END = BlockNumber(500)
BENEFICIARY = ProxyDefinition(ALICE.account, ProxyType.SubnetLeaseBeneficiary, BlockNumber(0))


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """An economy that may register subnets, and whose books have to be in order in the end."""
    runtime = make_economy()
    runtime.parameters.NetworkRateLimit = 0
    yield runtime
    runtime.invariants()
    ensure_sound(runtime)


def register_call(runtime: Taonet, end: int | None = END, share: int = SHARE) -> RuntimeCall:
    return call(runtime, f"{MODULE}.register_leased_network", emissions_share=share, end_block=end)


def begin_lease(runtime: Taonet, *, end: int | None = END, cap: int | None = None, share: int = SHARE) -> None:
    """Alice's crowdloan raises what a subnet costs and 200 TAO more, half of it from Bob and a quarter from Charlie."""
    whole = runtime.subnets.lock_cost() + TAO(200) if cap is None else cap
    create_with_call(runtime, register_call(runtime, end, share), cap=whole)
    contribute(runtime, BOB, whole // 2)
    contribute(runtime, CHARLIE, whole // 4)
    contribute(runtime, ALICE, whole)


def lease(runtime: Taonet, **terms: Any) -> None:
    """A subnet is leased to Alice, and traded."""
    begin_lease(runtime, **terms)
    manage(runtime, "finalize")
    act(runtime, call(runtime, f"{MODULE}.start_call", netuid=LEASED))


def act(runtime: Taonet, what: RuntimeCall, who: Keypair = ALICE) -> None:
    """Make a call for the lease's account."""
    dispatch(runtime, who, "Proxy.proxy", real=Id(COLDKEY), force_proxy_type=None, call=what)


def terminate(runtime: Taonet, who: Keypair | Origin = ALICE, lease_id: int = 0, hotkey: Keypair = DAVE) -> PostInfo:
    return dispatch(runtime, who, f"{MODULE}.terminate_lease", lease_id=lease_id, hotkey=hotkey.account)


def direct(runtime: Taonet, who: Keypair | Origin = ALICE, end: int | None = END) -> PostInfo:
    """Register as if a crowdloan's call."""
    return dispatch(runtime, who, f"{MODULE}.register_leased_network", emissions_share=SHARE, end_block=end)


def stake_of(runtime: Taonet, who: AccountId) -> int:
    return runtime.stakes.of(HOTKEY, who, LEASED)


def give_cut(runtime: Taonet, amount: int, block: int) -> None:
    """Pay the owner of the leased subnet in a block, out of alpha that is minted for it."""
    runtime.system.Number = BlockNumber(block)
    runtime.pools.SubnetAlphaOut[LEASED] = AlphaBalance(runtime.pools.SubnetAlphaOut[LEASED] + amount)
    runtime.distribution.pay_owner(LEASED, AlphaBalance(amount))


def shared(runtime: Taonet) -> list[Events.SubnetLeaseDividendsDistributed]:
    return [e for e in events(runtime) if isinstance(e, Events.SubnetLeaseDividendsDistributed)]


def shares(runtime: Taonet) -> dict[AccountId, Fraction]:
    return {who: Fraction(part, 2**64) for who, part in runtime.leases.SubnetLeaseShares.items(0)}


# -- registration


def test_a_crowdloan_buys_a_subnet_for_an_account_of_the_lease(runtime: Taonet) -> None:
    price = runtime.subnets.lock_cost()
    begin_lease(runtime)

    manage(runtime, "finalize")

    created = Events.SubnetLeaseCreated(ALICE.account, 0, LEASED, END)
    assert events(runtime)[-2:] == [created, Crowdloan.Finalized(0)]
    assert runtime.leases.SubnetLeases[0] == SubnetLease(
        ALICE.account, COLDKEY, HOTKEY, SHARE, END, LEASED, price + PROXY_DEPOSIT
    )
    assert runtime.leases.SubnetUidToLeaseId[LEASED] == 0
    assert runtime.leases.NextSubnetLeaseId == 1
    assert (runtime.registry.SubnetOwner[LEASED], runtime.registry.SubnetOwnerHotkey[LEASED]) == (COLDKEY, HOTKEY)
    assert runtime.ownership.Delegates[HOTKEY] == 0
    assert runtime.proxy.Proxies[COLDKEY] == ((BENEFICIARY,), PROXY_DEPOSIT)
    assert (free(runtime, COLDKEY), reserved(runtime, COLDKEY)) == (0, PROXY_DEPOSIT)
    assert (runtime.system.Account[COLDKEY].providers, runtime.system.Account[HOTKEY].providers) == (1, 1)
    assert loan_of(runtime).finalized
    assert free(runtime, loan_of(runtime).funds_account) == 0


def test_what_is_left_goes_back_by_what_each_gave(runtime: Taonet) -> None:
    begin_lease(runtime)
    raised = loan_of(runtime).raised
    before = {who: free(runtime, who) for who in (ALICE, BOB, CHARLIE)}

    manage(runtime, "finalize")

    left = TAO(200) - PROXY_DEPOSIT
    given = {BOB: raised // 2, CHARLIE: raised // 4}
    part = {who: (amount << 64) // raised for who, amount in given.items()}
    back = {who: part[who] * left >> 64 for who in given}
    assert dict(runtime.leases.SubnetLeaseShares.items(0)) == {who.account: p for who, p in part.items()}
    assert {who: free(runtime, who) - before[who] for who in given} == back
    assert free(runtime, ALICE) - before[ALICE] == left - sum(back.values())


def test_a_crowd_leases_a_subnet(runtime: Taonet) -> None:
    price = runtime.subnets.lock_cost()
    create_with_call(runtime, register_call(runtime, None), cap=price + TAO(1), min_contribution=TAO(1))
    keys = crowd(runtime, 60, TAO(10))
    contribute(runtime, ALICE, price)

    manage(runtime, "finalize")

    assert len(shares(runtime)) == 60
    assert {shares(runtime)[k.account] for k in keys} == {Fraction((TAO(10) << 64) // (price + TAO(1)), 2**64)}
    assert runtime.leases.SubnetLeases[0].end_block is None


def test_leases_have_numbers_and_accounts_of_their_own(runtime: Taonet) -> None:
    begin_lease(runtime)
    manage(runtime, "finalize")
    create_with_call(runtime, register_call(runtime), BOB, cap=runtime.subnets.lock_cost() + TAO(1))
    contribute(runtime, CHARLIE, 10**15, 1)

    manage(runtime, "finalize", BOB, 1)

    second = runtime.leases.SubnetLeases[1]
    assert second.netuid == LEASED + 1
    assert second.beneficiary == BOB.account
    assert second.coldkey == blake2_256(b"\x3cleasing/coldkey" + b"\1\0\0\0")
    assert second.hotkey == blake2_256(b"\x38leasing/hotkey" + b"\1\0\0\0")


def test_what_does_not_pay_for_a_subnet_registers_none(runtime: Taonet) -> None:
    begin_lease(runtime, cap=TAO(100))

    with unchanged(runtime), reverts(Errors.CannotAffordLockCost()):
        manage(runtime, "finalize")


def test_what_does_not_pay_for_the_proxy_registers_no_subnet(runtime: Taonet) -> None:
    begin_lease(runtime, cap=runtime.subnets.lock_cost() + PROXY_DEPOSIT - 1)

    with unchanged(runtime), reverts(Balances.InsufficientBalance()):
        manage(runtime, "finalize")


@pytest.mark.parametrize("origin", [ROOT, Origin.none()])
def test_only_accounts_have_to_do_with_leases(runtime: Taonet, origin: Origin) -> None:
    with unchanged(runtime), reverts(BadOrigin()):
        direct(runtime, origin)
    with unchanged(runtime), reverts(BadOrigin()):
        terminate(runtime, origin)


def test_only_a_crowdloan_that_becomes_final_leases(runtime: Taonet) -> None:
    begin_lease(runtime)
    with unchanged(runtime), reverts(Crowdloan.InvalidCrowdloanId()):
        direct(runtime)

    runtime.crowdloan.CurrentCrowdloanId = 7
    with unchanged(runtime), reverts(Crowdloan.InvalidCrowdloanId()):
        direct(runtime)


def test_only_the_creator_of_the_crowdloan_leases(runtime: Taonet) -> None:
    begin_lease(runtime)
    runtime.crowdloan.CurrentCrowdloanId = 0

    with unchanged(runtime), reverts(Errors.InvalidLeaseBeneficiary()):
        direct(runtime, BOB)


def test_a_lease_does_not_end_before_it_begins(runtime: Taonet) -> None:
    now = int(runtime.system.Number)
    begin_lease(runtime, end=now)

    with unchanged(runtime), reverts(Errors.LeaseCannotEndInThePast()):
        manage(runtime, "finalize")
    runtime.crowdloan.CurrentCrowdloanId = 0
    direct(runtime, end=now + 1)


def test_numbers_of_leases_end(runtime: Taonet) -> None:
    begin_lease(runtime)
    runtime.leases.NextSubnetLeaseId = 2**32 - 1

    with unchanged(runtime), reverts(Errors.Overflow()):
        manage(runtime, "finalize")


def test_a_subnet_that_is_not_found_is_not_leased(runtime: Taonet) -> None:
    begin_lease(runtime)
    vars(runtime.subnets)["register"] = lambda *_: None

    with unchanged(runtime), reverts(Errors.LeaseNetuidNotFound()):
        manage(runtime, "finalize")


def test_a_registration_weighs_by_the_contributors_there_were(runtime: Taonet) -> None:
    begin_lease(runtime)
    runtime.crowdloan.CurrentCrowdloanId = 0
    info = runtime.dispatch_info(register_call(runtime))
    guards = runtime.guard_weight(register_call(runtime).bound)

    post = direct(runtime)

    assert info.weight == registration_weight(500) + guards
    assert registration_weight(500) == Weight(
        309_598_986 + 500 * 46_027_026 + 1049 * 25_000_000 + 1053 * 100_000_000, 10_256 + 500 * 2579
    )
    assert post.actual_weight == registered_weight(3)
    assert registered_weight(3) == Weight(
        301_560_714 + 3 * 26_884_006 + 47 * 25_000_000 + 61 * 100_000_000, 10_079 + 3 * 2579
    )


def test_with_all_contributors_a_registration_weighs_what_was_said(runtime: Taonet) -> None:
    begin_lease(runtime)
    runtime.crowdloan.Crowdloans[0] = replace(loan_of(runtime), contributors_count=500)
    runtime.crowdloan.CurrentCrowdloanId = 0

    assert direct(runtime).actual_weight is None


def test_more_than_all_of_a_cut_cannot_be_promised(runtime: Taonet) -> None:
    codec = runtime.construct.call
    whole = codec.encode(register_call(runtime, None, 100))

    assert whole[-2:] == b"\x64\0"
    assert codec.decode(whole, 0)[0] == register_call(runtime, None, 100)
    for parts in (101, 255):
        with raises_error(DecodeError):
            codec.decode(whole[:-2] + bytes([parts, 0]), 0)


# -- running the subnet


def test_the_beneficiary_runs_the_subnet_through_the_proxy(runtime: Taonet) -> None:
    lease(runtime)
    runtime.parameters.AdminFreezeWindow = 0

    act(runtime, call(runtime, "AdminUtils.sudo_set_immunity_period", netuid=LEASED, immunity_period=77))

    assert events(runtime)[-1] == Proxy.ProxyExecuted(Ok(None))
    assert LEASED in runtime.registry.FirstEmissionBlockNumber
    assert runtime.parameters.ImmunityPeriod[LEASED] == 77


def test_the_beneficiary_may_not_take_what_the_lease_has(runtime: Taonet) -> None:
    lease(runtime)

    for what in (
        call(runtime, "Balances.transfer_all", dest=ALICE, keep_alive=False),
        call(runtime, "Proxy.remove_proxies"),
        call(runtime, "AdminUtils.sudo_set_sn_owner_hotkey", netuid=LEASED, hotkey=DAVE.account),
    ):
        act(runtime, what)
        assert events(runtime)[-1] == Proxy.ProxyExecuted(Err(System.CallFiltered()))
    with unchanged(runtime), reverts(Proxy.NotProxy()):
        act(runtime, call(runtime, "Proxy.remove_proxies"), BOB)


# -- dividends


def test_a_cut_waits_until_the_block_of_the_distribution(runtime: Taonet) -> None:
    lease(runtime)

    give_cut(runtime, 10_001, 101)
    give_cut(runtime, 10_001, 199)

    assert runtime.leases.AccumulatedLeaseDividends[0] == 2 * 3001  # 30 percent, rounded up
    assert shared(runtime) == []
    assert stake_of(runtime, COLDKEY) == 2 * 10_001


def test_dividends_are_paid_by_shares_and_the_rest_to_the_beneficiary(runtime: Taonet) -> None:
    lease(runtime)
    give_cut(runtime, ALPHA(50), 150)

    give_cut(runtime, ALPHA(70), 200)

    total = ALPHA(120) * 30 // 100
    parts = {who: -(-share * total // 1) for who, share in shares(runtime).items()}
    rest = total - sum(parts.values())
    ordered = [*((who, parts[who]) for who in sorted(parts)), (ALICE.account, rest)]
    assert [(e.lease_id, e.contributor, e.alpha) for e in shared(runtime)] == [(0, w, a) for w, a in ordered]
    assert runtime.leases.AccumulatedLeaseDividends[0] == 0
    for who, alpha in ordered:
        assert abs(stake_of(runtime, who) - alpha) <= 1
    assert abs(stake_of(runtime, COLDKEY) - (ALPHA(120) - total)) <= 1


def test_each_payment_is_a_move_of_stake(runtime: Taonet) -> None:
    lease(runtime)
    runtime.system.Number = BlockNumber(300)

    with emits(runtime, *[Events.StakeRemoved, Events.StakeAdded, Events.SubnetLeaseDividendsDistributed] * 3):
        give_cut(runtime, ALPHA(100), 300)


def test_dividends_that_are_too_small_wait(runtime: Taonet) -> None:
    lease(runtime)
    give_cut(runtime, 100_000, 150)

    with emits(runtime):
        give_cut(runtime, 100_000, 200)

    assert runtime.leases.AccumulatedLeaseDividends[0] == 60_000
    assert stake_of(runtime, BOB.account) == 0

    give_cut(runtime, ALPHA(100), 300)

    assert runtime.leases.AccumulatedLeaseDividends[0] == 0
    assert sum(e.alpha for e in shared(runtime)) == ALPHA(30) + 60_000


def test_a_beneficiary_alone_gets_the_contributors_part(runtime: Taonet) -> None:
    create_with_call(runtime, register_call(runtime), cap=runtime.subnets.lock_cost() + TAO(1))
    contribute(runtime, ALICE, 10**15)
    manage(runtime, "finalize")

    give_cut(runtime, ALPHA(10), 100)

    assert [(e.contributor, e.alpha) for e in shared(runtime)] == [(ALICE.account, ALPHA(3))]


@pytest.mark.parametrize(("block", "pays"), [(400, True), (500, False)])
def test_dividends_end_with_the_lease(runtime: Taonet, block: int, pays: bool) -> None:
    lease(runtime)

    give_cut(runtime, ALPHA(100), block)

    assert bool(shared(runtime)) is pays
    assert runtime.leases.AccumulatedLeaseDividends[0] == 0
    assert (stake_of(runtime, COLDKEY) == ALPHA(100)) is not pays


def test_a_lease_without_end_pays_for_ever(runtime: Taonet) -> None:
    lease(runtime, end=None)

    give_cut(runtime, ALPHA(100), 1_000_000)

    assert len(shared(runtime)) == 3


def test_a_subnet_that_is_not_leased_shares_nothing(runtime: Taonet) -> None:
    runtime.system.Number = BlockNumber(100)

    with emits(runtime):
        runtime.leases.share_owner_cut(NetUid(2), ALPHA(1))

    assert list(runtime.leases.AccumulatedLeaseDividends) == []


def test_where_one_part_cannot_be_paid_all_of_them_wait(runtime: Taonet) -> None:
    lease(runtime)
    runtime.leases.SubnetLeaseShares[0, EVE.account] = 1  # type: ignore[assignment]  # next to nothing
    give_cut(runtime, ALPHA(100), 200)
    assert (shared(runtime), runtime.leases.AccumulatedLeaseDividends[0]) == ([], ALPHA(30))

    del runtime.leases.SubnetLeaseShares[0, EVE.account]
    give_cut(runtime, 0, 300)

    assert sum(e.alpha for e in shared(runtime)) == ALPHA(30)


def test_blocks_pay_dividends_when_an_epoch_falls_on_the_hundredth(runtime: Taonet) -> None:
    lease(runtime, share=100)
    enroll(runtime, DAVE, key_of("Miner"), LEASED)
    enable_emission(runtime, LEASED, 1 << 32)
    runtime.system.Number = BlockNumber(185)
    runtime.clock.LastEpochBlock[LEASED] = 185
    runtime.parameters.Tempo[LEASED] = 15

    step(runtime, 14)
    assert shared(runtime) == []
    step(runtime, 3)

    assert {e.contributor for e in shared(runtime)} == {ALICE.account, BOB.account, CHARLIE.account}
    assert sum(e.alpha for e in shared(runtime)) > 0


# -- the end of a lease


def test_an_ended_lease_gives_its_subnet_to_the_beneficiary(runtime: Taonet) -> None:
    lease(runtime)
    give_cut(runtime, ALPHA(10), 150)
    runtime.system.Number = END

    post = terminate(runtime)

    assert events(runtime)[-1] == Events.SubnetLeaseTerminated(ALICE.account, LEASED)
    assert (runtime.registry.SubnetOwner[LEASED], runtime.registry.SubnetOwnerHotkey[LEASED]) == (
        ALICE.account,
        DAVE.account,
    )
    assert Events.SubnetOwnerHotkeySet(LEASED, DAVE.account) in events(runtime)
    for item in (
        runtime.leases.SubnetLeases,
        runtime.leases.SubnetLeaseShares,
        runtime.leases.AccumulatedLeaseDividends,
        runtime.proxy.Proxies,
    ):
        assert list(item) == []
    assert runtime.leases.SubnetUidToLeaseId[LEASED] == 0  # the chain's: it stays
    assert post.actual_weight == terminated_weight(2)


def test_the_deposit_of_the_proxy_stays_on_the_leases_account(runtime: Taonet) -> None:
    lease(runtime)
    runtime.system.Number = END

    terminate(runtime)

    account = runtime.system.Account[COLDKEY]
    assert (account.data.free, account.data.reserved) == (PROXY_DEPOSIT, 0)
    assert (account.providers, account.consumers) == (2, 0)  # the reserve kept the lease's own reason to exist
    assert HOTKEY not in runtime.system.Account


def test_after_its_end_a_lease_shares_nothing(runtime: Taonet) -> None:
    lease(runtime)
    runtime.system.Number = END
    terminate(runtime)

    give_cut(runtime, ALPHA(10), 600)

    assert shared(runtime) == []
    assert runtime.stakes.of(DAVE.account, ALICE.account, LEASED) == ALPHA(10)


def test_ending_a_lease_has_its_conditions_in_their_order(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.LeaseDoesNotExist()):
        terminate(runtime)
    lease(runtime)
    with unchanged(runtime), reverts(Errors.ExpectedBeneficiaryOrigin()):
        terminate(runtime, BOB)
    with unchanged(runtime), reverts(Errors.LeaseHasNotEnded()):
        terminate(runtime, hotkey=EVE)
    runtime.system.Number = BlockNumber(END - 1)
    with unchanged(runtime), reverts(Errors.LeaseHasNotEnded()):
        terminate(runtime)
    skip_blocks(runtime, 1)
    with unchanged(runtime), reverts(Errors.BeneficiaryDoesNotOwnHotkey()):
        terminate(runtime, hotkey=EVE)

    terminate(runtime)


def test_a_lease_without_end_is_not_ended(runtime: Taonet) -> None:
    lease(runtime, end=None)
    skip_blocks(runtime, 10**6)

    with unchanged(runtime), reverts(Errors.LeaseHasNoEndBlock()):
        terminate(runtime)


def test_ending_a_lease_weighs_by_its_contributors(runtime: Taonet) -> None:
    what = call(runtime, f"{MODULE}.terminate_lease", lease_id=0, hotkey=DAVE.account)

    assert runtime.dispatch_info(what).weight == termination_weight(500) + runtime.guard_weight(what.bound)
    assert termination_weight(500) == Weight(
        146_402_779 + 500 * 1_566_532 + 504 * 25_000_000 + 507 * 100_000_000, 6148 + 500 * 2529
    )
    assert terminated_weight(2) == Weight(56_635_122 + 2 * 912_993 + 6 * 25_000_000 + 8 * 100_000_000, 6148 + 2 * 2529)


def test_with_all_contributors_ending_a_lease_weighs_what_was_said(runtime: Taonet) -> None:
    lease(runtime)
    runtime.system.Number = END
    vars(runtime.crowdloan)["MaxContributors"] = 2

    assert terminate(runtime).actual_weight is None


def test_a_lease_whose_proxy_is_gone_is_not_ended(runtime: Taonet) -> None:
    lease(runtime)
    runtime.system.Number = END
    dispatch(runtime, Origin.signed(COLDKEY), "Proxy.remove_proxies")

    with unchanged(runtime), reverts(Proxy.NotFound()):
        terminate(runtime)


# -- the end of a subnet


def test_the_lease_goes_with_its_subnet(runtime: Taonet) -> None:
    lease(runtime)
    give_cut(runtime, ALPHA(10), 150)

    dissolve(runtime, LEASED)

    for item in (
        runtime.leases.SubnetUidToLeaseId,
        runtime.leases.SubnetLeases,
        runtime.leases.SubnetLeaseShares,
        runtime.leases.AccumulatedLeaseDividends,
    ):
        assert list(item) == []
    assert runtime.proxy.Proxies[COLDKEY][0] == (BENEFICIARY,)  # the chain's: it stays
    with unchanged(runtime), reverts(Errors.LeaseDoesNotExist()):
        terminate(runtime)


def test_another_subnet_that_goes_takes_no_lease_along(runtime: Taonet) -> None:
    lease(runtime)

    dissolve(runtime, NetUid(2))

    assert list(runtime.leases.SubnetLeases) == [0]
    assert len(shares(runtime)) == 2


# -- in blocks


def test_a_lease_begins_and_ends_in_blocks(chain: Chain) -> None:
    def mine(who: Keypair, path: str, **arguments: Any) -> None:
        built = chain.advance(chain.sign(who, path, **arguments))
        assert [o.error for o in built.outcomes] == [None]

    dispatched = register_call(chain.at_head(), end=60)
    cap = TAO(2000)
    terms = {"deposit": TAO(10), "min_contribution": TAO(1), "cap": cap, "end": 55, "target_address": None}
    mine(ALICE, "Crowdloan.create", **terms, call=dispatched)
    mine(BOB, "Crowdloan.contribute", crowdloan_id=0, amount=TAO(1000))
    mine(CHARLIE, "Crowdloan.contribute", crowdloan_id=0, amount=cap)
    mine(ALICE, "Crowdloan.finalize", crowdloan_id=0)
    begun = chain.at_head().leases.SubnetLeases[0]
    while chain.head.number < 60:
        chain.advance()
    hotkey = key_of("AliceHot")
    mine(ALICE, f"{MODULE}.try_associate_hotkey", hotkey=hotkey.account)
    mine(ALICE, f"{MODULE}.terminate_lease", lease_id=0, hotkey=hotkey.account)

    runtime = chain.at_head()
    assert begun.beneficiary == ALICE.account
    assert runtime.registry.SubnetOwner[begun.netuid] == ALICE.account
    assert runtime.registry.SubnetOwnerHotkey[begun.netuid] == hotkey.account
