"""Our codecs against scalecodec, in both directions, and our metadata as scalecodec reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import key_of, make_runtime
from support.scale import calls_of, eras, values_of

from chain.scale.hints import (
    Bounded,
    Compact,
    Fixed,
    codec_of,
    i8,
    i16,
    i32,
    i64,
    i128,
    u8,
    u16,
    u32,
    u64,
    u128,
    u256,
)
from chain.types import Era, Id
from runtime.frame.metadata import encode_metadata
from runtime.frame.storage import Setting

scalecodec = pytest.importorskip("scalecodec")
from scalecodec.base import RuntimeConfigurationObject, ScaleBytes  # noqa: E402
from scalecodec.type_registry import load_type_registry_preset  # noqa: E402

RUNTIME = make_runtime()


def make_config() -> Any:
    config = RuntimeConfigurationObject(ss58_format=42)
    config.update_type_registry(load_type_registry_preset("core"))
    return config


PLAIN = make_config()


def theirs_of(name: str) -> Any:
    return PLAIN.create_scale_object(name)


def written_by_them(name: str, value: Any) -> bytes:
    return bytes(theirs_of(name).encode(value).data)


def read_by_them(name: str, raw: bytes) -> Any:
    made = PLAIN.create_scale_object(name, ScaleBytes(raw))
    value = made.decode()
    assert made.data.get_remaining_length() == 0
    return value


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


SAME: dict[str, Any] = {
    "u8": u8,
    "u16": u16,
    "u32": u32,
    "u64": u64,
    "u128": u128,
    "u256": u256,
    "i8": i8,
    "i16": i16,
    "i32": i32,
    "i64": i64,
    "i128": i128,
    "bool": bool,
    "Compact<u8>": Compact[u8],
    "Compact<u16>": Compact[u16],
    "Compact<u32>": Compact[u32],
    "Compact<u64>": Compact[u64],
    "Compact<u128>": Compact[u128],
    "Option<u32>": u32 | None,
    "Option<bool>": bool | None,
}
"""Types whose values are the same in both libraries."""
SEQUENCES: dict[str, Any] = {
    "Vec<u16>": tuple[u16, ...],
    "Vec<bool>": tuple[bool, ...],
    "Vec<Compact<u32>>": tuple[Compact[u32], ...],
    "[u32; 3]": Annotated[tuple[u32, ...], Fixed(3)],
    "Vec<Option<u8>>": tuple[u8 | None, ...],
}
TUPLES: dict[str, Any] = {"(u8, u32)": tuple[u8, u32], "(bool, Compact<u64>, u16)": tuple[bool, Compact[u64], u16]}
BYTES: dict[str, Any] = {"[u8; 4]": Annotated[bytes, Fixed(4)], "H256": Annotated[bytes, Fixed(32)]}


@pytest.mark.parametrize("name", SAME)
@given(data=st.data())
def test_plain_values(name: str, data: st.DataObject) -> None:
    codec = codec_of(SAME[name])
    value = data.draw(values_of(codec))

    raw = codec.encode(value)

    assert raw == written_by_them(name, value)
    assert read_by_them(name, raw) == value


@pytest.mark.parametrize("name", SEQUENCES)
@settings(max_examples=40)
@given(data=st.data())
def test_sequences(name: str, data: st.DataObject) -> None:
    codec = codec_of(SEQUENCES[name])
    value = data.draw(values_of(codec))

    raw = codec.encode(value)

    assert raw == written_by_them(name, list(value))
    assert tuple(read_by_them(name, raw)) == value


@pytest.mark.parametrize("name", TUPLES)
@settings(max_examples=40)
@given(data=st.data())
def test_tuples(name: str, data: st.DataObject) -> None:
    codec = codec_of(TUPLES[name])
    value = data.draw(values_of(codec))

    raw = codec.encode(value)

    assert raw == written_by_them(name, value)
    assert tuple(read_by_them(name, raw)) == value


@pytest.mark.parametrize("name", BYTES)
@settings(max_examples=40)
@given(data=st.data())
def test_bytes_of_fixed_size(name: str, data: st.DataObject) -> None:
    codec = codec_of(BYTES[name])
    value = data.draw(values_of(codec))

    assert codec.encode(value) == written_by_them(name, hexed(value))
    assert read_by_them(name, codec.encode(value)) == hexed(value)


@given(st.binary(max_size=200))
def test_bytes(value: bytes) -> None:
    assert codec_of(bytes).encode(value) == written_by_them("Bytes", hexed(value))


@given(st.text(max_size=100))
def test_text(text: str) -> None:
    raw = codec_of(str).encode(text)

    assert read_by_them("Text", raw) == text


@given(st.dictionaries(st.integers(0, 255), st.integers(0, 65_535), max_size=5))
def test_maps(value: dict[int, int]) -> None:
    raw = codec_of(Mapping[u8, u16]).encode(value)

    assert raw == written_by_them("BTreeMap<u8, u16>", sorted(value.items()))
    assert dict(read_by_them("BTreeMap<u8, u16>", raw)) == value


@given(st.frozensets(st.integers(0, 65_535), max_size=5))
def test_sets(value: frozenset[int]) -> None:
    raw = codec_of(frozenset[u16]).encode(value)

    assert raw == written_by_them("Vec<u16>", sorted(value))
    assert codec_of(frozenset[u16]).decode(raw, 0)[0] == value


@given(eras())
def test_eras(era: Era) -> None:
    raw = codec_of(Era).encode(era)

    made = PLAIN.create_scale_object("Era", ScaleBytes(raw))
    made.decode()

    assert (made.period or 0, made.phase or 0) == (era.period, era.phase)
    if era.period and era.phase == 0:
        assert written_by_them("Era", {"period": era.period, "phase": 0}) == raw


@given(st.integers(2, 16), st.integers(0, 1 << 20))
def test_eras_of_a_block(bits: int, current: int) -> None:
    era = Era.mortal(1 << bits, current)
    theirs = PLAIN.create_scale_object("Era")

    raw = bytes(theirs.encode({"period": 1 << bits, "current": current}).data)

    assert codec_of(Era).encode(era) == raw
    assert (era.birth(current), era.death(current)) == (theirs.birth(current), theirs.death(current))


@given(st.lists(st.integers(0, (1 << 64) - 1), max_size=5))
def test_bounded_vectors(value: list[int]) -> None:
    codec = codec_of(Annotated[tuple[u64, ...], Bounded(5)])

    assert codec.encode(tuple(value)) == written_by_them("Vec<u64>", value)


# -- metadata


@pytest.fixture(scope="module")
def config() -> Any:
    """scalecodec with the types of our metadata; it reads version 14 only."""
    made = make_config()
    raw = encode_metadata(RUNTIME.construct, 14)
    metadata = made.create_scale_object("MetadataVersioned", ScaleBytes(raw))
    metadata.decode()
    assert metadata.data.get_remaining_length() == 0
    made.add_portable_registry(metadata)
    made.our_metadata = metadata
    return made


def test_metadata_lists_our_pallets(config: Any) -> None:
    pallets = {p.value["name"]: p for p in config.our_metadata.pallets}

    assert {w.name: w.index for w in RUNTIME.construct.wire} == {n: p.value["index"] for n, p in pallets.items()}
    for wire in RUNTIME.construct.wire:
        pallet = pallets[wire.name]
        items = {i.value["name"] for i in pallet.storage or ()}
        # scalecodec adds the key of the pallet's version on its own
        assert items - {":__STORAGE_VERSION__:"} == {n for s in wire.sections for n in s.storage}
        constants = {n for s in wire.sections for n, c in s.constants.items() if not isinstance(c, Setting)}
        assert {c.value["name"] for c in pallet.constants} == constants
        calls = RUNTIME.construct.calls.get(wire.index)
        assert [c.name for c in pallet.calls or ()] == [c.name for c in (calls.calls if calls else ())]
        assert {e.name for e in pallet.events or ()} == {n for s in wire.sections for n in s.events}
        errors = {getattr(e, "wire_name", n) for s in wire.sections for n, e in s.errors.items()}
        assert {e.name for e in pallet.errors or ()} == errors


def test_metadata_names_the_extensions_in_order(config: Any) -> None:
    (found,) = config.our_metadata.value[1].values()

    names = [e["identifier"] for e in found["extrinsic"]["signed_extensions"]]

    assert names == [e.identifier for e in RUNTIME.construct.extensions]


def call_value(config: Any, pallet: str, name: str, arguments: dict[str, Any]) -> bytes:
    made = config.create_scale_object("Call", metadata=config.our_metadata)
    made.encode({"call_module": pallet, "call_function": name, "call_args": arguments})
    return bytes(made.data.data)


def test_calls_that_they_compose_are_read_by_us(config: Any) -> None:
    bob, alice = key_of("Bob"), key_of("Alice")
    remark = {"call_module": "System", "call_function": "remark", "call_args": {"remark": "0x0102"}}
    ours: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        (
            "Balances",
            "transfer_keep_alive",
            {"dest": bob.address, "value": 10**12},
            {"dest": Id(bob.account), "value": 10**12},
        ),
        ("Timestamp", "set", {"now": 1 << 40}, {"now": 1 << 40}),
        ("Balances", "upgrade_accounts", {"who": [alice.address]}, {"who": (alice.account,)}),
        ("System", "set_storage", {"items": [("0x01", "0x02")]}, {"items": ((b"\1", b"\2"),)}),
        (
            "Sudo",
            "sudo_as",
            {"who": bob.address, "call": remark},
            {"who": Id(bob.account), "call": RUNTIME.find_call("System", "remark", remark=b"\1\2")},
        ),
        (
            "Utility",
            "batch_all",
            {"calls": [remark, remark]},
            {"calls": (RUNTIME.find_call("System", "remark", remark=b"\1\2"),) * 2},
        ),
    ]

    for pallet, name, theirs, arguments in ours:
        raw = call_value(config, pallet, name, theirs)
        made = RUNTIME.find_call(pallet, name, **arguments)
        assert RUNTIME.construct.call.decode(raw, 0) == (made, len(raw))
        assert RUNTIME.construct.call.encode(made) == raw


@settings(max_examples=60)
@given(data=st.data())
def test_calls_that_we_compose_are_read_by_them(config: Any, data: st.DataObject) -> None:
    # scalecodec reads a byte where the compact of nothing has none
    call = data.draw(calls_of(RUNTIME.construct.call, 1).filter(lambda c: "Index(" not in repr(c)))
    raw = RUNTIME.construct.call.encode(call)

    made = config.create_scale_object("Call", ScaleBytes(raw), metadata=config.our_metadata)
    value = made.decode()

    assert made.data.get_remaining_length() == 0
    assert (value["call_module"], value["call_function"]) == (call.bound.pallet, call.bound.name)
    assert [a["name"] for a in value["call_args"]] == [f.wire_name for f in call.bound.fields]


@settings(max_examples=60)
@given(data=st.data())
def test_events_that_we_write_are_read_by_them(config: Any, data: st.DataObject) -> None:
    codec = RUNTIME.construct.event
    event = data.draw(values_of(codec))

    made = config.create_scale_object(
        f"scale_info::{event_type_id(config)}", ScaleBytes(codec.encode(event)), metadata=config.our_metadata
    )
    value = made.decode()

    assert made.data.get_remaining_length() == 0
    assert value["event_id"] == type(event).__name__


def event_type_id(config: Any) -> int:
    """The number of the runtime's event in the metadata."""
    types = config.our_metadata.portable_registry["types"]
    return next(n for n, t in enumerate(types) if t.value["type"]["path"][-1:] == ["RuntimeEvent"])


def test_storage_defaults_are_read_by_them(config: Any) -> None:
    for pallet in config.our_metadata.pallets:
        for item in pallet.storage or ():
            if item.value["modifier"] == "Default":
                name = item.get_value_type_string()
                default = item.value_object["default"]
                raw, _ = codec_of(bytes).decode(bytes(default.data.data), default.data_start_offset or 0)
                made = config.create_scale_object(name, ScaleBytes(raw))
                made.decode()
                assert made.data.get_remaining_length() == 0


def test_constants_are_read_by_them(config: Any) -> None:
    found = {}
    for pallet in config.our_metadata.pallets:
        for constant in pallet.constants:
            made = config.create_scale_object(constant.type, ScaleBytes(constant.constant_value))
            found[f"{pallet.value['name']}.{constant.value['name']}"] = made.decode()

    assert found["Balances.ExistentialDeposit"] == 500
    assert found["System.SS58Prefix"] == 42
    assert found["Aura.SlotDuration"] == 250
    assert found["System.Version"]["spec_version"] == 425
