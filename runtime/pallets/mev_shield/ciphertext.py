"""Encrypted extrinsics: how their bytes are laid out, and how an author opens them.

    key hash (16) ++ length of the KEM ciphertext (u16) ++ KEM ciphertext ++ nonce (24) ++ AEAD ciphertext

The key hash is twox-128 of the encapsulation key. The KEM is ML-KEM-768, whose shared secret is the key of
XChaCha20-Poly1305 without associated data. Source: stp_shield::ShieldedTransaction, pallet_shield::unshield
"""

from __future__ import annotations

from typing import Annotated

from chain.scale.hints import Fixed, struct

ENCAPSULATION_KEY_LENGTH = 1184
KEY_HASH_LENGTH, LENGTH_LENGTH, NONCE_LENGTH = 16, 2, 24


@struct("stp_shield::shielded_tx::ShieldedTransaction")
class ShieldedTransaction:
    """The parts of an encrypted extrinsic."""

    key_hash: Annotated[bytes, Fixed(KEY_HASH_LENGTH)]
    kem_ct: bytes
    aead_ct: bytes
    nonce: Annotated[bytes, Fixed(NONCE_LENGTH)]


def parse(ciphertext: bytes) -> ShieldedTransaction | None:
    """The parts of a ciphertext; None for bytes that end too early."""
    at = KEY_HASH_LENGTH + LENGTH_LENGTH
    kem_end = at + int.from_bytes(ciphertext[KEY_HASH_LENGTH:at], "little")
    nonce_end = kem_end + NONCE_LENGTH
    if len(ciphertext) < at or len(ciphertext) <= nonce_end:
        return None
    parts = ciphertext[:KEY_HASH_LENGTH], ciphertext[at:kem_end], ciphertext[nonce_end:], ciphertext[kem_end:nonce_end]
    return ShieldedTransaction(*parts)


def unshield(decapsulation_key: bytes, shielded: ShieldedTransaction) -> bytes | None:
    """The plain text; None where the key is another or a byte was changed."""
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt
    from nacl.exceptions import CryptoError
    from pqcrypto.kem import ml_kem_768

    try:
        secret = ml_kem_768.decaps(decapsulation_key, shielded.kem_ct)
        return crypto_aead_xchacha20poly1305_ietf_decrypt(shielded.aead_ct, None, shielded.nonce, secret)
    except (CryptoError, ValueError):
        return None
