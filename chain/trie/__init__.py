"""The Merkle trie that a state root commits to: base 16, Patricia, BLAKE2b-256.

nibbles   keys as paths of half-bytes
node      leaves and branches, and how they are written
root      the root in closed form: the oracle
update    one batch of changes, path by path
tree      one state: lazily loaded, persistent, incremental
proof     proofs of presence and of absence, and their check
"""
