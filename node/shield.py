"""The author's keys of the MEV shield: a new one for each block, the old ones kept while they may be of use."""

from __future__ import annotations

from collections import OrderedDict

from chain.hashing import twox_128
from chain.scale.hints import encode
from runtime.pallets.mev_shield.pallet import ShieldEncKey

KEPT = 64
"""How many keys are kept: a key is of use two blocks after it was announced, on a fork perhaps later."""


class ShieldKeys:
    """Pairs of ML-KEM-768 keys, found by the hash that an encrypted extrinsic names."""

    def __init__(self) -> None:
        self._secrets: OrderedDict[bytes, bytes] = OrderedDict()

    def announce(self) -> bytes:
        """Make a new pair, and give what the author tells the runtime: the encapsulation key, SCALE."""
        from pqcrypto.kem import ml_kem_768

        public, secret = ml_kem_768.keygen()
        self._secrets[twox_128(public)] = secret
        if len(self._secrets) > KEPT:
            self._secrets.popitem(last=False)
        return encode(ShieldEncKey | None, public)

    def secret(self, key_hash: bytes) -> bytes | None:
        """The decapsulation key of a pair; None for another's or a forgotten one."""
        return self._secrets.get(key_hash)
