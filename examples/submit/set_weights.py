"""Set a validator's weights: in the open, or committed by their hash and revealed when the chain asks for them."""

import argparse
import hashlib
import secrets
import time

from client import connect, options, submit
from substrateinterface import Keypair, SubstrateInterface

VERSION = 0
POLL_SECONDS = 0.2


def weight(text: str) -> tuple[int, int]:
    """A uid and its weight from UID=WEIGHT. Raises: ArgumentTypeError."""
    uid, sign, value = text.partition("=")
    if not (sign and uid.isdecimal() and value.isdecimal() and int(uid) < 2**16 and int(value) < 2**16):
        raise argparse.ArgumentTypeError(f"{text!r} is not UID=WEIGHT, whole numbers up to 65535")
    return int(uid), int(value)


def commit_and_reveal(
    chain: SubstrateInterface, signer: Keypair, netuid: int, uids: list[int], weights: list[int]
) -> None:
    """Commit to weights, wait until the epoch in which they must be revealed, and reveal them."""
    salt = [secrets.randbelow(2**16) for _ in range(8)]
    hidden = chain.encode_scale(
        "(AccountId, u16, Vec<u16>, Vec<u16>, Vec<u16>, u64)",
        (signer.ss58_address, netuid, uids, weights, salt, VERSION),
    )
    digest = hashlib.blake2b(bytes(hidden.data), digest_size=32).hexdigest()
    submit(chain, signer, "SubtensorModule.commit_weights", netuid=netuid, commit_hash=f"0x{digest}")
    [*_, (_, epoch, _, _)] = chain.query("SubtensorModule", "WeightCommits", [netuid, signer.ss58_address]).value
    due = epoch + chain.query("SubtensorModule", "RevealPeriodEpochs", [netuid]).value
    print(f"to be revealed in epoch {due}", flush=True)
    while chain.query("SubtensorModule", "SubnetEpochIndex", [netuid]).value < due:
        time.sleep(POLL_SECONDS)
    submit(
        chain,
        signer,
        "SubtensorModule.reveal_weights",
        netuid=netuid,
        uids=uids,
        values=weights,
        salt=salt,
        version_key=VERSION,
    )


def main() -> None:
    """Set the weights that the command line gives."""
    parser = options("Set weights.", signer="//Validator1_hk")
    parser.add_argument("weights", nargs="+", type=weight, metavar="UID=WEIGHT")
    parser.add_argument("--netuid", type=int, default=1)
    parser.add_argument("--commit", action="store_true", help="commit and reveal; the subnet has commit-reveal on")
    given = parser.parse_args()
    uids, weights = [list(column) for column in zip(*given.weights, strict=True)]
    with connect(given.url) as chain:
        if given.commit:
            commit_and_reveal(chain, given.signer, given.netuid, uids, weights)
            return
        submit(
            chain,
            given.signer,
            "SubtensorModule.set_weights",
            netuid=given.netuid,
            dests=uids,
            weights=weights,
            version_key=VERSION,
        )


if __name__ == "__main__":
    main()
