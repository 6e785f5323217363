"""The MEV shield: keys move on block by block, ciphertexts have parts, stored calls leave in the next block."""

from __future__ import annotations

from typing import Any

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt
from pqcrypto.kem import ml_kem_768
from support.chain import (
    ROOT,
    Chain,
    bare,
    call,
    dispatch,
    emits,
    encoded,
    events,
    key_of,
    localnet_patch,
    refused,
    reverts,
    sign,
    unchanged,
)

from chain.hashing import blake2_256, twox_128
from chain.scale.hints import encode
from chain.types import AccountId, BlockNumber, Era
from runtime.frame.apis import UncheckedExtrinsic, call_api
from runtime.frame.errors import BadOrigin
from runtime.frame.weight import DispatchClass
from runtime.pallets.mev_shield.ciphertext import ShieldedTransaction, parse, unshield
from runtime.pallets.mev_shield.pallet import IDENTIFIER, EncryptedCall, MevShield, ShieldEncKey
from runtime.taonet import Taonet

ALICE, BOB = key_of("Alice"), key_of("Bob")
LENGTH = 1184


def key(number: int) -> bytes:
    return bytes([number]) * LENGTH


def seal(public: bytes, plain: bytes, nonce: bytes = bytes(24)) -> bytes:
    """What a client sends: `plain` encrypted for a key."""
    kem, secret = ml_kem_768.encaps(public)
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(plain, None, nonce, secret)
    return twox_128(public) + len(kem).to_bytes(2, "little") + kem + nonce + sealed


class Authors(Chain):
    """A chain whose authors announce the keys that a test gives."""

    announced: bytes | None = None

    def inherents(self, runtime: Taonet, now_ms: int | None = None) -> list[bytes]:
        now = self.time_of() if now_ms is None else now_ms
        told = encode(ShieldEncKey | None, self.announced)
        return list(runtime.inherent_extrinsics({b"timstap0": now.to_bytes(8, "little"), IDENTIFIER: told}))

    def announce(self, announced: bytes | None) -> MevShield:
        self.announced = announced
        self.advance()
        return self.at_head().mev_shield


# -- keys


def test_a_key_is_of_use_two_blocks_after_it_was_announced() -> None:
    chain = Authors()

    first = chain.announce(key(1))
    assert (first.CurrentKey, first.PendingKey, first.NextKey) == (None, None, None)
    second = chain.announce(key(2))
    assert (second.CurrentKey, second.PendingKey, second.NextKey) == (None, None, key(1))
    third = chain.announce(key(3))
    assert (third.CurrentKey, third.PendingKey, third.NextKey) == (None, key(1), key(2))
    fourth = chain.announce(key(4))
    assert (fourth.CurrentKey, fourth.PendingKey, fourth.NextKey) == (key(1), key(2), key(3))
    assert third.is_shielded_using_current_key(twox_128(key(1)))
    assert not third.is_shielded_using_current_key(twox_128(key(2)))


def test_keys_say_until_when_they_are_of_use() -> None:
    chain = Authors()
    chain.announce(key(1))

    second = chain.announce(key(2))
    assert (second.NextKeyExpiresAt, second.PendingKeyExpiresAt) == (5, None)
    third = chain.announce(key(3))
    assert (third.NextKeyExpiresAt, third.PendingKeyExpiresAt) == (6, 5)


def test_an_author_without_a_key_is_not_encrypted_for() -> None:
    chain = Authors()
    chain.announce(key(1))

    assert chain.announce(None).NextKey == key(1)
    shield = chain.announce(key(3))

    assert (shield.NextKey, shield.PendingKey, shield.NextKeyExpiresAt) == (None, key(1), None)


def test_each_author_has_a_key_and_the_next_key_is_of_the_author_after_the_next() -> None:
    chain = Authors(localnet_patch(authorities=("One", "Two", "Three")))

    for number in range(1, 5):
        shield = chain.announce(key(number))

    assert len(list(shield.AuthorKeys)) == 3
    assert shield.NextKey == key(3)  # announced by the author of slot + 2, one turn ago


def test_a_key_of_another_length_is_refused_and_moves_nothing() -> None:
    chain = Authors()
    chain.announce(key(1))
    chain.announced = b"short"

    built = chain.advance()

    assert [outcome.error for outcome in built.outcomes] == []
    failed = next(r.event for r in built.events if isinstance(r.event, built.runtime.system.ExtrinsicFailed))
    assert failed.dispatch_error == MevShield.BadEncKeyLen()
    assert failed.dispatch_info.class_ is DispatchClass.Normal
    assert chain.at_head().mev_shield.NextKey is None


