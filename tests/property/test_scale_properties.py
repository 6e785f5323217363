"""Laws of SCALE: what is written is read back, and bytes that are no encoding are only ever refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import Chain, key_of, make_runtime
from support.scale import calls_of, hints, values_of

from chain.block import Block, Header
from chain.errors import DecodeError
from chain.scale.codec import Codec
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.hints import Codecs, codec_of, decode
from chain.types import Digest, Era, MultiAddress, MultiSignature, RuntimeVersion
from runtime.code import RuntimeCode
from runtime.pallets.system import EventRecord

CONSTRUCT = make_runtime().construct
CALL = CONSTRUCT.call
PLAIN: dict[str, Any] = {
    "header": codec_of(Header),
    "digest": codec_of(Digest),
    "address": codec_of(MultiAddress),
    "signature": codec_of(MultiSignature),
    "version": codec_of(RuntimeVersion),
    "era": codec_of(Era),
    "event": CONSTRUCT.event,
    "events": CONSTRUCT.codecs.of(tuple[EventRecord, ...]),
    "error": CONSTRUCT.dispatch_error,
}


def storage() -> dict[str, Codec]:
    """The codec of each storage item, and of each of its keys."""
    found: dict[str, Codec] = {}
    for wire in CONSTRUCT.wire:
        for section in wire.sections:
            for name, accessor in CONSTRUCT.accessors[section].items():
                found[f"{wire.name}.{name}"] = accessor.value
                found |= {f"{wire.name}.{name} key {n}": codec for n, (codec, _) in enumerate(accessor.keys)}
    return found


def interfaces() -> dict[str, Codec]:
    """The codec of each argument and result of the runtime's APIs."""
    found: dict[str, Codec] = {}
    for api in CONSTRUCT.cls.apis:
        for method in api.methods(CONSTRUCT.codecs):
            found[f"{api.__name__}_{method.name}"] = method.result
            found |= {f"{api.__name__}_{method.name} {name}": codec for name, codec in method.arguments}
    return found


ALL: dict[str, Codec] = PLAIN | {"call": CALL} | storage() | interfaces()
CALLS = {f"{b.pallet}.{b.name}": b for codec in CONSTRUCT.calls.values() for b in codec.calls}


def only_decode_errors(codec: Codec, raw: bytes) -> None:
    """Whatever the bytes: a value, which can be written again, or DecodeError."""
    with suppress(DecodeError):
        value, end = codec.decode(raw, 0)
        assert 0 <= end <= len(raw)
        codec.encode(value)


def mutations(raw: bytes) -> st.SearchStrategy[bytes]:
    """`raw` with a byte changed, a part left out or put in, or its end cut off."""
    at = st.integers(0, max(len(raw) - 1, 0))
    return st.one_of(
        st.tuples(at, st.integers(0, 255)).map(lambda p: raw[: p[0]] + bytes([p[1]]) + raw[p[0] + 1 :]),
        st.tuples(at, at).map(lambda p: raw[: min(p)] + raw[max(p) :]),
        st.tuples(at, st.binary(max_size=5)).map(lambda p: raw[: p[0]] + p[1] + raw[p[0] :]),
        at.map(lambda n: raw[:n]),
        st.tuples(at, st.sampled_from([b"\xff" * 8, b"\x03\xff\xff\xff\xff", b"\xfe\xff\xff\xff", bytes(9)])).map(
            lambda p: raw[: p[0]] + p[1] + raw[p[0] + len(p[1]) :]
        ),
    )


# -- round trips


@given(st.data())
def test_values_of_random_types_are_read_back(data: st.DataObject) -> None:
    codec = Codecs().of(data.draw(hints(), "hint"))
    value = data.draw(values_of(codec), "value")

    raw = codec.encode(value)

    assert codec.decode(b"xyz" + raw + b"tail", 3) == (value, 3 + len(raw))
    assert len(raw) >= codec.min_size


@given(st.integers(0, (1 << 536) - 1))
def test_compacts_are_read_back(number: int) -> None:
    raw = encode_compact(number)

    assert decode_compact(raw + b"tail", 0) == (number, len(raw))


