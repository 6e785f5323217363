"""A chain within a Python program: for tests, notebooks and scripts. Nothing waits for a clock, nobody needs a key.

with Devnet(scenario="two-subnets") as chain:
    chain.submit("SubtensorModule.add_stake", "//Bob", hotkey="//Validator1_hk", netuid=1, amount_staked=10**9)
    chain.advance_epoch(1)
    print(chain.query("SubtensorModule.Incentive", 1))
    with chain.reverts("NotEnoughBalanceToStake"):
        chain.submit("SubtensorModule.add_stake", "//Dave", hotkey="//Bob", netuid=1, amount_staked="99999 TAO")
"""

from __future__ import annotations

import asyncio
import datetime
import functools
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

from chain.database import Database, MemoryDatabase
from chain.errors import ChainError, DispatchError, InvalidTransaction, TransactionError, UnknownTransaction
from chain.impersonation import IMPERSONATED
from chain.types import H256, AccountId
from node.clock import StoppedClock
from node.dev import accounts
from node.dev import time as dev_time
from node.dev.building import BlockBuilder, Receipt
from node.dev.dry_run import dry_run_call, place_of
from node.dev.fork import fetch_state
from node.dev.states import TakenState, read_state, take_state, write_state
from node.dev.thread import ServerThread
from node.scenario import START_MS, Scenario, load_scenario
from node.sealing import Sealing
from node.service import Settings, make_node
from node.shield import ShieldKeys
from node.values.amounts import read_tao
from node.values.given import account_of, call_of, dev_key, split_name
from node.values.names import ValueFault, nearest
from node.values.shown import error_doc, error_json, error_names
from node.values.storage import find_item, storage_changes, storage_key
from runtime.frame.call import RuntimeCall
from runtime.frame.pallet import Event
from runtime.taonet import Taonet

T = TypeVar("T")
P = ParamSpec("P")
AUTHORITY = "//One"


class CallFailed(ChainError):
    """A call that is in a block and failed there: its fee and its nonce are taken, the rest is undone."""

    def __init__(self, name: str, receipt: Receipt) -> None:
        assert receipt.error is not None
        self.name, self.receipt, self.error = name, receipt, receipt.error
        place = place_of(receipt.error)
        where = f" ({place.file}:{place.line})" if place else ""
        super().__init__(f"{name}: {receipt.error}: {error_doc(receipt.error)}{where}")


def _taken(state: str | Path | TakenState | None, fork: str | None, block: int | str | None) -> TakenState | None:
    """The state that a chain goes on from, None for one that begins anew."""
    if fork is None:
        if block is not None:
            raise ValueFault("fork_block goes with fork")
        return read_state(Path(state)) if isinstance(state, str | Path) else state
    if state is not None:
        raise ValueFault("state and fork exclude each other")
    # in a thread, since the caller's own event loop may be running
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, fetch_state(fork, None if block is None else str(block))).result()


