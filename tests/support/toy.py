"""A runtime of two small pallets, for what holds of any pallet. Nothing here is the chain's."""

from __future__ import annotations

from typing import Annotated

from chain.scale.hints import Bounded, Compact, Fixed, struct, u8, u16, u32, u64
from chain.state import State
from chain.types import AccountId, RuntimeVersion
from runtime.executive import Executive
from runtime.frame.call import RuntimeCall, call
from runtime.frame.construct import construct_of, pallet
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import (
    Blake2_128,
    Blake2_128Concat,
    Blake2_256,
    Constant,
    Identity,
    StorageMap,
    StorageValue,
    Twox64Concat,
    Twox128,
    Twox256,
)
from runtime.frame.weight import Pays, PostInfo, Weight
from runtime.pallets.system import System
from runtime.pallets.timestamp import Timestamp


@struct("toy::Book")
class Book:
    """Something to store."""

    pages: u32 = 0
    title: bytes = b""


class Shelf(Pallet):
    """One item of each shape."""

    system: System

    Size = Constant[u32](3)
    """How many books it holds."""

    Count = StorageValue[u32](default=0)
    """How many there are."""

    Room = StorageValue[u32](default=lambda shelf: shelf.Size * 10)
    """A default that a constant gives."""

    Best = StorageValue[Book](default=Book())
    Lent = StorageValue[Book | None]()
    """Absent while nothing is lent."""

    Names = StorageValue[Annotated[tuple[bytes, ...], Bounded(2)]](default=())

    ByBlake2_128 = StorageMap[u32, u8](Blake2_128, default=0)
    ByBlake2_256 = StorageMap[u32, u8](Blake2_256, default=0)
    ByBlake2_128Concat = StorageMap[u32, u8](Blake2_128Concat, default=0)
    ByTwox128 = StorageMap[u32, u8](Twox128, default=0)
    ByTwox256 = StorageMap[u32, u8](Twox256, default=0)
    ByTwox64Concat = StorageMap[u32, u8](Twox64Concat, default=0)
    ByIdentity = StorageMap[u32, u8](Identity, default=0)

    Books = StorageMap[u16, Book](Twox64Concat, default=Book(1, b"blank"))
    Owners = StorageMap[u16, AccountId](Identity)
    """No default: a book without owner raises."""

    Pages = StorageMap[tuple[u16, u32], bytes](Identity, Twox64Concat, default=b"")
    Marks = StorageMap[tuple[u8, u16, bytes], u64](Identity, Blake2_128Concat, Twox64Concat)
    ByPair = StorageMap[tuple[u8, u8], u8](Identity, default=0)
    """One hasher over a key that is a tuple."""

    Log = StorageMap[u8, tuple[u16, ...]](Identity, default=())

    class Added(Event, index=0):
        """A book was added."""

        number: u16
        by: AccountId

    class Cleared(Event, index=3):
        """All books are gone."""

    class Full(PalletError, index=0):
        """No room is left."""

    class Unknown(PalletError, index=7):
        """There is no such book."""

    @call(0, weight=Weight(1000, 10))
    def add(self, origin: Origin, number: u16, pages: Compact[u32]) -> None:
        """Add a book.

        Origin: signed.  Emits: Added.  Raises: Full.
        """
        who = ensure_signed(origin)
        self.Books[number] = Book(pages)
        self.Count += 1
        self.deposit(self.Added(number=number, by=who))
        if self.Count > self.Size:
            raise self.Full

    @call(4, weight=lambda self, number: Weight(number), pays=Pays.No)
    def burn(self, origin: Origin, number: u16) -> PostInfo:
        """Remove a book; cheaper than announced.

        Origin: signed.  Raises: Unknown.
        """
        ensure_signed(origin)
        if number not in self.Books:
            raise self.Unknown
        del self.Books[number]
        return PostInfo(Weight(1))

    @call(5, weight=Weight(7))
    def both(self, origin: Origin, first: RuntimeCall, second: RuntimeCall, tag: Annotated[bytes, Fixed(4)]) -> None:
        """Make two calls.

        Origin: signed.
        """
        self.runtime.dispatch(first, origin)
        self.runtime.dispatch(second, origin)


class Reader(Pallet):
    """Knows the shelf."""

    shelf: Shelf

    def total(self) -> int:
        """How many books there are."""
        return self.shelf.Count


class Toy(Executive):
    """A runtime of a shelf and its reader."""

    version = RuntimeVersion("toy", "toy", 1, 1, 1, (), 1, 1)

    system: System = pallet(0, crate="frame_system")
    timestamp: Timestamp = pallet(2)
    shelf: Shelf = pallet(9, "Library")
    reader: Reader = pallet(9, "Library")


def make_toy(**constants: int) -> Toy:
    """The toy runtime over an empty state."""
    return Toy(State.empty(), construct_of(Toy, {f"Library.{name}": value for name, value in constants.items()}))
