"""The pallets of the chain."""
