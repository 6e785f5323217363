"""What the pallets around the economy do, told through substrate-interface: `pallets_story.py URL` prints what it saw.

Two of three move TAO of the account that they own together; root lets the chain pay somebody later; a neuron publishes
something. The account with several owners is the client's own arithmetic.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from teller import TAO, Teller, key

ALICE, BOB, CHARLIE, HOTKEY = (key(name) for name in ("Alice", "Bob", "Charlie", "Dave"))
OWNERS = (ALICE, BOB, CHARLIE)
DELAY = 2
TEXT = "https://example.invalid/about-me"


def free(teller: Teller, address: str) -> int:
    """The free balance of an account, in rao."""
    found: int = teller.read("Account", address, pallet="System")["data"]["free"]
    return found


def failed(teller: Teller) -> dict[str, Any]:
    """Make a block in which a call fails, and give the error as the client has it."""
    try:
        teller.seal()
    except RuntimeError:
        (attributes,) = teller.events("ExtrinsicFailed")
        module: dict[str, Any] = attributes["dispatch_error"]["Module"]
        return module
    raise SystemExit("no call failed")


def own_together(teller: Teller) -> dict[str, Any]:
    """A payment that two of three approve; the second says a wrong timepoint first."""
    chain = teller.chain
    account = chain.generate_multisig_account([who.ss58_address for who in OWNERS], 2)
    teller.submit(ALICE, "transfer_keep_alive", pallet="Balances", dest=account.ss58_address, value=10 * TAO)
    teller.seal()
    pay = chain.compose_call("Balances", "transfer_keep_alive", {"dest": HOTKEY.ss58_address, "value": 3 * TAO})
    before = free(teller, HOTKEY.ss58_address)

    chain.submit_extrinsic(chain.create_multisig_extrinsic(pay, ALICE, account))
    begun = teller.seal()
    ((keys, operation),) = teller.rows("Multisigs", pallet="Multisig")
    reserved = teller.read("Account", ALICE.ss58_address, pallet="System")["data"]["reserved"]

    others = sorted(who.public_key for who in (ALICE, CHARLIE))
    given = {
        "threshold": 2,
        "other_signatories": ["0x" + who.hex() for who in others],
        "call": pay,
        "max_weight": {"ref_time": 10**10, "proof_size": 10**6},
    }
    wrong = {"height": operation["when"]["height"], "index": operation["when"]["index"] + 1}
    teller.submit(BOB, "as_multi", pallet="Multisig", maybe_timepoint=wrong, **given)
    error = failed(teller)

    chain.submit_extrinsic(chain.create_multisig_extrinsic(pay, BOB, account))
    made = teller.seal()
    return {
        "account": account.ss58_address,
        "begun": begun,
        "account_key": keys[0],
        "operation": operation,
        "reserved": reserved,
        "wrong": error,
        "made": made,
        "result": teller.events("MultisigExecuted")[0]["result"],
        "moved": free(teller, HOTKEY.ss58_address) - before,
        "left": teller.rows("Multisigs", pallet="Multisig"),
    }


def pay_later(teller: Teller) -> dict[str, Any]:
    """A payment that root lets the chain make some blocks later."""
    payment = {"source": ALICE.ss58_address, "dest": BOB.ss58_address, "value": 5 * TAO}
    what = teller.chain.compose_call("Balances", "force_transfer", payment)
    before = free(teller, BOB.ss58_address)
    teller.sudo("schedule_after", pallet="Scheduler", after=DELAY, maybe_periodic=None, priority=63, call=what)
    scheduled = teller.seal()
    block = teller.block() + DELAY + 1
    agenda = teller.read("Agenda", block, pallet="Scheduler")
    teller.seal(DELAY)
    waiting = free(teller, BOB.ss58_address) - before
    done = teller.seal()
    return {
        "scheduled": scheduled,
        "agenda": agenda,
        "waiting": waiting,
        "done": done,
        "dispatched": teller.events("Dispatched"),
        "block": block,
        "moved": free(teller, BOB.ss58_address) - before,
    }


def publish(teller: Teller) -> dict[str, Any]:
    """A subnet's first neuron publishes a text."""
    teller.submit(ALICE, "register_network", hotkey=HOTKEY.ss58_address)
    teller.seal()
    info = {"fields": [[{f"Raw{len(TEXT)}": "0x" + TEXT.encode().hex()}]]}
    teller.submit(HOTKEY, "set_commitment", pallet="Commitments", netuid=2, info=info)
    told = teller.seal()
    return {
        "told": told,
        "block": teller.block(),
        "commitment": teller.read("CommitmentOf", 2, HOTKEY.ss58_address, pallet="Commitments"),
        "used": teller.read("UsedSpaceOf", 2, HOTKEY.ss58_address, pallet="Commitments"),
    }


def main(url: str) -> None:
    """Tell all of it."""
    teller = Teller(url)
    teller.seal()
    print(json.dumps({"several": own_together(teller), "later": pay_later(teller), "published": publish(teller)}))


if __name__ == "__main__":
    main(sys.argv[1])
