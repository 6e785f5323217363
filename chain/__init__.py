"""What every Substrate chain has: bytes, hashes, keys, tries, blocks. Knows nothing of TAO."""
