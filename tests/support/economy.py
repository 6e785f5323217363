"""A small economy for tests: a subnet that Alice owns with Dave's key, calls by name, and what must hold after each.

Pools of these tests have even weights unless a block step changed them, so that what a swap gives has a short formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from support.chain import ROOT as ROOT_ORIGIN
from support.chain import dispatch, events, free, key_of, make_runtime, sum_of_accounts

from chain.keys import Keypair
from chain.types import AccountId, BlockNumber
from runtime.frame.pallet import Event
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, NetworkLastRegistered, subnet_account
from runtime.taonet import Taonet
from runtime.units import AlphaBalance, NetUid

FIRST = NetUid(1)
"""The subnet of the genesis: nobody owns it, nobody has started it. Its pool is 10 TAO and 10 alpha."""
SUBNET = NetUid(2)
"""The subnet that Alice registers in `make_economy`: 1000 TAO and 1000 alpha, at the price 1."""
OTHER = NetUid(3)
"""A second one, of Bob with Eve's key, in `add_other`: 2000 TAO."""
ALICE, BOB, CHARLIE, DAVE, EVE, ONE = (key_of(name) for name in ("Alice", "Bob", "Charlie", "Dave", "Eve", "One"))
"""Alice, Bob and Charlie are rich coldkeys; Dave's and Eve's keys are hotkeys; One is the author of every block."""
MODULE = "SubtensorModule"


def ALPHA(amount: int) -> AlphaBalance:
    """Whole alpha as rao."""
    return AlphaBalance(amount * 10**9)


# -- building


def make_economy() -> Taonet:
    """A runtime in its first block, in which Alice's subnet is started and stake on root is allowed."""
    runtime = make_runtime()
    start(runtime, register(runtime, ALICE, DAVE), ALICE)
    runtime.registry.SubtokenEnabled[ROOT] = True
    return runtime


@contextmanager
def sound_economy() -> Iterator[Taonet]:
    """An economy whose books have to be in order in the end."""
    runtime = make_economy()
    ensure_sound(runtime)
    yield runtime
    ensure_sound(runtime)


def add_other(runtime: Taonet) -> None:
    """Bob registers and starts a second subnet, with Eve's key."""
    allow_registration(runtime)
    assert register(runtime, BOB, EVE) == OTHER
    start(runtime, OTHER, BOB)


def allow_registration(runtime: Taonet) -> None:
    """Lift the limit on how often subnets are registered."""
    runtime.parameters.NetworkRateLimit = 0


def register(runtime: Taonet, owner: Keypair, hotkey: Keypair) -> NetUid:
    """Register a subnet, and give its netuid."""
    dispatch(runtime, owner, f"{MODULE}.register_network", hotkey=hotkey.account)
    return NetUid(next(e.netuid for e in reversed(events(runtime)) if isinstance(e, Events.NetworkAdded)))


def start(runtime: Taonet, netuid: NetUid, owner: Keypair) -> None:
    """Start a subnet."""
    dispatch(runtime, owner, f"{MODULE}.start_call", netuid=netuid)


def stake(runtime: Taonet, who: Keypair, hotkey: Keypair, netuid: NetUid, amount: int) -> None:
    """Stake an amount of TAO."""
    dispatch(runtime, who, f"{MODULE}.add_stake", hotkey=hotkey.account, netuid=netuid, amount_staked=amount)


def unstake(runtime: Taonet, who: Keypair, hotkey: Keypair, netuid: NetUid, amount: int) -> None:
    """Unstake an amount of alpha."""
    dispatch(runtime, who, f"{MODULE}.remove_stake", hotkey=hotkey.account, netuid=netuid, amount_unstaked=amount)


def enable_emission(runtime: Taonet, netuid: NetUid = SUBNET, price: int | None = None) -> None:
    """Let a subnet take part in emission; with a moving price as a raw I96F32 if one is given."""
    runtime.parameters.SubnetEmissionEnabled[netuid] = True
    if price is not None:
        runtime.pools.SubnetMovingPrice[netuid] = price  # type: ignore[assignment]


def enroll(runtime: Taonet, coldkey: Keypair, hotkey: Keypair, netuid: NetUid = SUBNET) -> int:
    """Give a coldkey's hotkey a neuron of a subnet, as a registration would."""
    runtime.ownership.create_account(coldkey.account, hotkey.account)
    return runtime.neurons.append(netuid, hotkey.account, runtime.registry.block())


def dissolve(runtime: Taonet, netuid: NetUid) -> None:
    """Dissolve a subnet as root."""
    dispatch(runtime, ROOT_ORIGIN, f"{MODULE}.root_dissolve_network", netuid=netuid)


def step(runtime: Taonet, blocks: int = 1) -> None:
    """Let blocks begin, so far as emission is concerned."""
    for _ in range(blocks):
        runtime.system.Number = BlockNumber(runtime.system.Number + 1)
        runtime.emission.on_initialize(runtime.system.Number)


