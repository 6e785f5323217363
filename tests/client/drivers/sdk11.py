"""The bittensor SDK 11: reads everything it knows, plans every intent, and executes a story of intents.

Started with the node's address and the folder of the SDK's source, whose samples say which arguments each takes.
Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, sys.argv[2])

from bittensor.balance import Balance
from bittensor.client import Client
from bittensor.intents import REGISTRY as INTENTS
from bittensor.intents import build
from bittensor.reads import REGISTRY as READS
from tests.harness.samples import INTENT_SAMPLES, READ_SAMPLES, dev_wallet

ALICE, BOB = dev_wallet("//Alice", "//Alice//hot"), dev_wallet("//Bob", "//Bob//hot")
CHARLIE = dev_wallet("//Charlie", "//Dave")
ALICE_COLD, BOB_COLD = ALICE.coldkey.ss58_address, BOB.coldkey.ss58_address
ALICE_HOT, BOB_HOT = ALICE.hotkey.ss58_address, BOB.hotkey.ss58_address
NETUID = 2


async def outcome(work: Awaitable[Any]) -> str:
    """Empty, or what was raised."""
    try:
        await work
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""


async def read_all(read: Callable[..., Awaitable[Any]]) -> dict[str, str]:
    return {name: await outcome(read(name, **READ_SAMPLES[name])) for name in sorted(READS)}


async def plan_all(client: Client) -> dict[str, str]:
    async def plan(op: str) -> None:
        found = await client.plan(build(op, INTENT_SAMPLES[op]), ALICE)
        assert found.ok, found.violations
        assert found.fee is not None

    return {op: await outcome(plan(op)) for op in sorted(INTENTS)}


class Story:
    """Intents one after another; each must succeed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.done: list[dict[str, Any]] = []

    async def do(self, op: str, wallet: SimpleNamespace, **arguments: Any) -> Any:
        result = await self.client.execute(build(op, arguments), wallet)
        self.done.append({"op": op, "success": result.success, "message": result.message})
        return result

    async def attempt(self, op: str, wallet: SimpleNamespace, **arguments: Any) -> str:
        """What the client says of an intent that fails."""
        result = await self.client.execute(build(op, arguments), wallet)
        return f"{result.success} {type(result.error).__name__} {result.error}"

    async def stake(self, coldkey: str, hotkey: str, netuid: int) -> int:
        found = await self.client.read("stake", coldkey_ss58=coldkey, hotkey_ss58=hotkey, netuid=netuid)
        return int(found.rao)


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, Balance):
        return value.rao
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


