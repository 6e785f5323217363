"""Proxies: accounts that may make calls for others."""
