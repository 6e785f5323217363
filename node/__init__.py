"""The program: sealing, the pool, JSON-RPC, the command line."""
