"""Emission: how much TAO and alpha is made each block, and who gets it."""
