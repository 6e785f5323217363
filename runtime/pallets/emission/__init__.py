"""Emission: how much TAO is minted, and where it goes. `pallet` is what clients see, `issuance` the curve."""

from runtime.pallets.emission.pallet import Emission

__all__ = ["Emission"]
