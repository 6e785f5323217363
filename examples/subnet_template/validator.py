"""A validator: challenges the miners once an epoch, and sets weights by how often they were right of late.

python validator.py --netuid 1 --wallet //Validator1_hk --local
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Iterable, Mapping

import aiohttp
from protocol import (
    MAX_BODY,
    PATH,
    VERSION,
    Challenge,
    Proof,
    ProtocolFault,
    decode,
    encode,
    is_solved,
    sign,
    signer_of,
)
from subnet import LOOPBACK, STAND_IN, Axon, Neuron, Subnet, SubnetFault, key_of, log, options, run
from substrateinterface import Keypair

HIGHEST_WEIGHT = 65535
NEWEST = 0.3
"""How much of a score is the newest answer; the rest is what was before."""


class Scores:
    """How well each hotkey did: a moving average from 0 to 1, which begins at 0."""

    def __init__(self) -> None:
        self.by_hotkey: dict[str, float] = {}

    def update(self, results: Mapping[str, float]) -> None:
        """Take in the newest result of each hotkey; whoever has none is forgotten."""
        self.by_hotkey = {
            hotkey: (1 - NEWEST) * self.by_hotkey.get(hotkey, 0.0) + NEWEST * result
            for hotkey, result in results.items()
        }

    def weights(self, hotkeys: Iterable[str]) -> list[int]:
        """A weight for each hotkey: the best one has the highest there is, whoever has no score 0."""
        best = max(self.by_hotkey.values(), default=0.0) or 1.0
        return [round(self.by_hotkey.get(hotkey, 0.0) / best * HIGHEST_WEIGHT) for hotkey in hotkeys]


class Querier:
    """Asks miners, all at the same time."""

    def __init__(self, key: Keypair, *, bits: int, timeout_seconds: float, local: bool) -> None:
        self._key, self._bits, self._local = key, bits, local
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)

    async def ask_all(self, miners: Iterable[Neuron]) -> dict[str, float]:
        """The result of each miner by hotkey: 1 for a proof that is right and in time, 0 for anything else."""
        asked = {miner.hotkey: miner.axon for miner in miners if miner.axon is not None}
        async with aiohttp.ClientSession(timeout=self._timeout, auto_decompress=False) as session:
            results = await asyncio.gather(*(self._ask(session, *each) for each in asked.items()))
        return dict(zip(asked, results, strict=True))

    async def _ask(self, session: aiohttp.ClientSession, hotkey: str, axon: Axon) -> float:
        challenge = Challenge(secrets.token_hex(16), self._bits, hotkey, int(time.time()))
        try:
            is_right = is_solved(challenge, await self._proof(session, challenge, axon))
        except ProtocolFault as fault:
            log.info("%s broke the rules: %s", hotkey, fault)
        except (aiohttp.ClientError, OSError) as error:
            log.info("%s did not answer: %r", hotkey, error)
        else:
            log.info("%s is %s", hotkey, "right" if is_right else "wrong")
            return float(is_right)
        return 0.0

    async def _proof(self, session: aiohttp.ClientSession, challenge: Challenge, axon: Axon) -> Proof:
        body = encode(challenge)
        ip = LOOPBACK if self._local and axon.ip == STAND_IN else axon.ip
        host = f"[{ip}]" if ":" in ip else ip
        address = f"http://{host}:{axon.port}{PATH}"
        async with session.post(address, data=body, headers=sign(self._key, body), allow_redirects=False) as response:
            if response.content_length is None or response.content_length > MAX_BODY:
                raise ProtocolFault(f"the answer does not say that it has at most {MAX_BODY} bytes")
            answer = await response.read()
            if response.status != 200:
                raise ProtocolFault(f"status {response.status}: {answer.decode(errors='replace')}")
            if signer_of(response.headers, answer) != challenge.miner:
                raise ProtocolFault("the answer is signed by another key")
        return decode(Proof, answer)


def validate(arguments: argparse.Namespace) -> None:
    """Go through epochs, without end unless their number is given. Raises: SubnetFault."""
    subnet = Subnet(arguments.url, arguments.netuid, key_of(arguments.wallet))
    querier = Querier(subnet.key, bits=arguments.bits, timeout_seconds=arguments.timeout, local=arguments.local)
    scores = Scores()
    left = arguments.epochs
    while left != 0:
        epoch = subnet.last_epoch()
        validate_once(subnet, querier, scores)
        left = None if left is None else left - 1
        if left != 0:
            subnet.wait_for_epoch(epoch, arguments.poll)


def validate_once(subnet: Subnet, querier: Querier, scores: Scores) -> None:
    """Ask the miners, score them, and set weights where that is allowed already. Raises: SubnetFault."""
    neurons = subnet.neurons()
    me = subnet.own(neurons)
    ensure_may_validate(subnet, me)
    scores.update(asyncio.run(querier.ask_all(neuron for neuron in neurons if neuron != me)))
    weights = scores.weights(neuron.hotkey for neuron in neurons)
    wait = subnet.blocks_to_wait(me.uid)
    if not any(weights):
        log.info("no miner has been right yet: weights stay as they are")
    elif wait:
        log.info("weights may be set in %d blocks: with the next epoch", wait)
    else:
        try:
            log.info("weights set in block %d: %s", subnet.set_weights(weights, VERSION), weights)
        except SubnetFault as fault:
            log.warning("weights not set, with the next epoch again: %s", fault)


def ensure_may_validate(subnet: Subnet, me: Neuron) -> None:
    """Raises: SubnetFault where weights of this neuron would be refused."""
    if not me.has_permit:
        raise SubnetFault(f"{me.hotkey} has no validator permit on subnet {subnet.netuid}: it needs more stake")
    if subnet.hides_weights():
        raise SubnetFault(f"subnet {subnet.netuid} has commit-reveal on; this validator sets weights in the open")


def main() -> int:
    """The program; its exit status."""
    parser = options("Validate on a subnet.")
    parser.add_argument("--bits", type=int, default=16, help="how hard a challenge is: about 2**bits hashes")
    parser.add_argument("--timeout", type=float, default=10.0, help="how many seconds a miner has")
    parser.add_argument("--poll", type=float, default=1.0, help="how many seconds to wait before looking again")
    parser.add_argument("--epochs", type=int, help="how many epochs to go through; without end if not given")
    arguments = parser.parse_args()
    return run(lambda: validate(arguments))


if __name__ == "__main__":
    sys.exit(main())
