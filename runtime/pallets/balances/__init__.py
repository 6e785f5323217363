"""Balances: accounts hold TAO; transfers move it. `pallet` is what clients see, the other files its parts."""

from runtime.pallets.balances.pallet import Balances
from runtime.pallets.balances.types import BalanceStatus, Preservation

__all__ = ["BalanceStatus", "Balances", "Preservation"]
