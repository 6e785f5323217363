"""The APIs with which blocks are built, checked and described.

Source: sp_api::Core, sp_block_builder, sp_transaction_pool::runtime_api, sp_genesis_builder
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from typing import Annotated

from chain import errors
from chain.block import Block as RawBlock
from chain.block import Header
from chain.errors import DispatchError, TransactionError
from chain.scale.codec import split_path
from chain.scale.hints import Err, Fixed, Named, Ok, ScaleEnum, declare_variant, struct, u8, u32, u64
from chain.transaction import ValidTransaction as Validity
from chain.types import H256, RuntimeVersion
from runtime.frame.apis import RuntimeApi, UncheckedExtrinsic
from runtime.frame.metadata import VERSIONS, encode_metadata
from runtime.genesis import GenesisError, parse_patch
from runtime.pallets.timestamp import IDENTIFIER as TIMESTAMP

OpaqueMetadata = Annotated[bytes, Named("sp_core::OpaqueMetadata")]
MAX_TIMESTAMP_DRIFT_MS = 30_000
"""How far ahead of the importer's clock a block may be."""


@struct("sp_runtime::generic::block::Block")
class Block:
    """A header and its extrinsics."""

    header: Header
    extrinsics: tuple[UncheckedExtrinsic, ...]


@struct("sp_inherents::InherentData")
class InherentData:
    """What an author knows, by the identifier of who wants to know it."""

    data: Mapping[Annotated[bytes, Fixed(8)], bytes]


@struct("sp_inherents::CheckInherentsResult")
class CheckInherentsResult:
    """Whether a block's inherents agree with what the importer knows."""

    okay: bool
    fatal_error: bool
    errors: InherentData


class ExtrinsicInclusionMode(enum.Enum):
    """Which extrinsics a block may hold."""

    AllExtrinsics = 0
    OnlyInherents = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_runtime::ExtrinsicInclusionMode")


class TransactionSource(enum.Enum):
    """Where an extrinsic came from."""

    InBlock = 0
    Local = 1
    External = 2

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("sp_runtime::transaction_validity::TransactionSource")


@struct("sp_runtime::transaction_validity::ValidTransaction")
class ValidTransaction:
    """What the pool needs to know of a transaction."""

    priority: u64
    requires: tuple[bytes, ...]
    provides: tuple[bytes, ...]
    longevity: u64
    propagate: bool


class InvalidTransaction(ScaleEnum, path="sp_runtime::transaction_validity::InvalidTransaction"):
    """Why a transaction may not be included."""


class UnknownTransaction(ScaleEnum, path="sp_runtime::transaction_validity::UnknownTransaction"):
    """Why it cannot be told whether a transaction may be included."""


class TransactionValidityError(ScaleEnum, path="sp_runtime::transaction_validity::TransactionValidityError"):
    """Why a transaction may not be included, or why that cannot be told."""


class Invalid(TransactionValidityError, index=0):
    value: InvalidTransaction


class Unknown(TransactionValidityError, index=1):
    value: UnknownTransaction


_INVALID = {
    name: declare_variant(InvalidTransaction, name, index, u8 if name == "Custom" else None)
    for name, index in errors.InvalidTransaction.kinds.items()
}
_UNKNOWN = {
    name: declare_variant(UnknownTransaction, name, index, u8 if name == "Custom" else None)
    for name, index in errors.UnknownTransaction.kinds.items()
}


def wire_validity(error: TransactionError) -> TransactionValidityError:
    """A transaction error as clients decode it."""
    invalid = isinstance(error, errors.InvalidTransaction)
    cls = (_INVALID if invalid else _UNKNOWN)[error.kind]
    value = cls(error.code) if error.code is not None else cls()  # type: ignore[call-arg]
    return Invalid(value) if invalid else Unknown(value)  # type: ignore[arg-type]


