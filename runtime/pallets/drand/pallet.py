"""Pulses of the drand beacon on the chain. Whoever has one may bring it; the beacon's signature is what counts."""

from __future__ import annotations

from typing import Annotated, Any

from chain.errors import InvalidTransaction
from chain.hashing import blake2_256
from chain.keys import verify
from chain.scale.compact import encode_compact
from chain.scale.hints import Bounded, codec_of, u64
from chain.transaction import ValidTransaction
from chain.types import BlockNumber, MultiSignature, Sr25519
from runtime.fixed import U64_MAX
from runtime.frame.call import RuntimeCall, call
from runtime.frame.origin import Origin, ensure_none, ensure_root
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, Constant, Identity, StorageMap, StorageValue
from runtime.frame.weight import weigh
from runtime.pallets.drand.bls import CurveUnavailable, PointUnreadable, is_signed, round_message
from runtime.pallets.drand.types import (
    QUICKNET,
    BeaconConfiguration,
    BeaconConfigurationPayload,
    MultiSigner,
    Pulse,
    PulsesPayload,
    Sr25519Signer,
)
from runtime.pallets.system import System

MAX_KEPT_PULSES = 216_000
"""How many rounds are kept: a week of them."""
MAX_REMOVED_PULSES = 100
"""How many old rounds one call removes."""
TAG_PREFIX = b"DrandOffchainWorker"
FUTURE_BLOCKS = 3
"""For how many blocks the pool's answer to a pulse holds."""