def served(method: Callable[Concatenate[Devnet, P], T]) -> Callable[Concatenate[Devnet, P], T]:
    """Let a method run where the node is served, if it is."""

    @functools.wraps(method)
    def call(self: Devnet, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(lambda: method(self, *args, **kwargs))

    return call


class Devnet:
    """A chain in this process. Accounts are named by address, by secret URI, or by key, and act without signing."""

    def __init__(
        self,
        scenario: str | Path = "localnet",
        *,
        preset: str | None = None,
        constants: Mapping[str, int] | None = None,
        state: str | Path | TakenState | None = None,
        fork: str | None = None,
        fork_block: int | str | None = None,
        checks: bool = True,
    ) -> None:
        """Begin with a scenario, or go on from a state: a file of export-state, one that was taken, or that of a node.

        `preset` (mainnet, fast) and `constants` (`{"Tempo": 20}`) replace those of the scenario. `fork` is a node's
        address, `fork_block` the number or hash of one of its blocks, the last final one without it. `checks` says
        whether each block is checked for what must always hold.
        Raises: ScenarioError, ChainSpecError, StateFileError, ValueFault for what does not go together.
        """
        played: Scenario | None = None
        taken = _taken(state, fork, fork_block)
        if taken is None:
            played = load_scenario(str(scenario), preset=preset, constants=constants)
            played = replace(played, keyless=True)
            spec = replace(played.spec, impersonation=True)
        else:
            if preset or constants:
                raise ValueFault("a state has its constants already; preset and constants do not go with it")
            spec = taken.spec()
        self._settings = Settings(
            spec,
            authorities=(AUTHORITY,),
            sealing=Sealing("instant"),
            ports=(0,),
            checks=checks,
            scenario=played,
            taken=taken,
        )
        self._database: Database = MemoryDatabase()
        self._server: ServerThread | None = None
        self.node = make_node(self._settings, self._database, StoppedClock(shown_ms=START_MS))
        self.node.author.shield = None
        self.node.author.mock_seals = True
        self.node.author.log_level = 0
        self._block: BlockBuilder | None = None
        if self.node.runtime().state.get(IMPERSONATED) is None:
            accounts.impersonate(self.node, None, enabled=True)

    # -- as a context -------------------------------------------------------------------------------------------

    def __enter__(self) -> Devnet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back. Closing twice does no harm."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._database.close()

    @property
    def url(self) -> str:
        """The WebSocket address at which clients find this chain, served from when it is first asked for.

        What a client submits is in a block at once.
        """
        if self._server is None:
            self.node.author.shield = self.node.author.shield or ShieldKeys()
            self._server = ServerThread(self.node, self._settings)
        return self._server.url

    def _run(self, work: Callable[[], T]) -> T:
        """Do something with the node; where it is served, in the thread that serves it."""
        return work() if self._server is None else self._server.run(work)

    # -- calls --------------------------------------------------------------------------------------------------

    def submit(self, name: str, sender: Any, /, *, tip: int = 0, **arguments: Any) -> Receipt:
        """Make the call `Pallet.call` as `sender`, in a block of its own unless within `block()`.

        Raises: CallFailed, TransactionError for one that may not be included, ValueFault for wrong names or values.
        """
        return self._submit(name, account_of(sender, "sender"), self.call(name, **arguments), tip)

    def sudo(self, name: str, /, **arguments: Any) -> Receipt:
        """Make the call `Pallet.call` as root. Raises: CallFailed, ValueFault, LookupError without a sudo key."""
        key = self.runtime.sudo.Key
        if key is None:
            raise LookupError("this chain has no sudo key")
        return self._submit(name, key, self.call("Sudo.sudo", call=self.call(name, **arguments)), 0)

    def call(self, name: str, /, **arguments: Any) -> RuntimeCall:
        """The call `Pallet.call`, to be an argument of another. Raises: ValueFault that suggests the nearest name."""
        return call_of(self.runtime.construct.call, *split_name(name), arguments)

    @served
    def _submit(self, name: str, who: AccountId, call: RuntimeCall, tip: int) -> Receipt:
        builder = self._block or BlockBuilder(self.node)
        receipt = builder.add(who, call, tip)
        if builder is not self._block:
            builder.seal()
        if receipt.error is not None:
            raise CallFailed(name, receipt)
        return receipt

    @contextmanager
    def block(self) -> Iterator[BlockBuilder]:
        """One block for all calls of the `with` statement's body; none is made if the body raises."""
        if self._block is not None:
            raise ValueFault("a block is being built already")
        self._block = self._run(lambda: BlockBuilder(self.node))
        try:
            yield self._block
            self._run(self._block.seal)
        finally:
            self._block = None

    @contextmanager
    def reverts(self, name: str) -> Iterator[None]:
        """The body must fail with the error of this name: of a call (`NotEnoughStakeToWithdraw`, `Token.Frozen`), of a
        guard that keeps it out of blocks (`SettingWeightsTooFast`), or of the pool (`Payment`, `Custom(6)`).

        Raises: AssertionError otherwise, ValueFault for an unknown name.
        """
        known = [*error_names(self.runtime.construct), *InvalidTransaction.kinds, *UnknownTransaction.kinds]
        if name.partition("(")[0] not in known:
            raise ValueFault(f"no error {name}{nearest(name, known)}")
        try:
            yield
        except CallFailed as failed:
            if name not in self._names_of(failed.error):
                raise AssertionError(f"expected {name}, it failed with {failed}") from failed
        except TransactionError as refused:
            guard = refused.__context__ if isinstance(refused.__context__, DispatchError) else None
            if name not in (refused.kind, str(refused), *self._names_of(guard)):
                why = f" by {guard}: {error_doc(guard)}" if guard else ""
                raise AssertionError(f"expected {name}, it was refused with {refused}{why}") from refused
        else:
            raise AssertionError(f"expected {name}, it succeeded")

    def _names_of(self, error: DispatchError | None) -> tuple[str, ...]:
        """What an error may be called: `Token.Frozen` is also `Token`."""
        if error is None:
            return ()
        told = error_json(self.runtime.construct, error)["name"]
        return told, told.partition(".")[0]

    @served
    def dry_run(self, name: str, sender: Any, /, **arguments: Any) -> dict[str, Any]:
        """What a call would do, with nothing kept: as `dev_dryRun` answers. Raises: ValueFault."""
        return dry_run_call(self.node, account_of(sender, "sender"), self.call(name, **arguments))

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def runtime(self) -> Taonet:
        """The runtime over the newest state: pallets as attributes. What is written to it is not kept."""
        return self._block.runtime if self._block is not None else self.node.runtime()

    @property
    def number(self) -> int:
        """The number of the best block."""
        return self.node.chain.best.number

    @property
    def head(self) -> H256:
        """The hash of the best block."""
        return self.node.chain.best.hash

    @property
    @served
    def events(self) -> tuple[Event, ...]:
        """What happened in the best block, in order."""
        return tuple(record.event for record in self.runtime.system.Events)

    @served
    def query(self, name: str, /, *keys: Any, at: int | None = None) -> Any:
        """The value of `Pallet.Item` under its keys; its default, or None, where nothing is stored.

        `at` reads the state after an earlier block. Raises: ValueFault, UnknownBlock.
        """
        runtime = self._runtime_at(at)
        accessor = find_item(runtime.construct, *split_name(name))
        if len(keys) != len(accessor.keys):
            raise ValueFault(f"{name}: {len(accessor.keys)} keys are needed, {len(keys)} given")
        raw = runtime.state.get(storage_key(accessor, keys, name))
        return accessor.default if raw is None else accessor.value.decode(raw, 0)[0]

    @served
    def items(self, name: str, /, *first: Any, at: int | None = None) -> dict[Any, Any]:
        """All that is stored in the map `Pallet.Item`, or under its first keys: by the keys that are left."""
        runtime = self._runtime_at(at)
        accessor = find_item(runtime.construct, *split_name(name))
        if not accessor.keys:
            raise ValueFault(f"{name} is not a map")
        found = {}
        for key in runtime.state.keys(storage_key(accessor, first, name)):
            raw = runtime.state.get(key)
            if raw is not None:
                found[accessor.decode_key(key, len(first))] = accessor.value.decode(raw, 0)[0]
        return found

    def _runtime_at(self, number: int | None) -> Taonet:
        return self.runtime if number is None else self.node.runtime(self._hash_of(number))

    def _hash_of(self, number: int) -> H256:
        block = self.node.chain.hash_of(number)
        if block is None:
            raise ValueFault(f"there is no block {number}")
        return block

    @served
    def balance(self, who: Any) -> int:
        """The free balance of an account, in rao."""
        return int(self.runtime.system.Account[account_of(who, "who")].data.free)

    def address(self, uri: str) -> str:
        """The SS58 address of a secret URI such as `//Alice`."""
        return dev_key(uri).address

    # -- time ---------------------------------------------------------------------------------------------------

    def advance(self, blocks: int = 1) -> int:
        """Make blocks; the number of the last. Raises: TimeError."""
        return self._go(dev_time.make_blocks(self.node, blocks))

    def advance_to(self, number: int) -> int:
        """Make blocks up to a number. Raises: TimeError for one that is behind."""
        return self.advance(dev_time.blocks_to(self.node, number))

    def advance_epoch(self, netuid: int, count: int = 1) -> int:
        """Make blocks until the next `count` epochs of a subnet have been; the last number. Raises: TimeError."""
        return self._go(dev_time.advance_epoch(self.node, netuid, count))

    def jump_to(self, number: int) -> int:
        """Go to a block, leaving out those in which nothing would happen. Raises: TimeError."""
        return self._go(dev_time.jump_to(self.node, number))

    @served
    def _go(self, blocks: Iterator[H256]) -> int:
        for _ in blocks:
            pass
        return self.number

    @property
    @served
    def now(self) -> datetime.datetime:
        """The time of the best block."""
        return datetime.datetime.fromtimestamp(self.runtime.timestamp.Now / 1000, datetime.UTC)

    @served
    def set_time(self, time: datetime.datetime) -> None:
        """Give the next block this time. Raises: TimeError for one that is not after the last block's."""
        dev_time.set_clock(self.node, round(time.timestamp() * 1000))

    # -- state --------------------------------------------------------------------------------------------------

    @contextmanager
    def snapshot(self, name: str | None = None) -> Iterator[str]:
        """Whatever the `with` statement's body does is undone at its end: blocks, time, what waits in the pool."""
        taken = self.take_snapshot(name)
        try:
            yield taken
        finally:
            self.revert(taken)

    @served
    def take_snapshot(self, name: str | None = None) -> str:
        """Remember what the chain is now; its id. Raises: SnapshotError."""
        return self.node.snapshots.take(name)

    @served
    def revert(self, snapshot: str) -> None:
        """Go back to a snapshot, which is used up. Raises: SnapshotError."""
        self.node.snapshots.revert(snapshot)

    @served
    def set_head(self, number: int) -> None:
        """Go back to a block. What came after it is left. Raises: ValueFault where there is none."""
        self.node.set_head(self._hash_of(number))

    @served
    def set_storage(self, values: Any) -> None:
        """Write storage by hand, as `dev_setStorage` takes it: `{"Pallet": {"Item": value}}`. Raises: ValueFault."""
        self.node.write_storage(storage_changes(self.node.runtime(), values))

    @served
    def fund(self, who: Any, amount: int | str) -> None:
        """Make new TAO for an account: rao, or `5 TAO`. Raises: FundingError, ValueFault."""
        accounts.fund(self.node, account_of(who, "who"), read_tao(amount, "amount"))

    @served
    def take_state(self) -> TakenState:
        """The whole state, to begin another chain with."""
        return take_state(self.node.chain, self.node.spec, self.head)

    def export_state(self, path: str | Path) -> None:
        """Write the whole state to a file. Raises: StateFileError."""
        write_state(self.take_state(), Path(path))
