"""The life of a subnet through an unmodified client: registered, started, staked on, grown, left, dissolved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.clients import PSI, WITH_PSI, output_of
from support.process import running

from runtime.pallets.swap.balancer import Pool
from runtime.pallets.swap.step import DEFAULT_FEE_RATE, MAX_BUY_PRICE, buy
from runtime.units import TAO, AlphaBalance, TaoBalance

STORY = Path(__file__).parent / "drivers" / "story.py"
OWNER, MINERS, VALIDATORS = 179_995_422, 410_002_288, 410_002_288
"""Of one alpha a block, in rao: 18 / 41 / 41, each rounded down. Source: economics 4.6"""
FIRST_EMISSION = 3

pytestmark = WITH_PSI


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client saw after each chapter."""
    with running(tmp_path_factory.mktemp("story"), "--sealing", "manual") as node:
        found: dict[str, Any] = json.loads(output_of(PSI, STORY, node.url, node=node))
        return found


def test_the_price_of_a_subnet_becomes_its_pool(seen: dict[str, Any]) -> None:
    before, after = seen["start"], seen["registered"]

    assert after["SubnetLocked"] == after["SubnetTAO"] == after["SubnetAlphaIn"] == TAO(1000)
    assert 0 < before["balances"]["alice"] - after["balances"]["alice"] - TAO(1000) < TAO(1) // 100
    assert "SubtensorModule.NetworkAdded" in seen["registered_events"]


def test_stakers_get_what_the_pool_gives(seen: dict[str, Any]) -> None:
    pool = Pool(AlphaBalance(TAO(1000)), TAO(1000))
    bob = buy(pool, TAO(100), MAX_BUY_PRICE, DEFAULT_FEE_RATE)
    between = Pool(pool.alpha - bob.paid_out, pool.tao + bob.paid_in)
    charlie = buy(between, TAO(5), MAX_BUY_PRICE, DEFAULT_FEE_RATE)

    after = seen["staked"]

    assert after["SubnetTAO"] == pool.tao + bob.paid_in + charlie.paid_in
    assert after["SubnetAlphaIn"] == pool.alpha - bob.paid_out - charlie.paid_out
    assert after["TotalHotkeyAlpha"] == bob.paid_out + charlie.paid_out
    assert seen["staked_events"].count("SubtensorModule.StakeAdded") == 2


@pytest.mark.parametrize("chapter", ["started", "staked", "grown", "next", "unstaked"])
def test_each_block_saves_up_18_41_41_for_the_epoch(seen: dict[str, Any], chapter: str) -> None:
    now = seen[chapter]

    blocks = now["block"] - max(now["LastEpochBlock"], FIRST_EMISSION - 1)

    assert now["PendingOwnerCut"] == blocks * OWNER
    assert now["PendingServerEmission"] == blocks * MINERS
    assert now["PendingValidatorEmission"] == blocks * VALIDATORS


def test_two_epochs_paid_the_owner_and_by_stake_all_who_staked(seen: dict[str, Any]) -> None:
    before, after = seen["staked"], seen["grown"]

    paid_blocks = after["LastEpochBlock"] - FIRST_EMISSION + 1
    lost_to_rounding = 2  # a validator's payout is divided into take and rest, once an epoch

    assert after["LastEpochBlock"] == 20
    assert after["TotalHotkeyAlpha"] - before["TotalHotkeyAlpha"] == (
        paid_blocks * (OWNER + MINERS + VALIDATORS) - lost_to_rounding
    )


def test_a_block_of_tao_buys_alpha_for_the_chain(seen: dict[str, Any]) -> None:
    before, after = seen["grown"], seen["next"]

    pool = Pool(AlphaBalance(before["SubnetAlphaIn"]), TaoBalance(before["SubnetTAO"]))
    bought = buy(pool, TAO(1), MAX_BUY_PRICE, 0)

    assert after["SubnetExcessTao"] == TAO(1)
    assert after["SubnetTAO"] == before["SubnetTAO"] + TAO(1)
    assert after["SubnetAlphaIn"] == before["SubnetAlphaIn"] - bought.paid_out
    assert after["SubnetAlphaOut"] == before["SubnetAlphaOut"] + bought.paid_out + TAO(1)
    assert after["issuance"] == before["issuance"] + TAO(1)


def test_everyone_leaves_with_tao(seen: dict[str, Any]) -> None:
    before, after = seen["next"]["balances"], seen["unstaked"]["balances"]

    assert all(after[name] > before[name] for name in ("alice", "bob", "charlie"))
    assert seen["unstaked"]["TotalHotkeyAlpha"] <= 1


def test_a_dissolved_subnet_leaves_nothing_and_its_rest_is_recycled(seen: dict[str, Any]) -> None:
    before, after = seen["unstaked"], seen["dissolved"]

    assert not after["NetworksAdded"]
    assert after["SubnetTAO"] == after["SubnetAlphaIn"] == after["SubnetAlphaOut"] == after["TotalHotkeyAlpha"] == 0
    assert before["issuance"] - after["issuance"] > TAO(980)


@pytest.mark.parametrize(
    "chapter", ["start", "registered", "started", "staked", "grown", "next", "unstaked", "dissolved"]
)
def test_the_issuance_balances_at_every_moment(seen: dict[str, Any], chapter: str) -> None:
    now = seen[chapter]

    assert now["issuance"] == now["module_issuance"] == now["sum_of_accounts"]
