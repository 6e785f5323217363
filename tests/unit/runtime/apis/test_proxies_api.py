"""What the API of proxies tells of their types and filters."""

from __future__ import annotations

from typing import Any

import pytest
from support.apis import question
from support.chain import make_runtime

from runtime.apis.proxies import CallInfo, NestedCallMustBe, ParamLessThan, ProxyFilterInfo, ProxyTypeInfo
from runtime.pallets.proxy.filters import FilterMode
from runtime.pallets.proxy.types import ProxyType
from runtime.taonet import Taonet

OLD = {"Triumvirate", "Senate", "Governance", "RootWeights"}


@pytest.fixture(scope="module")
def runtime() -> Taonet:
    return make_runtime()


def filters(runtime: Taonet, kind: int | None = None) -> Any:
    return question(runtime, "ProxyFilterRuntimeApi_get_proxy_filter", kind)


def test_the_types_come_by_number(runtime: Taonet) -> None:
    types = question(runtime, "ProxyFilterRuntimeApi_get_proxy_types")

    assert types == tuple(ProxyTypeInfo(k.name.encode(), k.value, k.name in OLD) for k in ProxyType)
    assert len(types) == 18


def test_the_filters_come_in_the_chains_order(runtime: Taonet) -> None:
    told = filters(runtime)

    assert " ".join(each.name.decode() for each in told) == (
        "Any NonTransfer NonFungible Transfer SmallTransfer Owner NonCritical Triumvirate Senate Governance Staking"
        " Registration RootWeights ChildKeys SudoUncheckedSetCode SwapHotkey SubnetLeaseBeneficiary RootClaim"
    )
    assert {each.name.decode() for each in told if each.deprecated} == OLD


@pytest.mark.parametrize("kind", ProxyType)
def test_one_filter_is_that_of_all(runtime: Taonet, kind: ProxyType) -> None:
    assert filters(runtime, kind.value) == tuple(f for f in filters(runtime) if f.proxy_type == kind.value)


@pytest.mark.parametrize("kind", [18, 255])
def test_what_is_no_type_has_no_filter(runtime: Taonet, kind: int) -> None:
    assert filters(runtime, kind) == ()


def test_a_filter_lists_calls_by_pallet_and_number(runtime: Taonet) -> None:
    (owner,) = filters(runtime, ProxyType.Owner.value)

    assert owner == ProxyFilterInfo(
        proxy_type=1,
        name=b"Owner",
        deprecated=False,
        filter_mode=FilterMode.Allow,
        calls=(
            CallInfo(b"AdminUtils", 19, None, None, None),
            CallInfo(b"SubtensorModule", 7, b"set_subnet_identity", 78, None),
            CallInfo(b"SubtensorModule", 7, b"update_symbol", 112, None),
        ),
        exceptions=(
            CallInfo(b"AdminUtils", 19, b"sudo_set_sn_owner_hotkey", 67, None),
            CallInfo(b"AdminUtils", 19, b"sudo_set_subnet_owner_hotkey", 64, None),
        ),
    )


def test_pallets_are_where_the_chain_lists_them_among_calls(runtime: Taonet) -> None:
    (critical,) = filters(runtime, ProxyType.NonCritical.value)

    assert critical.filter_mode is FilterMode.Deny
    assert [(c.pallet_index, c.call_name) for c in critical.calls] == [
        (7, b"dissolve_network"),
        (7, b"root_register"),
        (7, b"burned_register"),
        (12, None),
        (7, b"announce_coldkey_swap"),
        (7, b"swap_coldkey_announced"),
        (7, b"clear_coldkey_swap_announcement"),
        (7, b"dispute_coldkey_swap"),
    ]


def test_conditions_are_told(runtime: Taonet) -> None:
    (small,) = filters(runtime, ProxyType.SmallTransfer.value)
    (code,) = filters(runtime, ProxyType.SudoUncheckedSetCode.value)

    assert [c.condition for c in small.calls] == [
        ParamLessThan(b"value", 500_000_000),
        ParamLessThan(b"value", 500_000_000),
        ParamLessThan(b"alpha_amount", 500_000_000),
    ]
    assert code.calls == (CallInfo(b"Sudo", 12, b"sudo_unchecked_weight", 1, NestedCallMustBe(b"System", b"set_code")),)


@pytest.mark.parametrize(
    ("kind", "mode"), [(ProxyType.Any, FilterMode.AllowAll), (ProxyType.Senate, FilterMode.DenyAll)]
)
def test_all_and_nothing_need_no_calls(runtime: Taonet, kind: ProxyType, mode: FilterMode) -> None:
    (found,) = filters(runtime, kind.value)

    assert (found.filter_mode, found.calls, found.exceptions) == (mode, (), ())
