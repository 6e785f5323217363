"""Whatever is sent, a block goes on: an extrinsic is applied or refused, and a refusal leaves nothing behind."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from support.chain import Chain, key_of, make_runtime, sign, snapshot, sum_of_accounts
from support.scale import calls_of

from chain.errors import InvalidBlock, TransactionError
from runtime.frame.call import RuntimeCall
from runtime.taonet import Taonet

CALL = make_runtime().construct.call
CALLS = calls_of(CALL, 2)


def wrapped(runtime: Taonet, call: RuntimeCall, way: str) -> RuntimeCall:
    """`call` as it is, as root, or as another account."""
    match way:
        case "sudo":
            return runtime.find_call("Sudo", "sudo", call=call)
        case "batch":
            return runtime.find_call("Utility", "batch", calls=(call, call))
        case "derivative":
            return runtime.find_call("Utility", "as_derivative", index=7, call=call)
    return call


@settings(max_examples=200)
@given(st.lists(st.tuples(CALLS, st.sampled_from(["plain", "sudo", "batch", "derivative"])), min_size=1, max_size=5))
def test_any_calls_are_applied_or_refused(sent: list[tuple[RuntimeCall, str]]) -> None:
    runtime, alice = make_runtime(), key_of("Alice")

    for call, way in sent:
        raw = sign(runtime, alice, wrapped(runtime, call, way))
        before = snapshot(runtime.state)
        try:
            runtime.apply_extrinsic(raw)
        except (TransactionError, InvalidBlock):
            assert snapshot(runtime.state) == before

    runtime.system.Events  # noqa: B018
    assert runtime.state.depth == 0


@settings(max_examples=60)
@given(st.lists(st.tuples(CALLS, st.sampled_from(["Bob", "Dave", "Two"])), max_size=6))
def test_blocks_of_any_calls_by_accounts_are_made_and_executed_again(sent: list[tuple[RuntimeCall, str]]) -> None:
    chain = Chain()
    runtime, included = chain.begin(), []
    for call, name in sent:
        raw = sign(runtime, key_of(name), call)
        with suppress(TransactionError):
            runtime.apply_extrinsic(raw)
            included.append(raw)

    chain.advance(*included)

    after = chain.at_head()
    assert after.balances.TotalIssuance == sum_of_accounts(after)
