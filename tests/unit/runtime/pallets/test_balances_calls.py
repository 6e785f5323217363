"""The calls of Balances: what moves, what is told, what is refused, at the boundaries."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import (
    ROOT,
    call,
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
from chain.types import Address20, Address32, Bytes20, Bytes32, Id, Index, Raw
from runtime.frame.errors import ArithmeticFault, BadOrigin, CannotLookup, ConsumerRemaining, TokenError
from runtime.frame.weight import Pays
from runtime.pallets.balances import Balances
from runtime.pallets.balances.types import AdjustmentDirection, Reasons
from runtime.pallets.system import NEW_LOGIC, AccountData, AccountInfo, System
from runtime.taonet import Taonet
from runtime.units import TaoBalance

ED = 500
U64_MAX = (1 << 64) - 1
SIGNED: dict[str, dict[str, Any]] = {
    "transfer_allow_death": {"dest": key_of("Bob"), "value": 1000},
    "transfer_keep_alive": {"dest": key_of("Bob"), "value": 1000},
    "transfer_all": {"dest": key_of("Bob"), "keep_alive": False},
    "upgrade_accounts": {"who": ()},
    "burn": {"value": 1, "keep_alive": True},
}
BY_ROOT: dict[str, dict[str, Any]] = {
    "force_transfer": {"source": key_of("Alice"), "dest": key_of("Bob"), "value": 1000},
    "force_unreserve": {"who": key_of("Alice"), "amount": 1},
    "force_set_balance": {"who": key_of("Alice"), "new_free": 1},
    "force_adjust_total_issuance": {"direction": AdjustmentDirection.Increase, "delta": 1},
}
TRANSFERS = ("transfer_allow_death", "transfer_keep_alive")


def endow(runtime: Taonet, who: Keypair, amount: int) -> None:
    """Give `who` a free balance, and nothing else."""
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=who, new_free=amount)


def transferred(source: Keypair, to: Keypair, amount: int) -> Balances.Transfer:
    return Balances.Transfer(from_=source.account, to=to.account, amount=TaoBalance(amount))


@pytest.fixture
def poor(runtime: Taonet, nobody: Keypair) -> Keypair:
    """An account with ten thousand rao."""
    endow(runtime, nobody, 10_000)
    return nobody


# -- origins and addresses


@pytest.mark.parametrize("name", SIGNED)
def test_calls_of_accounts_are_refused_from_root_and_from_nobody(runtime: Taonet, name: str) -> None:
    for origin in (ROOT, None):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, origin, f"Balances.{name}", **SIGNED[name])


@pytest.mark.parametrize("name", BY_ROOT)
def test_calls_of_root_are_refused_from_accounts_and_from_nobody(runtime: Taonet, alice: Keypair, name: str) -> None:
    for origin in (alice, None):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, origin, f"Balances.{name}", **BY_ROOT[name])


@pytest.mark.parametrize(
    "address", [Index(None), Raw(b"bob"), Address32(Bytes32(bytes(32))), Address20(Bytes20(bytes(20)))]
)
def test_only_plain_accounts_can_be_looked_up(runtime: Taonet, alice: Keypair, address: Any) -> None:
    bob = Id(key_of("Bob").account)
    calls: list[tuple[Any, str, dict[str, Any]]] = [
        (alice, "transfer_allow_death", {"dest": address, "value": 1}),
        (alice, "transfer_keep_alive", {"dest": address, "value": 1}),
        (alice, "transfer_all", {"dest": address, "keep_alive": True}),
        (ROOT, "force_transfer", {"source": address, "dest": bob, "value": 1}),
        (ROOT, "force_transfer", {"source": bob, "dest": address, "value": 1}),
        (ROOT, "force_unreserve", {"who": address, "amount": 1}),
        (ROOT, "force_set_balance", {"who": address, "new_free": 1}),
    ]

    for origin, name, arguments in calls:
        with unchanged(runtime), reverts(CannotLookup()):
            dispatch(runtime, origin, f"Balances.{name}", **arguments)


# -- transfers


@pytest.mark.parametrize("name", TRANSFERS)
def test_a_transfer_moves_the_amount(runtime: Taonet, alice: Keypair, bob: Keypair, name: str) -> None:
    before = free(runtime, alice), free(runtime, bob)

    with emits(runtime, transferred(alice, bob, 12_345)):
        dispatch(runtime, alice, f"Balances.{name}", dest=bob, value=12_345)

    assert (free(runtime, alice), free(runtime, bob)) == (before[0] - 12_345, before[1] + 12_345)


def test_a_transfer_brings_an_account_into_being(runtime: Taonet, alice: Keypair, nobody: Keypair) -> None:
    with emits(
        runtime,
        System.NewAccount(account=nobody.account),
        Balances.Endowed(account=nobody.account, free_balance=TaoBalance(ED)),
        transferred(alice, nobody, ED),
    ):
        dispatch(runtime, alice, "Balances.transfer_keep_alive", dest=nobody, value=ED)

    assert runtime.system.Account[nobody.account] == AccountInfo(providers=1, data=AccountData(TaoBalance(ED)))


@pytest.mark.parametrize("name", TRANSFERS)
@pytest.mark.parametrize("amount", [1, ED - 1])
def test_less_than_the_existential_deposit_makes_no_account(
    runtime: Taonet, alice: Keypair, nobody: Keypair, name: str, amount: int
) -> None:
    with unchanged(runtime), reverts(TokenError("BelowMinimum")):
        dispatch(runtime, alice, f"Balances.{name}", dest=nobody, value=amount)


@pytest.mark.parametrize("name", TRANSFERS)
@pytest.mark.parametrize("amount", [10_001, U64_MAX])
def test_more_than_there_is_cannot_be_moved(
    runtime: Taonet, poor: Keypair, alice: Keypair, name: str, amount: int
) -> None:
    error = ArithmeticFault("Underflow") if amount > runtime.balances.TotalIssuance else TokenError("FundsUnavailable")

    with unchanged(runtime), reverts(error):
        dispatch(runtime, poor, f"Balances.{name}", dest=alice, value=amount)


@pytest.mark.parametrize("left", [0, 1, ED - 1])
def test_keep_alive_refuses_what_would_remove_the_sender(
    runtime: Taonet, poor: Keypair, alice: Keypair, left: int
) -> None:
    with unchanged(runtime), reverts(TokenError("NotExpendable")):
        dispatch(runtime, poor, "Balances.transfer_keep_alive", dest=alice, value=10_000 - left)


def test_keep_alive_may_leave_just_the_existential_deposit(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    dispatch(runtime, poor, "Balances.transfer_keep_alive", dest=alice, value=10_000 - ED)

    assert free(runtime, poor) == ED


def test_a_sender_that_gives_everything_is_removed(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    with emits(runtime, System.KilledAccount(account=poor.account), transferred(poor, alice, 10_000)):
        dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=10_000)

    assert poor.account not in runtime.system.Account


@pytest.mark.parametrize("left", [1, ED - 1])
def test_dust_that_a_sender_leaves_is_gone_and_the_issuance_knows(
    runtime: Taonet, poor: Keypair, alice: Keypair, left: int
) -> None:
    issuance = runtime.balances.TotalIssuance

    with emits(
        runtime,
        System.KilledAccount(account=poor.account),
        Balances.DustLost(account=poor.account, amount=TaoBalance(left)),
        transferred(poor, alice, 10_000 - left),
    ):
        dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=10_000 - left)

    assert runtime.balances.TotalIssuance == issuance - left == sum_of_accounts(runtime)


def test_an_account_that_something_needs_cannot_be_emptied(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    runtime.system.inc_consumers(poor.account)

    with unchanged(runtime), reverts(TokenError("Frozen")):
        dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=10_000)
    dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=10_000 - ED)
    assert free(runtime, poor) == ED


def test_an_account_with_another_provider_may_give_everything(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    runtime.system.inc_providers(poor.account)
    runtime.system.inc_consumers(poor.account)

    dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=10_000)

    assert runtime.system.Account[poor.account] == AccountInfo(consumers=1, providers=1)


@pytest.mark.parametrize("name", TRANSFERS)
def test_a_transfer_to_oneself_is_checked_and_does_nothing(runtime: Taonet, poor: Keypair, name: str) -> None:
    with unchanged(runtime):
        dispatch(runtime, poor, f"Balances.{name}", dest=poor, value=5_000)
    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        dispatch(runtime, poor, f"Balances.{name}", dest=poor, value=10_001)


@pytest.mark.parametrize("name", TRANSFERS)
def test_a_transfer_of_nothing_is_told_and_makes_no_account(
    runtime: Taonet, alice: Keypair, nobody: Keypair, name: str
) -> None:
    with emits(runtime, transferred(alice, nobody, 0)):
        dispatch(runtime, alice, f"Balances.{name}", dest=nobody, value=0)

    assert nobody.account not in runtime.system.Account


def test_an_account_cannot_hold_more_than_a_u64(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    endow(runtime, bob, U64_MAX)

    with unchanged(runtime), reverts(ArithmeticFault("Overflow")):
        dispatch(runtime, alice, "Balances.transfer_keep_alive", dest=bob, value=1)


def test_free_and_reserved_together_stay_within_a_u64(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    runtime.balances.reserve(bob.account, TaoBalance(1000))
    endow(runtime, bob, U64_MAX - 1500)

    with unchanged(runtime), reverts(ArithmeticFault("Overflow")):
        dispatch(runtime, alice, "Balances.transfer_keep_alive", dest=bob, value=501)
    dispatch(runtime, alice, "Balances.transfer_keep_alive", dest=bob, value=500)


def test_what_is_locked_cannot_be_moved(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    runtime.holding.set_lock(b"lock0000", poor.account, TaoBalance(6_000), Reasons.All)

    with unchanged(runtime), reverts(TokenError("Frozen")):
        dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=4_001)
    dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=4_000)


def test_what_is_reserved_counts_towards_a_lock(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    runtime.balances.reserve(poor.account, TaoBalance(3_000))
    runtime.holding.set_lock(b"lock0000", poor.account, TaoBalance(6_000), Reasons.All)

    # 7,000 are free, of which 3,000 have to stay
    with unchanged(runtime), reverts(TokenError("Frozen")):
        dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=4_001)
    dispatch(runtime, poor, "Balances.transfer_allow_death", dest=alice, value=4_000)


# -- transfer_all


def test_all_that_can_be_given_is_moved(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    with emits(runtime, System.KilledAccount(account=poor.account), transferred(poor, alice, 10_000)):
        dispatch(runtime, poor, "Balances.transfer_all", dest=alice, keep_alive=False)


def test_all_but_the_existential_deposit_is_moved_if_the_sender_stays(
    runtime: Taonet, poor: Keypair, alice: Keypair
) -> None:
    with emits(runtime, transferred(poor, alice, 10_000 - ED)):
        dispatch(runtime, poor, "Balances.transfer_all", dest=alice, keep_alive=True)


def test_all_of_what_is_not_locked_is_moved(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    runtime.holding.set_lock(b"lock0000", poor.account, TaoBalance(6_000), Reasons.All)

    with emits(runtime, transferred(poor, alice, 4_000)):
        dispatch(runtime, poor, "Balances.transfer_all", dest=alice, keep_alive=False)


def test_all_of_nothing_is_nothing(runtime: Taonet, nobody: Keypair, alice: Keypair) -> None:
    with emits(runtime, transferred(nobody, alice, 0)):
        dispatch(runtime, nobody, "Balances.transfer_all", dest=alice, keep_alive=False)

    assert nobody.account not in runtime.system.Account


# -- root


def test_root_moves_anybodys_balance(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    with emits(runtime, System.KilledAccount, transferred(poor, alice, 10_000)):
        dispatch(runtime, ROOT, "Balances.force_transfer", source=poor, dest=alice, value=10_000)


def test_even_root_moves_only_what_can_be_moved(runtime: Taonet, poor: Keypair, alice: Keypair) -> None:
    runtime.holding.set_lock(b"lock0000", poor.account, TaoBalance(6_000), Reasons.All)

    with unchanged(runtime), reverts(TokenError("Frozen")):
        dispatch(runtime, ROOT, "Balances.force_transfer", source=poor, dest=alice, value=10_000)


@pytest.mark.parametrize(("asked", "freed"), [(1, 1), (3_000, 3_000), (3_001, 3_000), (U64_MAX, 3_000)])
def test_root_frees_what_is_set_aside(runtime: Taonet, poor: Keypair, asked: int, freed: int) -> None:
    runtime.balances.reserve(poor.account, TaoBalance(3_000))

    with emits(runtime, Balances.Unreserved(who=poor.account, amount=TaoBalance(freed))):
        dispatch(runtime, ROOT, "Balances.force_unreserve", who=poor, amount=asked)

    assert (free(runtime, poor), reserved(runtime, poor)) == (7_000 + freed, 3_000 - freed)


def test_freeing_nothing_is_told_only_if_the_account_has_something(
    runtime: Taonet, poor: Keypair, nobody: Keypair
) -> None:
    with emits(runtime, Balances.Unreserved(who=poor.account, amount=TaoBalance(0))):
        dispatch(runtime, ROOT, "Balances.force_unreserve", who=poor, amount=1)
    with unchanged(runtime):
        dispatch(runtime, ROOT, "Balances.force_unreserve", who=poor, amount=0)
    with unchanged(runtime):
        dispatch(runtime, ROOT, "Balances.force_unreserve", who=key_of("Unknown"), amount=1)


@pytest.mark.parametrize("amount", [ED, 9_999, 10_001, U64_MAX // 2])
def test_root_sets_a_balance_and_the_issuance_follows(runtime: Taonet, poor: Keypair, amount: int) -> None:
    change = amount - 10_000
    told = Balances.Issued(amount=TaoBalance(change)) if change > 0 else Balances.Rescinded(amount=TaoBalance(-change))

    with emits(runtime, told, Balances.BalanceSet(who=poor.account, free=TaoBalance(amount))):
        endow(runtime, poor, amount)

    assert free(runtime, poor) == amount
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_setting_the_balance_that_there_is_changes_nothing_but_is_told(runtime: Taonet, poor: Keypair) -> None:
    with emits(runtime, Balances.BalanceSet(who=poor.account, free=TaoBalance(10_000))):
        endow(runtime, poor, 10_000)


@pytest.mark.parametrize("amount", [0, 1, ED - 1])
def test_a_balance_below_the_existential_deposit_is_set_to_nothing(runtime: Taonet, poor: Keypair, amount: int) -> None:
    with emits(
        runtime,
        System.KilledAccount(account=poor.account),
        Balances.Rescinded(amount=TaoBalance(10_000)),
        Balances.BalanceSet(who=poor.account, free=TaoBalance(0)),
    ):
        endow(runtime, poor, amount)

    assert poor.account not in runtime.system.Account
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_root_brings_an_account_into_being(runtime: Taonet, nobody: Keypair) -> None:
    with emits(
        runtime,
        System.NewAccount(account=nobody.account),
        Balances.Endowed(account=nobody.account, free_balance=TaoBalance(ED)),
        Balances.Issued(amount=TaoBalance(ED)),
        Balances.BalanceSet(who=nobody.account, free=TaoBalance(ED)),
    ):
        endow(runtime, nobody, ED)


def test_an_account_with_a_reserve_cannot_be_set_to_nothing(runtime: Taonet, poor: Keypair) -> None:
    runtime.balances.reserve(poor.account, TaoBalance(3_000))

    with unchanged(runtime), reverts(ConsumerRemaining()):
        endow(runtime, poor, 0)


@pytest.mark.parametrize(
    ("direction", "delta", "expected"),
    [
        (AdjustmentDirection.Increase, 7, 1_007),
        (AdjustmentDirection.Decrease, 7, 993),
        (AdjustmentDirection.Decrease, 1_000, 0),
        (AdjustmentDirection.Decrease, 1_001, 0),
        (AdjustmentDirection.Increase, U64_MAX, U64_MAX),
    ],
)
def test_root_adjusts_the_issuance_within_its_range(
    runtime: Taonet, direction: AdjustmentDirection, delta: int, expected: int
) -> None:
    runtime.balances.TotalIssuance = TaoBalance(1_000)

    with emits(runtime, Balances.TotalIssuanceForced(old=TaoBalance(1_000), new=TaoBalance(expected))):
        dispatch(runtime, ROOT, "Balances.force_adjust_total_issuance", direction=direction, delta=delta)

    assert runtime.balances.TotalIssuance == expected


def test_the_issuance_is_not_adjusted_by_nothing(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Balances.DeltaZero):
        dispatch(runtime, ROOT, "Balances.force_adjust_total_issuance", direction=AdjustmentDirection.Increase, delta=0)


def test_the_issuance_does_not_fall_below_its_inactive_part(runtime: Taonet) -> None:
    runtime.balances.TotalIssuance, runtime.balances.InactiveIssuance = TaoBalance(1_000), TaoBalance(600)
    path, down = "Balances.force_adjust_total_issuance", AdjustmentDirection.Decrease

    with unchanged(runtime), reverts(Balances.IssuanceDeactivated):
        dispatch(runtime, ROOT, path, direction=down, delta=401)
    dispatch(runtime, ROOT, path, direction=down, delta=400)


# -- burn


@pytest.mark.parametrize("keep_alive", [True, False])
def test_what_is_burned_leaves_the_issuance(runtime: Taonet, poor: Keypair, keep_alive: bool) -> None:
    issuance = runtime.balances.TotalIssuance

    with emits(runtime, Balances.Burned(who=poor.account, amount=TaoBalance(4_000))):
        dispatch(runtime, poor, "Balances.burn", value=4_000, keep_alive=keep_alive)

    assert free(runtime, poor) == 6_000
    assert runtime.balances.TotalIssuance == issuance - 4_000 == sum_of_accounts(runtime)


def test_burning_everything_removes_the_account(runtime: Taonet, poor: Keypair) -> None:
    with emits(runtime, System.KilledAccount, Balances.Burned(who=poor.account, amount=TaoBalance(10_000))):
        dispatch(runtime, poor, "Balances.burn", value=10_000, keep_alive=False)

    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


def test_dust_that_burning_leaves_is_gone_too(runtime: Taonet, poor: Keypair) -> None:
    dispatch(runtime, poor, "Balances.burn", value=9_999, keep_alive=False)

    assert poor.account not in runtime.system.Account
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)


@pytest.mark.parametrize(("value", "keep_alive"), [(10_000 - ED + 1, True), (10_000, True), (10_001, False)])
def test_more_than_can_be_burned_is_refused(runtime: Taonet, poor: Keypair, value: int, keep_alive: bool) -> None:
    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        dispatch(runtime, poor, "Balances.burn", value=value, keep_alive=keep_alive)


def test_the_two_ways_to_burn_weigh_as_the_chain_has_it(runtime: Taonet) -> None:
    def weight(keep_alive: bool) -> int:
        return runtime.dispatch_info(call(runtime, "Balances.burn", value=1, keep_alive=keep_alive)).weight.ref_time

    assert weight(True) - weight(False) == 30_968_000 - 20_711_000


# -- upgrade_accounts


def store(runtime: Taonet, name: str, info: AccountInfo) -> Keypair:
    """An account as it stands in the state."""
    runtime.system.Account[key_of(name).account] = info
    return key_of(name)


def old(reserved: int = 0, frozen: int = 0, free: int = 10_000) -> AccountData:
    return AccountData(TaoBalance(free), TaoBalance(reserved), TaoBalance(frozen), 0)


def test_an_account_of_the_old_logic_is_upgraded_free_of_charge(runtime: Taonet, alice: Keypair) -> None:
    who = store(runtime, "Old", AccountInfo(providers=1, data=old(reserved=3_000)))

    with emits(runtime, Balances.Upgraded(who=who.account)):
        post = dispatch(runtime, alice, "Balances.upgrade_accounts", who=(who.account,))

    info = runtime.system.Account[who.account]
    assert (info.consumers, info.providers, info.data.flags) == (1, 1, NEW_LOGIC)
    assert (info.data.free, info.data.reserved) == (10_000, 3_000)
    assert post.pays is Pays.No


@pytest.mark.parametrize(("reserved", "frozen", "consumers"), [(0, 0, 0), (3_000, 0, 1), (0, 5, 0), (3_000, 5, 0)])
def test_only_a_reserve_without_a_freeze_is_a_new_consumer(
    runtime: Taonet, alice: Keypair, reserved: int, frozen: int, consumers: int
) -> None:
    who = store(runtime, "Old", AccountInfo(providers=1, data=old(reserved, frozen)))

    dispatch(runtime, alice, "Balances.upgrade_accounts", who=(who.account,))

    assert runtime.system.Account[who.account].consumers == consumers


def test_an_upgraded_account_that_lived_on_its_reserve_is_given_the_least_to_live(
    runtime: Taonet, alice: Keypair
) -> None:
    who = store(runtime, "Old", AccountInfo(data=old(reserved=3_000, free=0)))
    drift = runtime.balances.TotalIssuance - sum_of_accounts(runtime)

    dispatch(runtime, alice, "Balances.upgrade_accounts", who=(who.account,))

    info = runtime.system.Account[who.account]
    assert (info.providers, info.consumers, info.data.free) == (1, 1, ED)
    assert runtime.balances.TotalIssuance - sum_of_accounts(runtime) == drift


@pytest.mark.parametrize(("needed", "all_", "is_free"), [(9, 10, True), (8, 9, False), (1, 1, True), (0, 1, False)])
def test_upgrading_is_free_if_nine_in_ten_needed_it(
    runtime: Taonet, alice: Keypair, needed: int, all_: int, is_free: bool
) -> None:
    for n in range(needed):
        store(runtime, f"Old{n}", AccountInfo(providers=1, data=old()))

    post = dispatch(
        runtime, alice, "Balances.upgrade_accounts", who=tuple(key_of(f"Old{n}").account for n in range(all_))
    )

    assert post.pays is (Pays.No if is_free else Pays.Yes)


def test_upgrading_nobody_is_not_free(runtime: Taonet, alice: Keypair) -> None:
    with unchanged(runtime):
        assert dispatch(runtime, alice, "Balances.upgrade_accounts", who=()).pays is Pays.Yes


def test_an_account_of_the_old_logic_is_upgraded_when_it_is_touched(runtime: Taonet, alice: Keypair) -> None:
    who = store(runtime, "Old", AccountInfo(nonce=4, providers=1, data=old(reserved=3_000)))

    with emits(runtime, Balances.Upgraded(who=who.account), transferred(alice, who, 1)):
        dispatch(runtime, alice, "Balances.transfer_keep_alive", dest=who, value=1)

    info = runtime.system.Account[who.account]
    assert info == AccountInfo(4, 1, 1, 0, AccountData(TaoBalance(10_001), TaoBalance(3_000), TaoBalance(0), NEW_LOGIC))


def test_transfers_weigh_what_the_chain_recorded(runtime: Taonet, bob: Keypair) -> None:
    info = runtime.dispatch_info(call(runtime, "Balances.transfer_keep_alive", dest=bob, value=1))

    guard = runtime.guards[0].weight
    # at spec 419 a guard counted for its two reads only: 214,051,000 ps and 3,593 bytes
    assert info.weight.ref_time - guard.ref_time + 50_000_000 == 214_051_000
    assert info.weight.proof_size == 3_593 + guard.proof_size
