"""The extensions that any Substrate chain has: who may sign, for how long, in what order, within which limits.

Source: frame_system, with the chain's own CheckMortality and CheckNonce
"""

from __future__ import annotations

import enum
from dataclasses import replace
from typing import Any

from chain.errors import DispatchError, InvalidTransaction
from chain.scale.codec import split_path
from chain.scale.hints import Compact, codec_of, u32
from chain.types import H256, BlockNumber, Bytes32, Era
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.weight import DispatchClass, DispatchInfo, Pays, PostInfo
from runtime.pallets.system import AccountInfo, System, WeightByClass, add_weight

SHIELDED_MAX_PERIOD = 8
"""The longest era of an encrypted extrinsic, in blocks."""


class Mode(enum.Enum):
    """Whether the signer committed to the metadata."""

    Disabled = 0
    Enabled = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("frame_metadata_hash_extension::Mode")


class CheckNonZeroSender(TransactionExtension):
    """The account of all zeros signs nothing."""

    identifier = "CheckNonZeroSender"
    path = "frame_system::extensions::check_non_zero_sender::CheckNonZeroSender"

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `BadSigner`."""
        if not any(context.who):
            raise InvalidTransaction("BadSigner")


class CheckSpecVersion(TransactionExtension):
    """The signer knew the rules that are in force."""

    identifier = "CheckSpecVersion"
    path = "frame_system::extensions::check_spec_version::CheckSpecVersion"
    implicit = u32

    def implicit_bytes(self, value: Any) -> bytes:
        """The specification version."""
        version: int = self.runtime.system.Version.spec_version
        return version.to_bytes(4, "little")


class CheckTxVersion(TransactionExtension):
    """The signer knew the format that is in force."""

    identifier = "CheckTxVersion"
    path = "frame_system::extensions::check_tx_version::CheckTxVersion"
    implicit = u32

    def implicit_bytes(self, value: Any) -> bytes:
        """The transaction version."""
        version: int = self.runtime.system.Version.transaction_version
        return version.to_bytes(4, "little")


class CheckGenesis(TransactionExtension):
    """The extrinsic is meant for this chain."""

    identifier = "CheckGenesis"
    path = "frame_system::extensions::check_genesis::CheckGenesis"
    implicit = H256

    def implicit_bytes(self, value: Any) -> bytes:
        """The genesis hash."""
        genesis: bytes = self.runtime.system.BlockHash[BlockNumber(0)]
        return genesis


class CheckMortality(TransactionExtension):
    """The extrinsic is alive: its era holds the block, whose first block's hash is signed."""

    identifier = "CheckMortality"
    path = "node_subtensor_runtime::check_mortality::CheckMortality"
    explicit = Era
    implicit = H256

    def implicit_bytes(self, value: Any) -> bytes:
        """The hash of the era's first block. Raises: InvalidTransaction `AncientBirthBlock` where it is not known."""
        system: System = self.runtime.system
        found = system.BlockHash.get(BlockNumber(value.birth(system.Number)))
        if found is None:
            raise InvalidTransaction("AncientBirthBlock")
        return found

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Stale` for an encrypted extrinsic that lives too long."""
        era: Era = context.values[self.identifier]
        if context.call.is_("MevShield", "submit_encrypted") and not 0 < era.period <= SHIELDED_MAX_PERIOD:
            raise InvalidTransaction("Stale")
        now = self.runtime.system.Number
        context.longevity = min(context.longevity, max(era.death(now) - now, 0))


class CheckNonce(TransactionExtension):
    """Extrinsics of an account come in order, each once."""

    identifier = "CheckNonce"
    path = "node_subtensor_runtime::check_nonce::CheckNonce"
    explicit = Compact[u32]

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Payment` for an account that does not exist, `Stale` for a used nonce."""
        who, nonce = context.who, context.values[self.identifier]
        account = self.runtime.system.Account[who]
        if context.info.pays is Pays.Yes and account.providers == 0 and account.sufficients == 0:
            raise InvalidTransaction("Payment")
        if nonce < account.nonce:
            raise InvalidTransaction("Stale")
        context.provides.append(nonce_tag(who, nonce))
        if nonce > account.nonce:
            context.requires.append(nonce_tag(who, nonce - 1))

    def prepare(self, context: TransactionContext) -> None:
        """Use the nonce. Raises: InvalidTransaction `Future` where an earlier one is still to come."""
        system: System = self.runtime.system
        account = system.Account[context.who]
        if context.values[self.identifier] > account.nonce:
            raise InvalidTransaction("Future")
        system.Account[context.who] = AccountInfo(
            account.nonce + 1, account.consumers, account.providers, account.sufficients, account.data
        )


def nonce_tag(who: bytes, nonce: int) -> bytes:
    """What an extrinsic provides, and the next one of the account requires."""
    return who + nonce.to_bytes(4, "little")


class CheckWeight(TransactionExtension):
    """The extrinsic still fits into the block."""

    identifier = "CheckWeight"
    path = "frame_system::extensions::check_weight::CheckWeight"

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `ExhaustsResources` for what would fit into no block."""
        check_extrinsic(self.runtime.system, context.info, context.length)

    def prepare(self, context: TransactionContext) -> None:
        """Count the extrinsic. Raises: InvalidTransaction `ExhaustsResources` where the block is full."""
        count_extrinsic(self.runtime.system, context.info, context.length)

    def post_dispatch(self, context: TransactionContext, post: PostInfo, error: DispatchError | None) -> None:
        """Give back the weight that was not used."""
        give_back(self.runtime.system, context.info, post)


