"""The calls of Proxy: who may act for whom, what it costs, announcements, and accounts without a key."""

from __future__ import annotations

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
    reserved,
    reverts,
    sum_of_accounts,
    unchanged,
)

from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.scale.hints import Err, Ok
from chain.types import H256, AccountId, BlockNumber
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import BadOrigin, TokenError
from runtime.frame.origin import Origin
from runtime.frame.weight import Pays, Weight
from runtime.pallets.balances import Balances
from runtime.pallets.proxy.pallet import Proxy, pure_account
from runtime.pallets.proxy.types import Announcement, DepositKind, ProxyDefinition, ProxyType
from runtime.pallets.system import System
from runtime.taonet import Taonet
from runtime.units import TAO, TaoBalance

ALICE, BOB, CHARLIE, DAVE = (key_of(name) for name in ("Alice", "Bob", "Charlie", "Dave"))
BASE, EACH = 60_000_000, 33_000_000
ANNOUNCING, EACH_ANNOUNCED = 36_000_000, 68_000_000
DONE = Proxy.ProxyExecuted(Ok(None))
ANY = ProxyType.Any


def definition(who: Keypair, kind: ProxyType = ANY, delay: int = 0) -> ProxyDefinition:
    return ProxyDefinition(who.account, kind, BlockNumber(delay))


def add(runtime: Taonet, delegate: Keypair, kind: ProxyType = ANY, delay: int = 0, who: Keypair = ALICE) -> None:
    dispatch(runtime, who, "Proxy.add_proxy", delegate=delegate, proxy_type=kind, delay=delay)


def remove(runtime: Taonet, delegate: Keypair, kind: ProxyType = ANY, delay: int = 0, who: Keypair = ALICE) -> None:
    dispatch(runtime, who, "Proxy.remove_proxy", delegate=delegate, proxy_type=kind, delay=delay)


def act(
    runtime: Taonet, what: RuntimeCall, who: Keypair = BOB, kind: ProxyType | None = None, real: Keypair = ALICE
) -> None:
    dispatch(runtime, who, "Proxy.proxy", real=real, force_proxy_type=kind, call=what)


def proxies(runtime: Taonet, who: Keypair = ALICE) -> tuple[ProxyDefinition, ...]:
    return runtime.proxy.Proxies[who.account][0]


def remark(runtime: Taonet) -> RuntimeCall:
    return call(runtime, "System.remark_with_event", remark=b"x")


def pay(runtime: Taonet, amount: int = 1000) -> RuntimeCall:
    return call(runtime, "Balances.transfer_keep_alive", dest=CHARLIE, value=amount)


def hash_of(runtime: Taonet, what: RuntimeCall) -> H256:
    return H256(blake2_256(runtime.construct.call.encode(what)))


def announce(runtime: Taonet, what: RuntimeCall, who: Keypair = BOB) -> None:
    dispatch(runtime, who, "Proxy.announce", real=ALICE, call_hash=hash_of(runtime, what))


def act_announced(runtime: Taonet, what: RuntimeCall, delegate: Keypair = BOB) -> None:
    """Anyone may make a call that was announced; here it is Dave."""
    dispatch(runtime, DAVE, "Proxy.proxy_announced", delegate=delegate, real=ALICE, force_proxy_type=None, call=what)


def skip(runtime: Taonet, blocks: int) -> None:
    runtime.system.Number = BlockNumber(runtime.system.Number + blocks)


# -- having proxies


def test_proxies_stand_in_order_and_cost_a_deposit(runtime: Taonet) -> None:
    with emits(
        runtime,
        Balances.Reserved(who=ALICE.account, amount=TaoBalance(BASE + EACH)),
        Proxy.ProxyAdded(ALICE.account, CHARLIE.account, ProxyType.Staking, BlockNumber(3)),
    ):
        add(runtime, CHARLIE, ProxyType.Staking, 3)
    add(runtime, CHARLIE, ProxyType.Owner, 9)
    add(runtime, BOB)
    add(runtime, CHARLIE, ProxyType.Staking, 1)

    charlies = [(ProxyType.Owner, 9), (ProxyType.Staking, 1), (ProxyType.Staking, 3)]
    expected = sorted([BOB.account] + [CHARLIE.account] * 3)
    assert [p.delegate for p in proxies(runtime)] == expected
    assert [(p.proxy_type, p.delay) for p in proxies(runtime) if p.delegate == CHARLIE.account] == charlies
    assert runtime.proxy.Proxies[ALICE.account][1] == reserved(runtime, ALICE) == BASE + 4 * EACH


