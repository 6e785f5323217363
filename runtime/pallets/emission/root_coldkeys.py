"""A walk through all stakes, a few in each block, that numbers every coldkey with root stake."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from chain.scale.hints import encode
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Accessor, StorageValue
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subtensor.types import ROOT
from runtime.units import NetUid

ROOT_KEY = encode(NetUid, ROOT)
"""What the storage key of a stake on root ends with."""
STAKES_IN_A_BLOCK = 30
"""How many stakes of each form are looked at in a block. Source: ALPHA_MAP_BATCH_SIZE"""


class RootColdkeys(Pallet):
    """Where the walk is. A section of SubtensorModule."""

    stakes: Stakes
    claims: RootClaims

    AlphaMapLastKey = StorageValue[bytes | None](default=None)
    """The storage key of the last stake in its old form that was looked at; none at the end of the walk."""

    AlphaV2MapLastKey = StorageValue[bytes | None](default=None)
    """The storage key of the last stake that was looked at; none at the end of the walk."""

    def populate(self) -> None:
        """Number the coldkeys of the next stakes on root; while there are stakes, note how far that went.

        Source: SubtensorModule::populate_root_coldkey_staking_maps, populate_root_coldkey_staking_maps_v2
        """
        old, new = self.stakes.accessors["Alpha"], self.stakes.accessors["AlphaV2"]
        keys = self._next_keys(old, self.AlphaMapLastKey)
        if keys or self.AlphaMapLastKey is not None:
            self.AlphaMapLastKey = self._visit(old, keys)
        keys = self._next_keys(new, self.AlphaV2MapLastKey)
        if keys or self.AlphaV2MapLastKey is not None:
            self.AlphaV2MapLastKey = self._visit(new, keys)

    def _next_keys(self, stakes: Accessor, last: bytes | None) -> list[bytes]:
        return list(islice(self._keys_behind(stakes.prefix, last), STAKES_IN_A_BLOCK))

    def _keys_behind(self, prefix: bytes, last: bytes | None) -> Iterator[bytes]:
        key = self.state.next_key(prefix if last is None else last)
        while key is not None and key.startswith(prefix):
            yield key
            key = self.state.next_key(key)

    def _visit(self, stakes: Accessor, keys: list[bytes]) -> bytes | None:
        for key in keys:
            if key.endswith(ROOT_KEY):
                _, coldkey, _ = stakes.decode_key(key)
                self.claims.add_coldkey(coldkey)
        return None if len(keys) < STAKES_IN_A_BLOCK else keys[-1]
