"""The subnets that a chain begins with: the root network, and netuid 1, which nobody owns and nobody has started.

As the real chain's genesis, made consistent: the pool of netuid 1 is backed by TAO on its account and counts as stake,
and root's account has the existential deposit, so that the last stake to leave is not lost as dust with the account.

Source: pallet_subtensor::macros::genesis
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.pallets.subnets.symbols import SYMBOLS
from runtime.pallets.subtensor.types import ROOT, ZERO_ACCOUNT, subnet_account
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

if TYPE_CHECKING:
    from chain.types import AccountId
    from runtime.pallets.subnets.pallet import Subnets

FIRST = NetUid(1)
FIRST_POOL = TAO(10)
"""TAO in the pool of netuid 1, in rao, and as much alpha."""
FIRST_STAKE = AlphaBalance(1_000_000_000)
"""Alpha that the zero account has staked to itself on netuid 1, in rao."""
FIRST_LOCK = TaoBalance(1)
TEMPO = 100
ROOT_UIDS = 64


def add_root(subnets: Subnets, owner: tuple[AccountId, AccountId]) -> None:
    """Write the root network, owned by a coldkey with a hotkey."""
    rules = subnets.parameters
    _add(subnets, ROOT, ROOT_UIDS)
    subnets.registry.SubnetOwner[ROOT], subnets.registry.SubnetOwnerHotkey[ROOT] = owner
    rules.TargetRegistrationsPerInterval[ROOT] = 1
    credit = subnets.tao.mint(subnets.tao.balances.ExistentialDeposit)
    subnets.tao.spend(credit, subnet_account(ROOT), credit.amount)


def add_first_subnet(subnets: Subnets) -> None:
    """Write netuid 1; its TAO is minted."""
    registry, pools = subnets.registry, subnets.pools
    _add(subnets, FIRST, 256)
    registry.SubnetMechanism[FIRST] = 1
    registry.SubnetOwner[FIRST] = ZERO_ACCOUNT
    registry.SubnetLocked[FIRST] = FIRST_LOCK
    credit = subnets.tao.mint(FIRST_POOL)
    pools.SubnetTAO[FIRST] = credit.amount
    pools.change_total_stake(credit.amount)
    subnets.tao.spend(credit, subnet_account(FIRST), credit.amount)
    pools.mint_in(FIRST, AlphaBalance(FIRST_POOL))
    pools.mint_out(FIRST, FIRST_STAKE)
    subnets.ownership.Owner[ZERO_ACCOUNT] = ZERO_ACCOUNT
    subnets.stakes.add(ZERO_ACCOUNT, ZERO_ACCOUNT, FIRST, FIRST_STAKE)
    subnets.neurons.append(FIRST, ZERO_ACCOUNT, 0)


def _add(subnets: Subnets, netuid: NetUid, uids: int) -> None:
    rules, registry = subnets.parameters, subnets.registry
    registry.NetworksAdded[netuid] = True
    registry.TotalNetworks = registry.TotalNetworks + 1
    registry.TokenSymbol[netuid] = SYMBOLS[netuid].encode()
    subnets.neurons.SubnetworkN[netuid] = 0
    rules.MaxAllowedUids[netuid] = uids
    rules.MaxAllowedValidators[netuid] = 64
    rules.MinAllowedWeights[netuid] = 0
    rules.Tempo[netuid] = TEMPO
    rules.NetworkRegistrationAllowed[netuid] = True
