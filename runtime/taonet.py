"""The table of contents: every pallet of the chain, its wire name and index, the extensions, the version."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from chain.block import Header
from chain.errors import InvalidBlock
from chain.extrinsic import Extrinsic
from chain.hashing import blake2_256
from chain.keys import encode_ss58
from chain.scale.hints import decode
from chain.state import Base, State
from chain.transaction import ValidTransaction
from chain.types import RuntimeVersion
from runtime import extensions as ext
from runtime.apis import accounts, core
from runtime.apis.babe import BabeApi
from runtime.apis.delegates import DelegateInfoRuntimeApi
from runtime.apis.neurons import NeuronInfoRuntimeApi
from runtime.apis.proxies import ProxyFilterRuntimeApi
from runtime.apis.shield import ShieldApi
from runtime.apis.stakes import StakeInfoRuntimeApi
from runtime.apis.subnets import SubnetInfoRuntimeApi, SubnetRegistrationRuntimeApi
from runtime.apis.swap import SwapRuntimeApi
from runtime.code import CODE_KEY, RuntimeCode
from runtime.executive import Executive
from runtime.frame.call import RuntimeCall
from runtime.frame.construct import Construct, construct_of, pallet
from runtime.frame.metadata import encode_metadata
from runtime.genesis import GenesisConfig, GenesisError
from runtime.invariants import check_issuance, check_pools, check_shares
from runtime.pallets.admin_utils.authorities import AdminAuthorities
from runtime.pallets.admin_utils.chain_wide import AdminChain
from runtime.pallets.admin_utils.evm import AdminEvm
from runtime.pallets.admin_utils.flows import AdminFlows
from runtime.pallets.admin_utils.mechanisms import AdminMechanisms
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.admin_utils.subnet_consensus import AdminConsensus
from runtime.pallets.admin_utils.subnet_owner import AdminOwners
from runtime.pallets.admin_utils.subnet_root import AdminSubnets
from runtime.pallets.admin_utils.trimming import AdminTrimming
from runtime.pallets.alpha_assets import AlphaAssets
from runtime.pallets.aura import Aura, check_slot
from runtime.pallets.balances import Balances
from runtime.pallets.balances.holding import Holding
from runtime.pallets.commitments.pallet import Commitments, forget_commitments
from runtime.pallets.crowdloan.pallet import Crowdloan
from runtime.pallets.drand.pallet import Drand
from runtime.pallets.emission.distribution import Distribution
from runtime.pallets.emission.epochs import Epochs
from runtime.pallets.emission.ledger import Ledger, forget_emission
from runtime.pallets.emission.pallet import Emission
from runtime.pallets.emission.root_coldkeys import RootColdkeys
from runtime.pallets.emission.voting_power import VotingPowers
from runtime.pallets.evm_chain_id import EVMChainId
from runtime.pallets.grandpa import Grandpa
from runtime.pallets.keys.coldkey_moves import ColdkeyMoves
from runtime.pallets.keys.coldkey_swap import ColdkeySwap
from runtime.pallets.keys.evm import EvmKeys, forget_evm_key, forget_evm_keys
from runtime.pallets.keys.hotkey_moves import HotkeyMoves
from runtime.pallets.keys.hotkey_swap import HotkeySwap, forget_hotkey_swaps
from runtime.pallets.keys.identities import Identities
from runtime.pallets.limit_orders.book import OrderBook
from runtime.pallets.limit_orders.order_swap import OrderSwap
from runtime.pallets.limit_orders.pallet import LimitOrders
from runtime.pallets.mev_shield.pallet import IDENTIFIER as SHIELD
from runtime.pallets.mev_shield.pallet import CheckShieldedTxValidity, MevShield, ShieldEncKey
from runtime.pallets.multisig import Multisig
from runtime.pallets.preimage import Preimage
from runtime.pallets.proxy.fees import ChargeProxiedPayment
from runtime.pallets.proxy.pallet import Proxy
from runtime.pallets.randomness import RandomnessCollectiveFlip
from runtime.pallets.safe_mode import SafeMode
from runtime.pallets.scheduler.agendas import Agendas
from runtime.pallets.scheduler.pallet import Scheduler
from runtime.pallets.scheduler.service import Service
from runtime.pallets.staking.delegation import Delegation
from runtime.pallets.staking.fees import AlphaFees
from runtime.pallets.staking.inheritance import Inheritance
from runtime.pallets.staking.lock_swaps import LockSwaps
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.moving import Moving
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.pallet import Staking
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.takeover import Takeover
from runtime.pallets.staking.takes import Takes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.faucet import FaucetSection
from runtime.pallets.subnets.leases import Leases, forget_lease
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.owner_limits import OwnerLimits
from runtime.pallets.subnets.pallet import Subnets
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registration import Registration
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subnets.serving import Serving, forget_endpoints, forget_subnet_endpoints
from runtime.pallets.subnets.tempo_control import TempoControl
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.guards import (
    CheckColdkeySwap,
    CheckDelegateTake,
    CheckEvmKeyAssociation,
    CheckRateLimits,
    CheckServingEndpoints,
    SubtensorTransactionExtension,
)
from runtime.pallets.subtensor.parameters import Parameters, Switches
from runtime.pallets.subtensor.remnants import Remnants, forget_remnants
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.sudo import Sudo, SudoTransactionExtension
from runtime.pallets.swap.exchange import Exchanges
from runtime.pallets.swap.pallet import Swap
from runtime.pallets.system import System
from runtime.pallets.timestamp import Timestamp
from runtime.pallets.transaction_payment import TransactionPayment
from runtime.pallets.utility import Utility
from runtime.pallets.weights.commits import HashCommits
from runtime.pallets.weights.guard import CheckWeights
from runtime.pallets.weights.matrix import Matrix
from runtime.pallets.weights.setting import WeightSetting
from runtime.pallets.weights.timelocks import Timelocks, forget_commits
from runtime.pallets.weights.validators import Validators
from runtime.pallets.weights.windows import Windows

SPEC_NAME = "node-subtensor"
SPEC_VERSION = 425

PRESETS: dict[str, dict[str, int]] = {
    "mainnet": {},
    "fast": {
        "Aura.SlotDuration": 250,
        "Timestamp.MinimumPeriod": 125,
        "SubtensorModule.InitialTempo": 10,
        "SubtensorModule.InitialMaxEpochsPerBlock": 32,
        "SubtensorModule.InitialTxChildKeyTakeRateLimit": 5,
        "SubtensorModule.InitialColdkeySwapAnnouncementDelay": 50,
        "SubtensorModule.InitialColdkeySwapReannouncementDelay": 10,
        "SubtensorModule.HotkeySwapOnSubnetInterval": 1,
        "SubtensorModule.MechanismCountSetRateLimit": 1,
        "SubtensorModule.MechanismEmissionRateLimit": 1,
        "SubtensorModule.MaxUidsTrimmingRateLimit": 1,
        "SubtensorModule.EvmKeyAssociateRateLimit": 1,
        "SubtensorModule.InitialPendingChildKeyCooldown": 15,
        "Crowdloan.MinimumBlockDuration": 50,
        "Crowdloan.MaximumBlockDuration": 20_000,
    },
}
"""Constants by preset. `fast` is what the chain calls its fast runtime: 250 ms slots, epochs every 10 blocks."""

BATCHES = ("batch", "batch_all", "force_batch")


def economy() -> Any:
    """A section of the pallet in which clients find the whole TAO economy."""
    return pallet(7, "SubtensorModule", crate="pallet_subtensor")


def administration() -> Any:
    """A section of the pallet in which root and owners set parameters."""
    return pallet(19, "AdminUtils", crate="pallet_admin_utils")


class Taonet(Executive):
    """Bittensor's chain."""

    version = RuntimeVersion(SPEC_NAME, SPEC_NAME, 1, SPEC_VERSION, 1, (), 1, 1)

    system: System = pallet(0, crate="frame_system")
    randomness: RandomnessCollectiveFlip = pallet(1, crate="pallet_insecure_randomness_collective_flip")
    timestamp: Timestamp = pallet(2)
    aura: Aura = pallet(3)
    grandpa: Grandpa = pallet(4)
    balances: Balances = pallet(5)
    holding: Holding = pallet(5, "Balances")
    transaction_payment: TransactionPayment = pallet(6, crate="pallet_transaction_payment")
    tao: Tao = economy()
    errors: Errors = economy()
    events: Events = economy()
    switches: Switches = economy()
    parameters: Parameters = economy()
    registry: Registry = economy()
    clock: Clock = economy()
    limits: OwnerLimits = economy()
    tempo_control: TempoControl = economy()
    matrix: Matrix = economy()
    neurons: Neurons = economy()
    pools: Pools = economy()
    exchanges: Exchanges = economy()
    ownership: Ownership = economy()
    stakes: Stakes = economy()
    locks: Locks = economy()
    lock_swaps: LockSwaps = economy()
    claims: RootClaims = economy()
    trading: Trading = economy()
    registration: Registration = economy()
    takeover: Takeover = economy()
    serving: Serving = economy()
    faucet: FaucetSection = economy()
    identities: Identities = economy()
    evm_keys: EvmKeys = economy()
    delegation: Delegation = economy()
    staking: Staking = economy()
    moving: Moving = economy()
    takes: Takes = economy()
    subnets: Subnets = economy()
    leases: Leases = economy()
    ledger: Ledger = economy()
    voting_powers: VotingPowers = economy()
    inheritance: Inheritance = economy()
    windows: Windows = economy()
    validators: Validators = economy()
    weight_setting: WeightSetting = economy()
    commits: HashCommits = economy()
    timelocks: Timelocks = economy()
    epochs: Epochs = economy()
    distribution: Distribution = economy()
    root_coldkeys: RootColdkeys = economy()
    hotkey_moves: HotkeyMoves = economy()
    hotkey_swap: HotkeySwap = economy()
    coldkey_moves: ColdkeyMoves = economy()
    coldkey_swap: ColdkeySwap = economy()
    emission: Emission = economy()
    remnants: Remnants = economy()
    order_swap: OrderSwap = economy()
    utility: Utility = pallet(11, crate="pallet_subtensor_utility")
    sudo: Sudo = pallet(12)
    multisig: Multisig = pallet(13)
    preimage: Preimage = pallet(14)
    agendas: Agendas = pallet(15, "Scheduler")
    scheduler: Scheduler = pallet(15)
    agenda_service: Service = pallet(15, "Scheduler")
    proxy: Proxy = pallet(16, crate="pallet_subtensor_proxy")
    commitments: Commitments = pallet(18)
    admin: Admin = administration()
    admin_authorities: AdminAuthorities = administration()
    admin_chain: AdminChain = administration()
    admin_subnets: AdminSubnets = administration()
    admin_owners: AdminOwners = administration()
    admin_consensus: AdminConsensus = administration()
    admin_mechanisms: AdminMechanisms = administration()
    admin_trimming: AdminTrimming = administration()
    admin_flows: AdminFlows = administration()
    admin_evm: AdminEvm = administration()
    safe_mode: SafeMode = pallet(20, crate="pallet_safe_mode")
    chain_id: EVMChainId = pallet(23, crate="pallet_evm_chain_id")
    drand: Drand = pallet(26)
    crowdloan: Crowdloan = pallet(27)
    swap: Swap = pallet(28, crate="pallet_subtensor_swap")
    mev_shield: MevShield = pallet(30, crate="pallet_shield")
    assets: AlphaAssets = pallet(31, crate="pallet_alpha_assets")
    order_book: OrderBook = pallet(32, "LimitOrders", crate="pallet_limit_orders")
    limit_orders: LimitOrders = pallet(32, crate="pallet_limit_orders")

    extensions = (
        ext.CheckNonZeroSender,
        ext.CheckSpecVersion,
        ext.CheckTxVersion,
        ext.CheckGenesis,
        ext.CheckMortality,
        ext.CheckNonce,
        ext.CheckWeight,
        ChargeProxiedPayment,
        SudoTransactionExtension,
        CheckShieldedTxValidity,
        SubtensorTransactionExtension,
        ext.DrandPriority,
        ext.CheckMetadataHash,
    )
    guards = (
        CheckColdkeySwap(),
        CheckWeights(),
        CheckRateLimits(),
        CheckDelegateTake(),
        CheckServingEndpoints(),
        CheckEvmKeyAssociation(),
    )
    apis = (
        core.Core,
        core.Metadata,
        core.BlockBuilder,
        core.GenesisBuilder,
        core.TaggedTransactionQueue,
        core.OffchainWorkerApi,
        accounts.AuraApi,
        accounts.SessionKeys,
        accounts.GrandpaApi,
        accounts.AccountNonceApi,
        accounts.TransactionPaymentApi,
        accounts.TransactionPaymentCallApi,
        ShieldApi,
        DelegateInfoRuntimeApi,
        NeuronInfoRuntimeApi,
        SubnetInfoRuntimeApi,
        StakeInfoRuntimeApi,
        SubnetRegistrationRuntimeApi,
        ProxyFilterRuntimeApi,
        BabeApi,
        SwapRuntimeApi,
    )

    def allows(self, call: RuntimeCall) -> bool:
        """The base call filter: safe mode's, and no batch in a batch.

        Source: node_subtensor_runtime::NoNestingCallFilter, which lets a derivative account make a batch
        """
        if not self.safe_mode.allows(call):
            return False
        return not (
            call.is_("Utility", *BATCHES) and any(inner.is_("Utility", *BATCHES) for inner in call.argument("calls"))
        )

    def validate_unsigned(self, extrinsic: Extrinsic) -> ValidTransaction:
        """Whether a bare extrinsic that is no inherent may be included: pulses of the beacon may.

        Raises: UnknownTransaction `NoUnsignedValidator`.
        """
        if extrinsic.call.bound.pallet == "Drand":
            return self.drand.validate_unsigned(extrinsic.call)
        return super().validate_unsigned(extrinsic)

    def inherent_extrinsics(self, data: dict[bytes, bytes]) -> Iterable[bytes]:
        """The time, and the author's key of the MEV shield where he said (`shieldpk`) that he has one or none."""
        yield from super().inherent_extrinsics(data)
        told = data.get(SHIELD)
        if told is not None:
            yield self.bare("MevShield", "announce_next_key", enc_key=decode(ShieldEncKey | None, told))

    def runs(self, base: Base) -> bool:
        """Whether another state's `:code` names this runtime, with these constants."""
        try:
            return construct_for(base.get(CODE_KEY)) is self.construct
        except InvalidBlock:
            return False

    def author_key(self, header: Header) -> bytes | None:
        """The sr25519 key whose turn the header's slot is, None if it names none."""
        slot, authorities = header.pre_runtime(b"aura"), self.aura.Authorities
        if slot is None or len(slot) != 8 or not authorities:
            return None
        return authorities[int.from_bytes(slot, "little") % len(authorities)]

    def derive(self) -> None:
        """Keep the square roots of the prices that old clients read."""
        self.swap.keep_sqrt_prices()

    def invariants(self) -> None:
        """Accounts add up to the issuance, pools are backed, shares add up. Raises: BrokenInvariant."""
        if not self.overridden:
            changes = self.state.changes()
            check_issuance(self.state, changes, self.balances.TotalIssuance)
            check_pools(self.state, changes, self.balances.ExistentialDeposit)
            check_shares(self.state, changes)

    def build_genesis(self, config: GenesisConfig) -> None:
        """Write the genesis state. Raises: GenesisError that names the field."""
        least, most = self.balances.ExistentialDeposit, self.grandpa.MaxAuthorities
        poor = [f"{encode_ss58(who)} has {rao}" for who, rao in config.balances.items() if rao < least]
        if poor:
            raise GenesisError(f"balances.balances: {poor[0]} rao, an account needs {least}")
        for name, found in (("aura", config.aura), ("grandpa", config.grandpa)):
            if len(found) > most:
                raise GenesisError(f"{name}.authorities: {len(found)} authorities, at most {most} are allowed")
        self.state.set(CODE_KEY, self.code().encode())
        self.write_storage_versions()
        self.system.build_genesis(None)
        self.balances.build_genesis(config.balances)
        self.transaction_payment.on_genesis()
        self.aura.build_genesis(config.aura)
        self.grandpa.build_genesis(config.grandpa)
        if config.sudo is not None:
            self.sudo.build_genesis(config.sudo)
        self.tao.build_genesis(None)
        self.subnets.build_genesis(config)
        self.order_book.build_genesis(None)
        self.chain_id.ChainId = config.chain_id
        self.derive()

    def code(self) -> RuntimeCode:
        """The description of this runtime that stands under `:code`."""
        metadata = blake2_256(encode_metadata(self.construct, 15)).hex()
        return RuntimeCode(SPEC_NAME, self.system.Version.spec_version, self.construct.constants, metadata)

    def default_genesis(self) -> dict[str, Any]:
        """The state's accounts and authorities as a genesis patch."""
        return {
            "balances": {"balances": []},
            "sudo": {"key": None if self.sudo.Key is None else encode_ss58(self.sudo.Key)},
            "aura": {"authorities": [encode_ss58(key) for key in self.aura.Authorities]},
            "grandpa": {"authorities": [[encode_ss58(key), weight] for key, weight in self.grandpa.Authorities]},
        }


