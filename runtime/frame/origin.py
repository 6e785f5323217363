"""Who makes a call: root, an account, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chain.scale.hints import ScaleEnum
from chain.types import AccountId, Id, MultiAddress
from runtime.frame.errors import BadOrigin, CannotLookup

if TYPE_CHECKING:
    from runtime.frame.call import RuntimeCall


class RawOrigin(ScaleEnum, path="frame_support::dispatch::RawOrigin"):
    """Who makes a call, as the wire has it."""


class Root(RawOrigin, index=0):
    pass


class Signed(RawOrigin, index=1):
    value: AccountId


class NoOrigin(RawOrigin, index=2, name="None"):
    pass


class Authorized(RawOrigin, index=3):
    pass


class OriginCaller(ScaleEnum, path="node_subtensor_runtime::OriginCaller"):
    """The origin of any pallet; only System has one here."""


class SystemOrigin(OriginCaller, index=0, name="system"):
    value: RawOrigin


@dataclass(frozen=True, slots=True)
class Origin:
    """Who makes a call, and which calls he may not make through it."""

    caller: RawOrigin
    filters: tuple[Callable[[RuntimeCall], bool], ...] = ()

    @staticmethod
    def root() -> Origin:
        return Origin(Root())

    @staticmethod
    def signed(account: AccountId) -> Origin:
        return Origin(Signed(account))

    @staticmethod
    def none() -> Origin:
        return Origin(NoOrigin())

    @property
    def signer(self) -> AccountId | None:
        """The account, if it is an account's origin."""
        return self.caller.value if isinstance(self.caller, Signed) else None

    def allowing(self, allows: Callable[[RuntimeCall], bool]) -> Origin:
        """The same origin, for calls that `allows` lets through only."""
        return Origin(self.caller, (*self.filters, allows))


def ensure_signed(origin: Origin) -> AccountId:
    """The account that signed. Raises: BadOrigin."""
    caller = origin.caller
    if isinstance(caller, Signed):
        return caller.value
    raise BadOrigin


def ensure_root(origin: Origin) -> None:
    """Raises: BadOrigin unless the call is made by root."""
    if not isinstance(origin.caller, Root):
        raise BadOrigin


def ensure_none(origin: Origin) -> None:
    """Raises: BadOrigin unless the call is made by nobody: an inherent or an unsigned extrinsic."""
    if not isinstance(origin.caller, NoOrigin):
        raise BadOrigin


def lookup(address: MultiAddress) -> AccountId:
    """The account of an address; this chain has no account indices. Raises: CannotLookup."""
    if isinstance(address, Id):
        return address.value
    raise CannotLookup


def caller_of(value: Any) -> Origin:
    """The origin of an `OriginCaller` that came over the wire."""
    return Origin(value.value)
