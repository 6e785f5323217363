"""What the API of subnets tells of one that Alice registered, and of none."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from support.apis import question
from support.economy import (
    ALICE,
    BOB,
    DAVE,
    EVE,
    FIRST,
    OTHER,
    SUBNET,
    add_other,
    dissolve,
    enroll,
    make_economy,
    skip_blocks,
    stake,
)

from runtime.apis.subnet_structs import (
    DynamicInfo,
    HyperparamEntry,
    IsBool,
    IsI32F32,
    IsTao,
    IsU16,
    IsU32,
    IsU64,
    IsU64F64,
    SubnetHyperparams,
    SubnetHyperparamsV2,
    SubnetInfo,
    SubnetInfov2,
    SubnetState,
)
from runtime.fixed import I96F32, i96f32, u64f64
from runtime.pallets.subnets.symbols import NAMES, first_name
from runtime.pallets.subtensor.types import ROOT, SubnetIdentity, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

NOWHERE = NetUid(77)
IDENTITY = SubnetIdentity(b"mine", b"g", b"c", b"u", b"d", b"t", b"l", b"a")


@pytest.fixture
def runtime() -> Taonet:
    runtime = make_economy()
    runtime.parameters.Tempo[SUBNET] = 360
    return runtime


def ask(runtime: Taonet, method: str, *values: Any) -> Any:
    return question(runtime, f"SubnetInfoRuntimeApi_{method}", *values)


def text(value: bytes) -> tuple[int, ...]:
    return tuple(value)


@pytest.mark.parametrize(
    "method",
    [
        "get_subnet_info",
        "get_subnet_info_v2",
        "get_subnet_hyperparams",
        "get_subnet_hyperparams_v2",
        "get_subnet_hyperparams_v3",
        "get_dynamic_info",
        "get_metagraph",
        "get_subnet_state",
        "get_subnet_account_id",
    ],
)
def test_a_subnet_that_is_not_there_has_nothing(runtime: Taonet, method: str) -> None:
    assert ask(runtime, method, NOWHERE) is None
    assert ask(runtime, method, SUBNET) is not None


def test_the_figures_of_a_subnet(runtime: Taonet) -> None:
    runtime.clock.BlocksSinceLastStep[SUBNET] = 17

    info = SubnetInfo(
        netuid=SUBNET,
        rho=10,
        kappa=32_767,
        difficulty=10_000_000,
        immunity_period=5000,
        max_allowed_validators=64,
        min_allowed_weights=1,
        max_weights_limit=65_535,
        scaling_law_power=50,
        subnetwork_n=1,
        max_allowed_uids=256,
        blocks_since_last_step=17,
        tempo=360,
        network_modality=0,
        network_connect=(),
        emission_values=0,
        burn=TAO(1),
        owner=ALICE.account,
    )

    assert ask(runtime, "get_subnet_info", SUBNET) == info


def test_the_second_form_has_the_identity(runtime: Taonet) -> None:
    unnamed = ask(runtime, "get_subnet_info_v2", SUBNET)
    runtime.registry.SubnetIdentitiesV3[SUBNET] = IDENTITY

    assert isinstance(unnamed, SubnetInfov2)
    assert (unnamed.owner, unnamed.emission_value, unnamed.identity) == (ALICE.account, 0, None)
    assert ask(runtime, "get_subnet_info_v2", SUBNET) == replace(unnamed, identity=IDENTITY)


@pytest.mark.parametrize("method", ["get_subnets_info", "get_subnets_info_v2"])
def test_all_subnets_come_by_number_without_holes(runtime: Taonet, method: str) -> None:
    add_other(runtime)
    dissolve(runtime, SUBNET)

    assert [info.netuid for info in ask(runtime, method)] == [ROOT, FIRST, OTHER]


# -- hyperparameters


def test_the_first_hyperparameters(runtime: Taonet) -> None:
    runtime.parameters.AlphaValues[SUBNET] = (100, 200)

    assert ask(runtime, "get_subnet_hyperparams", SUBNET) == SubnetHyperparams(
        rho=10,
        kappa=32_767,
        immunity_period=5000,
        min_allowed_weights=1,
        max_weights_limit=65_535,
        tempo=360,
        min_difficulty=10_000_000,
        max_difficulty=4_611_686_018_427_387_903,
        weights_version=0,
        weights_rate_limit=100,
        adjustment_interval=100,
        activity_cutoff=13_889 * 360 // 1000,
        registration_allowed=True,
        target_regs_per_interval=2,
        min_burn=TaoBalance(500_000),
        max_burn=TAO(100),
        bonds_moving_avg=900_000,
        max_regs_per_block=1,
        serving_rate_limit=50,
        max_validators=64,
        adjustment_alpha=0,
        difficulty=10_000_000,
        commit_reveal_period=1,
        commit_reveal_weights_enabled=True,
        alpha_high=200,
        alpha_low=100,
        liquid_alpha_enabled=False,
    )


def test_the_second_hyperparameters_begin_with_the_first(runtime: Taonet) -> None:
    first, second = (ask(runtime, f"get_subnet_hyperparams{form}", SUBNET) for form in ("", "_v2"))

    assert isinstance(second, SubnetHyperparamsV2)
    assert all(getattr(second, f.name) == getattr(first, f.name) for f in fields(first))
    assert (second.alpha_sigmoid_steepness, second.yuma_version) == (1000 << 32, 3)
    flags = second.subnet_is_active, second.transfers_enabled, second.bonds_reset_enabled, second.user_liquidity_enabled
    assert flags == (True, True, False, False)


def test_yuma_has_the_version_2_or_3(runtime: Taonet) -> None:
    runtime.parameters.Yuma3On[SUBNET] = False

    assert ask(runtime, "get_subnet_hyperparams_v2", SUBNET).yuma_version == 2


def test_the_third_hyperparameters_are_named_and_typed(runtime: Taonet) -> None:
    runtime.parameters.MinChildkeyTake, runtime.parameters.MinChildkeyTakePerSubnet[SUBNET] = 5, 7
    runtime.parameters.AlphaSigmoidSteepness[SUBNET] = -3

    told = ask(runtime, "get_subnet_hyperparams_v3", SUBNET)

    expected = {
        "kappa": IsU16(32_767),
        "immunity_period": IsU16(5000),
        "min_allowed_weights": IsU16(1),
        "max_weights_limit": IsU16(65_535),
        "tempo": IsU16(360),
        "weights_version": IsU64(0),
        "weights_rate_limit": IsU64(100),
        "activity_cutoff": IsU64(5000),
        "activity_cutoff_factor": IsU32(13_889),
        "registration_allowed": IsBool(True),
        "target_regs_per_interval": IsU16(2),
        "min_burn": IsTao(TaoBalance(500_000)),
        "max_burn": IsTao(TAO(100)),
        "burn_half_life": IsU16(360),
        "burn_increase_mult": IsU64F64(u64f64.from_decimal("1.26")),
        "bonds_moving_avg": IsU64(900_000),
        "max_regs_per_block": IsU16(1),
        "serving_rate_limit": IsU64(50),
        "max_validators": IsU16(64),
        "commit_reveal_period": IsU64(1),
        "commit_reveal_weights_enabled": IsBool(True),
        "alpha_high": IsU16(58_982),
        "alpha_low": IsU16(45_875),
        "liquid_alpha_enabled": IsBool(False),
        "alpha_sigmoid_steepness": IsI32F32(-3 << 32),  # type: ignore[arg-type]
        "yuma_version": IsU16(3),
        "subnet_is_active": IsBool(True),
        "transfers_enabled": IsBool(True),
        "bonds_reset_enabled": IsBool(False),
        "user_liquidity_enabled": IsBool(False),
        "owner_cut_enabled": IsBool(True),
        "owner_cut_auto_lock_enabled": IsBool(False),
        "min_childkey_take": IsU16(7),
    }
    assert told == tuple(HyperparamEntry(name.encode(), value) for name, value in expected.items())


# -- the market


def test_the_market_of_a_subnet(runtime: Taonet) -> None:
    ledger = runtime.ledger
    ledger.PendingValidatorEmission[SUBNET], ledger.PendingServerEmission[SUBNET] = AlphaBalance(3), AlphaBalance(4)
    ledger.SubnetAlphaOutEmission[SUBNET], ledger.SubnetAlphaInEmission[SUBNET] = AlphaBalance(5), AlphaBalance(6)
    ledger.SubnetTaoInEmission[SUBNET] = TaoBalance(7)
    runtime.clock.LastMechansimStepBlock[SUBNET] = 1
    runtime.pools.SubnetMovingPrice[SUBNET] = i96f32.from_decimal("-0.5")
    skip_blocks(runtime, 9)

    assert ask(runtime, "get_dynamic_info", SUBNET) == DynamicInfo(
        netuid=SUBNET,
        owner_hotkey=DAVE.account,
        owner_coldkey=ALICE.account,
        subnet_name=text(b"omron"),
        token_symbol=text("β".encode()),
        tempo=360,
        last_step=1,
        blocks_since_last_step=9,
        emission=0,
        alpha_in=AlphaBalance(TAO(1000)),
        alpha_out=AlphaBalance(0),
        tao_in=TAO(1000),
        alpha_out_emission=AlphaBalance(5),
        alpha_in_emission=AlphaBalance(6),
        tao_in_emission=TaoBalance(7),
        pending_alpha_emission=AlphaBalance(7),
        pending_root_emission=TaoBalance(0),
        subnet_volume=0,
        network_registered_at=1,
        subnet_identity=None,
        moving_price=I96F32(-(1 << 31)),
    )


def test_the_volume_is_what_was_traded(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(10))

    assert ask(runtime, "get_dynamic_info", SUBNET).subnet_volume == TAO(10)


def test_the_markets_of_all_subnets_come_in_storage_order(runtime: Taonet) -> None:
    assert [info.netuid for info in ask(runtime, "get_all_dynamic_info")] == [ROOT, FIRST, SUBNET]


@pytest.mark.parametrize(("given", "name"), [(b"mine", b"mine"), (b"", b"omron")])
def test_an_identity_with_a_name_names_the_subnet(runtime: Taonet, given: bytes, name: bytes) -> None:
    runtime.registry.SubnetIdentitiesV3[SUBNET] = replace(IDENTITY, subnet_name=given)

    assert ask(runtime, "get_dynamic_info", SUBNET).subnet_name == text(name)


def test_first_names_end_with_unknown() -> None:
    assert (len(NAMES), first_name(0), first_name(61), first_name(438)) == (439, "root", "red team", "ra")
    assert first_name(439) == first_name(65_535) == "unknown"


# -- the rest


def test_the_neurons_of_a_subnet(runtime: Taonet) -> None:
    stake(runtime, ALICE, DAVE, SUBNET, TAO(10))
    enroll(runtime, BOB, EVE)
    runtime.remnants.LastHotkeyEmissionOnNetuid[EVE.account, FIRST] = AlphaBalance(9)
    held = runtime.stakes.TotalHotkeyAlpha[DAVE.account, SUBNET]

    assert ask(runtime, "get_subnet_state", SUBNET) == SubnetState(
        netuid=SUBNET,
        hotkeys=(DAVE.account, EVE.account),
        coldkeys=(ALICE.account, BOB.account),
        active=(True, True),
        validator_permit=(False, False),
        pruning_score=(),
        last_update=(1, 1),
        emission=(AlphaBalance(0), AlphaBalance(0)),
        dividends=(0, 0),
        incentives=(0, 0),
        consensus=(0, 0),
        trust=(),
        rank=(),
        block_at_registration=(1, 1),
        alpha_stake=(held, AlphaBalance(0)),
        tao_stake=(TaoBalance(0), TaoBalance(0)),
        total_stake=(TaoBalance(held), TaoBalance(0)),
        emission_history=((0, 0), (0, AlphaBalance(9)), (0, 0)),  # type: ignore[arg-type]
    )


def test_a_coldkey_may_have_chosen_where_its_incentives_go(runtime: Taonet) -> None:
    runtime.stakes.AutoStakeDestination[ALICE.account, SUBNET] = EVE.account

    assert ask(runtime, "get_coldkey_auto_stake_hotkey", ALICE, SUBNET) == EVE.account
    assert ask(runtime, "get_coldkey_auto_stake_hotkey", BOB, SUBNET) is None


def test_the_subnet_to_prune_is_the_cheapest_that_is_no_longer_immune(runtime: Taonet) -> None:
    add_other(runtime)
    runtime.pools.SubnetMovingPrice[SUBNET] = i96f32.from_decimal("0.25")
    runtime.pools.SubnetMovingPrice[OTHER] = runtime.pools.SubnetMovingPrice[FIRST] = i96f32.from_decimal("0.5")
    young = ask(runtime, "get_subnet_to_prune")

    runtime.parameters.NetworkImmunityPeriod = 0

    assert (young, ask(runtime, "get_subnet_to_prune")) == (None, SUBNET)


def test_a_subnet_has_an_account(runtime: Taonet) -> None:
    assert ask(runtime, "get_subnet_account_id", SUBNET) == subnet_account(SUBNET)
    assert ask(runtime, "get_subnet_account_id", ROOT) == subnet_account(ROOT)


def test_the_next_epoch_is_a_tempo_after_the_last_or_when_it_was_called_for(runtime: Taonet) -> None:
    runtime.clock.LastEpochBlock[SUBNET] = 100
    automatic = ask(runtime, "get_next_epoch_start_block", SUBNET)
    runtime.clock.PendingEpochAt[SUBNET] = 120
    called = ask(runtime, "get_next_epoch_start_block", SUBNET)
    runtime.parameters.Tempo[SUBNET] = 0

    assert (automatic, called, ask(runtime, "get_next_epoch_start_block", SUBNET)) == (460, 120, None)


def test_a_subnet_costs_what_it_would_be_registered_for(runtime: Taonet) -> None:
    cost = question(runtime, "SubnetRegistrationRuntimeApi_get_network_registration_cost")

    assert cost == runtime.subnets.lock_cost() == TAO(2000)
