"""What a real local node at spec 419 sent and stored, against what this program makes of it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from support.chain import Terms, make_runtime, payload_of

from chain.block import Block, Header
from chain.hashing import blake2_256
from chain.keys import decode_ss58, encode_ss58, verify
from chain.scale.hints import codec_of, decode, encode
from chain.state import State
from chain.trie.root import ordered_root
from chain.types import H256, AccountId, BlockNumber, Bytes64, Digest, DigestItem, Era, Id, RuntimeVersion, Sr25519
from runtime.executive import EXTRINSICS_ROOT_VERSION
from runtime.extensions import Mode
from runtime.frame.apis import ask_api
from runtime.frame.weight import DispatchInfo, Weight
from runtime.pallets.multisig import multi_account
from runtime.pallets.system import AccountInfo, EventRecord
from runtime.taonet import Taonet
from runtime.units import NetUid

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "spec419.json").read_text())
NETWORK = GOLDEN["network"]


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


class Taonet419(Taonet):
    """The runtime under the version that the capture was made with."""

    version: RuntimeVersion = replace(Taonet.version, spec_version=NETWORK["spec_version"])


@pytest.fixture(scope="module")
def runtime() -> Taonet419:
    """The runtime of the capture, in the block that it was made in."""
    runtime = Taonet419(State.empty())
    runtime.system.Number = BlockNumber(5210)
    runtime.system.BlockHash[BlockNumber(0)] = H256(raw(NETWORK["genesis_hash"]))
    birth = next(p["era_birth_block_hash"] for p in GOLDEN["payloads"] if "era_birth_block_hash" in p)
    runtime.system.BlockHash[BlockNumber(Era.mortal(64, 5209).birth(5210))] = H256(raw(birth))
    return runtime


def era_of(recorded: Any) -> Era:
    return Era() if recorded == "00" else Era.mortal(recorded["period"], recorded["current"])


def named(cases: list[dict[str, Any]], *fields: str) -> Any:
    return [pytest.param(case, id=".".join(str(case[f]) for f in fields)) for case in cases]


# -- storage


@pytest.mark.parametrize("case", named(GOLDEN["storage"] + GOLDEN["values"], "pallet", "storage_function"))
def test_storage_keys(runtime: Taonet, case: dict[str, Any]) -> None:
    accessor = runtime.construct.accessor(case["pallet"], case["storage_function"])
    parts = [decode_ss58(p) if isinstance(p, str) else p for p in case["params"]]

    assert accessor.key(*parts).hex() == case["key_hex"][2:]


@pytest.mark.parametrize("case", named(GOLDEN["values"], "pallet", "storage_function"))
def test_stored_values_are_read_and_written(runtime: Taonet, case: dict[str, Any]) -> None:
    codec = runtime.construct.accessor(case["pallet"], case["storage_function"]).value
    stored = raw(case["raw_hex"])

    value, end = codec.decode(stored, 0)

    assert end == len(stored)
    assert codec.encode(value) == stored
    if isinstance(value, AccountInfo):
        recorded = case["decoded"]
        assert value.data.free == recorded["data"]["free"]
        assert (value.nonce, value.providers, value.data.flags) == (
            recorded["nonce"],
            recorded["providers"],
            recorded["data"]["flags"],
        )
    else:
        assert value == case["decoded"]


# -- calls


def arguments_of(runtime: Taonet, case: dict[str, Any]) -> dict[str, Any]:
    params = case["params"]
    match case["function"]:
        case "sudo":
            inner = params["call"]
            return {"call": runtime.find_call(inner["module"], inner["function"], remark=raw(inner["remark"]))}
        case "batch":
            ids = [s["public_key_hex"] for s in GOLDEN["ss58"]]
            transfers = [
                runtime.find_call("Balances", "transfer_keep_alive", dest=Id(AccountId(raw(ids[n]))), value=n)
                for n in (1, 2)
            ]
            return {"calls": tuple(transfers)}
        case "remark":
            return {"remark": raw(params["remark"])}
    return {"dest": Id(decode_ss58(params["dest"])), "value": params["value"]}


@pytest.mark.parametrize("case", named(GOLDEN["calls"], "module", "function"))
def test_calls(runtime: Taonet, case: dict[str, Any]) -> None:
    call = runtime.find_call(case["module"], case["function"], **arguments_of(runtime, case))

    assert runtime.construct.call.encode(call).hex() == case["data_hex"][2:]
    assert runtime.construct.call.decode(raw(case["data_hex"]), 0)[0] == call


# -- signing


@pytest.mark.parametrize("case", GOLDEN["payloads"])
def test_signature_payloads(runtime: Taonet, case: dict[str, Any]) -> None:
    era = era_of(case["era"])
    extrinsics, pipeline = runtime.construct.format, runtime.pipeline
    values = (era, case["nonce"], case["tip"], Mode.Disabled)

    explicit = extrinsics.encode_explicit(values)
    implicit = pipeline.signed_bytes(dict(zip(pipeline.explicit, values, strict=True)))

    assert (raw(case["call_data_hex"]) + explicit + implicit).hex() == case["payload_hex"][2:]


@pytest.mark.parametrize("case", GOLDEN["payloads"])
def test_the_payloads_of_our_own_tests_are_right_too(case: dict[str, Any]) -> None:
    genesis = raw(NETWORK["genesis_hash"])
    birth = raw(case.get("era_birth_block_hash", NETWORK["genesis_hash"]))
    terms = Terms(NETWORK["spec_version"], NETWORK["transaction_version"], genesis, birth)

    _, message = payload_of(raw(case["call_data_hex"]), era_of(case["era"]), case["nonce"], case["tip"], terms)

    assert message.hex() == case["payload_hex"][2:]


@pytest.mark.parametrize("case", GOLDEN["extrinsics"])
def test_extrinsics(runtime: Taonet, case: dict[str, Any]) -> None:
    extrinsics = runtime.construct.format
    values = (era_of(case["era"]), case["nonce"], case["tip"], Mode.Disabled)
    account, signature = AccountId(raw(case["public_key_hex"])), Sr25519(Bytes64(raw(case["signature_hex"])))

    made = extrinsics.encode_signed(account, signature, extrinsics.encode_explicit(values), raw(case["call_data_hex"]))
    found = extrinsics.decode(raw(case["extrinsic_hex"]))

    assert made.hex() == case["extrinsic_hex"][2:]
    assert (found.address, found.signature, found.extensions) == (Id(account), signature, values)
    assert found.hash.hex() == case["extrinsic_hash"][2:]


# -- events


def test_events_are_read_and_written(runtime: Taonet) -> None:
    codec = runtime.construct.codecs.of(tuple[EventRecord, ...])
    stored = raw(GOLDEN["events"]["raw_hex"])

    records, end = codec.decode(stored, 0)

    assert end == len(stored)
    assert codec.encode(records) == stored
    recorded = GOLDEN["events"]["decoded"]
    assert [type(r.event).__name__ for r in records] == [e["event"] for e in recorded]
    assert [getattr(r.phase, "value", None) for r in records] == [e["extrinsic"] for e in recorded]
    for record, expected in zip(records, recorded, strict=True):
        for name, value in expected["attributes"].items():
            found = getattr(record.event, {"from": "from_"}.get(name, name))
            if isinstance(found, bytes):
                found = encode_ss58(found)
            if name == "dispatch_info":
                shown = {"ref_time": found.weight.ref_time, "proof_size": found.weight.proof_size}
                found = {"weight": shown, "class": found.class_.name, "pays_fee": found.pays_fee.name}
            assert found == value, (record, name)


# -- fee


def test_the_fee_of_the_receipt(runtime: Taonet) -> None:
    weight = GOLDEN["receipt"]["weight"]
    signed = raw(GOLDEN["block"]["extrinsics"][GOLDEN["receipt"]["extrinsic"]])

    fee = runtime.transaction_payment.fee(len(signed), DispatchInfo(Weight(**weight)), 0)

    assert fee == GOLDEN["receipt"]["fee"] == 161_247


# -- the block


def header_of(recorded: dict[str, Any]) -> Header:
    logs = tuple(decode(DigestItem, raw(log)) for log in recorded["digest"]["logs"])
    return Header(
        H256(raw(recorded["parentHash"])),
        int(recorded["number"], 16),
        H256(raw(recorded["stateRoot"])),
        H256(raw(recorded["extrinsicsRoot"])),
        Digest(logs),
    )


def test_the_header_has_the_hash_of_the_block() -> None:
    header = header_of(GOLDEN["block"]["header"])

    assert header.hash().hex() == GOLDEN["block"]["hash"][2:]
    assert decode(Header, header.encode()) == header
    for item, log in zip(header.digest.logs, GOLDEN["block"]["header"]["digest"]["logs"], strict=True):
        assert encode(DigestItem, item) == raw(log)


def test_the_extrinsics_root_of_the_block() -> None:
    extrinsics = [raw(e) for e in GOLDEN["block"]["extrinsics"]]

    root = ordered_root(extrinsics, EXTRINSICS_ROOT_VERSION)

    assert root.hex() == GOLDEN["block"]["header"]["extrinsicsRoot"][2:]
    assert [blake2_256(e).hex() for e in extrinsics] == [h[2:] for h in GOLDEN["block"]["extrinsic_hashes"]]


def test_the_block_is_read_and_written() -> None:
    block = Block(header_of(GOLDEN["block"]["header"]), tuple(raw(e) for e in GOLDEN["block"]["extrinsics"]))

    assert Block.decode(block.encode()) == block


def test_the_slot_of_the_block_is_that_of_its_time(runtime: Taonet) -> None:
    header = header_of(GOLDEN["block"]["header"])
    call = runtime.construct.format.decode(raw(GOLDEN["block"]["extrinsics"][0])).call

    slot = int.from_bytes(header.pre_runtime(b"aura") or b"", "little")

    assert call.is_("Timestamp", "set")
    assert call.argument("now") // 250 == slot


def test_the_seal_of_the_block_is_of_its_author() -> None:
    unsealed, seal = header_of(GOLDEN["block"]["header"]).without_seal()
    paid = next(e for e in reversed(GOLDEN["events"]["decoded"]) if e["event"] == "Deposit")

    assert seal is not None
    # the fee went to the author's account, which is the key that sealed
    author = decode_ss58(paid["attributes"]["who"])
    assert verify(Sr25519(Bytes64(seal.data)), unsealed.hash(), author)


def test_the_signed_extrinsic_of_the_block_is_taken_apart(runtime: Taonet) -> None:
    found = runtime.construct.format.decode(raw(GOLDEN["block"]["extrinsics"][2]))

    assert found.call.is_("Balances", "transfer_keep_alive")
    assert found.extensions[1:] == (2, 0, Mode.Disabled)


# -- runtime calls


def recorded_answer(method: str) -> dict[str, Any]:
    """The recorded call of an API method."""
    found: dict[str, Any] = next(c for c in GOLDEN["runtime_calls"] if c["method"] == method)
    return found


@pytest.mark.parametrize("case", named(GOLDEN["runtime_calls"], "api", "method"))
def test_answers_of_runtime_apis_are_read_and_written(runtime: Taonet, case: dict[str, Any]) -> None:
    api = next(a for a in runtime.apis if a.__name__ == case["api"])
    method = next(m for m in api.methods(runtime.construct.codecs) if m.name == case["method"])
    params = [decode_ss58(p) if isinstance(p, str) else p for p in case["params"]]
    answer = raw(case["raw_hex"])

    value, end = method.result.decode(answer, 0)

    assert end == len(answer)
    assert method.result.encode(value) == answer
    asked = b"".join(codec.encode(p) for (_, codec), p in zip(method.arguments, params, strict=True))
    assert asked.hex() == case["encoded_params_hex"]
    ensure_told(value, case["decoded"])


def ensure_told(value: Any, decoded: Any) -> None:
    """A value of ours is what the real client made of the same bytes."""
    if isinstance(decoded, dict):
        assert [f.name for f in fields(value)] == list(decoded)
        for name, part in decoded.items():
            ensure_told(getattr(value, name), part)
    elif isinstance(decoded, list):
        for ours, theirs in zip(value, decoded, strict=True):
            ensure_told(ours, theirs)
    else:
        assert (encode_ss58(value) if isinstance(value, bytes) else value) == decoded


def test_the_genesis_answers_as_the_real_node_once_its_only_neuron_is_judged() -> None:
    # by block 5211 an epoch had made it inactive and given it a permit; here both are written by hand
    first, runtime = NetUid(1), make_runtime()
    runtime.neurons.Active[first], runtime.neurons.ValidatorPermit[first] = (False,), (True,)

    answer = ask_api(runtime, "NeuronInfoRuntimeApi_get_neurons_lite", first)

    assert answer.hex() == recorded_answer("get_neurons_lite")["raw_hex"][2:]


def test_the_genesis_has_the_hyperparameters_of_the_real_node_with_the_cutoff_of_spec_419() -> None:
    # 5000 blocks then; thousandths of a tempo of 100 blocks now
    first, runtime = NetUid(1), make_runtime()
    runtime.parameters.ActivityCutoffFactorMilli[first] = 50_000

    answer = ask_api(runtime, "SubnetInfoRuntimeApi_get_subnet_hyperparams", first)

    assert answer.hex() == recorded_answer("get_subnet_hyperparams")["raw_hex"][2:]


def test_the_genesis_has_the_stake_that_the_real_node_told() -> None:
    case = recorded_answer("get_stake_info_for_hotkey_coldkey_netuid")
    hotkey, coldkey, netuid = case["params"]

    answer = ask_api(
        make_runtime(), f"{case['api']}_{case['method']}", decode_ss58(hotkey), decode_ss58(coldkey), netuid
    )

    assert answer.hex() == case["raw_hex"][2:]


# -- addresses, constants


@pytest.mark.parametrize("case", GOLDEN["ss58"])
def test_addresses(case: dict[str, Any]) -> None:
    assert encode_ss58(raw(case["public_key_hex"]), NETWORK["ss58_format"]) == case["address"]
    assert decode_ss58(case["address"]).hex() == case["public_key_hex"][2:]


@pytest.mark.parametrize("case", GOLDEN["multisig"], ids=lambda case: case["ss58_address"])
def test_addresses_of_accounts_with_several_owners(case: dict[str, Any]) -> None:
    owners = tuple(sorted(decode_ss58(who) for who in case["signatories"]))

    assert encode_ss58(multi_account(owners, case["threshold"])) == case["ss58_address"]


@pytest.mark.parametrize("case", GOLDEN["constants"])
def test_constants(case: dict[str, Any]) -> None:
    from support.chain import FAST

    from runtime.frame.construct import construct_of

    runtime = Taonet(State.empty(), construct_of(Taonet, FAST))
    wire = next(w for w in runtime.construct.wire if w.name == case["module"])
    section = next(s for s in wire.sections if case["name"] in s.constants)

    assert getattr(runtime.sections[section], case["name"]) == case["decoded"]


def test_the_version_of_the_capture(runtime: Taonet419) -> None:
    assert runtime.system.Version.spec_version == 419
    assert codec_of(RuntimeVersion).encode(runtime.system.Version)[30:]
