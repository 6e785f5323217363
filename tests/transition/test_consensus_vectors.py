"""The stored cases of consensus: the chain's own tests, its arithmetic, and whole epochs, exact to the last bit.

Source: vectors/consensus.json of the reference, spec 425; `source`, `file` and `test` of a case say where it is from
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import support.consensus_rules
import support.yuma_rules

CASES = json.loads((Path(__file__).parent / "data" / "consensus.json").read_text())["vectors"]
RULES = {**support.yuma_rules.RULES, **support.consensus_rules.RULES}
INEXACT = {"alpha", "value", "values", "approx"}
"""Fields that say approximately what others say in bits."""


def exactly(expected: Any) -> Any:
    """What is expected, with the numbers that JSON has as text."""
    if isinstance(expected, dict):
        return {name: exactly(value) for name, value in expected.items() if name not in INEXACT}
    if isinstance(expected, list):
        return [exactly(value) for value in expected]
    return int(expected) if isinstance(expected, str) and expected.isdecimal() else expected


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c['id']}-{c['kind']}-{c['test']}"[:80]) for c in CASES])
def test_a_rule_gives_what_is_stored(case: dict[str, Any]) -> None:
    expected = exactly(case["expected"])

    found = RULES[case["kind"]](case["input"])

    assert {name: found[name] for name in expected} == expected, f"{case['source']}: {case['file']} {case['test']}"


def test_every_case_is_checked() -> None:
    assert len(CASES) == 136
    assert {case["kind"] for case in CASES} == set(RULES)
