"""The APIs that wallets ask: nonces and fees. And those of the authorities.

Source: frame_system_rpc_runtime_api, pallet_transaction_payment_rpc_runtime_api, sp_consensus_aura,
sp_consensus_grandpa, sp_session
"""

from __future__ import annotations

from typing import Annotated

from chain.hashing import blake2_256
from chain.keys import KeyFormatError, Keypair
from chain.scale.hints import Named, u32, u64
from chain.types import AccountId, FourBytes
from runtime.frame.apis import RuntimeApi, UncheckedExtrinsic
from runtime.frame.call import RuntimeCall
from runtime.frame.weight import DispatchInfo, Weight
from runtime.pallets.aura import AuraId
from runtime.pallets.grandpa import AuthorityList, EquivocationProof, GrandpaId
from runtime.pallets.transaction_payment import FeeDetails, RuntimeDispatchInfo, length_to_fee, weight_to_fee
from runtime.units import TaoBalance

SlotDuration = Annotated[u64, Named("sp_consensus_slots::SlotDuration")]
OpaqueValue = Annotated[bytes, Named("sp_runtime::OpaqueValue")]
KeyTypeId = Annotated[FourBytes, Named("sp_core::crypto::KeyTypeId")]


class AccountNonceApi(RuntimeApi, version=1):
    """How many extrinsics an account has sent."""

    def account_nonce(self, account: AccountId) -> u32:
        """Get current account nonce of given `AccountId`."""
        nonce: int = self.runtime.system.Account[account].nonce
        return nonce


def _fee_details(runtime: object, length: int, info: DispatchInfo, tip: int) -> FeeDetails:
    payment = runtime.transaction_payment  # type: ignore[attr-defined]
    details: FeeDetails = payment.fee_details(length, info.weight, info.class_, tip, info.pays)
    return details


class TransactionPaymentApi(RuntimeApi, version=4):
    """What an extrinsic would cost."""

    def query_info(self, uxt: UncheckedExtrinsic, len_: u32) -> RuntimeDispatchInfo:
        """Weight, class and fee of an extrinsic of `len` bytes; nothing for one that nobody signed."""
        extrinsic = self.runtime.construct.format.decode(uxt)
        info = self.runtime.dispatch_info(extrinsic.call)
        fee = TaoBalance(0)
        if extrinsic.signature is not None:
            fee = _fee_details(self.runtime, len_, info, 0).total()
        return RuntimeDispatchInfo(info.weight, info.class_, fee)

    def query_fee_details(self, uxt: UncheckedExtrinsic, len_: u32) -> FeeDetails:
        """The parts of the fee of an extrinsic of `len` bytes."""
        extrinsic = self.runtime.construct.format.decode(uxt)
        if extrinsic.signature is None:
            return FeeDetails(None, TaoBalance(0))
        tip = dict(zip(self.runtime.pipeline.explicit, extrinsic.extensions, strict=True))["ChargeTransactionPayment"]
        return _fee_details(self.runtime, len_, self.runtime.dispatch_info(extrinsic.call), tip)

    def query_weight_to_fee(self, weight: Weight) -> TaoBalance:
        """What a weight costs."""
        return weight_to_fee(weight.ref_time)

    def query_length_to_fee(self, length: u32) -> TaoBalance:
        """What a length costs."""
        return length_to_fee(length)


class TransactionPaymentCallApi(RuntimeApi, version=3):
    """What a call would cost in an extrinsic of a given length."""

    def query_call_info(self, call: RuntimeCall, len_: u32) -> RuntimeDispatchInfo:
        """Weight, class and fee of a call."""
        info = self.runtime.dispatch_info(call)
        return RuntimeDispatchInfo(info.weight, info.class_, _fee_details(self.runtime, len_, info, 0).total())

    def query_call_fee_details(self, call: RuntimeCall, len_: u32) -> FeeDetails:
        """The parts of the fee of a call."""
        return _fee_details(self.runtime, len_, self.runtime.dispatch_info(call), 0)

    def query_weight_to_fee(self, weight: Weight) -> TaoBalance:
        """What a weight costs."""
        return weight_to_fee(weight.ref_time)

    def query_length_to_fee(self, length: u32) -> TaoBalance:
        """What a length costs."""
        return length_to_fee(length)


class AuraApi(RuntimeApi, version=1):
    """Whose turn it is to author."""

    def slot_duration(self) -> SlotDuration:
        """Returns the slot duration for Aura, in milliseconds."""
        duration: int = self.runtime.aura.SlotDuration
        return duration

    def authorities(self) -> tuple[AuraId, ...]:
        """Return the current set of authorities."""
        found: tuple[AuraId, ...] = self.runtime.aura.Authorities
        return found


class GrandpaApi(RuntimeApi, version=3):
    """Who finalizes."""

    def grandpa_authorities(self) -> AuthorityList:
        """Get the current GRANDPA authorities and weights."""
        found: AuthorityList = self.runtime.grandpa.Authorities
        return found

    def submit_report_equivocation_unsigned_extrinsic(
        self, equivocation_proof: EquivocationProof, key_owner_proof: OpaqueValue
    ) -> tuple[()] | None:
        """Submits an extrinsic to report an equivocation; None, since this chain takes none."""
        return None

    def generate_key_ownership_proof(self, set_id: u64, authority_id: GrandpaId) -> OpaqueValue | None:
        """Generates a proof of key ownership; None, since this chain keeps no session history."""
        return None

    def current_set_id(self) -> u64:
        """Get current GRANDPA authority set id."""
        found: int = self.runtime.grandpa.CurrentSetId
        return found


class SessionKeys(RuntimeApi, version=1):
    """The keys of an authority: sr25519 to author, ed25519 to finalize."""

    def generate_session_keys(self, seed: bytes | None) -> bytes:
        """The public keys of a secret URI; without one, of a key that only the block before tells."""
        uri = f"0x{blake2_256(self.runtime.system.ParentHash).hex()}"
        if seed is not None:
            uri = seed.decode(errors="replace")
        try:
            return Keypair.from_uri(uri, "sr25519").public + Keypair.from_uri(uri, "ed25519").public
        except KeyFormatError:
            return b""

    def decode_session_keys(self, encoded: bytes) -> tuple[tuple[bytes, KeyTypeId], ...] | None:
        """The public keys in an encoded set, with their types; None if it is none."""
        if len(encoded) != 64:
            return None
        return (encoded[:32], FourBytes(b"aura")), (encoded[32:], FourBytes(b"gran"))
