"""Metagraphs: whole ones, those of mechanisms, and selections of their fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

import pytest
from support.apis import question
from support.chain import dispatch
from support.economy import ALICE, BOB, CHARLIE, DAVE, EVE, FIRST, SUBNET, enroll, make_economy, skip_blocks, stake

from chain.scale.hints import Some, encode
from runtime.apis.metagraph_structs import Metagraph, SelectiveMetagraph
from runtime.fixed import u96f32
from runtime.pallets.commitments.types import CommitmentInfo, Raw, Registration
from runtime.pallets.keys.identities import ChainIdentity
from runtime.pallets.subnets.serving import NO_AXON, AxonInfo
from runtime.pallets.subtensor.types import ROOT, SubnetIdentity
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

NOWHERE = NetUid(77)
SECOND_INDEX = NetUid(4096 + SUBNET)
IDENTITY = SubnetIdentity(b"mine", b"g", b"c", b"u", b"d", b"t", b"l", b"a")
WHO = ChainIdentity(b"bob", b"", b"", b"", b"", b"", b"")
AXON = AxonInfo(1, 2, 3, 4, 4, 0, 0, 0)
FIELDS = [field.name for field in fields(SelectiveMetagraph)]


@pytest.fixture
def runtime() -> Taonet:
    """Dave's key has uid 0, Eve's, of Bob, uid 1; there are two mechanisms."""
    runtime = make_economy()
    stake(runtime, ALICE, DAVE, SUBNET, TAO(10))
    stake(runtime, BOB, DAVE, ROOT, TAO(7))
    runtime.parameters.Tempo[SUBNET] = 360
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    enroll(runtime, BOB, EVE)
    runtime.identities.IdentitiesV2[BOB.account] = WHO
    runtime.serving.Axons[SUBNET, EVE.account] = AXON
    runtime.ledger.AlphaDividendsPerSubnet[SUBNET, DAVE.account] = AlphaBalance(11)
    runtime.neurons.Incentive[SUBNET], runtime.neurons.Incentive[SECOND_INDEX] = (1, 2), (3, 4)
    runtime.neurons.LastUpdate[SECOND_INDEX] = (5, 6)
    skip_blocks(runtime, 4)
    return runtime


def ask(runtime: Taonet, method: str, *values: Any) -> Any:
    return question(runtime, f"SubnetInfoRuntimeApi_{method}", *values)


def select(runtime: Taonet, places: Iterable[int], netuid: NetUid = SUBNET) -> Any:
    return ask(runtime, "get_selective_metagraph", netuid, tuple(places))


def told(graph: SelectiveMetagraph) -> dict[str, Any]:
    """The fields of a selection that are there, without the netuid."""
    return {name: getattr(graph, name) for name in FIELDS[1:] if getattr(graph, name) is not None}


def test_a_metagraph_has_the_subnet_and_its_neurons(runtime: Taonet) -> None:
    alpha, root = runtime.stakes.TotalHotkeyAlpha[DAVE.account, SUBNET], TAO(7)
    weighted = int(runtime.inheritance.whole_stake_weight(DAVE.account, SUBNET))

    graph = ask(runtime, "get_metagraph", SUBNET)

    assert isinstance(graph, Metagraph)
    assert (graph.netuid, graph.block, graph.num_uids, graph.max_uids) == (SUBNET, 5, 2, 256)
    assert (bytes(graph.name), bytes(graph.symbol), graph.identity) == (b"omron", "β".encode(), None)
    assert (graph.owner_hotkey, graph.owner_coldkey) == (DAVE.account, ALICE.account)
    assert graph.hotkeys == (DAVE.account, EVE.account)
    assert graph.coldkeys == (ALICE.account, BOB.account)
    assert graph.identities == (None, WHO)
    assert graph.axons == (NO_AXON, AXON)
    assert (graph.active, graph.validator_permit) == ((True, True), (False, False))
    assert (graph.incentives, graph.last_update, graph.block_at_registration) == ((1, 2), (1, 1), (1, 1))
    assert (graph.alpha_stake, graph.tao_stake, graph.total_stake) == ((alpha, 0), (root, 0), (weighted, 0))
    assert weighted == alpha + (root * runtime.inheritance.tao_weight() >> u96f32.frac)
    assert (graph.pruning_score, graph.trust, graph.rank) == ((), (), ())
    assert graph.tao_dividends_per_hotkey == ((DAVE.account, 0), (EVE.account, 0))
    assert graph.alpha_dividends_per_hotkey == ((DAVE.account, 11), (EVE.account, 0))
    assert (graph.burn, graph.difficulty, graph.pow_registration_allowed) == (TAO(1), 10_000_000, True)
    assert (graph.subnet_emission, graph.pending_root_emission, graph.max_weights_limit) == (0, 0, 65_535)


def test_stake_that_is_lent_counts_for_the_child(runtime: Taonet) -> None:
    half = ((1 << 64) // 2, EVE.account)
    runtime.stakes.ChildKeys[DAVE.account, SUBNET] = (half,)
    runtime.stakes.ParentKeys[EVE.account, SUBNET] = ((half[0], DAVE.account),)

    graph = ask(runtime, "get_metagraph", SUBNET)

    assert graph.tao_stake[0] == pytest.approx(TAO(7) // 2, abs=5)
    assert sum(graph.tao_stake) == pytest.approx(TAO(7), abs=2)


def test_the_metagraphs_of_all_subnets_come_in_storage_order(runtime: Taonet) -> None:
    graphs = ask(runtime, "get_all_metagraphs")

    assert [graph.netuid for graph in graphs] == [ROOT, FIRST, SUBNET]
    assert graphs[2] == ask(runtime, "get_metagraph", SUBNET)


# -- mechanisms


def test_a_mechanism_has_its_own_updates_and_incentives(runtime: Taonet) -> None:
    whole = ask(runtime, "get_metagraph", SUBNET)

    assert ask(runtime, "get_mechagraph", SUBNET, 0) == whole
    assert ask(runtime, "get_mechagraph", SUBNET, 1) == replace(
        whole, netuid=SECOND_INDEX, last_update=(5, 6), incentives=(3, 4)
    )


@pytest.mark.parametrize(("netuid", "mechanism"), [(SUBNET, 2), (SUBNET, 255), (NOWHERE, 0)])
def test_a_mechanism_that_is_not_there_has_no_metagraph(runtime: Taonet, netuid: NetUid, mechanism: int) -> None:
    assert ask(runtime, "get_mechagraph", netuid, mechanism) is None


def test_all_mechanisms_of_all_subnets_have_metagraphs(runtime: Taonet) -> None:
    assert [g.netuid for g in ask(runtime, "get_all_mechagraphs")] == [ROOT, FIRST, SUBNET, SECOND_INDEX]


# -- selections


def test_every_field_of_a_selection_is_that_of_the_whole(runtime: Taonet) -> None:
    whole = ask(runtime, "get_metagraph", SUBNET)

    for place, name in enumerate(FIELDS[1:72], start=1):
        selected = select(runtime, [place])

        expected = Some(whole.identity) if name == "identity" else getattr(whole, name)
        assert (selected.netuid, told(selected)) == (ROOT, {name: expected})


def test_fields_are_asked_for_by_the_chains_numbers() -> None:
    known = {
        0: "netuid",
        1: "name",
        21: "moving_price",
        32: "burn",
        52: "hotkeys",
        59: "last_update",
        69: "total_stake",
    }

    assert {place: FIELDS[place] for place in known} == known
    assert (FIELDS[72], FIELDS[73], len(FIELDS)) == ("validators", "commitments", 74)


def test_nothing_asked_is_nothing_told(runtime: Taonet) -> None:
    selected = select(runtime, [])

    assert (selected.netuid, told(selected)) == (ROOT, {})


def test_numbers_behind_the_last_field_mean_nothing(runtime: Taonet) -> None:
    assert select(runtime, [74, 100, 65_535]) == select(runtime, [])
    assert select(runtime, [74, 0, 8]) == select(runtime, [0, 8])


def test_a_field_asked_for_twice_is_told_once(runtime: Taonet) -> None:
    selected = select(runtime, [8, 0, 8, 0])

    assert (selected.netuid, told(selected)) == (SUBNET, {"tempo": 360})


def test_a_subnet_that_is_not_there_has_no_selection(runtime: Taonet) -> None:
    assert select(runtime, [0], NOWHERE) is None
    assert ask(runtime, "get_selective_mechagraph", NOWHERE, 0, (0,)) is None


def test_an_identity_that_was_asked_for_may_be_none(runtime: Taonet) -> None:
    absent = select(runtime, [3]).identity
    runtime.registry.SubnetIdentitiesV3[SUBNET] = IDENTITY

    assert (absent, select(runtime, [3]).identity, select(runtime, [1]).identity) == (Some(None), Some(IDENTITY), None)


def test_a_selection_of_a_mechanism_has_its_updates_and_the_netuid_always(runtime: Taonet) -> None:
    selected = ask(runtime, "get_selective_mechagraph", SUBNET, 1, (59, 62, 8))

    assert selected.netuid == SUBNET
    assert told(selected) == {"last_update": (5, 6), "incentives": (3, 4), "tempo": 360}


def test_a_selection_of_a_mechanism_that_is_not_there_has_no_updates(runtime: Taonet) -> None:
    selected = ask(runtime, "get_selective_mechagraph", SUBNET, 9, (59, 62, 52))

    assert told(selected) == {"last_update": (), "incentives": (), "hotkeys": (DAVE.account, EVE.account)}


def test_validators_have_a_permit_and_more_than_the_threshold_the_least_stake_first(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, CHARLIE)
    stake(runtime, CHARLIE, CHARLIE, SUBNET, TAO(1))
    stake(runtime, BOB, EVE, SUBNET, TAO(20))
    runtime.neurons.ValidatorPermit[SUBNET] = (True, True, True)
    all_three = select(runtime, [72]).validators
    runtime.parameters.StakeThreshold = runtime.inheritance.whole_stake_weight(CHARLIE.account, SUBNET)
    with_stake = select(runtime, [72]).validators
    runtime.neurons.ValidatorPermit[SUBNET] = (True,)

    assert (all_three, with_stake, select(runtime, [72]).validators) == ((2, 0, 1), (0, 1), (0,))


def test_commitments_are_told_as_the_chain_keeps_them(runtime: Taonet) -> None:
    nothing = select(runtime, [73]).commitments
    dispatch(runtime, EVE, "Commitments.set_commitment", netuid=SUBNET, info=CommitmentInfo((Raw(b"hello"),)))

    told = select(runtime, [73]).commitments

    kept = runtime.commitments.CommitmentOf[SUBNET, EVE.account]
    assert nothing == ()
    assert told == ((EVE.account, tuple(encode(Registration, kept))),)
    assert b"hello" in bytes(told[0][1])


def test_bytes_of_texts_are_compact_numbers(runtime: Taonet) -> None:
    from runtime.frame.apis import call_api

    raw = call_api(runtime, "SubnetInfoRuntimeApi_get_selective_metagraph", bytes.fromhex("0200040200"))

    # Some, netuid 0, no name, a symbol of two bytes that are 64 or more and take two bytes each; nothing else
    assert raw.hex() == "01" + "00" + "00" + "0108" + "3903" + "c902" + "00" * 71


def test_a_total_of_alpha_and_root_is_told_in_rao(runtime: Taonet) -> None:
    totals = select(runtime, [69]).total_stake

    assert totals == (TaoBalance(runtime.inheritance.whole_stake_weight(DAVE.account, SUBNET)), 0)
