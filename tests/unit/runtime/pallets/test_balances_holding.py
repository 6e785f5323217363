"""What other pallets do with balances: reserves, named reserves, holds, locks, repatriation, slashing, resolving."""

from __future__ import annotations

import pytest
from support.chain import (
    ROOT,
    dispatch,
    emits,
    free,
    key_of,
    reserved,
    reverts,
    sum_of_accounts,
    unchanged,
)

from chain.keys import Keypair
from chain.types import AccountId
from runtime.frame.errors import ArithmeticFault, ConsumerRemaining, TokenError
from runtime.pallets.balances import Balances, BalanceStatus, Preservation
from runtime.pallets.balances.types import (
    BalanceLock,
    Contracts,
    ContractsHoldReason,
    HoldAmount,
    Preimage,
    PreimageHoldReason,
    Reasons,
    ReserveData,
    SafeMode,
    SafeModeHoldReason,
)
from runtime.pallets.system import AccountData, AccountInfo, System
from runtime.taonet import Taonet
from runtime.units import TaoBalance

ED = 500
WHO = key_of("Nobody").account
PREIMAGE, STORAGE = Preimage(PreimageHoldReason.Preimage), Contracts(ContractsHoldReason.StorageDepositReserve)


def rao(amount: int) -> TaoBalance:
    return TaoBalance(amount)


@pytest.fixture
def runtime(runtime: Taonet) -> Taonet:
    """The runtime with an account that has ten thousand rao."""
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=key_of("Nobody"), new_free=10_000)
    return runtime


def funds(runtime: Taonet, who: AccountId = WHO) -> tuple[int, int, int]:
    data = runtime.system.Account[who].data
    return data.free, data.reserved, data.frozen


# -- reserves


def test_what_is_set_aside_stays_with_the_account_and_needs_it(runtime: Taonet) -> None:
    with emits(runtime, Balances.Reserved(who=WHO, amount=rao(3_000))):
        runtime.balances.reserve(WHO, rao(3_000))

    assert funds(runtime) == (7_000, 3_000, 0)
    assert runtime.system.Account[WHO].consumers == 1
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_setting_aside_nothing_does_nothing(runtime: Taonet) -> None:
    with unchanged(runtime):
        runtime.balances.reserve(WHO, rao(0))


def test_a_second_reserve_needs_the_account_no_more_than_the_first(runtime: Taonet) -> None:
    runtime.balances.reserve(WHO, rao(1_000))
    runtime.balances.reserve(WHO, rao(1_000))

    assert runtime.system.Account[WHO].consumers == 1


def test_more_than_is_free_cannot_be_set_aside(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Balances.InsufficientBalance):
        runtime.balances.reserve(WHO, rao(10_001))


def test_what_is_locked_cannot_be_set_aside(runtime: Taonet) -> None:
    runtime.holding.set_lock(b"lock0000", WHO, rao(6_000), Reasons.All)

    with unchanged(runtime), reverts(Balances.LiquidityRestrictions):
        runtime.balances.reserve(WHO, rao(4_001))
    runtime.balances.reserve(WHO, rao(4_000))


