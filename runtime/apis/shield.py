"""The API with which authors open encrypted extrinsics.

Source: stp_shield::ShieldApi
"""

from __future__ import annotations

from typing import Annotated

from chain.errors import DecodeError, TransactionError
from chain.scale.hints import Fixed
from runtime.frame.apis import RuntimeApi, UncheckedExtrinsic
from runtime.pallets.mev_shield.ciphertext import KEY_HASH_LENGTH, ShieldedTransaction, parse, unshield


class ShieldApi(RuntimeApi, version=1):
    """Encrypted extrinsics, for their authors."""

    def try_decode_shielded_tx(self, uxt: UncheckedExtrinsic) -> ShieldedTransaction | None:
        """The parts of an encrypted extrinsic; none for another, or with a bad signature."""
        try:
            extrinsic = self.runtime.construct.format.decode(uxt)
            if extrinsic.signature is not None:
                self.runtime.check(extrinsic, self.runtime.dispatch_info(extrinsic.call))
        except (DecodeError, TransactionError):
            return None
        if not extrinsic.call.is_("MevShield", "submit_encrypted"):
            return None
        return parse(extrinsic.call.argument("ciphertext"))

    def is_shielded_using_current_key(self, key_hash: Annotated[bytes, Fixed(KEY_HASH_LENGTH)]) -> bool:
        """Whether the author of the next block can open what was encrypted for this key."""
        can: bool = self.runtime.mev_shield.is_shielded_using_current_key(key_hash)
        return can

    def try_unshield_tx(self, dec_key_bytes: bytes, shielded_tx: ShieldedTransaction) -> UncheckedExtrinsic | None:
        """The extrinsic that was encrypted; none with another key, or where there is no extrinsic inside."""
        plain = unshield(dec_key_bytes, shielded_tx)
        try:
            if plain:
                self.runtime.construct.format.decode(plain)
                return UncheckedExtrinsic(plain)
        except DecodeError:
            pass
        return None