@given(st.binary(min_size=1, max_size=70))
def test_a_compact_that_is_read_is_the_shortest(raw: bytes) -> None:
    with suppress(DecodeError):
        number, end = decode_compact(raw, 0)
        assert encode_compact(number) == raw[:end]


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=15)
@given(data=st.data())
def test_values_of_every_type_of_the_runtime_are_read_back(name: str, data: st.DataObject) -> None:
    strategy = values_of(ALL[name])
    if strategy.is_empty:
        return
    value = data.draw(strategy)

    raw = ALL[name].encode(value)

    again, end = ALL[name].decode(raw, 0)
    assert end == len(raw)
    assert ALL[name].encode(again) == raw


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=10)
@given(data=st.data())
def test_every_call_is_read_back(name: str, data: st.DataObject) -> None:
    arguments = [values_of(f.codec, 2) for f in CALLS[name].fields]
    if any(strategy.is_empty for strategy in arguments):
        return
    values = data.draw(st.tuples(*arguments))
    raw = bytes([CALLS[name].pallet_index, CALLS[name].definition.index]) + b"".join(
        f.codec.encode(v) for f, v in zip(CALLS[name].fields, values, strict=True)
    )

    made, end = CALL.decode(raw, 0)

    assert (made.bound, made.args, end) == (CALLS[name], values, len(raw))
    assert CALL.encode(made) == raw


# -- fuzz


@given(st.data())
def test_whatever_the_bytes_a_random_type_only_refuses_them(data: st.DataObject) -> None:
    codec = Codecs().of(data.draw(hints(), "hint"))

    only_decode_errors(codec, data.draw(st.binary(max_size=60), "bytes"))


@given(st.data())
def test_a_changed_encoding_of_a_random_type_is_only_refused(data: st.DataObject) -> None:
    codec = Codecs().of(data.draw(hints(), "hint"))
    raw = codec.encode(data.draw(values_of(codec), "value"))

    only_decode_errors(codec, data.draw(mutations(raw), "mutation"))


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=25)
@given(data=st.data())
def test_whatever_the_bytes_no_type_of_the_runtime_does_anything_else(name: str, data: st.DataObject) -> None:
    codec, strategy = ALL[name], values_of(ALL[name])
    if strategy.is_empty or data.draw(st.booleans()):
        only_decode_errors(codec, data.draw(st.binary(max_size=200)))
    else:
        only_decode_errors(codec, data.draw(mutations(codec.encode(data.draw(strategy)))))


@settings(max_examples=300)
@given(st.data())
def test_changed_calls_are_only_refused(data: st.DataObject) -> None:
    raw = CALL.encode(data.draw(calls_of(CALL, 3)))

    only_decode_errors(CALL, data.draw(mutations(raw)))


def valid_extrinsics() -> list[bytes]:
    chain, alice = Chain(), key_of("Alice")
    runtime = chain.begin()
    return [
        chain.sign(alice, "System.remark", remark=b"hello"),
        chain.sign(alice, "Balances.transfer_keep_alive", dest=key_of("Bob"), value=10**9, era=Era.mortal(64, 1)),
        chain.sign(alice, "Utility.batch", calls=(runtime.find_call("System", "remark", remark=b""),) * 3),
        *chain.inherents(runtime),
    ]


EXTRINSICS = valid_extrinsics()
BLOCK = Chain().build(*EXTRINSICS[:1]).block.encode()


def with_length(body: bytes) -> bytes:
    return encode_compact(len(body)) + body


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(with_length),
        st.sampled_from(EXTRINSICS).flatmap(mutations),
        st.sampled_from(EXTRINSICS)
        .flatmap(lambda raw: mutations(raw[2:] if raw[0] & 3 == 1 else raw[1:]))
        .map(with_length),
    )
)
def test_whatever_the_bytes_an_extrinsic_is_read_or_refused(raw: bytes) -> None:
    with suppress(DecodeError):
        found = CONSTRUCT.format.decode(raw)
        assert found.raw == raw
        assert CALL.encode(found.call) == found.call_bytes


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=300), mutations(BLOCK)))
def test_whatever_the_bytes_a_block_is_read_or_refused(raw: bytes) -> None:
    with suppress(DecodeError):
        assert Block.decode(raw).encode() == raw
    with suppress(DecodeError):
        assert codec_of(Header).encode(decode(Header, raw)) == raw


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=80), mutations(RuntimeCode("node-subtensor", 425, {"A.b": 1}, "x").encode())))
def test_whatever_the_bytes_a_runtime_description_is_read_or_not(raw: bytes) -> None:
    described = RuntimeCode.parse(raw)

    assert described is None or RuntimeCode.parse(described.encode()) == described
