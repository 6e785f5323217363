"""Weights: what validators say of miners."""
