"""The block step: TAO is minted and goes to the subnets, alpha is made and paid."""

from __future__ import annotations

from chain.errors import DispatchError
from chain.types import BlockNumber
from runtime.fixed import U96F32, u96f32
from runtime.frame.pallet import Pallet
from runtime.frame.weight import Weight, weigh
from runtime.pallets.emission.distribution import Distribution
from runtime.pallets.emission.injection import Terms, calculate_root_proportion, calculate_terms
from runtime.pallets.emission.ledger import Ledger
from runtime.pallets.emission.price_ema import calculate_moving_price
from runtime.pallets.emission.root_coldkeys import RootColdkeys
from runtime.pallets.emission.shares import (
    calculate_enabled_shares,
    calculate_shares,
    calculate_tao_emissions,
    is_root_sold,
)
from runtime.pallets.emission.split import Split, calculate_split
from runtime.pallets.staking.delegation import Delegation
from runtime.pallets.staking.inheritance import Inheritance
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.takeover import Takeover
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pallet import Subnets
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Credit, Tao
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.exchange import Exchanges
from runtime.pallets.swap.pallet import Swap
from runtime.pallets.weights.timelocks import Timelocks
from runtime.units import AlphaBalance, NetUid, TaoBalance

BLOCK_STEP_WEIGHT = weigh(110_634_229_000, reads=8304, writes=110)
"""What the block step counts for, whatever it does. Source: SubtensorModule::on_initialize"""


