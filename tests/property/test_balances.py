"""Laws of balances, whatever is done: the issuance is their sum, accounts live or do not exist, failures undo."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import ROOT, Chain, call, dispatch, key_of, make_runtime, sign, snapshot, sum_of_accounts

from chain.errors import DispatchError, TransactionError
from runtime.pallets.balances import Balances, BalanceStatus
from runtime.pallets.balances.types import Preimage, PreimageHoldReason, Reasons
from runtime.pallets.system import EventRecord
from runtime.taonet import Taonet
from runtime.units import TaoBalance

ED = 500
NAMES = ("Dave", "Eve", "New", "Newer")
NAME = b"property"
HOLD = Preimage(PreimageHoldReason.Preimage)
U64_MAX = (1 << 64) - 1
RICH = 2 * 10**12

AMOUNTS = st.one_of(
    st.sampled_from([0, 1, ED - 1, ED, ED + 1, 2 * ED - 1, 2 * ED, 10_000]),
    st.sampled_from([RICH - ED, RICH - ED + 1, RICH - 1, RICH, RICH + 1, U64_MAX - 1, U64_MAX]),
    st.integers(0, 3 * ED),
    st.integers(0, 2 * RICH),
)
TRANSFERS = ("transfer_allow_death", "transfer_keep_alive")
CALLS = (*TRANSFERS, "transfer_all", "burn", "force_transfer", "force_set_balance", "force_unreserve")
INSIDE = ("reserve", "unreserve", "slash", "repatriate", "reserve_named", "unreserve_named", "hold", "release", "lock")


@dataclass(frozen=True)
class Step:
    """Something that is done to balances: a call, or what another pallet does inside of one of its own."""

    name: str
    who: str
    to: str
    amount: int
    flag: bool

    def take(self, runtime: Taonet) -> None:
        """Do it. Raises: DispatchError."""
        if self.name in CALLS:
            self._make_call(runtime)
        else:
            with runtime.state.transaction():
                self._act(runtime)

    def _make_call(self, runtime: Taonet) -> None:
        who, to, n = key_of(self.who), key_of(self.to), self.amount
        path = f"Balances.{self.name}"
        match self.name:
            case "transfer_all":
                dispatch(runtime, who, path, dest=to, keep_alive=self.flag)
            case "burn":
                dispatch(runtime, who, path, value=n, keep_alive=self.flag)
            case "force_transfer":
                dispatch(runtime, ROOT, path, source=who, dest=to, value=n)
            case "force_set_balance":
                dispatch(runtime, ROOT, path, who=who, new_free=min(n, 4 * RICH))
            case "force_unreserve":
                dispatch(runtime, ROOT, path, who=who, amount=n)
            case _:
                dispatch(runtime, who, path, dest=to, value=n)

    def _act(self, runtime: Taonet) -> None:
        who, to, n = key_of(self.who).account, key_of(self.to).account, TaoBalance(self.amount)
        balances, holding = runtime.balances, runtime.holding
        match self.name:
            case "reserve":
                balances.reserve(who, n)
            case "unreserve":
                balances.unreserve(who, n)
            case "slash":
                balances.slash_reserved(who, n)
            case "repatriate":
                balances.repatriate_reserved(who, to, n, BalanceStatus(self.flag))
            case "reserve_named":
                holding.reserve_named(NAME, who, n)
            case "unreserve_named":
                holding.unreserve_named(NAME, who, n)
            case "hold":
                holding.hold(HOLD, who, n)
            case "release":
                holding.release(HOLD, who, n)
            case "lock":
                holding.set_lock(NAME, who, n, Reasons.All)


def steps(*names: str) -> st.SearchStrategy[list[Step]]:
    """Random steps of these kinds."""
    who = st.sampled_from(NAMES)
    return st.lists(st.builds(Step, st.sampled_from(names), who, who, AMOUNTS, st.booleans()), max_size=15)


def check_accounts(runtime: Taonet) -> None:
    """Every account that is stored lives, and is needed by what it has set aside."""
    for who, info in runtime.system.Account.items():
        data = info.data
        assert info.providers > 0, who
        assert data.free >= ED, who
        assert (info.consumers > 0) == bool(data.reserved or data.frozen), who
        assert data.frozen == max((lock.amount for lock in runtime.holding.Locks[who]), default=0), who


@settings(max_examples=150)
@given(steps(*CALLS, *INSIDE))
def test_the_laws_hold_after_every_step(todo: list[Step]) -> None:
    runtime = make_runtime()

    for step in todo:
        before = snapshot(runtime.state)
        try:
            step.take(runtime)
        except DispatchError:
            assert snapshot(runtime.state) == before

        assert runtime.balances.TotalIssuance == sum_of_accounts(runtime)
        check_accounts(runtime)


@settings(max_examples=60)
@given(steps(*TRANSFERS))
def test_transfers_only_lose_dust(todo: list[Step]) -> None:
    runtime = make_runtime()
    before = runtime.balances.TotalIssuance

    for step in todo:
        try:
            step.take(runtime)
        except DispatchError:
            continue

    dust = [record.event.amount for record in runtime.system.Events if isinstance(record.event, Balances.DustLost)]
    assert all(0 < amount < ED for amount in dust)
    assert runtime.balances.TotalIssuance == before - sum(dust)


@settings(max_examples=40)
@given(steps(*TRANSFERS), st.lists(st.integers(0, 10**6), min_size=15, max_size=15))
def test_whole_blocks_keep_the_invariants(todo: list[Step], tips: list[int]) -> None:
    chain = Chain()
    runtime, included = chain.begin(), []
    for step, tip in zip(todo, tips, strict=False):
        what = call(runtime, f"Balances.{step.name}", dest=key_of(step.to), value=step.amount)
        raw = sign(runtime, key_of(step.who), what, tip=tip)
        with suppress(TransactionError):
            runtime.apply_extrinsic(raw)
            included.append(raw)

    built = chain.advance(*included)

    after = chain.at_head()
    assert len(built.outcomes) == len(included)
    assert after.balances.TotalIssuance == sum_of_accounts(after)
    # the other counter does not know of dust
    assert after.tao.TotalIssuance == after.balances.TotalIssuance + lost(built.events)


def lost(records: tuple[EventRecord, ...]) -> int:
    """The dust of a block."""
    return sum(r.event.amount for r in records if isinstance(r.event, Balances.DustLost))
