"""Runtime APIs: every method through `call_api`, as a client asks it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from support.chain import (
    FAST,
    Chain,
    bare,
    call,
    free,
    key_of,
    localnet_patch,
    make_runtime,
    sign,
    snapshot,
    unchanged,
)
from support.toy import Toy, make_toy

from chain.block import Header
from chain.errors import DecodeError, InvalidBlock, InvalidTransaction, TransactionError, UnknownTransaction
from chain.hashing import blake2_64
from chain.keys import Keypair
from chain.scale.compact import encode_compact
from chain.scale.hints import codec_of, decode, encode, u32, u64
from chain.state import State
from chain.types import H256, AccountId, FourBytes, RuntimeVersion
from runtime.apis import accounts, core
from runtime.apis.accounts import KeyTypeId
from runtime.apis.core import CheckInherentsResult, InherentData, ValidTransaction, wire_validity
from runtime.frame.apis import UnknownApi, call_api
from runtime.frame.construct import construct_of
from runtime.frame.metadata import encode_metadata
from runtime.frame.weight import DispatchClass, Weight
from runtime.genesis import parse_patch
from runtime.pallets.aura import AuraId
from runtime.pallets.grandpa import AuthorityList
from runtime.pallets.transaction_payment import FeeDetails, InclusionFee, RuntimeDispatchInfo
from runtime.taonet import Taonet
from runtime.units import TaoBalance

NOW_KEY = b"timstap0"


def ask(runtime: Any, method: str, data: bytes, hint: Any) -> Any:
    """The decoded result of an API method."""
    raw = call_api(runtime, method, data)
    codec = runtime.construct.codecs.of(hint)
    value, end = codec.decode(raw, 0)
    assert end == len(raw)
    return value


def inherent_data(now_ms: int) -> bytes:
    return encode(InherentData, InherentData({NOW_KEY: now_ms.to_bytes(8, "little")}))


def block_bytes(chain: Chain, *extrinsics: bytes) -> bytes:
    return chain.build(*extrinsics).block.encode()


# -- what every API does


def methods() -> list[str]:
    construct = make_runtime().construct
    return [f"{api.__name__}_{m.name}" for api in Taonet.apis for m in api.methods(construct.codecs)]


def test_a_method_has_one_name() -> None:
    assert len(methods()) == len(set(methods()))


@pytest.mark.parametrize("method", methods())
def test_arguments_that_end_early_are_refused_with_the_name_of_the_argument(method: str) -> None:
    runtime = make_runtime()
    name, _, function = method.partition("_")
    api = next(a for a in Taonet.apis if a.__name__ == name)
    arguments = next(m for m in api.methods(runtime.construct.codecs) if m.name == function).arguments
    if not arguments:
        return

    with pytest.raises(DecodeError) as caught:
        call_api(runtime, method, b"")

    assert caught.value.path[0] == arguments[0][0]


@pytest.mark.parametrize(
    ("method", "data"),
    [
        ("Core_version", b"\0"),
        ("Metadata_metadata", b"\0"),
        ("Metadata_metadata_at_version", b"\x0f\0\0\0\0"),
        ("AccountNonceApi_account_nonce", bytes(33)),
        ("TransactionPaymentApi_query_length_to_fee", bytes(5)),
        ("SessionKeys_decode_session_keys", b"\0\0"),
        ("AuraApi_slot_duration", b"x"),
    ],
)
def test_left_over_bytes_are_refused(runtime: Taonet, method: str, data: bytes) -> None:
    with unchanged(runtime), pytest.raises(DecodeError, match="bytes are left over"):
        call_api(runtime, method, data)


@pytest.mark.parametrize("method", ["", "Core", "Core_", "Core_nothing", "Nothing_version", "core_version", "Core__x"])
def test_a_method_that_does_not_exist_is_named(runtime: Taonet, method: str) -> None:
    with pytest.raises(UnknownApi, match=f"Exported method {method} is not found"):
        call_api(runtime, method, b"")


@pytest.mark.parametrize("method", ["Core___init__", "Core_api_id", "Core_methods", "Core_runtime", "Core_api_version"])
def test_what_is_no_method_of_an_api_cannot_be_asked(runtime: Taonet, method: str) -> None:
    with pytest.raises(UnknownApi):
        call_api(runtime, method, b"")


def test_a_runtime_without_apis_has_none() -> None:
    with pytest.raises(UnknownApi):
        call_api(make_toy(), "Core_version", b"")


# -- Core


def test_the_version_names_the_apis(runtime: Taonet) -> None:
    version = ask(runtime, "Core_version", b"", RuntimeVersion)

    assert (version.spec_name, version.spec_version, version.transaction_version) == ("node-subtensor", 425, 1)
    apis = dict(version.apis)
    assert apis[blake2_64(b"Core")] == 5
    assert apis[bytes.fromhex("37e397fc7c91f5e4")] == 2  # Metadata
    assert len(apis) == len(Taonet.apis)


RECORDED_API_IDS = {
    core.Core: ("df6acb689907609b", 5),
    core.Metadata: ("37e397fc7c91f5e4", 2),
    core.BlockBuilder: ("40fe3ad401f8959a", 6),
    core.GenesisBuilder: ("fbc577b9d747efd6", 1),
    core.TaggedTransactionQueue: ("d2bc9897eed08f15", 3),
    core.OffchainWorkerApi: ("f78b278be53f454c", 2),
    accounts.AuraApi: ("dd718d5cc53262d4", 1),
    accounts.SessionKeys: ("ab3c0572291feb8b", 1),
    accounts.GrandpaApi: ("ed99c5acb25eedf5", 3),
    accounts.AccountNonceApi: ("bc9d89904f5b923f", 1),
    accounts.TransactionPaymentApi: ("37c8bb1350a9a2a8", 4),
    accounts.TransactionPaymentCallApi: ("f3ff14d5ab527059", 3),
}


@pytest.mark.parametrize("api", RECORDED_API_IDS)
def test_the_ids_and_versions_are_the_chains(api: Any) -> None:
    assert api in Taonet.apis
    assert (api.api_id().hex(), api.api_version) == RECORDED_API_IDS[api]


def test_a_block_is_executed(chain: Chain, alice: Keypair) -> None:
    raw = block_bytes(chain, chain.sign(alice, "System.remark", remark=b""))
    runtime = chain.at_head()

    assert call_api(runtime, "Core_execute_block", raw) == b""
    assert runtime.system.Number == 1


def test_a_block_that_is_wrong_is_refused(chain: Chain) -> None:
    block = chain.build().block
    wrong = replace(block, header=replace(block.header, state_root=H256(bytes(32))))

    with pytest.raises(InvalidBlock):
        call_api(chain.at_head(), "Core_execute_block", wrong.encode())


def test_a_block_is_built_step_by_step(chain: Chain, alice: Keypair, bob: Keypair) -> None:
    transfer = chain.sign(alice, "Balances.transfer_keep_alive", dest=bob, value=5)
    expected = chain.build(transfer).block
    runtime = chain.at_head()

    assert call_api(runtime, "Core_initialize_block", chain.next_header().encode()) == b"\0"
    inherents = call_api(runtime, "BlockBuilder_inherent_extrinsics", inherent_data(chain.time_of()))
    assert inherents[0] == 1 << 2
    assert call_api(runtime, "BlockBuilder_apply_extrinsic", inherents[1:]) == b"\0\0"
    assert call_api(runtime, "BlockBuilder_apply_extrinsic", transfer) == b"\0\0"
    assert call_api(runtime, "BlockBuilder_finalize_block", b"") == expected.header.encode()


def test_a_block_cannot_begin_before_its_parent(chain: Chain) -> None:
    header = replace(chain.next_header(), number=0)

    with pytest.raises(InvalidBlock):
        call_api(chain.at_head(), "Core_initialize_block", header.encode())


# -- Metadata


@pytest.mark.parametrize("version", [14, 15])
def test_metadata_is_given_in_its_versions(runtime: Taonet, version: int) -> None:
    raw = call_api(runtime, "Metadata_metadata_at_version", version.to_bytes(4, "little"))

    metadata = encode_metadata(runtime.construct, version)
    assert raw == b"\1" + encode_compact(len(metadata)) + metadata
    assert metadata.startswith(b"meta" + bytes([version]))


@pytest.mark.parametrize("version", [0, 13, 16, (1 << 32) - 1])
def test_other_versions_of_metadata_are_none(runtime: Taonet, version: int) -> None:
    assert call_api(runtime, "Metadata_metadata_at_version", version.to_bytes(4, "little")) == b"\0"


def test_metadata_without_a_version_is_of_version_fourteen(runtime: Taonet) -> None:
    assert call_api(runtime, "Metadata_metadata", b"") == encode(bytes, encode_metadata(runtime.construct, 14))
    assert ask(runtime, "Metadata_metadata_versions", b"", tuple[u32, ...]) == (14, 15)


# -- BlockBuilder


def test_an_extrinsic_that_fails_or_is_refused_is_told_apart(runtime: Taonet, alice: Keypair) -> None:
    nobody = key_of("Nobody")
    failing = sign(runtime, alice, call(runtime, "Balances.transfer_keep_alive", dest=nobody, value=1))
    early = sign(runtime, alice, call(runtime, "System.remark", remark=b""), nonce=5)

    assert call_api(runtime, "BlockBuilder_apply_extrinsic", failing) == b"\0\1\x07\x02"
    with unchanged(runtime):
        assert call_api(runtime, "BlockBuilder_apply_extrinsic", early) == b"\1\0\2"


@pytest.mark.parametrize(
    ("error", "raw"),
    [
        (InvalidTransaction("Call"), "0000"),
        (InvalidTransaction("Payment"), "0001"),
        (InvalidTransaction("Stale"), "0003"),
        (InvalidTransaction("BadProof"), "0004"),
        (InvalidTransaction("Custom", 21), "000715"),
        (InvalidTransaction("UnknownOrigin"), "000c"),
        (UnknownTransaction("CannotLookup"), "0100"),
        (UnknownTransaction("NoUnsignedValidator"), "0101"),
        (UnknownTransaction("Custom", 255), "0102ff"),
    ],
)
def test_reasons_are_the_variants_of_transaction_validity_error(error: TransactionError, raw: str) -> None:
    assert encode(core.TransactionValidityError, wire_validity(error)).hex() == raw


@pytest.mark.parametrize(("ahead_ms", "okay"), [(0, True), (30_000, True), (30_001, False), (-5_000, True)])
def test_a_block_too_far_ahead_of_the_clock_is_not_okay(chain: Chain, ahead_ms: int, okay: bool) -> None:
    clock = inherent_data(chain.time_of() - ahead_ms)

    result: CheckInherentsResult = ask(
        chain.at_head(), "BlockBuilder_check_inherents", block_bytes(chain) + clock, CheckInherentsResult
    )

    assert (result.okay, result.fatal_error) == (okay, False)
    assert (NOW_KEY in result.errors.data) is not okay


def test_a_clock_that_says_nothing_finds_nothing_wrong(chain: Chain) -> None:
    data = block_bytes(chain) + encode(InherentData, InherentData({}))

    assert ask(chain.at_head(), "BlockBuilder_check_inherents", data, CheckInherentsResult).okay


# -- TaggedTransactionQueue


@pytest.mark.parametrize("source", [0, 1, 2])
def test_the_pool_asks_whether_an_extrinsic_is_valid(chain: Chain, alice: Keypair, source: int) -> None:
    raw = chain.sign(alice, "System.remark", remark=b"")
    runtime = chain.at_head()

    with unchanged(runtime):
        answer = call_api(
            runtime, "TaggedTransactionQueue_validate_transaction", bytes([source]) + raw + chain.hashes[-1]
        )

    assert answer[0] == 0
    valid = decode(ValidTransaction, answer[1:])
    assert (valid.priority, valid.requires, valid.propagate) == (1, (), True)
    assert valid.provides == (alice.account + bytes(4),)


def test_the_pool_is_told_why_not(chain: Chain, alice: Keypair) -> None:
    raw = bytearray(chain.sign(alice, "System.remark", remark=b"abc"))
    raw[-1] ^= 1

    answer = call_api(
        chain.at_head(), "TaggedTransactionQueue_validate_transaction", b"\2" + bytes(raw) + chain.hashes[-1]
    )

    assert answer == b"\1\0\4"


# -- accounts and fees


def test_the_nonce_of_an_account_is_told(runtime: Taonet, alice: Keypair, nobody: Keypair) -> None:
    runtime.apply_extrinsic(sign(runtime, alice, call(runtime, "System.remark", remark=b"")))

    assert ask(runtime, "AccountNonceApi_account_nonce", alice.account, u32) == 1
    assert ask(runtime, "AccountNonceApi_account_nonce", nobody.account, u32) == 0


def test_the_fee_of_an_extrinsic_is_told_without_the_tip(chain: Chain, alice: Keypair, bob: Keypair) -> None:
    raw = chain.sign(alice, "Balances.transfer_keep_alive", dest=bob, value=1, tip=1000)
    runtime = chain.at_head()
    data = raw + len(raw).to_bytes(4, "little")

    info: RuntimeDispatchInfo = ask(runtime, "TransactionPaymentApi_query_info", data, RuntimeDispatchInfo)
    details: FeeDetails = ask(runtime, "TransactionPaymentApi_query_fee_details", data, FeeDetails)

    before = free(chain.at_head(), alice)
    paid = before - free(chain.build(raw).runtime, alice)
    assert info.class_ is DispatchClass.Normal
    assert info.partial_fee == paid - 1 - 1000
    assert details.tip == 1000
    assert details.total() == paid - 1


def test_an_extrinsic_that_nobody_signed_costs_nothing(runtime: Taonet) -> None:
    raw = bare(runtime, call(runtime, "System.remark", remark=b""))
    data = raw + bytes(4)

    assert ask(runtime, "TransactionPaymentApi_query_info", data, RuntimeDispatchInfo).partial_fee == 0
    assert ask(runtime, "TransactionPaymentApi_query_fee_details", data, FeeDetails) == FeeDetails(None, TaoBalance(0))


def test_a_fee_is_asked_for_bytes_that_are_no_extrinsic(runtime: Taonet) -> None:
    for method in ("query_info", "query_fee_details"):
        with unchanged(runtime), pytest.raises(DecodeError):
            call_api(runtime, f"TransactionPaymentApi_{method}", b"\4\xff" + bytes(4))


def test_the_fee_of_a_call_is_told(runtime: Taonet) -> None:
    what = call(runtime, "System.remark", remark=b"")
    data = runtime.construct.call.encode(what) + (100).to_bytes(4, "little")
    weight = runtime.dispatch_info(what).weight

    info = ask(runtime, "TransactionPaymentCallApi_query_call_info", data, RuntimeDispatchInfo)
    details = ask(runtime, "TransactionPaymentCallApi_query_call_fee_details", data, FeeDetails)

    weight_fee = weight.ref_time // 2000 + (1 if weight.ref_time % 2000 > 1000 else 0)
    assert (info.weight, info.class_) == (weight, DispatchClass.Normal)
    assert details == FeeDetails(
        InclusionFee(TaoBalance(54_078), TaoBalance(100), TaoBalance(weight_fee)), TaoBalance(0)
    )
    assert info.partial_fee == details.total()


@pytest.mark.parametrize("api", ["TransactionPaymentApi", "TransactionPaymentCallApi"])
def test_prices_are_told(runtime: Taonet, api: str) -> None:
    weight = encode(Weight, Weight(224_051_000, 5))

    assert ask(runtime, f"{api}_query_weight_to_fee", weight, u64) == 112_025
    assert ask(runtime, f"{api}_query_length_to_fee", (144).to_bytes(4, "little"), u64) == 144


# -- authorities


def test_the_authorities_are_told(runtime: Taonet) -> None:
    one = key_of("One", "ed25519").public

    assert ask(runtime, "AuraApi_slot_duration", b"", u64) == 250
    assert ask(runtime, "AuraApi_authorities", b"", tuple[AuraId, ...]) == (key_of("One").public,)
    assert ask(runtime, "GrandpaApi_grandpa_authorities", b"", AuthorityList) == ((one, 1),)
    assert ask(runtime, "GrandpaApi_current_set_id", b"", u64) == 0


def test_there_are_no_proofs_of_key_ownership(runtime: Taonet) -> None:
    vote = bytes(32) + bytes(4) + bytes(64)
    proof = bytes(8) + b"\0" + bytes(8) + bytes(32) + vote + vote

    assert call_api(runtime, "GrandpaApi_generate_key_ownership_proof", bytes(40)) == b"\0"
    method = "GrandpaApi_submit_report_equivocation_unsigned_extrinsic"
    assert call_api(runtime, method, proof + b"\x04x") == b"\0"


@pytest.mark.parametrize("uri", ["//Alice", "//Bob//stash", "0x" + "ab" * 32])
def test_session_keys_are_those_of_a_secret_uri(runtime: Taonet, uri: str) -> None:
    keys: bytes = ask(runtime, "SessionKeys_generate_session_keys", encode(bytes | None, uri.encode()), bytes)

    assert keys == Keypair.from_uri(uri).public + Keypair.from_uri(uri, "ed25519").public


@pytest.mark.parametrize("seed", [b"", b"alice", b"//", b"/soft", "//²".encode(), b"//" + b"9" * 5000, b"\xff\xfe"])
def test_any_seed_is_answered(runtime: Taonet, seed: bytes) -> None:
    keys: bytes = ask(runtime, "SessionKeys_generate_session_keys", encode(bytes | None, seed), bytes)

    assert len(keys) in (0, 64)


def test_session_keys_without_a_seed_depend_on_the_block_before(chain: Chain) -> None:
    chain.advance()
    first = call_api(chain.at_head(), "SessionKeys_generate_session_keys", b"\0")
    assert first == call_api(chain.at_head(), "SessionKeys_generate_session_keys", b"\0")

    chain.advance()

    assert first != call_api(chain.at_head(), "SessionKeys_generate_session_keys", b"\0")


def test_session_keys_are_taken_apart(runtime: Taonet) -> None:
    hint = tuple[tuple[bytes, KeyTypeId], ...] | None
    keys = bytes(range(64))

    assert ask(runtime, "SessionKeys_decode_session_keys", encode(bytes, keys), hint) == (
        (keys[:32], FourBytes(b"aura")),
        (keys[32:], FourBytes(b"gran")),
    )
    for size in (0, 63, 65):
        assert ask(runtime, "SessionKeys_decode_session_keys", encode(bytes, bytes(size)), hint) is None


# -- GenesisBuilder


def test_a_genesis_state_is_built_from_json(chain: Chain) -> None:
    runtime = Taonet(State.empty(), construct_of(Taonet, FAST))
    text = json.dumps(localnet_patch()).encode()

    assert call_api(runtime, "GenesisBuilder_build_state", encode(bytes, text)) == b"\0"
    assert snapshot(runtime.state) == snapshot(chain.at_head().state)


@pytest.mark.parametrize("text", [b"", b"[", b"\xff", b"[" * 100_000, b'{"balances": 1}', b'{"pallet": {}}'])
def test_a_genesis_that_cannot_be_built_is_told(text: bytes) -> None:
    runtime = Taonet(State.empty())

    with unchanged(runtime):
        answer = call_api(runtime, "GenesisBuilder_build_state", encode(bytes, text))

    assert answer[0] == 1
    assert decode(str, answer[1:])


def test_presets_are_told(runtime: Taonet) -> None:
    assert call_api(runtime, "GenesisBuilder_preset_names", b"") == b"\0"
    assert call_api(runtime, "GenesisBuilder_get_preset", b"\0")[:1] == b"\1"
    assert call_api(runtime, "GenesisBuilder_get_preset", b"\1\x0cdev") == b"\0"


def test_the_default_preset_is_a_genesis(runtime: Taonet) -> None:
    text = ask(runtime, "GenesisBuilder_get_preset", b"\0", bytes | None)

    config = parse_patch(text.decode())
    assert config.sudo == key_of("Alice").account
    assert config.aura == (AccountId(key_of("One").public),)


# -- OffchainWorkerApi


def test_nothing_runs_beside_the_chain(chain: Chain) -> None:
    runtime = chain.at_head()

    with unchanged(runtime):
        assert call_api(runtime, "OffchainWorkerApi_offchain_worker", chain.next_header().encode()) == b""


def test_headers_are_read_as_they_are_written(chain: Chain) -> None:
    header = chain.next_header()

    assert codec_of(Header).decode(header.encode(), 0) == (header, len(header.encode()))


def test_a_toy_has_no_such_thing_as_an_api() -> None:
    assert Toy.apis == ()