def test_only_an_author_announces_a_key(runtime: Taonet) -> None:
    for who in (ALICE, ROOT):
        with unchanged(runtime), reverts(BadOrigin):
            dispatch(runtime, who, "MevShield.announce_next_key", enc_key=None)
    raw = bare(runtime, call(runtime, "MevShield.announce_next_key", enc_key=None))
    with refused("NoUnsignedValidator"):
        runtime.validate_transaction("External", raw, bytes(32))  # type: ignore[arg-type]


def test_a_key_is_announced_before_other_extrinsics() -> None:
    chain = Authors()
    runtime = chain.begin()
    runtime.apply_extrinsic(sign(runtime, ALICE, call(runtime, "System.remark", remark=b"")))

    with refused("BadMandatory"):
        runtime.apply_extrinsic(bare(runtime, call(runtime, "MevShield.announce_next_key", enc_key=key(1))))


# -- encrypted extrinsics


def test_a_ciphertext_falls_into_its_parts() -> None:
    whole = b"k" * 16 + (4).to_bytes(2, "little") + b"kem!" + b"n" * 24 + b"sealed"

    assert parse(whole) == ShieldedTransaction(b"k" * 16, b"kem!", b"sealed", b"n" * 24)
    assert parse(b"k" * 16 + bytes(2) + b"n" * 24 + b"s") == ShieldedTransaction(b"k" * 16, b"", b"s", b"n" * 24)
    for end in range(len(whole) - len(b"sealed") + 1):
        assert parse(whole[:end]) is None


