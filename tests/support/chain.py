"""Chains for tests: a runtime over the local network's genesis, signed extrinsics, blocks, and what must hold.

`make_runtime` gives a runtime in the middle of its first block, so that calls can be made and events read;
`Chain` makes whole blocks and executes them again as an importer would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from chain.block import Block, Header
from chain.errors import ChainError, DispatchError, TransactionError
from chain.hashing import blake2_256
from chain.keys import Keypair, encode_ss58
from chain.scale.compact import encode_compact
from chain.scale.hints import codec_of, encode
from chain.state import State
from chain.trie.tree import Trie
from chain.types import H256, ZERO_HASH, AccountId, BlockNumber, Digest, Era, Id
from runtime.executive import Executive, Outcome, pre_runtime_slot
from runtime.frame.call import RuntimeCall
from runtime.frame.construct import construct_of
from runtime.frame.origin import Origin
from runtime.frame.pallet import Event
from runtime.frame.weight import PostInfo
from runtime.genesis import read_patch
from runtime.pallets.system import EventRecord
from runtime.pallets.timestamp import IDENTIFIER as TIMESTAMP
from runtime.taonet import PRESETS, Taonet

FAST = PRESETS["fast"]
FIRST_SLOT = 7_000_000_000
"""The slot of a chain's first block; with 250 ms slots, in 2025."""
RICH = ("Alice", "Bob", "Charlie")
POOR = ("Dave", "Eve", "Ferdie", "One", "Two", "Three")


@cache
def key_of(name: str, scheme: Any = "sr25519") -> Keypair:
    """The development key `//name`."""
    return Keypair.from_uri(f"//{name}", scheme)


def account_of(who: Keypair | bytes) -> AccountId:
    """The account of a key, or the account itself."""
    return who.account if isinstance(who, Keypair) else AccountId(who)


def localnet_patch(*, authorities: Sequence[str] = ("One",)) -> dict[str, Any]:
    """The local network's genesis: three rich accounts, six poor ones, Alice may act as root."""
    rows = [[key_of(n).address, 10**15] for n in RICH] + [[key_of(n).address, 2 * 10**12] for n in POOR]
    return {
        "balances": {"balances": rows},
        "sudo": {"key": key_of("Alice").address},
        "aura": {"authorities": [key_of(n).address for n in authorities]},
        "grandpa": {"authorities": [[encode_ss58(key_of(n, "ed25519").public), 1] for n in authorities]},
    }


def build_genesis(
    patch: dict[str, Any] | None = None, constants: Mapping[str, Any] = FAST, cls: type[Taonet] = Taonet
) -> State:
    """The genesis state of a patch; the local network's without one."""
    state = State.empty()
    cls(state, construct_of(cls, constants)).build_genesis(read_patch(localnet_patch() if patch is None else patch))
    return state


@cache
def _localnet_trie(cls: type[Taonet], constants: tuple[tuple[str, Any], ...]) -> Trie:
    return build_genesis(None, dict(constants), cls).commit().trie


def genesis_trie(
    patch: dict[str, Any] | None = None, constants: Mapping[str, Any] = FAST, cls: type[Taonet] = Taonet
) -> Trie:
    """The genesis state as a trie; the local network's is made once."""
    if patch is None:
        return _localnet_trie(cls, tuple(sorted(constants.items())))
    return build_genesis(patch, constants, cls).commit().trie


# -- one runtime in its first block -------------------------------------------------------------------------------


def make_runtime(
    patch: dict[str, Any] | None = None, constants: Mapping[str, Any] = FAST, cls: type[Taonet] = Taonet
) -> Taonet:
    """A runtime whose first block has begun and set its time."""
    return Chain(patch, constants, cls).begin()


def call(runtime: Executive, path: str, /, **arguments: Any) -> RuntimeCall:
    """The call `Pallet.name`; where an address is expected, a key may stand for its account."""
    pallet, _, name = path.partition(".")
    return runtime.find_call(pallet, name, **{n: _address(a) for n, a in arguments.items()})


def _address(argument: Any) -> Any:
    return Id(argument.account) if isinstance(argument, Keypair) else argument


def origin_of(who: Keypair | Origin | None) -> Origin:
    """A key's origin; None is nobody's."""
    if who is None:
        return Origin.none()
    return who if isinstance(who, Origin) else Origin.signed(who.account)


def dispatch(runtime: Executive, who: Keypair | Origin | None, path: str, /, **arguments: Any) -> PostInfo:
    """Make the call `Pallet.name` as somebody, without an extrinsic around it."""
    return runtime.dispatch(call(runtime, path, **arguments), origin_of(who))


ROOT = Origin.root()