def test_a_proxy_is_had_once_and_by_another(runtime: Taonet) -> None:
    add(runtime, BOB)

    with unchanged(runtime), reverts(Proxy.Duplicate()):
        add(runtime, BOB)
    with unchanged(runtime), reverts(Proxy.NoSelfProxy()):
        add(runtime, ALICE)


def test_twenty_proxies_are_had_and_no_more(runtime: Taonet) -> None:
    for delay in range(20):
        add(runtime, BOB, delay=delay)

    with unchanged(runtime), reverts(Proxy.TooMany()):
        add(runtime, BOB, delay=20)
    with unchanged(runtime), reverts(Proxy.Duplicate()):
        add(runtime, BOB, delay=19)


def test_who_cannot_pay_has_no_proxies(runtime: Taonet, nobody: Keypair) -> None:
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=nobody, new_free=BASE + EACH - 1)

    with unchanged(runtime), reverts(Balances.InsufficientBalance()):
        add(runtime, BOB, who=nobody)


def test_a_proxy_that_is_removed_is_paid_back(runtime: Taonet) -> None:
    add(runtime, BOB)
    add(runtime, CHARLIE)
    dispatch(runtime, ALICE, "Proxy.set_real_pays_fee", delegate=BOB, pays_fee=True)

    with emits(
        runtime,
        Balances.Unreserved(who=ALICE.account, amount=TaoBalance(EACH)),
        Proxy.ProxyRemoved(ALICE.account, BOB.account, ANY, BlockNumber(0)),
    ):
        remove(runtime, BOB)
    remove(runtime, CHARLIE)

    assert reserved(runtime, ALICE) == 0
    assert ALICE.account not in runtime.proxy.Proxies
    assert not runtime.proxy.pays_fee_of(ALICE.account, BOB.account)


@pytest.mark.parametrize(("kind", "delay"), [(ProxyType.Owner, 0), (ANY, 1)])
def test_a_proxy_is_removed_with_its_type_and_delay(runtime: Taonet, kind: ProxyType, delay: int) -> None:
    with unchanged(runtime), reverts(Proxy.NotFound()):
        remove(runtime, BOB)
    add(runtime, BOB)

    with unchanged(runtime), reverts(Proxy.NotFound()):
        remove(runtime, BOB, kind, delay)


def test_all_proxies_go_at_once(runtime: Taonet) -> None:
    for delegate in (BOB, CHARLIE):
        add(runtime, delegate)
        dispatch(runtime, ALICE, "Proxy.set_real_pays_fee", delegate=delegate, pays_fee=True)

    dispatch(runtime, ALICE, "Proxy.remove_proxies")

    assert (proxies(runtime), reserved(runtime, ALICE)) == ((), 0)
    assert list(runtime.proxy.RealPaysFee) == []


# -- acting


def test_a_proxy_acts_for_another(runtime: Taonet) -> None:
    add(runtime, BOB)
    digest = H256(blake2_256(b"x"))

    with emits(runtime, System.Remarked(sender=ALICE.account, hash=digest), DONE):
        act(runtime, remark(runtime))

    assert runtime.proxy.LastCallResult[ALICE.account] == Ok(None)


def test_a_call_that_fails_is_told_and_the_call_of_the_proxy_succeeds(runtime: Taonet) -> None:
    add(runtime, BOB)
    error = TokenError("FundsUnavailable")

    with emits(runtime, Proxy.ProxyExecuted(Err(error))):
        act(runtime, pay(runtime, 10**15))

    assert runtime.proxy.LastCallResult[ALICE.account] == Err(error)


