"""Keys: coldkeys, and the guard that keeps one that is being swapped from acting."""

from runtime.pallets.keys.pallet import CheckColdkeySwap, Keys

__all__ = ["CheckColdkeySwap", "Keys"]