def free(runtime: Taonet, who: Keypair | bytes) -> int:
    """The free balance of an account, in rao."""
    return runtime.system.Account[account_of(who)].data.free


def reserved(runtime: Taonet, who: Keypair | bytes) -> int:
    """The reserved balance of an account, in rao."""
    return runtime.system.Account[account_of(who)].data.reserved


def sum_of_accounts(runtime: Taonet) -> int:
    """What all accounts own together, in rao."""
    return sum(info.data.free + info.data.reserved for info in runtime.system.Account.values())


def records(runtime: Taonet) -> tuple[EventRecord, ...]:
    """The event records of the block."""
    return runtime.system.Events


def events(runtime: Taonet) -> list[Event]:
    """The events of the block."""
    return [record.event for record in records(runtime)]


@contextmanager
def emits(runtime: Taonet, *expected: Event | type[Event]) -> Iterator[None]:
    """Within it the block has just these events, in this order; a class stands for any event of it."""
    before = len(events(runtime))
    yield
    found = events(runtime)[before:]
    shown = [type(e) if isinstance(x, type) else e for e, x in zip(found, expected, strict=False)]
    assert [*shown, *found[len(expected) :]] == list(expected)


def snapshot(state: State) -> dict[bytes, bytes]:
    """Every key of a state with its value."""
    return {key: value for key in state.keys() if (value := state.get(key)) is not None}  # noqa: SIM118


@contextmanager
def unchanged(runtime: Executive) -> Iterator[None]:
    """Within it no key of the state changes."""
    before = snapshot(runtime.state)
    yield
    after = snapshot(runtime.state)
    assert {k.hex(): v.hex() for k, v in after.items() - before.items()} == {}
    assert {k.hex() for k in before.keys() - after.keys()} == set()


@contextmanager
def reverts(error: type[DispatchError] | DispatchError) -> Iterator[None]:
    """Within it a call fails with this error."""
    with raises_error(error):
        yield


@contextmanager
def raises_error(error: type[ChainError] | ChainError) -> Iterator[None]:
    """Within it this error is raised: one that is equal to an instance, or any of a class."""
    cls = error if isinstance(error, type) else type(error)
    with pytest.raises(cls) as caught:
        yield
    if not isinstance(error, type):
        assert caught.value == error


@contextmanager
def refused(kind: str, code: int | None = None) -> Iterator[None]:
    """Within it an extrinsic is found not fit for a block, for the reason `kind`."""
    with pytest.raises(TransactionError) as caught:
        yield
    assert (caught.value.kind, caught.value.code) == (kind, code)


# -- extrinsics ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """What a signer commits to besides the call. The values of a chain, any of which a test may replace."""

    spec_version: int
    transaction_version: int
    genesis_hash: bytes
    birth_hash: bytes
    mode: bytes = b"\0"
    metadata_hash: bytes = b"\0"


def payload_of(call_bytes: bytes, era: Era, nonce: int, tip: int, terms: Terms) -> tuple[bytes, bytes]:
    """The explicit part of a signed extrinsic, and the message to sign. Written from the facts, not the runtime."""
    explicit = codec_of(Era).encode(era) + encode_compact(nonce) + encode_compact(tip) + terms.mode
    implicit = (
        terms.spec_version.to_bytes(4, "little")
        + terms.transaction_version.to_bytes(4, "little")
        + terms.genesis_hash
        + terms.birth_hash
        + terms.metadata_hash
    )
    message = call_bytes + explicit + implicit
    return explicit, message if len(message) <= 256 else blake2_256(message)


def terms_of(runtime: Taonet, era: Era) -> Terms:
    """What a signer has to commit to in the block that `runtime` is in."""
    system = runtime.system
    birth = system.BlockHash[BlockNumber(era.birth(system.Number))]
    version = system.Version
    return Terms(version.spec_version, version.transaction_version, system.BlockHash[BlockNumber(0)], birth)


def sign(
    runtime: Taonet,
    who: Keypair,
    what: RuntimeCall | bytes,
    *,
    nonce: int | None = None,
    era: Era | None = None,
    tip: int = 0,
    terms: Terms | None = None,
) -> bytes:
    """A signed extrinsic for the block that `runtime` is in."""
    era = era or Era()
    nonce = runtime.system.Account[who.account].nonce if nonce is None else nonce
    call_bytes = what if isinstance(what, bytes) else runtime.construct.call.encode(what)
    explicit, message = payload_of(call_bytes, era, nonce, tip, terms or terms_of(runtime, era))
    return runtime.construct.format.encode_signed(who.account, who.sign(message), explicit, call_bytes)


def submit(
    runtime: Taonet, who: Keypair, path: str, /, *, nonce: int | None = None, tip: int = 0, **arguments: Any
) -> Outcome:
    """Sign the call `Pallet.name` and put it into the block."""
    return runtime.apply_extrinsic(sign(runtime, who, call(runtime, path, **arguments), nonce=nonce, tip=tip))


