"""Calls that the chain makes later, by itself."""