async def tell(client: Client) -> dict[str, Any]:
    story, seen = Story(client), {}
    before = await client.read("balance", coldkey_ss58=BOB_COLD)
    await story.do("transfer", ALICE, dest_ss58=BOB_COLD, amount_tao=1.5)
    seen["transferred"] = (await client.read("balance", coldkey_ss58=BOB_COLD)).rao - before.rao
    await story.do("transfer", ALICE, dest_ss58=ALICE_HOT, amount_tao=10)
    await story.do("register_subnet", ALICE)
    await story.do("start_call", ALICE, netuid=NETUID)
    await story.do("register_subnet", BOB)
    await story.do("start_call", BOB, netuid=NETUID + 1)
    await story.do("set_hyperparameter", ALICE, netuid=NETUID, name="commit_reveal_weights_enabled", value=False)
    seen["shield_key"] = len(await client.read("mev_shield_next_key") or b"")
    shielded = await story.do("burned_register", BOB, netuid=NETUID)
    seen["shielded_data"] = plain(shielded.data)
    seen["bob_uid"] = await client.read("uid", hotkey_ss58=BOB_HOT, netuid=NETUID)
    await story.do("add_stake", BOB, hotkey_ss58=BOB_HOT, netuid=NETUID, amount_tao=2)
    staked = seen["staked"] = await story.stake(BOB_COLD, BOB_HOT, NETUID)
    await story.do("remove_stake", BOB, hotkey_ss58=BOB_HOT, netuid=NETUID, amount_alpha=0.5)
    seen["removed"] = staked - await story.stake(BOB_COLD, BOB_HOT, NETUID)
    await story.do(
        "move_stake",
        BOB,
        origin_hotkey_ss58=BOB_HOT,
        origin_netuid=NETUID,
        dest_hotkey_ss58=ALICE_HOT,
        dest_netuid=NETUID,
        amount_alpha=0.5,
    )
    seen["moved"] = await story.stake(BOB_COLD, ALICE_HOT, NETUID)
    await story.do("swap_stake", BOB, hotkey_ss58=ALICE_HOT, origin_netuid=NETUID, dest_netuid=3, amount_alpha=0.1)
    seen["swapped"] = await story.stake(BOB_COLD, ALICE_HOT, 3)
    seen["weights_set"] = (await story.do("set_weights", ALICE, netuid=NETUID, uids=[1], weights=[1.0])).message
    await story.do("set_take", BOB, take=0.1)
    await story.do("set_children", BOB, netuid=NETUID, children=[[2**63, ALICE_HOT]])
    seen["pending_children"] = plain(await client.read("pending_children", hotkey_ss58=BOB_HOT, netuid=NETUID))
    await story.do("add_proxy", BOB, delegate_ss58=ALICE_COLD, proxy_type="Transfer")
    seen["proxies"] = plain(await client.read("proxies", coldkey_ss58=BOB_COLD))
    await story.do("set_identity", BOB, name="Bob the builder")
    seen["identity"] = plain(await client.read("identity", coldkey_ss58=BOB_COLD))
    await tell_of_multisig(client, story, seen)
    await tell_of_crowdloan(client, story, seen)
    return {"done": story.done, **seen}


async def tell_of_multisig(client: Client, story: Story, seen: dict[str, Any]) -> None:
    signatories = [ALICE_COLD, BOB_COLD]
    together = await client.multisig(signatories, 2)
    seen["multisig"] = together.address
    await story.do("transfer", ALICE, dest_ss58=together.address, amount_tao=5)
    call = {"op": "transfer", "dest_ss58": CHARLIE.coldkey.ss58_address, "amount_tao": 2}
    before = await client.read("balance", coldkey_ss58=CHARLIE.coldkey.ss58_address)
    approved = await story.do("multisig_approve", ALICE, threshold=2, other_signatories=[BOB_COLD], call=call)
    height, index = map(int, approved.extrinsic_id.split("-"))
    wrong = {"height": height, "index": index + 7}
    late = await story.attempt(
        "multisig_execute", BOB, threshold=2, other_signatories=[ALICE_COLD], call=call, timepoint=wrong
    )
    seen["wrong_timepoint"] = late
    right = {"height": height, "index": index}
    await story.do("multisig_execute", BOB, threshold=2, other_signatories=[ALICE_COLD], call=call, timepoint=right)
    after = await client.read("balance", coldkey_ss58=CHARLIE.coldkey.ss58_address)
    seen["multisig_paid"] = after.rao - before.rao


async def tell_of_crowdloan(client: Client, story: Story, seen: dict[str, Any]) -> None:
    end = await client.block() + 100
    loan = {"deposit_tao": 10, "min_contribution_tao": 1, "cap_tao": 15, "end": end, "target_ss58": BOB_COLD}
    await story.do("create_crowdloan", CHARLIE, **loan)
    await story.do("contribute_crowdloan", BOB, crowdloan_id=0, amount_tao=5)
    seen["crowdloan"] = plain(await client.read("crowdloan", crowdloan_id=0))


async def main() -> None:
    async with Client(sys.argv[1]) as client:
        pinned = await client.at(3)
        told = {"reads": await read_all(client.read), "pinned": await read_all(pinned.read)}
        told["plans"] = await plan_all(client)
        told["story"] = await tell(client)
    print(json.dumps(told))


asyncio.run(main())