def bare(runtime: Executive, what: RuntimeCall, version: int = 5) -> bytes:
    """A call in an extrinsic that nobody signed."""
    return runtime.construct.format.encode_bare(runtime.construct.call.encode(what), version)


# -- whole blocks -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Built:
    """A block, what became of its signed extrinsics, its events, and the runtime that made it."""

    block: Block
    outcomes: tuple[Outcome, ...]
    events: tuple[EventRecord, ...]
    runtime: Taonet


@dataclass(slots=True)
class Chain:
    """The blocks of one chain in memory: no database, no seals."""

    patch: dict[str, Any] | None = None
    constants: Mapping[str, Any] = field(default_factory=lambda: FAST)
    cls: type[Taonet] = Taonet
    trie: Trie = field(init=False)
    head: Header = field(init=False)
    hashes: list[H256] = field(init=False)

    def __post_init__(self) -> None:
        self.trie = genesis_trie(self.patch, self.constants, self.cls)
        self.head = Header(ZERO_HASH, 0, H256(self.trie.root), H256(Trie.empty().root))
        self.hashes = [self.head.hash()]

    @property
    def genesis_hash(self) -> H256:
        return self.hashes[0]

    def at_head(self) -> Taonet:
        """The runtime over the state after the last block."""
        return self.cls(State(self.trie), construct_of(self.cls, self.constants))

    def next_slot(self) -> int:
        """The slot of the next block."""
        return FIRST_SLOT + self.head.number

    def next_header(self, slot: int | None = None) -> Header:
        """The header that the next block begins with."""
        digest = Digest((pre_runtime_slot(self.next_slot() if slot is None else slot),))
        return Header(self.hashes[-1], self.head.number + 1, ZERO_HASH, ZERO_HASH, digest)

    def time_of(self, slot: int | None = None) -> int:
        """The first millisecond of a slot, the next block's without one."""
        duration: int = self.at_head().aura.SlotDuration
        return (self.next_slot() if slot is None else slot) * duration

    def inherents(self, runtime: Taonet, now_ms: int | None = None) -> list[bytes]:
        """What an author puts first into the next block."""
        now_ms = self.time_of() if now_ms is None else now_ms
        return list(runtime.inherent_extrinsics({TIMESTAMP: now_ms.to_bytes(8, "little")}))

    def begin(self) -> Taonet:
        """The runtime in the next block, its inherents applied."""
        runtime = self.at_head()
        runtime.initialize_block(self.next_header())
        for raw in self.inherents(runtime):
            runtime.apply_extrinsic(raw)
        return runtime

    def build(self, *extrinsics: bytes, slot: int | None = None) -> Built:
        """Make the next block without moving the head."""
        runtime = self.at_head()
        runtime.initialize_block(self.next_header(slot))
        inherents = self.inherents(runtime, self.time_of(slot))
        for raw in inherents:
            runtime.apply_extrinsic(raw)
        outcomes = tuple(runtime.apply_extrinsic(raw) for raw in extrinsics)
        found = runtime.system.Events
        header = runtime.finalize_block()
        return Built(Block(header, (*inherents, *extrinsics)), outcomes, found, runtime)

    def execute(self, block: Block) -> Taonet:
        """Execute a block on the head's state as an importer does, without moving the head."""
        runtime = self.at_head()
        runtime.execute_block(block)
        return runtime

    def advance(self, *extrinsics: bytes) -> Built:
        """Make the next block, execute it again from its bytes, and move the head to it."""
        built = self.build(*extrinsics)
        runtime = self.execute(Block.decode(built.block.encode()))
        runtime.invariants()
        self.trie, self.head = runtime.state.commit().trie, built.block.header
        self.hashes.append(self.head.hash())
        return built

    def sign(self, who: Keypair, path: str, /, *, era: Era | None = None, **arguments: Any) -> bytes:
        """A signed extrinsic for the next block; `nonce` and `tip` besides the call's arguments."""
        runtime = self.at_head()
        options = {n: arguments.pop(n) for n in ("nonce", "tip", "terms") if n in arguments}
        era = era or Era()
        birth = era.birth(self.head.number + 1)
        version = runtime.system.Version
        known = self.hashes[birth] if birth < len(self.hashes) else ZERO_HASH
        terms = Terms(version.spec_version, version.transaction_version, self.genesis_hash, known)
        return sign(runtime, who, call(runtime, path, **arguments), era=era, **{"terms": terms, **options})


def encoded(hint: Any, value: Any) -> bytes:
    """The SCALE encoding of an argument of a runtime API."""
    return encode(hint, value)
