"""Staking: how alpha is held, limited and locked."""