Timestamp.on_timestamp_set.append(check_slot)
Subnets.on_network_removed.append(forget_emission)
Subnets.on_network_removed.append(forget_remnants)
Subnets.on_network_removed.append(forget_lease)
Subnets.on_network_removed.append(forget_subnet_endpoints)
Subnets.on_network_removed.append(forget_evm_keys)
Subnets.on_network_removed.append(forget_hotkey_swaps)
Subnets.on_network_removed.append(forget_commits)
Subnets.on_network_removed.append(forget_commitments)
Neurons.on_neuron_removed.append(forget_endpoints)
Neurons.on_neuron_removed.append(forget_evm_key)
TransactionPayment.other_means.append(AlphaFees())


def runtime_of(state: State) -> Taonet:
    """The runtime that the state's `:code` names. Raises: InvalidBlock where this program has no such one."""
    return Taonet(state, construct_for(state.get(CODE_KEY)))


@lru_cache(maxsize=16)
def construct_for(code: bytes | None) -> Construct:
    """What a runtime is that `:code` describes. Raises: InvalidBlock where this program has no such one."""
    described = None if code is None else RuntimeCode.parse(code)
    if described is None or described.spec_name != SPEC_NAME:
        raise InvalidBlock("the state's :code is no runtime of this program")
    try:
        return construct_of(Taonet, described.constants, described.spec_version)
    except TypeError as error:
        raise InvalidBlock(f"the state's :code cannot be run: {error}") from None
