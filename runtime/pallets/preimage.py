"""Bytes that are stored under their hash, so that others can name them by it; and calls kept for later."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from chain.errors import DecodeError, DispatchError
from chain.hashing import blake2_256
from chain.scale.hints import Bounded, Named, ScaleEnum, struct, u32
from chain.types import H256, AccountId
from runtime.frame.call import RuntimeCall, call
from runtime.frame.errors import Corruption, Exhausted, Unavailable
from runtime.frame.origin import Origin, Root, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Identity, StorageMap
from runtime.frame.weight import Pays, PostInfo, weigh
from runtime.pallets.balances import Balances
from runtime.pallets.balances.holding import Holding
from runtime.pallets.balances.types import Preimage as PreimageHold
from runtime.pallets.balances.types import PreimageHoldReason
from runtime.units import TaoBalance

MAX_SIZE = 4 * 1024 * 1024
"""How long a preimage may be, in bytes."""
MAX_HASHES = 1024
"""How many preimages are updated at once. Source: MAX_HASH_UPGRADE_BULK_COUNT"""
MAX_INLINE = 128
"""Up to how many bytes a call is kept where it is used, rather than under its hash. Source: BoundedInline"""
BASE_DEPOSIT = TaoBalance(104_000_000)
"""What a preimage costs whatever its length, in rao: two items and 64 bytes. Source: PreimageBaseDeposit"""
BYTE_DEPOSIT = TaoBalance(1_000_000)
"""What each byte of a preimage costs, in rao. Source: PreimageByteDeposit"""
HOLD = PreimageHold(PreimageHoldReason.Preimage)
U32_MAX = (1 << 32) - 1

Ticket = Annotated[TaoBalance, Named("frame_support::traits::tokens::fungible::HoldConsideration")]
"""What is held for a preimage, in rao."""


class OldRequestStatus(
    ScaleEnum,
    path="pallet_preimage::OldRequestStatus",
    params={"AccountId": AccountId, "Balance": TaoBalance},
):
    """What is known of a hash, from the time when deposits were reserved rather than held."""


class OldUnrequested(OldRequestStatus, index=0, name="Unrequested", unnamed=False):
    """Somebody noted the preimage, and the chain does not need it."""

    deposit: tuple[AccountId, TaoBalance]
    len: u32


class OldRequested(OldRequestStatus, index=1, name="Requested", unnamed=False):
    """The chain needs the preimage; its length is known if it is there."""

    deposit: tuple[AccountId, TaoBalance] | None
    count: u32
    len: u32 | None


class RequestStatus(
    ScaleEnum,
    path="pallet_preimage::RequestStatus",
    params={"AccountId": AccountId, "Ticket": Ticket},
):
    """What is known of a hash: who noted its preimage, and how often the chain asked for it."""


class Unrequested(RequestStatus, index=0, unnamed=False):
    """Somebody noted the preimage, and the chain does not need it."""

    ticket: tuple[AccountId, Ticket]
    len: u32


class Requested(RequestStatus, index=1, unnamed=False):
    """The chain needs the preimage; its length is known if it is there."""

    maybe_ticket: tuple[AccountId, Ticket] | None
    count: u32
    maybe_len: u32 | None


@struct("sp_runtime::traits::BlakeTwo256")
class BlakeTwo256:
    """The chain's hash, as a type."""


class BoundedCall(
    ScaleEnum,
    path="frame_support::traits::preimages::Bounded",
    params={"T": RuntimeCall, "H": BlakeTwo256},
):
    """A call that is kept for later, or where to find it."""


class Legacy(BoundedCall, index=0, unnamed=False):
    """A call whose length is not known."""

    hash: H256


class Inline(BoundedCall, index=1):
    """A short call, itself."""

    value: Annotated[bytes, Bounded(MAX_INLINE)]


class Lookup(BoundedCall, index=2, unnamed=False):
    """A longer call, by its hash."""

    hash: H256
    len: u32