def test_how_calls_ended_is_forgotten_with_the_block(runtime: Taonet) -> None:
    add(runtime, BOB)
    act(runtime, remark(runtime))

    runtime.proxy.on_finalize(runtime.system.Number)

    assert list(runtime.proxy.LastCallResult) == []


def test_who_is_no_proxy_does_not_act(runtime: Taonet) -> None:
    add(runtime, BOB, ProxyType.Staking)

    with unchanged(runtime), reverts(Proxy.NotProxy()):
        act(runtime, remark(runtime), CHARLIE)
    with unchanged(runtime), reverts(Proxy.NotProxy()):
        act(runtime, remark(runtime), BOB, ProxyType.Owner)


def test_the_first_proxy_in_order_counts_unless_a_type_is_asked_for(runtime: Taonet) -> None:
    add(runtime, BOB, ProxyType.Owner)
    add(runtime, BOB, ProxyType.Transfer)

    with emits(runtime, Proxy.ProxyExecuted(Err(System.CallFiltered()))):
        act(runtime, pay(runtime))
    with emits(runtime, Balances.Transfer, DONE):
        act(runtime, pay(runtime), kind=ProxyType.Transfer)


def test_a_proxy_with_a_delay_does_not_act_at_once(runtime: Taonet) -> None:
    add(runtime, BOB, delay=1)

    with unchanged(runtime), reverts(Proxy.Unannounced()):
        act(runtime, remark(runtime))


def test_what_a_batch_holds_is_looked_at_too(runtime: Taonet) -> None:
    add(runtime, BOB, ProxyType.NonTransfer)
    before = free(runtime, ALICE)

    act(runtime, call(runtime, "Utility.batch", calls=(remark(runtime), pay(runtime))))

    assert any(isinstance(e, System.Remarked) for e in events(runtime))
    assert free(runtime, ALICE) == before


def test_a_proxy_gives_nobody_more_than_it_has(runtime: Taonet) -> None:
    add(runtime, BOB, ProxyType.NonTransfer)

    for name, kind, succeeds in (
        ("add_proxy", ProxyType.Any, False),
        ("add_proxy", ProxyType.Transfer, False),
        ("add_proxy", ProxyType.Staking, True),
        ("remove_proxy", ProxyType.SmallTransfer, False),
        ("remove_proxy", ProxyType.Staking, True),
    ):
        act(runtime, call(runtime, f"Proxy.{name}", delegate=CHARLIE, proxy_type=kind, delay=0))
        outcome = events(runtime)[-1]
        assert outcome == (DONE if succeeds else Proxy.ProxyExecuted(Err(System.CallFiltered())))


@pytest.mark.parametrize("kind", [ProxyType.Any, ProxyType.NonTransfer])
def test_only_a_proxy_for_everything_removes_all_proxies(runtime: Taonet, kind: ProxyType) -> None:
    add(runtime, BOB, kind)

    act(runtime, call(runtime, "Proxy.remove_proxies"))

    assert bool(proxies(runtime)) is (kind is not ProxyType.Any)


def test_a_proxy_of_a_proxy_acts_through_both(runtime: Taonet) -> None:
    add(runtime, BOB)
    add(runtime, CHARLIE, who=BOB)
    inner = call(runtime, "Proxy.proxy", real=ALICE, force_proxy_type=None, call=remark(runtime))

    with emits(runtime, System.Remarked, DONE, DONE):
        act(runtime, inner, CHARLIE, real=BOB)


def test_the_base_filter_holds_for_proxies(runtime: Taonet) -> None:
    add(runtime, BOB)
    nested = call(runtime, "Utility.batch", calls=(call(runtime, "Utility.batch", calls=()),))

    with emits(runtime, Proxy.ProxyExecuted(Err(System.CallFiltered()))):
        act(runtime, nested)


