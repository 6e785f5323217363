"""The swap pool of a subnet."""
