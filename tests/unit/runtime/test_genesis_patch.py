"""The genesis state from a patch, and errors that name the field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.chain import FAST, build_genesis, key_of, localnet_patch, sum_of_accounts

from chain.errors import BrokenInvariant
from chain.hashing import twox_128
from chain.state import State
from runtime.code import CODE_KEY, RuntimeCode
from runtime.frame.construct import construct_of
from runtime.genesis import GenesisError, parse_patch, read_patch
from runtime.invariants import check_issuance
from runtime.pallets.subnets.genesis import FIRST_POOL
from runtime.pallets.system import AccountData, AccountInfo
from runtime.taonet import Taonet, runtime_of
from runtime.units import MAX_SUPPLY, TaoBalance

ED = 500
ALICE, BOB = key_of("Alice").address, key_of("Bob").address


def balances(*rows: Any) -> dict[str, Any]:
    return {"balances": {"balances": list(rows)}}


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (None, "the genesis is not a JSON object"),
        ([], "the genesis is not a JSON object"),
        ({"staking": {}}, "unknown genesis field 'staking'"),
        ({"balances": []}, "balances is not a JSON object"),
        ({"evmChainId": {"chainId": -1}}, "evmChainId.chainId: -1 is not a number of 64 bits"),
        ({"evmChainId": {"chainId": True}}, "evmChainId.chainId: True is not a number of 64 bits"),
        (
            {"subtensorModule": {"startCallDelay": -1}},
            "subtensorModule.startCallDelay: -1 is not a number of 64 bits",
        ),
        (
            {"subtensorModule": {"networkRateLimit": "0"}},
            "subtensorModule.networkRateLimit: '0' is not a number of 64 bits",
        ),
        ({"sudo": ALICE}, "sudo is not a JSON object"),
        ({"balances": {"accounts": []}}, "unknown genesis field 'balances.accounts'"),
        ({"sudo": {"kex": ALICE}}, "unknown genesis field 'sudo.kex'"),
        ({"balances": {"balances": {}}}, "balances.balances is not a list"),
        ({"aura": {"authorities": ALICE}}, "aura.authorities is not a list"),
        (balances([ALICE]), "balances.balances: .* is not .address, rao."),
        (balances([ALICE, "1"]), "balances.balances: .* is not .address, rao."),
        (balances([ALICE, 1.0]), "balances.balances: .* is not .address, rao."),
        (balances([ALICE, True]), "balances.balances: .* is not .address, rao."),
        (balances([ALICE, -1]), "balances.balances: .* is not .address, rao."),
        (balances([ALICE, 1 << 64]), "balances.balances: .* is not .address, rao."),
        (balances(["Alice", 1]), "balances.balances: 'Alice' is not an SS58 address"),
        (balances([None, 1]), "balances.balances: 'None' is not"),
        (balances([ALICE[:-1] + "1", 1]), "balances.balances: .* has a wrong checksum"),
        (balances([ALICE, 1000], [ALICE, 1000]), "balances.balances: .* stands twice"),
        (balances([ALICE, MAX_SUPPLY], [BOB, 1]), "balances.balances: 21000000000000001 rao are more than the cap"),
        ({"sudo": {"key": 5}}, "sudo.key: '5' is not"),
        ({"aura": {"authorities": ["x"]}}, "aura.authorities: 'x' is not"),
        ({"grandpa": {"authorities": [["x", 1]]}}, "grandpa.authorities: 'x' is not"),
        ({"grandpa": {"authorities": [[]]}}, r"grandpa.authorities: '\[\]' is not"),
    ],
)
def test_a_wrong_patch_is_refused_and_its_field_named(patch: Any, message: str) -> None:
    with pytest.raises(GenesisError, match=message):
        read_patch(patch)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "nul"])
def test_a_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(GenesisError, match="the genesis is not JSON"):
        parse_patch(text)


@pytest.mark.parametrize("rao", [0, 1, 499])
def test_an_account_below_the_existential_deposit_is_refused(rao: int) -> None:
    with pytest.raises(GenesisError, match=rf"balances\.balances: {ALICE} has {rao} rao, an account needs 500"):
        build_genesis(balances([ALICE, rao]))


@pytest.mark.parametrize("pallet", ["aura", "grandpa"])
def test_more_authorities_than_fit_are_refused(pallet: str) -> None:
    names = [key_of(f"A{n}").address for n in range(33)]

    with pytest.raises(GenesisError, match=rf"{pallet}\.authorities: 33 authorities, at most 32 are allowed"):
        build_genesis({pallet: {"authorities": names}})
    build_genesis({pallet: {"authorities": names[:32]}})


def test_comments_are_passed_over() -> None:
    config = read_patch({"_why": "x", "balances": {"_why": "y", "balances": [[ALICE, 500]]}, "sudo": {"_why": "z"}})

    assert config.balances == {key_of("Alice").account: 500}
    assert config.sudo is None


def test_an_empty_patch_is_an_empty_chain() -> None:
    runtime = Taonet(build_genesis({}))

    assert runtime.balances.TotalIssuance == runtime.tao.TotalIssuance == sum_of_accounts(runtime) == FIRST_POOL + ED
    assert (runtime.sudo.Key, runtime.aura.Authorities, runtime.grandpa.Authorities) == (None, (), ())


def test_the_local_network_begins_with_its_accounts() -> None:
    runtime = runtime_of(build_genesis())

    rich = AccountInfo(providers=1, data=AccountData(TaoBalance(10**15)))
    assert runtime.system.Account[key_of("Alice").account] == rich
    assert runtime.balances.TotalIssuance == sum_of_accounts(runtime) == 3 * 10**15 + 6 * 2 * 10**12 + FIRST_POOL + ED
    assert runtime.sudo.Key == key_of("Alice").account


@pytest.mark.parametrize(("part", "blocks"), [({}, 7200), ({"networkRateLimit": 5}, 5), ({"networkRateLimit": 0}, 0)])
def test_how_often_subnets_may_be_registered_is_the_patchs_or_the_rules(part: dict[str, Any], blocks: int) -> None:
    assert Taonet(build_genesis({"subtensorModule": part})).parameters.NetworkRateLimit == blocks


def test_the_same_patch_always_gives_the_same_state() -> None:
    again = json.loads(json.dumps(localnet_patch()))

    assert build_genesis().root() == build_genesis(again).root()


def test_the_order_of_accounts_does_not_matter() -> None:
    rows = [[ALICE, 1000], [BOB, 2000]]

    assert build_genesis(balances(*rows)).root() == build_genesis(balances(*reversed(rows))).root()


def test_the_constants_are_part_of_the_state() -> None:
    assert build_genesis(constants={}).root() != build_genesis(constants=FAST).root()
    assert runtime_of(build_genesis(constants={})).aura.SlotDuration == 12_000
    assert runtime_of(build_genesis(constants=FAST)).aura.SlotDuration == 250


def test_the_code_names_the_runtime_its_constants_and_its_metadata() -> None:
    code = build_genesis().get(CODE_KEY)

    described = RuntimeCode.parse(code or b"")

    assert described is not None
    assert (described.spec_name, described.spec_version, described.constants) == ("node-subtensor", 425, FAST)
    assert len(described.metadata) == 64


# -- invariants


def runtime_in_a_block() -> Taonet:
    return Taonet(State(build_genesis().commit().trie), construct_of(Taonet, FAST))


def test_issuance_that_moves_with_the_accounts_is_in_order() -> None:
    runtime = runtime_in_a_block()
    who = key_of("New").account

    runtime.system.Account[who] = AccountInfo(data=AccountData(TaoBalance(5), TaoBalance(6), TaoBalance(99)))
    del runtime.system.Account[key_of("Dave").account]
    runtime.balances.TotalIssuance = TaoBalance(runtime.balances.TotalIssuance + 11 - 2 * 10**12)

    runtime.invariants()


@pytest.mark.parametrize(("issuance", "account"), [(1, 0), (0, 1), (-1, 0), (7, 5)])
def test_issuance_that_does_not_move_with_the_accounts_is_found_out(issuance: int, account: int) -> None:
    runtime = runtime_in_a_block()
    runtime.balances.TotalIssuance = TaoBalance(runtime.balances.TotalIssuance + issuance)
    runtime.system.Account[key_of("New").account] = AccountInfo(data=AccountData(TaoBalance(account)))

    with pytest.raises(BrokenInvariant, match="issuance = sum of accounts"):
        runtime.invariants()


def test_more_than_the_cap_is_found_out() -> None:
    state = State.empty()
    runtime = Taonet(state)
    runtime.balances.TotalIssuance = TaoBalance(MAX_SUPPLY + 1)
    runtime.system.Account[key_of("New").account] = AccountInfo(data=AccountData(TaoBalance(MAX_SUPPLY + 1)))

    with pytest.raises(BrokenInvariant, match="supply within the cap"):
        check_issuance(state, state.changes(), runtime.balances.TotalIssuance)


def test_the_chains_number_among_evm_chains_is_written() -> None:
    runtime = runtime_of(build_genesis({**localnet_patch(), "evmChainId": {"chainId": 42}}))

    assert runtime.chain_id.ChainId == 42


def test_every_pallet_notes_the_form_of_its_storage() -> None:
    state, postfix = build_genesis(), twox_128(b":__STORAGE_VERSION__:")

    noted = {w.name: state.get(twox_128(w.name.encode()) + postfix) for w in construct_of(Taonet, FAST).wire}

    assert None not in noted.values()
    assert {name: raw for name, raw in noted.items() if raw != b"\0\0"} == {
        "Multisig": b"\1\0",
        "Scheduler": b"\4\0",
        "Grandpa": b"\5\0",
        "Balances": b"\1\0",
        "SubtensorModule": b"\7\0",
        "Preimage": b"\1\0",
    }