def test_acting_weighs_and_costs_as_the_call_that_is_made(runtime: Taonet) -> None:
    inner = call(runtime, "Sudo.sudo", call=remark(runtime))
    outer = call(runtime, "Proxy.proxy", real=ALICE, force_proxy_type=None, call=inner)
    announced = call(runtime, "Proxy.proxy_announced", delegate=BOB, real=ALICE, force_proxy_type=None, call=inner)
    own = runtime.dispatch_info(inner).weight + runtime.guard_weight(outer.bound)

    assert runtime.dispatch_info(outer).weight.saturating_sub(own) == Weight(
        28_026_265 + 20 * 53_205 + 4 * 25_000_000 + 2 * 100_000_000, 4254 + 20 * 37
    )
    assert runtime.dispatch_info(announced).weight.saturating_sub(own) == Weight(
        53_234_507 + 75 * 228_831 + 20 * 54_037 + 6 * 25_000_000 + 4 * 100_000_000, 8615 + 75 * 68 + 20 * 37
    )


# -- announcements


def test_what_is_announced_is_done_after_the_delay_by_anyone(runtime: Taonet) -> None:
    add(runtime, BOB, delay=5)
    what = remark(runtime)
    with emits(
        runtime,
        Balances.Reserved(who=BOB.account, amount=TaoBalance(ANNOUNCING + EACH_ANNOUNCED)),
        Proxy.Announced(ALICE.account, BOB.account, hash_of(runtime, what)),
    ):
        announce(runtime, what)
    said = Announcement(ALICE.account, hash_of(runtime, what), runtime.system.Number)
    assert runtime.proxy.Announcements[BOB.account] == ((said,), ANNOUNCING + EACH_ANNOUNCED)
    skip(runtime, 4)
    with unchanged(runtime), reverts(Proxy.Unannounced()):
        act_announced(runtime, what)
    skip(runtime, 1)

    act_announced(runtime, what)

    assert events(runtime)[-1] == DONE
    assert BOB.account not in runtime.proxy.Announcements
    assert reserved(runtime, BOB) == 0
    with unchanged(runtime), reverts(Proxy.Unannounced()):
        act_announced(runtime, what)


def test_only_what_was_announced_is_done(runtime: Taonet) -> None:
    add(runtime, BOB)
    announce(runtime, remark(runtime))

    with unchanged(runtime), reverts(Proxy.Unannounced()):
        act_announced(runtime, pay(runtime))
    with unchanged(runtime), reverts(Proxy.NotProxy()):
        act_announced(runtime, remark(runtime), CHARLIE)


def test_only_proxies_announce_and_75_at_once(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Proxy.NotProxy()):
        announce(runtime, remark(runtime))
    add(runtime, BOB)
    for _ in range(75):
        announce(runtime, remark(runtime))

    with unchanged(runtime), reverts(Proxy.TooMany()):
        announce(runtime, remark(runtime))

    assert reserved(runtime, BOB) == ANNOUNCING + 75 * EACH_ANNOUNCED


@pytest.mark.parametrize("by_proxy", [True, False])
def test_an_announcement_is_taken_back_or_rejected(runtime: Taonet, by_proxy: bool) -> None:
    add(runtime, BOB)
    for what in (remark(runtime), pay(runtime)):
        announce(runtime, what)
    digest = hash_of(runtime, pay(runtime))
    who, name, arguments = (
        (BOB, "remove_announcement", {"real": ALICE}) if by_proxy else (ALICE, "reject_announcement", {"delegate": BOB})
    )

    dispatch(runtime, who, f"Proxy.{name}", call_hash=digest, **arguments)

    (left,), deposit = runtime.proxy.Announcements[BOB.account]
    assert left.call_hash == hash_of(runtime, remark(runtime))
    assert deposit == reserved(runtime, BOB) == ANNOUNCING + EACH_ANNOUNCED
    with unchanged(runtime), reverts(Proxy.NotFound()):
        dispatch(runtime, who, f"Proxy.{name}", call_hash=digest, **arguments)


def test_others_announcements_are_not_rejected(runtime: Taonet) -> None:
    add(runtime, BOB)
    announce(runtime, remark(runtime))

    with unchanged(runtime), reverts(Proxy.NotFound()):
        dispatch(
            runtime, CHARLIE, "Proxy.reject_announcement", delegate=BOB, call_hash=hash_of(runtime, remark(runtime))
        )


