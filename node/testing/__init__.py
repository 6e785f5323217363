"""For people who test against this chain: a pytest plugin, and a node in a process of its own."""
