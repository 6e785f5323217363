"""The rules of weights alone: upscaling, windows, hashes, and texts that are locked until a round."""

from __future__ import annotations

import random
import sys
from fractions import Fraction

import pytest
from py_arkworks_bls12381 import Scalar
from support.timelock import lock, payload_of, signature_of, sized

from chain.types import AccountId
from runtime.fixed import U16_MAX, U64_MAX
from runtime.pallets.drand.bls import CurveUnavailable
from runtime.pallets.subnets.neurons import storage_index
from runtime.pallets.weights.payload import Payload, read_payload
from runtime.pallets.weights.timelock import Sealed, decrypt, parse
from runtime.pallets.weights.upscale import is_max_limited, upscale, upscale_fixed
from runtime.pallets.weights.validators import is_self_weight
from runtime.pallets.weights.windows import calculate_reveal_epoch
from runtime.units import NetUid

BOB = AccountId(b"b" * 32)
EVE = AccountId(b"e" * 32)
NUMBER = 7
TEXT = b"the weights"
WHOLE, HALF = 1 << 32, 1 << 31


# -- upscaling


@pytest.mark.parametrize("largest", [1, 2, 3, 255, 32_767, 32_768, 32_769, 65_534, 65_535])
def test_every_weight_below_the_largest_is_scaled_as_the_facts_say(largest: int) -> None:
    weights = [*range(0, largest, 97), largest]

    # Source: consensus section 1
    factor = (U16_MAX * WHOLE << 32) // (largest * WHOLE)
    expected = [
        (weight * factor + HALF) >> 32 if largest > 32_768 else ((weight * U16_MAX << 32) // largest + HALF) >> 32
        for weight in weights
    ]
    assert list(upscale(weights)) == expected
    assert expected[-1] == U16_MAX


def test_upscaling_is_within_one_of_the_exact_ratio() -> None:
    numbers = random.Random(5)
    for _ in range(200):
        weights = [numbers.randrange(65_536) for _ in range(20)]
        exact = [Fraction(weight * U16_MAX, max(weights)) for weight in weights]

        assert all(abs(found - wanted) < 1 for found, wanted in zip(upscale(weights), exact, strict=True))


def test_fixed_numbers_below_one_are_scaled_too() -> None:
    assert upscale_fixed([0, WHOLE // 2, WHOLE // 4]) == [0, 65_535, 32_768]
    assert upscale_fixed([]) == []
    assert upscale([0, 0]) == [0, 0]


def test_a_limit_is_met_by_the_part_of_the_largest() -> None:
    assert is_max_limited([1, 1, 1], 21_845)
    assert not is_max_limited([1, 1, 1], 21_844)
    assert is_max_limited([0, 0], 0)
    assert is_max_limited([], 0)


# -- small rules


def test_mechanisms_lie_4096_indices_apart_and_stop_at_the_last_index() -> None:
    assert [storage_index(NetUid(7), m) for m in (0, 1, 15)] == [7, 4103, 61_447]
    assert [storage_index(NetUid(7), m) for m in (16, 255)] == [65_535, 65_535]


def test_a_self_weight_is_one_weight_to_oneself() -> None:
    assert is_self_weight(3, [3], [0])
    assert not is_self_weight(3, [4], [1])
    assert not is_self_weight(3, [3, 4], [1, 1])
    assert not is_self_weight(3, [], [])


def test_the_epoch_of_a_reveal_has_a_bound() -> None:
    assert calculate_reveal_epoch(4, 1) == 5
    assert calculate_reveal_epoch(U64_MAX, 100) == U64_MAX


# -- payloads


def test_a_payload_is_read_with_the_hotkey_that_it_names() -> None:
    data = payload_of(BOB, (0, 1), (2, 3), 4)

    assert read_payload(data, BOB) == Payload((0, 1), (2, 3), 4)
    assert read_payload(data + b"more", BOB) == Payload((0, 1), (2, 3), 4)
    assert read_payload(data, EVE) is None


def test_a_payload_without_a_hotkey_is_anybody_s() -> None:
    data = payload_of(None, (0, 1, 2), (1, 2, 3), 5)

    assert read_payload(data, BOB) == read_payload(data, EVE) == Payload((0, 1, 2), (1, 2, 3), 5)


def test_a_name_that_is_too_short_for_an_account_makes_it_the_older_form() -> None:
    # as the newer form: a name of 2 bytes, no uids, no values, version 0; as the older: two uids, no values
    data = bytes([2 << 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

    assert read_payload(data, BOB) == Payload((0, 0), (), 0)


def test_a_longer_name_counts_by_its_first_32_bytes() -> None:
    assert read_payload(payload_of(BOB + b"!", (0,), (1,)), BOB) == Payload((0,), (1,), 0)


def test_bytes_that_are_no_payload_give_nothing() -> None:
    assert read_payload(b"", BOB) is None
    assert read_payload(payload_of(BOB, (0,), (1,))[:-1], BOB) is None


# -- locked texts


def test_a_text_is_opened_by_the_signature_of_its_round_only() -> None:
    locked = lock(TEXT, NUMBER)

    assert decrypt(locked, signature_of(NUMBER)) == TEXT
    with pytest.raises(Sealed):
        decrypt(locked, signature_of(NUMBER + 1))


def test_a_text_whose_point_was_not_made_of_its_key_is_refused() -> None:
    with pytest.raises(Sealed):
        decrypt(lock(TEXT, NUMBER, factor=Scalar(5)), signature_of(NUMBER))


def test_an_empty_text_can_be_locked() -> None:
    assert decrypt(lock(b"", NUMBER), signature_of(NUMBER)) == b""


def test_bytes_behind_the_text_are_not_looked_at() -> None:
    assert decrypt(lock(TEXT, NUMBER) + b"more", signature_of(NUMBER)) == TEXT


def test_a_signature_that_is_no_point_opens_nothing() -> None:
    for signature in (b"", bytes(48), signature_of(NUMBER)[:47], b"\xff" * 48):
        with pytest.raises(Sealed):
            decrypt(lock(TEXT, NUMBER), signature)


def test_every_part_of_a_locked_text_matters_except_the_suite_s_name() -> None:
    locked, signature = lock(TEXT, NUMBER), signature_of(NUMBER)
    for at in range(len(locked)):
        changed = locked[:at] + bytes([locked[at] ^ 1]) + locked[at + 1 :]
        if at >= len(locked) - 8:
            assert decrypt(changed, signature) == TEXT
        else:
            with pytest.raises(Sealed):
                decrypt(changed, signature)


def test_a_locked_text_that_ends_anywhere_too_early_is_refused() -> None:
    locked = lock(TEXT, NUMBER)
    for length in range(len(locked)):
        with pytest.raises(Sealed):
            parse(locked[:length])


@pytest.mark.parametrize("part", ["hidden_seed", "hidden_key", "nonce", "text"])
def test_parts_of_another_length_are_refused(part: str) -> None:
    given = parse(lock(TEXT, NUMBER))
    parts = {"hidden_seed": given.hidden_seed, "hidden_key": given.hidden_key, "text": given.text, "nonce": given.nonce}
    for other in (parts[part][:-1], parts[part] + b"!", b""):
        changed = {**parts, part: other}
        body = sized(changed["text"]) + sized(changed["nonce"])
        head = given.point + sized(changed["hidden_seed"]) + sized(changed["hidden_key"])

        with pytest.raises(Sealed):
            decrypt(head + sized(body) + sized(b""), signature_of(NUMBER))


@pytest.mark.parametrize("missing", ["py_arkworks_bls12381", "Crypto.Cipher.AES"])
def test_without_any_part_of_the_extra_nothing_can_be_opened(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    locked, signature = lock(TEXT, NUMBER), signature_of(NUMBER)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(CurveUnavailable):
        decrypt(locked, signature)
