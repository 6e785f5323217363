"""AdminUtils: calls that do more than set an item."""

from __future__ import annotations

from support.admin import make_administration
from support.chain import ROOT, Chain, dispatch, emits, key_of, reverts, unchanged
from support.economy import ALICE, BOB, DAVE, SUBNET, ensure_sound, stake, staked

from chain.scale.hints import encode
from chain.types import Consensus, FourBytes
from runtime.frame.errors import BadOrigin
from runtime.pallets.admin_utils.pallet import Admin, PrecompileEnum
from runtime.pallets.aura import AuraId, AuraIds
from runtime.pallets.grandpa import Grandpa, GrandpaId
from runtime.units import TAO

NEW = AuraId(key_of("Two").public)
FINALITY = GrandpaId(key_of("Two", "ed25519").public)
SET_LEAST = "AdminUtils.sudo_set_nominator_min_required_stake"


def test_nominations_that_became_too_small_are_unstaked() -> None:
    runtime = make_administration()
    stake(runtime, BOB, DAVE, SUBNET, TAO(1))
    stake(runtime, ALICE, DAVE, SUBNET, TAO(1))
    before, kept = runtime.system.Account[BOB.account].data.free, staked(runtime, ALICE, DAVE)

    dispatch(runtime, ROOT, SET_LEAST, min_stake=1_000_000_000)

    assert staked(runtime, BOB, DAVE) == 0
    assert runtime.system.Account[BOB.account].data.free > before
    assert staked(runtime, ALICE, DAVE) == kept  # what the owner of a hotkey stakes to it is no nomination
    ensure_sound(runtime)


def test_nominations_are_left_alone_where_the_number_is_not_above_the_old_one_in_rao() -> None:
    runtime = make_administration()
    runtime.parameters.NominatorMinRequiredStake = 1_000_000_000
    runtime.staking.trading.stake_into(DAVE.account, BOB.account, SUBNET, TAO(1))
    before = staked(runtime, BOB, DAVE)

    dispatch(runtime, ROOT, SET_LEAST, min_stake=2_000_000_000)

    assert runtime.parameters.NominatorMinRequiredStake == 2_000_000_000
    assert staked(runtime, BOB, DAVE) == before > 0


def test_other_keys_take_slots_from_the_next_block_on() -> None:
    chain = Chain()
    runtime = chain.at_head()
    new = runtime.find_call("AdminUtils", "swap_authorities", new_authorities=(NEW,))

    built = chain.advance(chain.sign(key_of("Alice"), "Sudo.sudo", call=new))

    log = Consensus(FourBytes(b"aura"), b"\x01" + encode(AuraIds, (NEW,)))
    assert log in built.block.header.digest.logs
    assert chain.at_head().aura.Authorities == (NEW,)
    assert chain.at_head().author_key(chain.next_header()) == NEW


def test_no_keys_at_all_change_nothing() -> None:
    runtime = make_administration()

    with unchanged(runtime):
        dispatch(runtime, ROOT, "AdminUtils.swap_authorities", new_authorities=())


def test_other_keys_finalize_after_some_blocks() -> None:
    runtime = make_administration()
    change = {"next_authorities": ((FINALITY, 1),), "in_blocks": 2, "forced": None}

    dispatch(runtime, ROOT, "AdminUtils.schedule_grandpa_change", **change)

    assert runtime.grandpa.PendingChange is not None
    assert runtime.grandpa.PendingChange.next_authorities == ((FINALITY, 1),)
    with unchanged(runtime), reverts(Grandpa.ChangePending):
        dispatch(runtime, ROOT, "AdminUtils.schedule_grandpa_change", **change)


def test_a_precompile_is_told_of_only_where_that_changes_something() -> None:
    runtime = make_administration()
    toggle = "AdminUtils.sudo_toggle_evm_precompile"
    voting = PrecompileEnum.VotingPower

    with emits(runtime), unchanged(runtime):
        dispatch(runtime, ROOT, toggle, precompile_id=voting, enabled=True)
    for enabled in (False, True):
        with emits(runtime, Admin.PrecompileUpdated(voting, enabled)):
            dispatch(runtime, ROOT, toggle, precompile_id=voting, enabled=enabled)
        assert runtime.admin.PrecompileEnable[voting] is enabled
    assert list(runtime.admin.PrecompileEnable) == [voting]
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, toggle, precompile_id=voting, enabled=False)


def test_only_root_changes_authorities() -> None:
    runtime = make_administration()

    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, "AdminUtils.swap_authorities", new_authorities=(NEW,))
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, "AdminUtils.schedule_grandpa_change", next_authorities=(), in_blocks=0, forced=None)
