"""The number by which signatures for this chain tell it from others."""

from __future__ import annotations

from chain.scale.hints import u64
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageValue


class EVMChainId(Pallet):
    """The chain's number among EVM chains; orders are bound to it. It has no calls: root sets it by AdminUtils."""

    ChainId = StorageValue[u64](default=0)
    """The chain's number among EVM chains."""
