"""Parents and children of a hotkey on a subnet: who may lend stake to whom, and how the two sides are kept.

Proportions are parts of 2^64 - 1. An edge is a proportion and the hotkey at the other end.

Source: pallet_subtensor::staking::set_children; consensus section 10.2
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from chain.types import AccountId
from runtime.fixed import U64_MAX
from runtime.refusal import Refused

Edges = tuple[tuple[int, AccountId], ...]

MAX_CHILDREN = 5


class FamilyRefusal(Enum):
    """Why a hotkey cannot have some children."""

    InvalidChild = auto()
    TooManyChildren = auto()
    ProportionOverflow = auto()
    ChildParentInconsistency = auto()


@dataclass(frozen=True, slots=True)
class Relations:
    """A hotkey's children and parents, with their proportions."""

    pivot: AccountId
    children: Mapping[AccountId, int] = field(default_factory=dict)
    parents: Mapping[AccountId, int] = field(default_factory=dict)

    def ensure_consistent(self) -> None:
        """Raises: Refused where somebody is child and parent, or where the children get more than everything."""
        if sum(self.children.values()) > U64_MAX:
            raise Refused(FamilyRefusal.ProportionOverflow)
        if any(child in self.parents for child in self.children):
            raise Refused(FamilyRefusal.ChildParentInconsistency)

    def ensure_may_have(self, children: Edges) -> None:
        """Refuse children that the hotkey may not have. Source: PCRelations::ensure_pending_consistency"""
        wanted = {child: proportion for proportion, child in children}
        if self.pivot in wanted:
            raise Refused(FamilyRefusal.InvalidChild)
        if len(wanted) > MAX_CHILDREN:
            raise Refused(FamilyRefusal.TooManyChildren)
        replace(self, children=wanted).ensure_consistent()

    def rebound(self, pivot: AccountId) -> Relations:
        """The same relations of another hotkey. Raises: Refused where it is one of its own relatives."""
        if pivot in self.children or pivot in self.parents:
            raise Refused(FamilyRefusal.InvalidChild)
        return replace(self, pivot=pivot)


def read_relations(pivot: AccountId, children: Edges, parents: Edges) -> Relations:
    """The relations of a hotkey, itself left out. Raises: Refused where they are inconsistent."""
    found = Relations(pivot, _others(pivot, children), _others(pivot, parents))
    found.ensure_consistent()
    return found


def _others(pivot: AccountId, edges: Edges) -> dict[AccountId, int]:
    return {who: proportion for proportion, who in edges if who != pivot}


def to_edges(relatives: Mapping[AccountId, int]) -> Edges:
    """Relatives as they are stored: by account."""
    return tuple((relatives[who], who) for who in sorted(relatives))


def with_edge(edges: Edges, proportion: int, who: AccountId) -> Edges:
    """The edges with one to `who`: in place if there is one, else behind the others. Source: upsert_edge"""
    if any(other == who for _, other in edges):
        return tuple((proportion, other) if other == who else (p, other) for p, other in edges)
    return (*edges, (proportion, who))


def without_edge(edges: Edges, who: AccountId) -> Edges:
    """The edges without those to `who`. Source: remove_edge"""
    return tuple(edge for edge in edges if edge[1] != who)


def has_duplicates(edges: Iterable[tuple[int, AccountId]]) -> bool:
    """Whether an account stands twice."""
    accounts = [who for _, who in edges]
    return len(frozenset(accounts)) != len(accounts)