class Emission(Pallet):
    """What happens at the start of each block. A section of SubtensorModule."""

    tao: Tao
    parameters: Parameters
    registry: Registry
    clock: Clock
    neurons: Neurons
    pools: Pools
    swap: Swap
    exchanges: Exchanges
    claims: RootClaims
    inheritance: Inheritance
    delegation: Delegation
    root_coldkeys: RootColdkeys
    takeover: Takeover
    timelocks: Timelocks
    subnets: Subnets
    ledger: Ledger
    distribution: Distribution

    def on_initialize(self, block: BlockNumber) -> Weight:
        """The steps of a block, in the chain's order.

        Source: SubtensorModule::block_step
        """
        self.subnets.update_registration_prices()
        credit = self.tao.mint(TaoBalance(self.tao.block_emission(self.tao.TotalIssuance)))
        self.timelocks.reveal_due(int(block))
        self.run_coinbase(credit, int(block))
        self.update_moving_prices(int(block))
        self.update_root_proportions()
        self.delegation.apply_due(int(block))
        self.claims.claim_automatically()
        self.root_coldkeys.populate()
        return BLOCK_STEP_WEIGHT

    def next_due(self, after: int) -> int | None:
        """The next block while there are subnets, whose pools are brought TAO, or prices that fall."""
        return None if self.subnets.is_settled() else after + 1

    # -- the coinbase

    def run_coinbase(self, credit: Credit, block: int) -> None:
        """Bring TAO to the pools, alpha to the pending parts, and pay the epochs that are due.

        Source: SubtensorModule::run_coinbase
        """
        self.claims.SubnetRootSellTao.clear()
        subnets = [netuid for netuid in self.registry.netuids() if netuid != ROOT]
        emitting = [netuid for netuid in subnets if self.registry.emits(netuid)]
        prices = [self.pools.moving_price(netuid) for netuid in emitting]
        terms = self.terms(emitting, self.tao_emissions(emitting, credit.amount))
        for netuid in emitting:
            self.inject(netuid, terms[netuid], credit)
        self.tao.recycle_credit(credit)
        is_sold = is_root_sold(prices)
        for netuid in emitting:
            self.save_up(netuid, terms[netuid].alpha_out, is_sold=is_sold)
        drained = self.drain_due(subnets, block)
        for netuid in sorted(drained):
            self.distribution.distribute(netuid, drained[netuid])
            self.clock.LastMechansimStepBlock[netuid] = block

    def tao_emissions(self, emitting: list[NetUid], minted: TaoBalance) -> list[U96F32]:
        """How much of what was minted each subnet gets. Source: SubtensorModule::get_subnet_block_emissions"""
        shares = calculate_shares(
            [self.pools.moving_price(netuid) for netuid in emitting],
            [self.ledger.MinerBurned[netuid] for netuid in emitting],
        )
        enabled = [self.parameters.SubnetEmissionEnabled[netuid] for netuid in emitting]
        return calculate_tao_emissions(minted, calculate_enabled_shares(shares, enabled))

    def terms(self, emitting: list[NetUid], tao: list[U96F32]) -> dict[NetUid, Terms]:
        """What each subnet gets, by netuid. Source: SubtensorModule::get_subnet_terms"""
        return {
            netuid: calculate_terms(
                amount,
                self.tao.block_emission(self.pools.issuance(netuid)),
                self.swap.price(netuid),
                self.root_proportion(netuid),
            )
            for netuid, amount in sorted(zip(emitting, tao, strict=True))
        }

    def inject(self, netuid: NetUid, terms: Terms, credit: Credit) -> None:
        """Put TAO and alpha into a pool at an unchanged price; the excess buys alpha, and the chain keeps it.

        The purchase meets the old reserves with the new weights. One that fails leaves its TAO on the account.

        Source: SubtensorModule::inject_and_maybe_swap
        """
        account, ledger, pools = self.registry.account(netuid), self.ledger, self.pools
        has_room = self.swap.make_room(netuid, terms.whole_tao_in, terms.whole_alpha_in)
        ledger.SubnetExcessTao[netuid] = ledger.SubnetTaoInEmission[netuid] = TaoBalance(0)
        excess = terms.whole_excess_tao
        if excess and self.tao.spend(credit, account, excess):
            self._buy(netuid, excess)
        alpha = terms.whole_alpha_in if has_room else AlphaBalance(0)
        ledger.SubnetAlphaInEmission[netuid] = alpha
        pools.mint_in(netuid, alpha)
        tao = terms.whole_tao_in if has_room else TaoBalance(0)
        if tao and self.tao.spend(credit, account, tao):
            ledger.SubnetTaoInEmission[netuid] = tao
            pools.SubnetTAO[netuid] = pools.SubnetTAO[netuid] + tao
            pools.change_total_stake(tao)
            pools.record_protocol_flow(netuid, tao)

    def _buy(self, netuid: NetUid, tao: TaoBalance) -> None:
        try:
            bought = self.exchanges.buy(netuid, tao, is_free=True)
        except DispatchError:
            return
        pools = self.pools
        pools.SubnetProtocolAlpha[netuid] = pools.SubnetProtocolAlpha[netuid] + bought.paid_out
        self.ledger.SubnetExcessTao[netuid] = bought.paid_in
        pools.record_protocol_flow(netuid, bought.paid_in)

    def save_up(self, netuid: NetUid, alpha: U96F32, *, is_sold: bool) -> None:
        """Make a block's alpha and divide it among those who wait for the epoch.

        Source: SubtensorModule::emit_to_subnets
        """
        created = AlphaBalance(u96f32.to_u64(alpha))
        self.ledger.SubnetAlphaOutEmission[netuid] = created
        self.pools.mint_out(netuid, created)
        cut = self.parameters.SubnetOwnerCut if self.parameters.OwnerCutEnabled[netuid] else 0
        split = calculate_split(alpha, cut, self.root_proportion(netuid))
        self.ledger.save_up(netuid, split, is_root_sold=is_sold)
        if not is_sold:
            self.pools.recycle_out(netuid, split.root)

    def drain_due(self, subnets: list[NetUid], block: int) -> dict[NetUid, Split]:
        """Take what waits in the subnets whose epoch is due; only so many run in one block.

        Emits: EpochDeferred, EpochSkipped, SubnetOwnerChanged.  Source: SubtensorModule::drain_pending
        """
        drained: dict[NetUid, Split] = {}
        for netuid in subnets:
            self.clock.BlocksSinceLastStep[netuid] = self.clock.BlocksSinceLastStep[netuid] + 1
            if not self.clock.is_due(netuid, block):
                continue
            if len(drained) >= self.parameters.MaxEpochsPerBlock:
                self.clock.defer(netuid, block + 1)
                self.deposit(Events.EpochDeferred(netuid, block, block + 1))
                continue
            if self.neurons.has_unique_hotkeys(netuid):
                self.clock.BlocksSinceLastStep[netuid] = 0
                drained[netuid] = self.ledger.drain(netuid)
                self.takeover.change_owner_if_due(netuid)
            else:
                self.deposit(Events.EpochSkipped(netuid, block))
            self.clock.note_epoch(netuid, block)
        return drained

    # -- prices

    def root_proportion(self, netuid: NetUid) -> U96F32:
        """The root network's part in a subnet's emission, as of now."""
        weight = self.inheritance.tao_weight()
        return calculate_root_proportion(self.pools.SubnetTAO[ROOT], weight, self.pools.issuance(netuid))

    def update_moving_prices(self, block: int) -> None:
        """Let the moving prices follow. Source: SubtensorModule::update_moving_prices"""
        for netuid in self.registry.netuids():
            if self.registry.emits(netuid):
                self.pools.SubnetMovingPrice[netuid] = calculate_moving_price(
                    self.pools.moving_price(netuid),
                    self.swap.price(netuid),
                    self.parameters.SubnetMovingAlpha,
                    block,
                    self.registry.FirstEmissionBlockNumber[netuid],
                    self.parameters.EMAPriceHalvingBlocks[netuid],
                )

    def update_root_proportions(self) -> None:
        """Write down the root network's part in each subnet. Source: SubtensorModule::update_root_prop"""
        for netuid in self.registry.netuids():
            if self.registry.emits(netuid):
                self.ledger.RootProp[netuid] = self.root_proportion(netuid)