def test_the_existential_deposit_has_to_stay_free(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(ConsumerRemaining()), runtime.state.transaction():
        runtime.balances.reserve(WHO, rao(10_000 - ED + 1))
    runtime.balances.reserve(WHO, rao(10_000 - ED))


def test_an_account_with_another_provider_may_set_everything_aside(runtime: Taonet) -> None:
    runtime.system.inc_providers(WHO)

    runtime.balances.reserve(WHO, rao(10_000))

    assert funds(runtime) == (0, 10_000, 0)
    assert runtime.system.Account[WHO].providers == 1


def test_the_last_reserve_that_goes_frees_the_account(runtime: Taonet) -> None:
    runtime.balances.reserve(WHO, rao(3_000))

    assert runtime.balances.unreserve(WHO, rao(5_000)) == 2_000

    assert funds(runtime) == (10_000, 0, 0)
    assert runtime.system.Account[WHO].consumers == 0


@pytest.mark.parametrize(("asked", "taken"), [(1, 1), (3_000, 3_000), (5_000, 3_000)])
def test_what_is_slashed_leaves_the_issuance(runtime: Taonet, asked: int, taken: int) -> None:
    runtime.balances.reserve(WHO, rao(3_000))
    issuance = runtime.balances.TotalIssuance

    with emits(runtime, Balances.Slashed(who=WHO, amount=rao(taken))):
        assert runtime.balances.slash_reserved(WHO, rao(asked)) == asked - taken

    assert funds(runtime) == (7_000, 3_000 - taken, 0)
    assert runtime.balances.TotalIssuance == issuance - taken == sum_of_accounts(runtime)


def test_slashing_nothing_or_nobody_does_nothing(runtime: Taonet) -> None:
    unknown = key_of("Unknown").account

    with unchanged(runtime):
        assert runtime.balances.slash_reserved(WHO, rao(0)) == 0
        assert runtime.balances.slash_reserved(unknown, rao(7)) == 7


@pytest.mark.parametrize("status", BalanceStatus)
@pytest.mark.parametrize(("asked", "moved"), [(1_000, 1_000), (3_000, 3_000), (5_000, 3_000)])
def test_what_is_set_aside_is_moved_to_another(
    runtime: Taonet, bob: Keypair, status: BalanceStatus, asked: int, moved: int
) -> None:
    runtime.balances.reserve(WHO, rao(3_000))
    before = free(runtime, bob), reserved(runtime, bob)
    told = Balances.ReserveRepatriated(from_=WHO, to=bob.account, amount=rao(moved), destination_status=status)

    with emits(runtime, told):
        assert runtime.balances.repatriate_reserved(WHO, bob.account, rao(asked), status) == asked - moved

    to_free = status is BalanceStatus.Free
    assert (free(runtime, bob), reserved(runtime, bob)) == (
        before[0] + (moved if to_free else 0),
        before[1] + (0 if to_free else moved),
    )
    assert reserved(runtime, WHO) == 3_000 - moved
    assert runtime.system.Account[bob.account].consumers == (0 if to_free else 1)


def test_nothing_is_moved_to_an_account_that_does_not_exist(runtime: Taonet) -> None:
    runtime.balances.reserve(WHO, rao(3_000))

    with unchanged(runtime), reverts(Balances.DeadAccount):
        runtime.balances.repatriate_reserved(WHO, key_of("Unknown").account, rao(1), BalanceStatus.Free)


def test_moving_to_oneself_frees_or_keeps(runtime: Taonet) -> None:
    runtime.balances.reserve(WHO, rao(3_000))

    with unchanged(runtime):
        assert runtime.balances.repatriate_reserved(WHO, WHO, rao(5_000), BalanceStatus.Reserved) == 2_000
        assert runtime.balances.repatriate_reserved(WHO, WHO, rao(0), BalanceStatus.Free) == 0
    assert runtime.balances.repatriate_reserved(WHO, WHO, rao(5_000), BalanceStatus.Free) == 2_000
    assert funds(runtime) == (10_000, 0, 0)


def test_what_a_lock_needs_of_the_reserve_is_not_moved(runtime: Taonet, bob: Keypair) -> None:
    runtime.balances.reserve(WHO, rao(3_000))
    runtime.holding.set_lock(b"lock0000", WHO, rao(8_000), Reasons.All)

    # 7,000 are free, so that 1,000 of the reserve have to stay
    assert runtime.balances.repatriate_reserved(WHO, bob.account, rao(3_000), BalanceStatus.Free) == 1_000

    assert funds(runtime) == (7_000, 1_000, 8_000)


# -- named reserves


def test_reserves_are_kept_by_name_in_order(runtime: Taonet) -> None:
    runtime.holding.reserve_named(b"beta0000", WHO, rao(100))
    runtime.holding.reserve_named(b"alpha000", WHO, rao(10))
    runtime.holding.reserve_named(b"beta0000", WHO, rao(1))

    assert runtime.holding.Reserves[WHO] == (ReserveData(b"alpha000", rao(10)), ReserveData(b"beta0000", rao(101)))
    assert runtime.holding.reserved_named(b"beta0000", WHO) == 101
    assert runtime.holding.reserved_named(b"gamma000", WHO) == 0
    assert reserved(runtime, WHO) == 111


def test_a_named_reserve_is_freed_up_to_what_it_holds(runtime: Taonet) -> None:
    runtime.holding.reserve_named(b"alpha000", WHO, rao(100))
    runtime.holding.reserve_named(b"beta0000", WHO, rao(100))

    assert runtime.holding.unreserve_named(b"alpha000", WHO, rao(30)) == 0
    assert runtime.holding.reserved_named(b"alpha000", WHO) == 70
    assert runtime.holding.unreserve_named(b"alpha000", WHO, rao(100)) == 30
    assert runtime.holding.Reserves[WHO] == (ReserveData(b"beta0000", rao(100)),)
    assert runtime.holding.unreserve_named(b"beta0000", WHO, rao(100)) == 0
    assert WHO not in runtime.holding.Reserves
    assert funds(runtime) == (10_000, 0, 0)


def test_a_name_that_holds_nothing_frees_nothing(runtime: Taonet) -> None:
    runtime.balances.reserve(WHO, rao(100))

    with unchanged(runtime):
        assert runtime.holding.unreserve_named(b"alpha000", WHO, rao(30)) == 30
        runtime.holding.reserve_named(b"alpha000", WHO, rao(0))


def test_a_named_reserve_that_is_too_much_is_undone_with_its_call(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Balances.InsufficientBalance), runtime.state.transaction():
        runtime.holding.reserve_named(b"alpha000", WHO, rao(10_001))


def test_a_named_reserve_that_no_number_holds_is_refused(runtime: Taonet) -> None:
    runtime.holding.reserve_named(b"alpha000", WHO, rao(499))

    with unchanged(runtime), reverts(ArithmeticFault("Overflow")):
        runtime.holding.reserve_named(b"alpha000", WHO, rao((1 << 64) - 2))


def test_there_are_fifty_names_at_most(runtime: Taonet) -> None:
    for n in range(50):
        runtime.holding.reserve_named(b"name%04d" % n, WHO, rao(1))

    with unchanged(runtime), reverts(Balances.TooManyReserves):
        runtime.holding.reserve_named(b"onemore!", WHO, rao(1))
    runtime.holding.reserve_named(b"name0007", WHO, rao(1))


# -- holds


def test_holds_add_up_by_reason(runtime: Taonet) -> None:
    runtime.holding.hold(PREIMAGE, WHO, rao(100))
    runtime.holding.hold(STORAGE, WHO, rao(10))
    runtime.holding.hold(PREIMAGE, WHO, rao(1))

    assert runtime.holding.held(PREIMAGE, WHO) == 101
    assert set(runtime.holding.Holds[WHO]) == {HoldAmount(PREIMAGE, rao(101)), HoldAmount(STORAGE, rao(10))}
    assert funds(runtime) == (10_000 - 111, 111, 0)
    assert runtime.system.Account[WHO].consumers == 1


def test_what_is_held_is_released_to_the_last_rao(runtime: Taonet) -> None:
    runtime.holding.hold(PREIMAGE, WHO, rao(100))

    runtime.holding.release(PREIMAGE, WHO, rao(99))
    assert runtime.holding.held(PREIMAGE, WHO) == 1
    runtime.holding.release(PREIMAGE, WHO, rao(1))

    assert WHO not in runtime.holding.Holds
    assert runtime.system.Account[WHO].consumers == 0


def test_more_than_is_held_is_not_released(runtime: Taonet) -> None:
    runtime.holding.hold(PREIMAGE, WHO, rao(100))

    for reason, amount in ((PREIMAGE, 101), (STORAGE, 1)):
        with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
            runtime.holding.release(reason, WHO, rao(amount))


def test_the_existential_deposit_cannot_be_held(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        runtime.holding.hold(PREIMAGE, WHO, rao(10_000 - ED + 1))
    runtime.holding.hold(PREIMAGE, WHO, rao(10_000 - ED))


def test_what_is_locked_can_be_held(runtime: Taonet) -> None:
    runtime.holding.set_lock(b"lock0000", WHO, rao(10_000), Reasons.All)

    runtime.holding.hold(PREIMAGE, WHO, rao(5_000))

    assert funds(runtime) == (5_000, 5_000, 10_000)


def test_nothing_is_held_of_an_account_that_does_not_exist(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(TokenError("CannotCreateHold")):
        runtime.holding.hold(PREIMAGE, key_of("Unknown").account, rao(1))


def test_reasons_of_different_pallets_are_told_apart(runtime: Taonet) -> None:
    safe_mode = SafeMode(SafeModeHoldReason.EnterOrExtend)

    for reason in (PREIMAGE, STORAGE, safe_mode, Contracts(ContractsHoldReason.CodeUploadDepositReserve)):
        runtime.holding.hold(reason, WHO, rao(1))

    assert len(runtime.holding.Holds[WHO]) == 4


# -- locks


def test_locks_overlay_each_other(runtime: Taonet) -> None:
    with emits(runtime, Balances.Locked(who=WHO, amount=rao(100))):
        runtime.holding.set_lock(b"lock0000", WHO, rao(100), Reasons.All)
        runtime.holding.set_lock(b"lock0001", WHO, rao(60), Reasons.Misc)
    with emits(runtime, Balances.Locked(who=WHO, amount=rao(50))):
        runtime.holding.set_lock(b"lock0001", WHO, rao(150), Reasons.Misc)
    with emits(runtime, Balances.Unlocked(who=WHO, amount=rao(50))):
        runtime.holding.remove_lock(b"lock0001", WHO)
    with emits(runtime, Balances.Unlocked(who=WHO, amount=rao(100))):
        runtime.holding.set_lock(b"lock0000", WHO, rao(0), Reasons.All)

    assert WHO not in runtime.holding.Locks
    assert runtime.system.Account[WHO].consumers == 0


def test_a_lock_that_is_changed_keeps_its_place(runtime: Taonet) -> None:
    for n in range(3):
        runtime.holding.set_lock(b"lock000%d" % n, WHO, rao(n + 1), Reasons.All)

    runtime.holding.set_lock(b"lock0001", WHO, rao(9), Reasons.Fee)

    assert runtime.holding.Locks[WHO] == (
        BalanceLock(b"lock0000", rao(1), Reasons.All),
        BalanceLock(b"lock0001", rao(9), Reasons.Fee),
        BalanceLock(b"lock0002", rao(3), Reasons.All),
    )


def test_more_than_there_is_may_be_locked(runtime: Taonet) -> None:
    runtime.holding.set_lock(b"lock0000", WHO, rao(10**18), Reasons.All)

    assert runtime.balances.reducible_balance(WHO, Preservation.Expendable) == 0


def test_a_lock_needs_the_account(runtime: Taonet) -> None:
    runtime.holding.set_lock(b"lock0000", WHO, rao(1), Reasons.All)

    assert runtime.system.Account[WHO].consumers == 1
    assert runtime.balances.reducible_balance(WHO, Preservation.Expendable) == 10_000 - ED


# -- what can be given


@pytest.mark.parametrize(
    ("preservation", "force", "amount"),
    [
        (Preservation.Expendable, False, 7_000),
        (Preservation.Protect, False, 7_000),
        (Preservation.Preserve, False, 7_000),
        (Preservation.Expendable, True, 9_500),
        (Preservation.Protect, True, 9_500),
        (Preservation.Preserve, True, 9_500),
    ],
)
def test_a_lock_and_the_existential_deposit_overlap(
    runtime: Taonet, preservation: Preservation, force: bool, amount: int
) -> None:
    runtime.holding.set_lock(b"lock0000", WHO, rao(3_000), Reasons.All)

    assert runtime.balances.reducible_balance(WHO, preservation, force=force) == amount


def test_what_can_be_given_depends_on_who_needs_the_account(runtime: Taonet) -> None:
    def given() -> list[int]:
        return [runtime.balances.reducible_balance(WHO, p) for p in Preservation]

    assert given() == [10_000, 9_500, 9_500]
    runtime.system.inc_consumers(WHO)
    assert given() == [9_500, 9_500, 9_500]
    runtime.system.inc_providers(WHO)
    assert given() == [10_000, 10_000, 9_500]


# -- withdraw and resolve


def test_what_is_withdrawn_is_given_to_another(runtime: Taonet, bob: Keypair) -> None:
    before = free(runtime, bob)

    with emits(
        runtime,
        Balances.Withdraw(who=WHO, amount=rao(700)),
        Balances.Deposit(who=bob.account, amount=rao(700)),
    ):
        runtime.balances.withdraw(WHO, rao(700))
        assert runtime.balances.resolve(bob.account, rao(700))

    assert (free(runtime, WHO), free(runtime, bob)) == (9_300, before + 700)
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_who_withdraws_stays_alive(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        runtime.balances.withdraw(WHO, rao(10_000 - ED + 1))
    runtime.balances.withdraw(WHO, rao(10_000 - ED))


def test_a_deposit_below_the_minimum_is_refused_even_by_an_account_that_lives_otherwise(runtime: Taonet) -> None:
    runtime.system.inc_providers(WHO)
    runtime.balances.reserve(WHO, rao(10_000))

    with unchanged(runtime):
        assert not runtime.balances.resolve(WHO, rao(ED - 1))
    with unchanged(runtime), reverts(TokenError("BelowMinimum")):
        runtime.balances.increase(WHO, rao(ED - 1))
    assert runtime.balances.resolve(WHO, rao(ED))


def test_a_full_account_takes_no_more(runtime: Taonet) -> None:
    data = AccountData(rao((1 << 64) - 10))
    runtime.system.Account[WHO] = AccountInfo(providers=1, data=data)

    with unchanged(runtime):
        assert not runtime.balances.resolve(WHO, rao(10))
    with unchanged(runtime), reverts(ArithmeticFault("Overflow")):
        runtime.balances.increase(WHO, rao(10))


def test_an_account_that_came_back_to_a_balance_is_endowed_anew(runtime: Taonet) -> None:
    runtime.system.inc_providers(WHO)
    runtime.balances.decrease(WHO, rao(10_000), Preservation.Expendable)

    with emits(runtime, Balances.Endowed(account=WHO, free_balance=rao(600)), Balances.Deposit):
        runtime.balances.resolve(WHO, rao(600))

    assert runtime.system.Account[WHO].providers == 2
    assert not any(isinstance(e, System.KilledAccount) for e in [r.event for r in runtime.system.Events][-2:])
