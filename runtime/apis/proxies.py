"""What proxies may do. Source: subtensor_custom_rpc_runtime_api::ProxyFilterRuntimeApi"""

from __future__ import annotations

from typing import Any

from chain.scale.hints import ScaleEnum, struct, u8, u128
from runtime.frame.apis import RuntimeApi
from runtime.pallets.proxy.filters import RULES, FilterMode, Match
from runtime.pallets.proxy.types import ProxyType

OLD = (ProxyType.Triumvirate, ProxyType.Senate, ProxyType.Governance, ProxyType.RootWeights)
"""Types of proxies of a government that is no more. Source: ProxyType::is_deprecated"""


class CallCondition(ScaleEnum, path="subtensor_runtime_common::CallCondition"):
    """What must hold of a call's arguments."""


class ParamLessThan(CallCondition, index=0, unnamed=False):
    """An argument is below a limit."""

    param_name: bytes
    limit: u128


class NestedCallMustBe(CallCondition, index=1, unnamed=False):
    """The call in the call is this one."""

    pallet_name: bytes
    call_name: bytes


@struct("subtensor_runtime_common::CallInfo")
class CallInfo:
    """A call, or without a name all calls of a pallet."""

    pallet_name: bytes
    pallet_index: u8
    call_name: bytes | None
    call_index: u8 | None
    condition: CallCondition | None


@struct("subtensor_runtime_common::ProxyFilterInfo")
class ProxyFilterInfo:
    """What a type of proxy may do."""

    proxy_type: u8
    name: bytes
    deprecated: bool
    filter_mode: FilterMode
    calls: tuple[CallInfo, ...]
    exceptions: tuple[CallInfo, ...]


@struct("subtensor_runtime_common::ProxyTypeInfo")
class ProxyTypeInfo:
    """A type of proxy."""

    name: bytes
    index: u8
    deprecated: bool


class ProxyFilterRuntimeApi(RuntimeApi, version=1):
    """What proxies may do."""

    def get_proxy_types(self) -> tuple[ProxyTypeInfo, ...]:
        """All types of proxies, by number."""
        return tuple(ProxyTypeInfo(kind.name.encode(), kind.value, kind in OLD) for kind in ProxyType)

    def get_proxy_filter(self, proxy_type: u8 | None) -> tuple[ProxyFilterInfo, ...]:
        """What a type of proxy may do, or what each may."""
        kinds = [kind for kind in RULES if proxy_type in (None, kind.value)]
        return tuple(self._filter(kind) for kind in kinds)

    def _filter(self, kind: ProxyType) -> ProxyFilterInfo:
        rule, construct = RULES[kind], self.runtime.construct
        calls, exceptions = (tuple(_describe(construct, m) for m in part) for part in (rule.calls, rule.exceptions))
        return ProxyFilterInfo(kind.value, kind.name.encode(), kind in OLD, rule.mode, calls, exceptions)


def _describe(construct: Any, match: Match) -> CallInfo:
    pallet = match.pallet.encode()
    if match.name == "*":
        index = next(wire.index for wire in construct.wire if wire.name == match.pallet)
        return CallInfo(pallet, index, None, None, None)
    bound = construct.call.find(match.pallet, match.name)
    return CallInfo(pallet, bound.pallet_index, bound.name.encode(), bound.definition.index, _condition(match))


def _condition(match: Match) -> CallCondition | None:
    if match.inner is not None:
        return NestedCallMustBe(*(name.encode() for name in match.inner))
    if match.argument is None or match.below is None:
        return None
    return ParamLessThan(match.argument.encode(), match.below)