def check_extrinsic(system: System, info: DispatchInfo, length: int) -> None:
    """Raises: InvalidTransaction `ExhaustsResources` for an extrinsic that would fit into no block."""
    limits = system.BlockWeights.per_class.of(info.class_)
    if limits.max_extrinsic is not None and info.weight.any_gt(limits.max_extrinsic):
        raise InvalidTransaction("ExhaustsResources")
    if length > system.BlockLength.max.of(info.class_):
        raise InvalidTransaction("ExhaustsResources")


def count_extrinsic(system: System, info: DispatchInfo, length: int) -> None:
    """Count an extrinsic in the block. Raises: InvalidTransaction `ExhaustsResources` where it is full."""
    total_length = (system.AllExtrinsicsLen or 0) + length
    if total_length > system.BlockLength.max.of(info.class_):
        raise InvalidTransaction("ExhaustsResources")
    limits = system.BlockWeights.per_class.of(info.class_)
    used: WeightByClass = add_weight(system.BlockWeight, info.weight + limits.base_extrinsic, info.class_)
    own = used.of(info.class_)
    if info.class_ is not DispatchClass.Mandatory:
        if limits.max_total is not None and own.any_gt(limits.max_total):
            raise InvalidTransaction("ExhaustsResources")
        beyond_reserve = limits.reserved is not None and own.any_gt(limits.reserved)
        if used.total().any_gt(system.BlockWeights.max_block) and beyond_reserve:
            raise InvalidTransaction("ExhaustsResources")
    system.AllExtrinsicsLen = total_length
    system.BlockWeight = used


def give_back(system: System, info: DispatchInfo, post: PostInfo) -> None:
    """Take the weight that an extrinsic did not use out of the block again."""
    unused = info.weight.saturating_sub(post.weight(info))
    if unused.ref_time or unused.proof_size:
        used, name = system.BlockWeight, info.class_.name.lower()
        system.BlockWeight = replace(used, **{name: getattr(used, name).saturating_sub(unused)})


PULSE_PRIORITY = 10_000


class DrandPriority(TransactionExtension):
    """A signed pulse goes before other signed extrinsics, though only an unsigned one is taken."""

    identifier = "DrandPriority"
    path = "pallet_drand::drand_priority::DrandPriority"

    def validate(self, context: TransactionContext) -> None:
        """Raise the priority of a pulse."""
        if context.call.is_("Drand", "write_pulse"):
            context.priority += PULSE_PRIORITY


class CheckMetadataHash(TransactionExtension):
    """The signer may commit to the metadata it showed to a person."""

    identifier = "CheckMetadataHash"
    path = "frame_metadata_hash_extension::CheckMetadataHash"
    explicit = Mode
    explicit_name = "mode"
    implicit = Bytes32 | None

    def implicit_bytes(self, value: Any) -> bytes:
        """The metadata hash, if the signer committed to it.

        Raises: InvalidTransaction `IndeterminateImplicit` where this runtime has no hash to compare.
        """
        digest: bytes | None = None
        if value is Mode.Enabled:
            digest = self.runtime.metadata_hash()
            if digest is None:
                raise InvalidTransaction("IndeterminateImplicit")
        return codec_of(Bytes32 | None).encode(digest)