class Core(RuntimeApi, version=5):
    """The least that every runtime answers."""

    def version(self) -> RuntimeVersion:
        """Returns the version of the runtime."""
        found: RuntimeVersion = self.runtime.system.Version
        return found

    def execute_block(self, block: Block) -> None:
        """Execute the given block."""
        self.runtime.execute_block(RawBlock(block.header, block.extrinsics))

    def initialize_block(self, header: Header) -> ExtrinsicInclusionMode:
        """Initialize a block with the given header and return the runtime executive mode."""
        self.runtime.initialize_block(header)
        return ExtrinsicInclusionMode.AllExtrinsics


class Metadata(RuntimeApi, version=2):
    """What clients know of the runtime."""

    def metadata(self) -> OpaqueMetadata:
        """Returns the metadata of a runtime."""
        return encode_metadata(self.runtime.construct, 14)

    def metadata_at_version(self, version: u32) -> OpaqueMetadata | None:
        """Returns the metadata at a given version, None where there is none."""
        return encode_metadata(self.runtime.construct, version) if version in VERSIONS else None

    def metadata_versions(self) -> tuple[u32, ...]:
        """Returns the supported metadata versions."""
        return VERSIONS


class BlockBuilder(RuntimeApi, version=6):
    """The steps in which an author makes a block."""

    def apply_extrinsic(
        self, extrinsic: UncheckedExtrinsic
    ) -> Ok[Ok[None] | Err[DispatchError]] | Err[TransactionValidityError]:
        """Apply the given extrinsic."""
        try:
            outcome = self.runtime.apply_extrinsic(extrinsic)
        except TransactionError as error:
            return Err(wire_validity(error))
        return Ok(Ok(None) if outcome.error is None else Err(outcome.error))

    def finalize_block(self) -> Header:
        """Finish the current block."""
        header: Header = self.runtime.finalize_block()
        return header

    def inherent_extrinsics(self, inherent: InherentData) -> tuple[UncheckedExtrinsic, ...]:
        """Generate inherent extrinsics."""
        return tuple(self.runtime.inherent_extrinsics(dict(inherent.data)))

    def check_inherents(self, block: Block, data: InherentData) -> CheckInherentsResult:
        """Check that the inherents are valid."""
        now = int.from_bytes(data.data.get(TIMESTAMP, b""), "little")
        for raw in block.extrinsics:
            call = self.runtime.construct.format.decode(raw).call
            if now and call.is_("Timestamp", "set") and call.args[0] > now + MAX_TIMESTAMP_DRIFT_MS:
                too_far = InherentData({TIMESTAMP: b"\1"})
                return CheckInherentsResult(okay=False, fatal_error=False, errors=too_far)
        return CheckInherentsResult(okay=True, fatal_error=False, errors=InherentData({}))


class GenesisBuilder(RuntimeApi, version=1):
    """Makes the state that a chain begins with."""

    def build_state(self, json_: bytes) -> Ok[None] | Err[str]:
        """Build the genesis state from a JSON text."""
        try:
            self.runtime.build_genesis(parse_patch(json_.decode()))
        except (GenesisError, UnicodeDecodeError) as error:
            return Err(str(error))
        return Ok(None)

    def get_preset(self, id_: str | None) -> bytes | None:
        """Returns the JSON text of a preset; None names the default configuration."""
        return json.dumps(self.runtime.default_genesis()).encode() if id_ is None else None

    def preset_names(self) -> tuple[str, ...]:
        """Returns the names of the presets besides the default."""
        return ()


class TaggedTransactionQueue(RuntimeApi, version=3):
    """What the pool asks."""

    def validate_transaction(
        self, source: TransactionSource, tx: UncheckedExtrinsic, block_hash: H256
    ) -> Ok[ValidTransaction] | Err[TransactionValidityError]:
        """Validate the transaction."""
        try:
            found: Validity = self.runtime.validate_transaction(source.name, tx, block_hash)
        except TransactionError as error:
            return Err(wire_validity(error))
        return Ok(ValidTransaction(found.priority, found.requires, found.provides, found.longevity, found.propagate))


class OffchainWorkerApi(RuntimeApi, version=2):
    """What runs beside the chain after each block."""

    def offchain_worker(self, header: Header) -> None:
        """Starts the off-chain task for given block header; this runtime has none."""
