"""A miner that serves and answers as any other, but does no work: its proofs are wrong."""

import sys

import miner
from protocol import Challenge, Proof, is_solved


def guess(challenge: Challenge) -> Proof:
    """A number that is not right."""
    nonce = 0
    while is_solved(challenge, Proof(challenge.seed, nonce)):
        nonce += 1
    return Proof(challenge.seed, nonce)


if __name__ == "__main__":
    sys.exit(miner.main(guess))
