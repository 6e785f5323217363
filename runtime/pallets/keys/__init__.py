"""Keys: coldkeys that are being swapped."""
