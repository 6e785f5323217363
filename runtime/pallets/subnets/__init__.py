"""Subnets: what they cost, which one goes, and who is paid then."""
