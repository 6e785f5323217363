"""Chains made anew from the blocks of another."""

from __future__ import annotations

from chain.blockchain import Blockchain
from node.node import Node
from node.service import open_chain, open_database


def execute_again(node: Node) -> Blockchain:
    """A chain in memory with the same genesis, that has executed every block of the node's best chain."""
    copy = open_chain(open_database(None, node.spec), node.spec)
    for _, block in reversed([*node.chain.ancestry(node.chain.best.hash)]):
        copy.import_block(block)
    return copy