def calculate_deposit(length: int) -> TaoBalance:
    """What is held for a preimage of `length` bytes, in rao. Source: LinearStoragePrice"""
    return BASE_DEPOSIT + BYTE_DEPOSIT * length


class Preimage(Pallet):
    """Bytes under their hash. Who notes them pays a deposit, unless the chain asked for them."""

    storage_version = 1

    balances: Balances
    holding: Holding

    StatusFor = StorageMap[H256, OldRequestStatus](Identity)
    """What was known of a hash before deposits were held; gone as soon as the hash is used."""

    RequestStatusFor = StorageMap[H256, RequestStatus](Identity)
    """What is known of a hash."""

    PreimageFor = StorageMap[tuple[H256, u32], Annotated[bytes, Bounded(MAX_SIZE)]](Identity)
    """The preimage of a hash, by its length too."""

    class Noted(Event, index=0):
        """A preimage was stored."""

        hash: H256

    class Requested(Event, index=1):
        """A preimage was asked for."""

        hash: H256

    class Cleared(Event, index=2):
        """A preimage was removed."""

        hash: H256

    class TooBig(PalletError, index=0):
        """The preimage is longer than what can be stored."""

    class AlreadyNoted(PalletError, index=1):
        """The preimage is there already."""

    class NotAuthorized(PalletError, index=2):
        """The preimage is somebody else's."""

    class NotNoted(PalletError, index=3):
        """There is no such preimage."""

    class Requested_(PalletError, index=4, name="Requested"):
        """The chain still needs the preimage."""

    class NotRequested(PalletError, index=5):
        """Nobody asked for the preimage."""

    class TooMany(PalletError, index=6):
        """There are too many hashes to update at once."""

    class TooFew(PalletError, index=7):
        """There is no hash to update."""

    # -- calls

    @call(0, weight=lambda self, data: weigh(129_485_531 + 2133 * len(data), 6012, reads=5, writes=3))
    def note_preimage(self, origin: Origin, bytes: bytes) -> PostInfo:
        """Store a preimage. For root, and where the chain asked for it, there is no fee and no deposit.

        Origin: signed or root.  Emits: Noted.  Raises: TooBig, AlreadyNoted.
        Source: pallet_preimage::note_preimage
        """
        who = owner_of(origin)
        was_requested = self._note(bytes, who)
        return PostInfo(pays=Pays.No if was_requested or who is None else Pays.Yes)

    @call(1, weight=weigh(57_648_000, 3802, reads=3, writes=3))
    def unnote_preimage(self, origin: Origin, hash: H256) -> None:
        """Remove a preimage that the chain does not need, and give the deposit back.

        Origin: who noted it, or root.  Emits: Cleared.  Raises: NotNoted, NotAuthorized, NotRequested.
        Source: pallet_preimage::unnote_preimage
        """
        self._unnote(hash, owner_of(origin))

    @call(2, weight=weigh(25_485_000, 3556, reads=2, writes=1))
    def request_preimage(self, origin: Origin, hash: H256) -> None:
        """Ask for a preimage; whoever notes it then pays nothing.

        Origin: root.  Emits: Requested.  Source: pallet_preimage::request_preimage
        """
        ensure_root(origin)
        self._request(hash)

    @call(3, weight=weigh(25_369_000, 3556, reads=2, writes=2))
    def unrequest_preimage(self, origin: Origin, hash: H256) -> None:
        """Ask for a preimage no more; with the last request it goes, unless somebody noted it for a deposit.

        Origin: root.  Emits: Cleared.  Raises: NotRequested.  Source: pallet_preimage::unrequest_preimage
        """
        ensure_root(origin)
        self._unrequest(hash)

    @call(
        4,
        weight=lambda self, hashes: weigh(
            61_821_000 + 58_427_064 * len(hashes),
            6012 + 2812 * len(hashes),
            reads=2 + 3 * len(hashes),
            writes=4 * len(hashes),
        ),
    )
    def ensure_updated(self, origin: Origin, hashes: tuple[H256, ...]) -> PostInfo:
        """Turn old deposits into held ones; free of charge if nine in ten needed it.

        Origin: signed.  Raises: TooFew, TooMany.  Source: pallet_preimage::ensure_updated
        """
        ensure_signed(origin)
        if not hashes:
            raise self.TooFew
        if len(hashes) > MAX_HASHES:
            raise self.TooMany
        updated = sum(1 for one in hashes if self._update(one))
        return PostInfo(pays=Pays.Yes if updated * 10 < len(hashes) * 9 else Pays.No)

    # -- calls kept for later

    def bound(self, call: RuntimeCall) -> BoundedCall:
        """Keep a call: a short one in what is given back, a longer one under its hash, asked for by the chain.

        Emits: Noted.  Raises: Exhausted for one that is too long.  Source: StorePreimage::bound
        """
        data = self.runtime.construct.call.encode(call)
        if len(data) <= MAX_INLINE:
            return Inline(data)
        try:
            self._note(data, None)
        except self.TooBig:
            raise Exhausted from None
        return Lookup(H256(blake2_256(data)), len(data))

    def peek(self, kept: BoundedCall) -> RuntimeCall:
        """A call that was kept. Raises: Unavailable, Corruption.  Source: QueryPreimage::peek"""
        if isinstance(kept, Inline):
            data = kept.value
        elif isinstance(kept, Lookup):
            data = self.fetch(kept.hash, kept.len)
        else:
            assert isinstance(kept, Legacy)
            data = self.fetch(kept.hash, None)
        try:
            found: RuntimeCall = self.runtime.construct.call.decode(data, 0)[0]
        except DecodeError:
            raise Corruption from None
        return found

    def drop(self, kept: BoundedCall) -> None:
        """Need a kept call no more. Emits: Cleared.  Source: QueryPreimage::drop"""
        if isinstance(kept, Legacy | Lookup):
            with suppress(PalletError):
                self._unrequest(kept.hash)

    def request(self, hash: H256) -> None:
        """Ask for a preimage for the chain. Emits: Requested.  Source: QueryPreimage::request"""
        self._request(hash)

    def realize(self, kept: BoundedCall) -> RuntimeCall:
        """A call that was kept, which is needed no more. Raises: Unavailable, Corruption.

        Emits: Cleared.  Source: QueryPreimage::realize
        """
        found = self.peek(kept)
        self.drop(kept)
        return found

    def fetch(self, hash: H256, length: int | None) -> bytes:
        """The preimage of a hash; by its length, if that is known. Raises: Unavailable."""
        length = self.length(hash) if length is None else length
        found = None if length is None else self.PreimageFor.get((hash, length))
        if found is None:
            raise Unavailable
        return found

    def length(self, hash: H256) -> int | None:
        """How long the preimage of a hash is; None where there is none."""
        self._update(hash)
        status = self.RequestStatusFor.get(hash)
        if isinstance(status, Unrequested):
            return status.len
        return status.maybe_len if isinstance(status, Requested) else None

    # -- what the calls have in common

    def _note(self, data: bytes, who: AccountId | None) -> bool:
        """Store a preimage, for the chain if for nobody; say whether the chain asks for it. Emits: Noted.

        Raises: TooBig, AlreadyNoted, TokenError.  Source: pallet_preimage::note_bytes
        """
        digest, length = H256(blake2_256(data)), len(data)
        if length > MAX_SIZE:
            raise self.TooBig
        self._update(digest)
        known = self.RequestStatusFor.get(digest)
        status: RequestStatus
        if isinstance(known, Requested):
            status = Requested(known.maybe_ticket, known.count, length)
        elif isinstance(known, Unrequested):
            if who is not None:
                raise self.AlreadyNoted
            status = Requested(known.ticket, 1, known.len)
        elif who is None:
            status = Requested(None, 1, length)
        else:
            status = Unrequested((who, self._hold(who, length)), length)
        self.RequestStatusFor[digest] = status
        self.PreimageFor[digest, length] = data
        self.deposit(self.Noted(digest))
        return isinstance(status, Requested)

    def _unnote(self, hash: H256, who: AccountId | None) -> None:
        """Emits: Cleared.  Raises: NotNoted, NotAuthorized.  Source: pallet_preimage::do_unnote_preimage"""
        self._update(hash)
        status = self.RequestStatusFor.get(hash)
        if status is None:
            raise self.NotNoted
        if isinstance(status, Unrequested):
            self._release(status.ticket, who)
            del self.RequestStatusFor[hash]
            self._clear(hash, status.len)
            return
        assert isinstance(status, Requested)
        if status.maybe_ticket is not None:
            self._release(status.maybe_ticket, who)
            self.RequestStatusFor[hash] = Requested(None, status.count, status.maybe_len)
        elif who is not None:
            raise self.NotAuthorized
        else:
            self._unrequest(hash)

    def _request(self, hash: H256) -> None:
        """Emits: Requested.  Source: pallet_preimage::do_request_preimage"""
        self._update(hash)
        known = self.RequestStatusFor.get(hash)
        status = Requested(None, 1, None)
        if isinstance(known, Requested):
            status = Requested(known.maybe_ticket, min(known.count + 1, U32_MAX), known.maybe_len)
        elif isinstance(known, Unrequested):
            status = Requested(known.ticket, 1, known.len)
        self.RequestStatusFor[hash] = status
        if status.count == 1:
            self.deposit(self.Requested(hash))

    def _unrequest(self, hash: H256) -> None:
        """Emits: Cleared.  Raises: NotRequested.  Source: pallet_preimage::do_unrequest_preimage"""
        self._update(hash)
        status = self.RequestStatusFor.get(hash)
        if not isinstance(status, Requested):
            raise self.NotRequested
        if status.count > 1:
            self.RequestStatusFor[hash] = Requested(status.maybe_ticket, status.count - 1, status.maybe_len)
        elif status.maybe_len is None:
            del self.RequestStatusFor[hash]
        elif status.maybe_ticket is None:
            del self.RequestStatusFor[hash]
            self._clear(hash, status.maybe_len)
        else:
            self.RequestStatusFor[hash] = Unrequested(status.maybe_ticket, status.maybe_len)

    def _update(self, hash: H256) -> bool:
        """Turn an old deposit into a held one, and say whether there was anything old.

        Where the deposit cannot be held, the hash is forgotten. Source: pallet_preimage::do_ensure_updated
        """
        old = self.StatusFor.get(hash)
        if old is None:
            return False
        del self.StatusFor[hash]
        assert isinstance(old, OldUnrequested | OldRequested)
        ticket = None
        if old.deposit is not None:
            who, reserved = old.deposit
            self.balances.unreserve(who, reserved)
            if old.len is not None:
                try:
                    ticket = (who, self._hold(who, old.len))
                except DispatchError:
                    return True
        if isinstance(old, OldUnrequested):
            assert ticket is not None
            self.RequestStatusFor[hash] = Unrequested(ticket, old.len)
        else:
            self.RequestStatusFor[hash] = Requested(ticket, old.count, old.len)
        return True

    def _hold(self, who: AccountId, length: int) -> TaoBalance:
        """Take the deposit for a preimage, and say how much it is. Raises: TokenError."""
        amount = calculate_deposit(length)
        self.holding.hold(HOLD, who, amount)
        return amount

    def _release(self, ticket: tuple[AccountId, TaoBalance], who: AccountId | None) -> None:
        """Give a deposit back, if `who` may ask for that; nobody stands for the chain. Raises: NotAuthorized."""
        owner, amount = ticket
        if who is not None and who != owner:
            raise self.NotAuthorized
        with suppress(DispatchError):
            self.holding.release(HOLD, owner, amount)

    def _clear(self, hash: H256, length: int) -> None:
        """Emits: Cleared."""
        del self.PreimageFor[hash, length]
        self.deposit(self.Cleared(hash))


def owner_of(origin: Origin) -> AccountId | None:
    """Whose a preimage will be: nobody's for root. Raises: BadOrigin."""
    return None if isinstance(origin.caller, Root) else ensure_signed(origin)