def test_only_the_right_key_opens_an_unchanged_ciphertext() -> None:
    public, secret = ml_kem_768.keygen()
    sealed = seal(public, b"plain text")
    shielded = parse(sealed)
    assert shielded is not None

    assert unshield(secret, shielded) == b"plain text"
    assert unshield(ml_kem_768.keygen()[1], shielded) is None
    assert unshield(b"no key", shielded) is None
    for at in (20, 16 + 2 + 1088, len(sealed) - 1):
        changed = parse(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        assert changed is not None
        assert unshield(secret, changed) is None


def test_a_submission_is_told_by_the_hash_of_who_and_what(runtime: Taonet) -> None:
    ciphertext = b"c" * 100
    expected = blake2_256(encode(tuple[AccountId, EncryptedCall], (ALICE.account, ciphertext)))

    with emits(runtime, MevShield.EncryptedSubmitted(id=expected, who=ALICE.account)):  # type: ignore[arg-type]
        dispatch(runtime, ALICE, "MevShield.submit_encrypted", ciphertext=ciphertext)


def submission(runtime: Taonet, ciphertext: bytes, period: int = 8) -> bytes:
    what = call(runtime, "MevShield.submit_encrypted", ciphertext=ciphertext)
    return sign(runtime, ALICE, what, era=Era(period, 0))


def test_the_pool_refuses_bytes_that_are_no_ciphertext(runtime: Taonet) -> None:
    with refused("Custom", 23):
        runtime.apply_extrinsic(submission(runtime, b"\0"))

    runtime.apply_extrinsic(submission(runtime, bytes(18 + 24 + 1)))


@pytest.mark.parametrize("period", [16, 64])
def test_encrypted_extrinsics_do_not_live_long(runtime: Taonet, period: int) -> None:
    with refused("Stale"):
        runtime.apply_extrinsic(submission(runtime, bytes(100), period))


def test_authors_decode_and_open_through_the_api(runtime: Taonet) -> None:
    public, secret = ml_kem_768.keygen()
    inner = sign(runtime, ALICE, call(runtime, "System.remark", remark=b"hidden"), nonce=1)
    raw = submission(runtime, seal(public, inner))

    def ask(name: str, *arguments: tuple[Any, Any]) -> bytes:
        data = b"".join(
            value if isinstance(value, UncheckedExtrinsic) else encoded(hint, value) for hint, value in arguments
        )
        return call_api(runtime, f"ShieldApi_{name}", data)

    shielded = parse(seal(public, inner))
    assert shielded is not None
    told = ask("try_decode_shielded_tx", (UncheckedExtrinsic, UncheckedExtrinsic(raw)))
    assert told[0] == 1
    assert told[1:17] == twox_128(public)
    opened = ask("try_unshield_tx", (bytes, secret), (ShieldedTransaction, shielded))
    assert opened == b"\1" + inner
    other = ask("try_unshield_tx", (bytes, bytes(2400)), (ShieldedTransaction, shielded))
    assert other == b"\0"
    plain = sign(runtime, ALICE, call(runtime, "System.remark", remark=b""))
    assert ask("try_decode_shielded_tx", (UncheckedExtrinsic, UncheckedExtrinsic(plain))) == b"\0"
    assert call_api(runtime, "ShieldApi_is_shielded_using_current_key", twox_128(public)) == b"\0"
    runtime.mev_shield.PendingKey = public
    assert call_api(runtime, "ShieldApi_is_shielded_using_current_key", twox_128(public)) == b"\1"


# -- stored calls


def test_a_stored_call_is_taken_out_in_the_next_block_unopened() -> None:
    chain = Chain()

    chain.advance(chain.sign(ALICE, "MevShield.store_encrypted", encrypted_call=b"anything"))
    stored = chain.at_head().mev_shield
    assert (stored.CounterForPendingExtrinsics, stored.NextPendingExtrinsicIndex) == (1, 1)
    assert stored.PendingExtrinsics[0].submitted_at == BlockNumber(1)
    built = chain.advance()

    assert MevShield.ExtrinsicDecodeFailed(0) in [record.event for record in built.events]
    left = chain.at_head().mev_shield
    assert (left.CounterForPendingExtrinsics, left.NextPendingExtrinsicIndex, list(left.PendingExtrinsics)) == (
        0,
        1,
        [],
    )


def test_a_stored_call_that_waited_too_long_expires(runtime: Taonet) -> None:
    dispatch(runtime, BOB, "MevShield.store_encrypted", encrypted_call=b"anything")
    dispatch(runtime, ROOT, "MevShield.set_stored_extrinsic_lifetime", value=3)

    runtime.mev_shield.on_initialize(BlockNumber(runtime.system.Number + 4))

    assert events(runtime)[-1] == MevShield.ExtrinsicExpired(0)


def test_so_many_stored_calls_may_wait(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "MevShield.set_max_pending_extrinsics_number", value=2)
    for index in range(2):
        with emits(runtime, MevShield.ExtrinsicStored(index, BOB.account)):
            dispatch(runtime, BOB, "MevShield.store_encrypted", encrypted_call=b"")

    with unchanged(runtime), reverts(MevShield.TooManyPendingExtrinsics):
        dispatch(runtime, BOB, "MevShield.store_encrypted", encrypted_call=b"")


@pytest.mark.parametrize(
    ("name", "event", "item", "most"),
    [
        (
            "set_max_pending_extrinsics_number",
            MevShield.MaxPendingExtrinsicsNumberSet,
            "MaxPendingExtrinsicsLimit",
            None,
        ),
        ("set_on_initialize_weight", MevShield.OnInitializeWeightSet, "OnInitializeWeight", 2 * 10**12),
        ("set_stored_extrinsic_lifetime", MevShield.ExtrinsicLifetimeSet, "ExtrinsicLifetime", None),
        ("set_max_extrinsic_weight", MevShield.MaxExtrinsicWeightSet, "MaxExtrinsicWeight", 2 * 10**12),
    ],
)
def test_root_sets_the_limits(runtime: Taonet, name: str, event: Any, item: str, most: int | None) -> None:
    value = most or 7
    with emits(runtime, event(value)):
        dispatch(runtime, ROOT, f"MevShield.{name}", value=value)
    assert getattr(runtime.mev_shield, item) == value
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, ALICE, f"MevShield.{name}", value=value)
    if most is not None:
        with unchanged(runtime), reverts(MevShield.WeightExceedsAbsoluteMax):
            dispatch(runtime, ROOT, f"MevShield.{name}", value=most + 1)


def test_signers_of_stored_calls_are_known(runtime: Taonet) -> None:
    for name, argument in (("submit_encrypted", "ciphertext"), ("store_encrypted", "encrypted_call")):
        for who in (ROOT, None):
            with unchanged(runtime), reverts(BadOrigin):
                dispatch(runtime, who, f"MevShield.{name}", **{argument: b""})
