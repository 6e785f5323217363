"""What benchmarks share: blocks made and signed by hand, and the time of one sr25519 verification, about 35 us here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from support.chain import Terms, key_of, payload_of

from chain.block import Block, Header
from chain.blockchain import Blockchain
from chain.keys import Keypair, verify
from chain.seal import seal
from chain.types import H256, ZERO_HASH, Digest, Era
from runtime.executive import pre_runtime_slot
from runtime.frame.call import RuntimeCall
from runtime.frame.construct import construct_of
from runtime.taonet import PRESETS, SPEC_VERSION, Taonet

CONSTRUCT = construct_of(Taonet, PRESETS["fast"])
NOW_MS = 1_800_000_000_000


def best_of(rounds: int, work: Callable[[], Any]) -> float:
    """The least time in seconds: what the machine needs when nobody disturbs it."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def verifications(count: int) -> float:
    """Seconds for this many signature checks."""
    signer = key_of("Alice")
    signature = signer.sign(b"yardstick")
    return best_of(3, lambda: [verify(signature, b"yardstick", signer.account) for _ in range(count)])


def signed(signer: Keypair, genesis: H256, nonce: int, path: str, *arguments: Any) -> bytes:
    """The call `Pallet.name` as an immortal extrinsic."""
    pallet, _, name = path.partition(".")
    call = CONSTRUCT.call.encode(RuntimeCall(CONSTRUCT.call.find(pallet, name), arguments))
    explicit, message = payload_of(call, Era(), nonce, 0, Terms(SPEC_VERSION, 1, genesis, genesis))
    return CONSTRUCT.format.encode_signed(signer.account, signer.sign(message), explicit, call)


def author(chain: Blockchain, extrinsics: list[bytes]) -> tuple[Block, Taonet]:
    """The block after the best one, sealed by its authority, and the runtime that made it. Every call succeeds.

    The runtime is borrowed, as an author's is.
    """
    parent = chain.best
    runtime = chain.borrow(parent.hash)
    assert isinstance(runtime, Taonet)
    now = NOW_MS + 250 * parent.number
    digest = Digest((pre_runtime_slot(now // 250),))
    runtime.initialize_block(Header(parent.hash, parent.number + 1, ZERO_HASH, ZERO_HASH, digest))
    body = [*runtime.inherent_extrinsics({b"timstap0": now.to_bytes(8, "little")}), *extrinsics]
    outcomes = [runtime.apply_extrinsic(raw) for raw in body]
    assert all(outcome.error is None for outcome in outcomes)
    return Block(seal(runtime.finalize_block(), key_of("One")), tuple(body)), runtime
