"""What clients see changes only on purpose.

The file `data/wire.json` holds the hash of the metadata, and the state root of a scenario when it has been played: both
are the same on every machine and Python version. Clients keep metadata by genesis hash and spec version, so a change of
it on a chain that runs needs a higher `SPEC_VERSION`. Where a change is meant, renew the file:

    RENEW_WIRE=1 .venv/bin/python -m pytest tests/architecture/test_frozen_wire.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from chain.hashing import blake2_256
from node.devnet import Devnet
from runtime.frame.construct import construct_of
from runtime.frame.metadata import encode_metadata
from runtime.taonet import SPEC_VERSION, Taonet

RECORD = Path(__file__).parent / "data" / "wire.json"


def scenario_root() -> str:
    with Devnet("two-subnets") as chain:
        return chain.node.header().state_root.hex()


def test_metadata_and_state_are_those_that_were_frozen() -> None:
    found = {
        "spec_version": SPEC_VERSION,
        "metadata_v15_blake2_256": blake2_256(encode_metadata(construct_of(Taonet), 15)).hex(),
        "two_subnets_state_root": scenario_root(),
    }
    if os.environ.get("RENEW_WIRE"):
        RECORD.write_text(json.dumps(found, indent=1) + "\n")

    frozen = json.loads(RECORD.read_text())

    assert found == frozen, (
        f"what clients see changed; if that is meant, read {Path(__file__).name} and renew the record"
    )


def test_the_metadata_is_the_same_whenever_it_is_made() -> None:
    from runtime.frame.construct import Construct

    assert encode_metadata(Construct(Taonet, {}), 15) == encode_metadata(Construct(Taonet, {}), 15)