def skip_blocks(runtime: Taonet, blocks: int) -> None:
    """Let blocks go by in which nothing happens."""
    runtime.system.Number = BlockNumber(runtime.system.Number + blocks)


# -- looking


def staked(runtime: Taonet, who: Keypair, hotkey: Keypair, netuid: NetUid = SUBNET) -> int:
    """What a coldkey has staked to a hotkey, in rao of alpha."""
    return runtime.stakes.of(hotkey.account, who.account, netuid)


def held(runtime: Taonet, hotkey: Keypair, netuid: NetUid = SUBNET) -> int:
    """All that is staked to a hotkey, in rao of alpha."""
    return runtime.stakes.TotalHotkeyAlpha[hotkey.account, netuid]


def reserves(runtime: Taonet, netuid: NetUid = SUBNET) -> tuple[int, int, int]:
    """TAO in the pool, alpha in it, alpha outside of it."""
    pools = runtime.pools
    return pools.SubnetTAO[netuid], pools.SubnetAlphaIn[netuid], pools.SubnetAlphaOut[netuid]


def last(runtime: Taonet, kind: type[Event]) -> Event:
    """The newest event of a class."""
    return next(e for e in reversed(events(runtime)) if isinstance(e, kind))


# -- the rules in short, written from the facts


def fee_of(amount: int, rate: int = 33) -> int:
    """The fee of a swap. Source: economics 6.10"""
    return amount * ((rate << 64) // 65_535) >> 64


def swapped(reserve_in: int, reserve_out: int, net: int) -> int:
    """What `net` brings from a pool with even weights. Source: economics 7.2"""
    power = reserve_in * 10**18 // (reserve_in + net)
    return reserve_out * (2**64 - power * 2**64 // 10**18) >> 64


# -- what must hold


def ensure_sound(runtime: Taonet) -> None:
    """The books of TAO and of alpha are in order."""
    issued = runtime.balances.TotalIssuance
    assert sum_of_accounts(runtime) == issued
    assert runtime.tao.TotalIssuance == issued
    for netuid in runtime.registry.netuids():
        ensure_pool_is_backed(runtime, netuid)
        ensure_alpha_is_accounted_for(runtime, netuid)
    for hotkey, netuid in runtime.stakes.TotalHotkeyAlpha:
        ensure_shares_fit(runtime, hotkey, netuid)


def ensure_pool_is_backed(runtime: Taonet, netuid: NetUid) -> None:
    """The TAO of a pool is on the subnet's account."""
    assert runtime.pools.SubnetTAO[netuid] <= free(runtime, subnet_account(netuid))


def ensure_alpha_is_accounted_for(runtime: Taonet, netuid: NetUid) -> None:
    """What is staked, waits or was burned or bought by the chain is not more than there is outside of the pool."""
    pools, ledger = runtime.pools, runtime.ledger
    stakes = sum(v for (_, n), v in runtime.stakes.TotalHotkeyAlpha.items() if n == netuid)
    waiting = sum(
        item[netuid]
        for item in (
            ledger.PendingOwnerCut,
            ledger.PendingServerEmission,
            ledger.PendingValidatorEmission,
            ledger.PendingRootAlphaDivs,
        )
    )
    gone = pools.SubnetProtocolAlpha[netuid] + runtime.assets.AlphaBurned[netuid]
    assert stakes + waiting + gone + unclaimed(runtime, netuid) <= pools.SubnetAlphaOut[netuid]
    if netuid != ROOT:
        made = runtime.assets.TotalAlphaIssuance[netuid]
        assert pools.issuance(netuid) >= made  # the pool that a subnet begins with was never minted


def unclaimed(runtime: Taonet, netuid: NetUid) -> int:
    """What root stakers may still claim of a subnet's alpha, in rao."""
    claims, stakes = runtime.claims, runtime.stakes
    return sum(
        max((rates[netuid] * stakes.of(hotkey, coldkey, ROOT) >> 32) - claims.RootClaimed[netuid, hotkey, coldkey], 0)
        for hotkey, rates in claims.RootClaimable.items()
        if netuid in rates
        for coldkey, _ in stakes.coldkeys(hotkey, ROOT)
    )


def ensure_shares_fit(runtime: Taonet, hotkey: AccountId, netuid: NetUid) -> None:
    """The stakes of a hotkey's pool are not worth more than the pool."""
    stakes = runtime.stakes
    worth = sum(stakes.of(hotkey, coldkey, netuid) for coldkey, _ in stakes.coldkeys(hotkey, netuid))
    assert worth <= stakes.TotalHotkeyAlpha[hotkey, netuid]


def last_registration(runtime: Taonet) -> int:
    """The block of the newest registration."""
    return runtime.registry.LastRateLimitedBlock[NetworkLastRegistered()]