# -- accounts without a key


def test_an_account_without_a_key_acts_through_its_maker(runtime: Taonet) -> None:
    runtime.state.set(b":extrinsic_index", (3).to_bytes(4, "little"))
    entropy = b"modlpy/proxy____" + ALICE.account + runtime.system.Number.to_bytes(4, "little") + b"\3\0\0\0\0\7\0"
    pure = AccountId(blake2_256(entropy))

    with emits(runtime, Balances.Reserved, Proxy.PureCreated(pure, ALICE.account, ANY, 7)):
        dispatch(runtime, ALICE, "Proxy.create_pure", proxy_type=ANY, delay=0, index=7)
    with unchanged(runtime), reverts(Proxy.Duplicate()):
        dispatch(runtime, ALICE, "Proxy.create_pure", proxy_type=ANY, delay=0, index=7)

    assert pure == pure_account(ALICE.account, ANY, 7, runtime.system.Number, 3)
    assert runtime.proxy.Proxies[pure] == ((definition(ALICE),), BASE + EACH)
    assert reserved(runtime, ALICE) == BASE + EACH


def test_an_account_without_a_key_is_killed_by_itself_only(runtime: Taonet) -> None:
    dispatch(runtime, ALICE, "Proxy.create_pure", proxy_type=ANY, delay=0, index=0)
    made = next(e for e in events(runtime) if isinstance(e, Proxy.PureCreated))
    terms = {"spawner": ALICE, "proxy_type": ANY, "index": 0, "ext_index": 0}
    extrinsic = int.from_bytes(runtime.state.get(b":extrinsic_index") or b"", "little")
    kill = {**terms, "ext_index": extrinsic, "height": runtime.system.Number}
    for wrong in (
        {**kill, "spawner": BOB},
        {**kill, "index": 1},
        {**kill, "proxy_type": ProxyType.Owner},
        {**kill, "height": runtime.system.Number + 1},
        {**kill, "ext_index": extrinsic + 1},
    ):
        with unchanged(runtime), reverts(Proxy.NoPermission()):
            dispatch(runtime, Origin.signed(made.pure), "Proxy.kill_pure", **wrong)
    with unchanged(runtime), reverts(Proxy.NoPermission()):
        dispatch(runtime, ALICE, "Proxy.kill_pure", **kill)

    dispatch(runtime, Origin.signed(made.pure), "Proxy.kill_pure", **kill)

    assert events(runtime)[-1] == Proxy.PureKilled(made.pure, ALICE.account, ANY, 0)
    assert reserved(runtime, ALICE) == 0
    assert made.pure not in runtime.proxy.Proxies


# -- deposits and fees


def test_deposits_follow_what_proxies_cost(runtime: Taonet) -> None:
    add(runtime, BOB)
    announce(runtime, remark(runtime))
    vars(runtime.proxy).update(ProxyDepositBase=TaoBalance(1), AnnouncementDepositFactor=TaoBalance(100_000_000))

    assert dispatch(runtime, ALICE, "Proxy.poke_deposit").pays is Pays.No
    assert events(runtime)[-1] == Proxy.DepositPoked(
        ALICE.account, DepositKind.Proxies, TaoBalance(BASE + EACH), TaoBalance(1 + EACH)
    )
    assert dispatch(runtime, BOB, "Proxy.poke_deposit").pays is Pays.No
    assert events(runtime)[-1] == Proxy.DepositPoked(
        BOB.account,
        DepositKind.Announcements,
        TaoBalance(ANNOUNCING + EACH_ANNOUNCED),
        TaoBalance(ANNOUNCING + 100_000_000),
    )
    assert (reserved(runtime, ALICE), reserved(runtime, BOB)) == (1 + EACH, ANNOUNCING + 100_000_000)
    assert runtime.proxy.Proxies[ALICE.account] == ((definition(BOB),), 1 + EACH)
    assert runtime.proxy.Announcements[BOB.account][1] == ANNOUNCING + 100_000_000


