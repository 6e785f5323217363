"""Babe, as a chain without it tells it."""

from __future__ import annotations

import pytest
from support.apis import question
from support.chain import make_runtime

from chain.block import Header
from chain.scale.hints import encode
from chain.types import H256, Digest, Slot
from runtime.apis.babe import BabeConfiguration, BabeId, Epoch, EquivocationProof
from runtime.frame.apis import call_api
from runtime.taonet import Taonet

NOTHING_VRF = "0100000000000000" + "0400000000000000"


@pytest.fixture(scope="module")
def runtime() -> Taonet:
    return make_runtime()


def test_there_are_no_authorities(runtime: Taonet) -> None:
    raw = call_api(runtime, "BabeApi_configuration", b"")

    assert raw.hex() == "00" * 16 + NOTHING_VRF + "00" + "00" * 32 + "02"
    assert question(runtime, "BabeApi_configuration") == BabeConfiguration()


@pytest.mark.parametrize("method", ["current_epoch", "next_epoch"])
def test_epochs_are_empty(runtime: Taonet, method: str) -> None:
    assert call_api(runtime, f"BabeApi_{method}", b"").hex() == "00" * 24 + "00" + "00" * 32 + NOTHING_VRF + "02"
    assert question(runtime, f"BabeApi_{method}") == Epoch()


def test_the_first_slot_is_0(runtime: Taonet) -> None:
    assert question(runtime, "BabeApi_current_epoch_start") == 0


def test_nobody_owns_a_key_or_is_reported(runtime: Taonet) -> None:
    header = Header(H256(bytes(32)), 1, H256(bytes(32)), H256(bytes(32)), Digest(()))
    proof = EquivocationProof(BabeId(bytes(32)), Slot(1), header, header)

    assert question(runtime, "BabeApi_generate_key_ownership_proof", 1, bytes(32)) is None
    assert question(runtime, "BabeApi_submit_report_equivocation_unsigned_extrinsic", proof, b"") is None
    assert len(encode(EquivocationProof, proof)) == 40 + 2 * len(header.encode())
