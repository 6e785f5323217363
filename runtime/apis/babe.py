"""Babe, which some clients look for: this chain has none, and answers as one without authorities.

Source: sp_consensus_babe::BabeApi
"""

from __future__ import annotations

import enum
from typing import Annotated, NewType

from chain.block import Header
from chain.scale.codec import split_path
from chain.scale.hints import Fixed, Named, struct, u64
from chain.types import Slot
from runtime.frame.apis import RuntimeApi

BabeId = NewType("BabeId", Annotated[bytes, Fixed(32), Named("sp_consensus_babe::app::Public")])
BabeAuthorities = tuple[tuple[BabeId, u64], ...]
Randomness = Annotated[bytes, Fixed(32)]
OpaqueKeyOwnershipProof = Annotated[bytes, Named("sp_consensus_babe::OpaqueKeyOwnershipProof")]

NO_RANDOMNESS = bytes(32)
FREQUENCY = (1, 4)
"""In how many of how many slots there would be a block by lot, where nobody says. Source: BabeEpochConfiguration"""


class AllowedSlots(enum.Enum):
    """Who may author in slots that nobody won."""

    PrimarySlots = 0
    PrimaryAndSecondaryPlainSlots = 1
    PrimaryAndSecondaryVRFSlots = 2

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_consensus_babe::AllowedSlots")


@struct("sp_consensus_babe::BabeEpochConfiguration")
class BabeEpochConfiguration:
    """How slots are drawn in an epoch."""

    c: tuple[u64, u64] = FREQUENCY
    allowed_slots: AllowedSlots = AllowedSlots.PrimaryAndSecondaryVRFSlots


@struct("sp_consensus_babe::BabeConfiguration")
class BabeConfiguration:
    """How slots are drawn, and by whom."""

    slot_duration: u64 = 0
    epoch_length: u64 = 0
    c: tuple[u64, u64] = FREQUENCY
    authorities: BabeAuthorities = ()
    randomness: Randomness = NO_RANDOMNESS
    allowed_slots: AllowedSlots = AllowedSlots.PrimaryAndSecondaryVRFSlots


@struct("sp_consensus_babe::Epoch")
class Epoch:
    """An epoch of Babe."""

    epoch_index: u64 = 0
    start_slot: Slot = Slot(0)
    duration: u64 = 0
    authorities: BabeAuthorities = ()
    randomness: Randomness = NO_RANDOMNESS
    config: BabeEpochConfiguration = BabeEpochConfiguration()


@struct("sp_consensus_slots::EquivocationProof", params={"Header": Header, "Id": BabeId})
class EquivocationProof:
    """Two blocks of one authority in one slot."""

    offender: BabeId
    slot: Slot
    first_header: Header
    second_header: Header


class BabeApi(RuntimeApi, version=2):
    """What Babe would be."""

    def configuration(self) -> BabeConfiguration:
        """No slots, no authorities."""
        return BabeConfiguration()

    def current_epoch_start(self) -> Slot:
        """The first slot of all."""
        return Slot(0)

    def current_epoch(self) -> Epoch:
        """An epoch without authorities."""
        return Epoch()

    def next_epoch(self) -> Epoch:
        """The same."""
        return Epoch()

    def generate_key_ownership_proof(self, slot: Slot, authority_id: BabeId) -> OpaqueKeyOwnershipProof | None:
        """None: nobody has such keys."""
        return None

    def submit_report_equivocation_unsigned_extrinsic(
        self, equivocation_proof: EquivocationProof, key_owner_proof: OpaqueKeyOwnershipProof
    ) -> tuple[()] | None:
        """None: nobody can be reported."""
        return None