class Drand(Pallet):
    """Public randomness, round after round."""

    system: System

    UnsignedPriority = Constant[u64](1 << 20)
    """The priority of what workers bring, at least."""

    HttpFetchTimeout = Constant[u64](1000)
    """How long a worker waits for the beacon's answer, in ms."""

    BeaconConfig = StorageValue[BeaconConfiguration](default=QUICKNET)
    """The beacon whose pulses are taken."""

    HasMigrationRun = StorageMap[Annotated[bytes, Bounded(128)], bool](Identity, default=False)
    """The migrations that were made."""

    Pulses = StorageMap[u64, Pulse](Blake2_128Concat)
    """The pulse of a round."""

    LastStoredRound = StorageValue[u64](default=0)
    """The newest round whose pulse came."""

    OldestStoredRound = StorageValue[u64](default=0)
    """The oldest round that is kept; 0 while there was none."""

    NextUnsignedAt = StorageValue[BlockNumber](default=BlockNumber(0))
    """The block from which on workers may bring something."""

    class BeaconConfigChanged(Event, index=0):
        """Another beacon counts."""

    class NewPulse(Event, index=1):
        """The pulses of these rounds came."""

        rounds: tuple[u64, ...]

    class SetOldestStoredRound(Event, index=2, unnamed=True):
        """Root said which round is the oldest."""

        round: u64

    class NoneValue(PalletError, index=0):
        """There is no value."""

    class StorageOverflow(PalletError, index=1):
        """A number would become too large."""

    class DrandConnectionFailure(PalletError, index=2):
        """The beacon did not answer."""

    class UnverifiedPulse(PalletError, index=3):
        """The pulse is not the beacon's."""

    class InvalidRoundNumber(PalletError, index=4):
        """The round is not after the last one."""

    class PulseVerificationError(PalletError, index=5):
        """The signature of the pulse could not be checked."""

    # -- calls

    @call(0, weight=weigh(4_294_000_000, reads=3, writes=4))
    def write_pulse(self, origin: Origin, pulses_payload: PulsesPayload, signature: MultiSignature | None) -> None:
        """Store pulses, each later than the last; those that the beacon did not sign are passed over.

        Origin: none.  Emits: NewPulse.  Raises: PulseVerificationError, InvalidRoundNumber.
        Source: pallet_drand::write_pulse. Without the extra `drand` no pulse can be verified.
        """
        ensure_none(origin)
        is_first = self.LastStoredRound == 0 == self.OldestStoredRound
        last, rounds = self.LastStoredRound, []
        for pulse in pulses_payload.pulses:
            if self._is_genuine(pulse):
                if pulse.round <= last:
                    raise self.InvalidRoundNumber
                self.Pulses[pulse.round] = pulse
                last = pulse.round
                rounds.append(last)
        self.LastStoredRound = last
        if is_first and rounds:
            self.OldestStoredRound = rounds[0]
        self._remove_old(last)
        self.NextUnsignedAt = self.system.Number
        if rounds:
            self.deposit(self.NewPulse(rounds=tuple(rounds)))

    @call(1, weight=weigh(8_766_000, writes=2))
    def set_beacon_config(
        self, origin: Origin, config_payload: BeaconConfigurationPayload, signature: MultiSignature | None
    ) -> None:
        """Let another beacon count.

        Origin: root.  Emits: BeaconConfigChanged.  Source: pallet_drand::set_beacon_config
        """
        ensure_root(origin)
        self.BeaconConfig = config_payload.config
        self.NextUnsignedAt = BlockNumber(self.system.Number + 1)
        self.deposit(self.BeaconConfigChanged())

    @call(2, weight=weigh(5_370_000, writes=1))
    def set_oldest_stored_round(self, origin: Origin, oldest_round: u64) -> None:
        """Say which round is the oldest that is kept.

        Origin: root.  Emits: SetOldestStoredRound.  Source: pallet_drand::set_oldest_stored_round
        """
        ensure_root(origin)
        self.OldestStoredRound = oldest_round
        self.deposit(self.SetOldestStoredRound(oldest_round))

    def _is_genuine(self, pulse: Pulse) -> bool:
        """Raises: PulseVerificationError."""
        try:
            return is_signed(self.BeaconConfig.public_key, round_message(pulse.round), pulse.signature)
        except (CurveUnavailable, PointUnreadable):
            raise self.PulseVerificationError from None

    def _remove_old(self, last: int) -> None:
        """Forget some of the rounds that are too old. Source: pallet_drand::prune_old_pulses"""
        oldest = self.OldestStoredRound
        if oldest == 0:
            return
        surplus = max(last - oldest, 0) + 1 - MAX_KEPT_PULSES
        kept_from = oldest + min(max(surplus, 0), MAX_REMOVED_PULSES)
        for number in range(oldest, kept_from):
            del self.Pulses[number]
        self.OldestStoredRound = kept_from

    # -- the pool

    def validate_unsigned(self, what: RuntimeCall) -> ValidTransaction:
        """Whether something that a worker brings may be included.

        Raises: InvalidTransaction `BadSigner` without a signature, `BadProof` for a wrong one, `Future` for one of a
        block to come, `Stale` for a round that is known or where it is too early, `Call` for anything else.
        Source: pallet_drand::validate_unsigned
        """
        if what.bound.name not in ("write_pulse", "set_beacon_config"):
            raise InvalidTransaction("Call")
        payload, signature = what.args
        if signature is None:
            raise InvalidTransaction("BadSigner")
        if not is_signed_by(payload, payload.public, signature):
            raise InvalidTransaction("BadProof")
        if self.system.Number < payload.block_number:
            raise InvalidTransaction("Future")
        if isinstance(payload, PulsesPayload):
            return self._validate_pulses(payload)
        return self._validate_config(payload)

    def _validate_pulses(self, payload: PulsesPayload) -> ValidTransaction:
        """Raises: InvalidTransaction `Call` unless it is one pulse, `Stale`."""
        if len(payload.pulses) != 1:
            raise InvalidTransaction("Call")
        number = payload.pulses[0].round
        if self.NextUnsignedAt > self.system.Number or number <= self.LastStoredRound:
            raise InvalidTransaction("Stale")
        # earlier rounds first
        priority = min(self.UnsignedPriority + U64_MAX - number, U64_MAX)
        return ValidTransaction(
            priority, (), (tag(b"drand" + number.to_bytes(8, "little")),), FUTURE_BLOCKS, propagate=False
        )

    def _validate_config(self, payload: BeaconConfigurationPayload) -> ValidTransaction:
        """Raises: InvalidTransaction `Stale`."""
        if self.NextUnsignedAt > payload.block_number:
            raise InvalidTransaction("Stale")
        public = codec_of(MultiSigner).encode(payload.public)
        provided = self.NextUnsignedAt.to_bytes(4, "little") + encode_compact(len(public)) + public
        return ValidTransaction(self.UnsignedPriority, (), (tag(provided),), 1, propagate=True)


def tag(what: bytes) -> bytes:
    """What a worker's extrinsic provides."""
    return encode_compact(len(TAG_PREFIX)) + TAG_PREFIX + blake2_256(what)


def is_signed_by(payload: Any, public: Any, signature: MultiSignature) -> bool:
    """Whether an sr25519 key signed a payload; others do not count. Source: AppCrypto::verify"""
    if not isinstance(public, Sr25519Signer) or not isinstance(signature, Sr25519):
        return False
    return verify(signature, codec_of(type(payload)).encode(payload), public.value)