def test_deposits_that_are_right_stay(runtime: Taonet) -> None:
    add(runtime, BOB)

    with unchanged(runtime):
        assert dispatch(runtime, ALICE, "Proxy.poke_deposit").pays is Pays.Yes
    with unchanged(runtime):
        assert dispatch(runtime, CHARLIE, "Proxy.poke_deposit").pays is Pays.Yes


def test_deposits_for_nothing_go_back(runtime: Taonet) -> None:
    runtime.balances.reserve(ALICE.account, TaoBalance(9000))
    runtime.proxy.Proxies[ALICE.account] = ((), TaoBalance(4000))
    runtime.proxy.Announcements[ALICE.account] = ((), TaoBalance(5000))

    dispatch(runtime, ALICE, "Proxy.poke_deposit")

    poked = [e for e in events(runtime) if isinstance(e, Proxy.DepositPoked)]
    assert [(e.kind, e.old_deposit, e.new_deposit) for e in poked] == [
        (DepositKind.Proxies, 4000, 0),
        (DepositKind.Announcements, 5000, 0),
    ]
    assert ALICE.account not in runtime.proxy.Proxies
    assert ALICE.account not in runtime.proxy.Announcements
    assert reserved(runtime, ALICE) == 0


def test_an_account_chooses_whose_fees_it_pays(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Proxy.NotProxy()):
        dispatch(runtime, ALICE, "Proxy.set_real_pays_fee", delegate=BOB, pays_fee=True)
    add(runtime, BOB)

    for pays in (True, False):
        with emits(runtime, Proxy.RealPaysFeeSet(ALICE.account, BOB.account, pays)):
            dispatch(runtime, ALICE, "Proxy.set_real_pays_fee", delegate=BOB, pays_fee=pays)
        assert runtime.proxy.pays_fee_of(ALICE.account, BOB.account) is pays


# -- origins and blocks


@pytest.mark.parametrize("origin", [ROOT, Origin.none()])
def test_only_accounts_have_to_do_with_proxies(runtime: Taonet, origin: Origin) -> None:
    what, digest = remark(runtime), H256(bytes(32))
    acting: dict[str, Any] = {"real": ALICE, "force_proxy_type": None, "call": what}
    calls: dict[str, dict[str, Any]] = {
        "proxy": acting,
        "add_proxy": {"delegate": BOB, "proxy_type": ANY, "delay": 0},
        "remove_proxy": {"delegate": BOB, "proxy_type": ANY, "delay": 0},
        "remove_proxies": {},
        "create_pure": {"proxy_type": ANY, "delay": 0, "index": 0},
        "kill_pure": {"spawner": ALICE, "proxy_type": ANY, "index": 0, "height": 1, "ext_index": 0},
        "announce": {"real": ALICE, "call_hash": digest},
        "remove_announcement": {"real": ALICE, "call_hash": digest},
        "reject_announcement": {"delegate": BOB, "call_hash": digest},
        "proxy_announced": {"delegate": BOB, **acting},
        "poke_deposit": {},
        "set_real_pays_fee": {"delegate": BOB, "pays_fee": True},
    }
    for name, arguments in calls.items():
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, origin, f"Proxy.{name}", **arguments)


def test_a_proxy_acts_in_a_block_and_pays_its_own_fee(chain: Chain) -> None:
    chain.advance(chain.sign(ALICE, "Proxy.add_proxy", delegate=BOB, proxy_type=ProxyType.Transfer, delay=0))
    before, alice = free(chain.at_head(), BOB), free(chain.at_head(), ALICE)
    what = call(chain.at_head(), "Balances.transfer_keep_alive", dest=DAVE, value=TAO(1))

    built = chain.advance(chain.sign(BOB, "Proxy.proxy", real=ALICE, force_proxy_type=None, call=what))

    runtime = chain.at_head()
    assert built.outcomes[0].error is None
    assert free(runtime, ALICE) == alice - TAO(1)
    assert free(runtime, BOB) < before
    assert list(runtime.proxy.LastCallResult) == []
    assert sum_of_accounts(runtime) == runtime.balances.TotalIssuance
