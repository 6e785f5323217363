"""A miner: serves on a port, tells the chain where, and answers the challenges of validators.

python miner.py --netuid 1 --wallet //Miner1_hk --local
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import socket
import sys
import time
from collections.abc import Callable

from aiohttp import web
from protocol import MAX_BODY, PATH, Challenge, Proof, ProtocolFault, check_challenge, decode, encode, sign, signer_of
from protocol import solve as solve_honestly
from subnet import LOOPBACK, STAND_IN, Axon, Subnet, SubnetFault, key_of, log, options, run

REFRESH_SECONDS = 12
"""How often a miner looks who is a validator."""

Solve = Callable[[Challenge], Proof]


class Miner:
    """Answers whoever has a validator's permit; `solve` finds the proofs."""

    def __init__(self, subnet: Subnet, solve: Solve) -> None:
        self._subnet, self._solve = subnet, solve
        self._validators: frozenset[str] = frozenset()
        self._looked = float("-inf")
        self._looking = asyncio.Lock()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a challenge: 400 for one that breaks the rules, 403 for one of somebody who is no validator."""
        body = await request.read()
        try:
            caller = signer_of(request.headers, body)
            challenge = decode(Challenge, body)
            check_challenge(challenge, self._subnet.key.ss58_address)
        except ProtocolFault as fault:
            raise web.HTTPBadRequest(text=str(fault)) from None
        if not await self._is_validator(caller):
            raise web.HTTPForbidden(text=f"{caller} has no validator permit on subnet {self._subnet.netuid}")
        proof = encode(await asyncio.to_thread(self._solve, challenge))
        log.info("answered %s", caller)
        return web.Response(body=proof, headers=sign(self._subnet.key, proof), content_type="application/json")

    async def _is_validator(self, hotkey: str) -> bool:
        async with self._looking:
            if time.monotonic() - self._looked >= REFRESH_SECONDS:
                neurons = await asyncio.to_thread(self._subnet.neurons)
                self._validators = frozenset(neuron.hotkey for neuron in neurons if neuron.has_permit)
                self._looked = time.monotonic()
        return hotkey in self._validators


def serve(arguments: argparse.Namespace, solve: Solve) -> None:
    """Serve until stopped. Raises: SubnetFault."""
    if not arguments.local and arguments.external_ip is None:
        raise SubnetFault("--external-ip is needed: the address at which validators reach this miner; or --local")
    subnet = Subnet(arguments.url, arguments.netuid, key_of(arguments.wallet))
    is_v6 = not arguments.local and arguments.external_ip.version == 6
    host = LOOPBACK if arguments.local else "::" if is_v6 else "0.0.0.0"
    try:
        listening = socket.create_server((host, arguments.port), family=socket.AF_INET6 if is_v6 else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise SubnetFault(f"port {arguments.port} cannot be served: {error}") from None
    port = listening.getsockname()[1]
    told = STAND_IN if arguments.local else str(arguments.external_ip)
    subnet.serve(Axon(told, port))
    log.info("serving on %s:%d, on the chain as %s", host, port, told)
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_post(PATH, Miner(subnet, solve).answer)
    web.run_app(app, sock=listening, print=None)
    log.info("stopped")


def main(solve: Solve = solve_honestly) -> int:
    """The program; its exit status."""
    parser = options("Mine on a subnet.")
    parser.add_argument("--port", type=int, default=0, help="the port to serve on; any free one without")
    parser.add_argument("--external-ip", type=ipaddress.ip_address, help="where validators reach this miner")
    arguments = parser.parse_args()
    return run(lambda: serve(arguments, solve))


if __name__ == "__main__":
    sys.exit(main())
