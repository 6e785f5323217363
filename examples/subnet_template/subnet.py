"""The subnet as the chain has it, read and written through any node: what miner and validator share."""

from __future__ import annotations

import argparse
import ipaddress
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from substrateinterface import Keypair, SubstrateInterface
from substrateinterface.exceptions import SubstrateRequestException
from websocket import WebSocketException

PALLET = "SubtensorModule"
LOOPBACK = "127.0.0.1"
STAND_IN = "192.0.2.1"
"""What a miner tells the chain in place of 127.0.0.1, which the chain refuses: nobody's address (RFC 5737)."""

log = logging.getLogger("subnet")


class SubnetFault(Exception):
    """What the chain does not allow, or does not have; the text says why."""


@dataclass(frozen=True)
class Axon:
    """Where a neuron serves."""

    ip: str
    port: int


@dataclass(frozen=True)
class Neuron:
    """A member of the subnet; `axon` is None where it does not serve."""

    uid: int
    hotkey: str
    has_permit: bool
    axon: Axon | None


class Subnet:
    """A subnet, and a hotkey that acts in it."""

    def __init__(self, url: str, netuid: int, key: Keypair) -> None:
        """Raises: SubnetFault for a subnet that does not exist, OSError where no node answers."""
        # a balance has 64 bits on this chain, which the library does not know
        self.chain = SubstrateInterface(url=url, type_registry={"types": {"Balance": "u64"}})
        self.netuid, self.key = netuid, key
        if not self._read("NetworksAdded"):
            raise SubnetFault(f"there is no subnet {netuid} at {url}")

    # -- reading

    def neurons(self) -> list[Neuron]:
        """Everybody in the subnet, by uid, as of one block."""
        block = self.chain.get_chain_head()
        permits = self._read("ValidatorPermit", block=block)
        axons = {hotkey: _axon_of(value) for hotkey, value in self._rows("Axons", block)}
        hotkeys = dict(self._rows("Keys", block))
        return [Neuron(uid, hotkeys[uid], permits[uid], axons.get(hotkeys[uid])) for uid in sorted(hotkeys)]

    def own(self, neurons: Sequence[Neuron]) -> Neuron:
        """The neuron of this hotkey among all. Raises: SubnetFault where it is not registered."""
        found = [neuron for neuron in neurons if neuron.hotkey == self.key.ss58_address]
        if not found:
            raise SubnetFault(
                f"{self.key.ss58_address} is not registered on subnet {self.netuid}: burned_register does"
            )
        return found[0]

    def last_epoch(self) -> int:
        """The block of the last epoch."""
        return int(self._read("LastMechansimStepBlock"))

    def wait_for_epoch(self, before: int, poll_seconds: float) -> None:
        """Wait until there has been an epoch after that of block `before`."""
        while self.last_epoch() == before:
            time.sleep(poll_seconds)

    def blocks_to_wait(self, uid: int) -> int:
        """How many blocks are left until a validator may set weights again."""
        since = int(self.chain.get_block_number(None)) - int(self._read("LastUpdate")[uid])
        return max(int(self._read("WeightsSetRateLimit")) - since, 0)

    def hides_weights(self) -> bool:
        """Whether weights are committed first and revealed later."""
        return bool(self._read("CommitRevealWeightsEnabled"))

    def _read(self, item: str, block: str | None = None) -> Any:
        return self.chain.query(PALLET, item, [self.netuid], block_hash=block).value

    def _rows(self, item: str, block: str) -> list[tuple[Any, Any]]:
        rows = self.chain.query_map(PALLET, item, [self.netuid], block_hash=block, page_size=256)
        return [(key.value, value.value) for key, value in rows]

    # -- writing

    def serve(self, axon: Axon) -> None:
        """Tell the chain where this hotkey serves, unless it knows. Raises: SubnetFault."""
        if self.own(self.neurons()).axon == axon:
            return
        address = ipaddress.ip_address(axon.ip)
        self._submit(
            "serve_axon",
            version=1,
            ip=int(address),
            port=axon.port,
            ip_type=address.version,
            protocol=4,
            placeholder1=0,
            placeholder2=0,
        )

    def set_weights(self, weights: Sequence[int], version: int) -> int:
        """Set a weight for each uid from 0 on; the number of the block that has them. Raises: SubnetFault."""
        uids = list(range(len(weights)))
        return self._submit("set_weights", dests=uids, weights=list(weights), version_key=version)

    def _submit(self, name: str, **arguments: Any) -> int:
        call = self.chain.compose_call(PALLET, name, {"netuid": self.netuid, **arguments})
        extrinsic = self.chain.create_signed_extrinsic(call, self.key)
        try:
            receipt = self.chain.submit_extrinsic(extrinsic, wait_for_inclusion=True)
        except SubstrateRequestException as error:
            raise SubnetFault(f"{name} was refused: {error}") from None
        if not receipt.is_success:
            # the library knows the errors of pallets only
            why = receipt.error_message["name"] if receipt.error_message else "the events of its block say why"
            raise SubnetFault(f"{name} failed: {why}")
        return int(self.chain.get_block_number(receipt.block_hash))


def _axon_of(value: dict[str, Any]) -> Axon | None:
    if not value["ip"] or not value["port"]:
        return None
    kind = ipaddress.IPv6Address if value["ip_type"] == 6 else ipaddress.IPv4Address
    return Axon(str(kind(value["ip"])), value["port"])


# -- what both programs begin and end with


def options(about: str) -> argparse.ArgumentParser:
    """The options that both programs have."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--url", default="ws://127.0.0.1:9944", help="the node to talk to")
    parser.add_argument("--netuid", type=int, default=1)
    parser.add_argument(
        "--wallet", required=True, help="the hotkey: //Miner1_hk, a mnemonic, or a wallet's hotkey file"
    )
    parser.add_argument(
        "--local", action="store_true", help=f"miners serve on this machine, as {STAND_IN} on the chain"
    )
    return parser


def key_of(wallet: str) -> Keypair:
    """The key of a secret URI, or in an unencrypted hotkey file. Raises: SubnetFault."""
    try:
        if Path(wallet).is_file():
            return Keypair.create_from_uri(json.loads(Path(wallet).read_text())["secretPhrase"])
        return Keypair.create_from_uri(wallet)
    except (ValueError, KeyError, TypeError, NotImplementedError, OSError):
        raise SubnetFault("--wallet is neither a secret URI such as //Miner1_hk nor a wallet's hotkey file") from None


def run(program: Callable[[], None]) -> int:
    """Run a program to its end, Ctrl-C, or an error that is told in one line; its exit status."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    try:
        program()
    except KeyboardInterrupt:
        log.info("stopped")
    except SubnetFault as fault:
        log.error("error: %s", fault)
        return 1
    except (OSError, WebSocketException, SubstrateRequestException) as error:
        log.error("error: the node does not answer: %s", error)
        return 1
    return 0
