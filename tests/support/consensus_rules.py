"""The stored cases of the chain's consensus that are about weights, computed by the rules under test.

`RULES` gives for each kind a function from a case's input to what is expected of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chain.types import AccountId
from runtime.pallets.weights.commits import commit_hash
from runtime.pallets.weights.timelock import decrypt
from runtime.pallets.weights.upscale import is_max_limited, upscale, upscale_fixed
from runtime.units import NetUid

Case = dict[str, Any]


def hash_commit(given: Case) -> Case:
    """The hash of weights that are revealed later."""
    digest = commit_hash(
        AccountId(bytes.fromhex(given["hotkey"])),
        NetUid(given["netuid_index"]),
        given["uids"],
        given["values"],
        given["salt"],
        int(given["version_key"]),
    )
    return {"blake2_256": digest.hex()}


def open_timelock(given: Case) -> Case:
    """The text that a round's signature opens."""
    text = decrypt(bytes.fromhex(given["ciphertext_hex"]), bytes.fromhex(given["signature_hex"]))
    return {"plaintext_hex": text.hex()}


RULES: dict[str, Callable[[Case], Case]] = {
    "weights:commit_hash": hash_commit,
    "timelock:decrypt": open_timelock,
    "math:vec_max_upscale_to_u16": lambda given: {"u16": upscale_fixed(given["bits"])},
    "math:vec_u16_max_upscale_to_u16": lambda given: {"u16": list(upscale(given["u16"]))},
    "math:check_vec_max_limited": lambda given: {
        "ok": [is_max_limited(case["u16"], case["limit"]) for case in given["cases"]]
    },
}
