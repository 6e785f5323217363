"""Orders that are signed off chain and executed on it."""
