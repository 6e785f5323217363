"""Several calls in one, and calls as somebody else."""

from __future__ import annotations

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.scale.hints import Err, Ok, u16, u32
from chain.types import AccountId
from runtime.frame.call import RuntimeCall, call
from runtime.frame.errors import BadOrigin, post_info_of, with_post_info
from runtime.frame.origin import NoOrigin, Origin, OriginCaller, Root, caller_of, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant
from runtime.frame.weight import ZERO_WEIGHT, DispatchClass, Pays, PostInfo, Weight, weigh
from runtime.pallets.sudo import DispatchResult

Calls = tuple[RuntimeCall, ...]


def batch_weight(calls: int) -> Weight:
    """The weight of `batch` itself."""
    return weigh(19_446_696 + 5_450_264 * calls, 3983, reads=2)


def batch_all_weight(calls: int) -> Weight:
    """The weight of `batch_all` itself."""
    return weigh(13_428_230 + 5_663_250 * calls, 3983, reads=2)


def force_batch_weight(calls: int) -> Weight:
    """The weight of `force_batch` itself."""
    return weigh(12_134_867 + 5_477_293 * calls, 3983, reads=2)


AS_DERIVATIVE = weigh(15_378_000, 3983, reads=2) + weigh(0, reads=1, writes=1)
DISPATCH_AS = Weight(6_893_000)
DISPATCH_AS_FALLIBLE = Weight(7_113_000)
IF_ELSE = weigh(21_831_000, 3983, reads=2)


class Utility(Pallet):
    """Several calls in one, and calls as somebody else. Stateless."""

    batched_calls_limit = Constant[u32](10_922)
    """The limit on the number of batched calls."""

    class BatchInterrupted(Event, index=0):
        """A batch stopped at the call `index`, which failed; the calls before it stand."""

        index_: u32
        error: DispatchError

    class BatchCompleted(Event, index=1):
        """Every call of a batch was made."""

    class BatchCompletedWithErrors(Event, index=2):
        """Every call of a batch was tried, and some failed."""

    class ItemCompleted(Event, index=3):
        """One call of a batch was made."""

    class ItemFailed(Event, index=4):
        """One call of a batch failed."""

        error: DispatchError

    class DispatchedAs(Event, index=5):
        """A call was made as another origin."""

        result: DispatchResult

    class IfElseMainSuccess(Event, index=6):
        """The main call was made."""

    class IfElseFallbackCalled(Event, index=7):
        """The main call failed and the fallback was made."""

        main_error: DispatchError

    class TooManyCalls(PalletError, index=0):
        """Too many calls batched."""

    class InvalidDerivedAccount(PalletError, index=1):
        """Bad input data for derived account ID."""

    def _weight_of(self, calls: Calls) -> Weight:
        return sum((self.runtime.dispatch_info(c).weight for c in calls), ZERO_WEIGHT)

    def _pays_of(self, calls: Calls) -> Pays:
        return Pays.Yes if any(self.runtime.dispatch_info(c).pays is Pays.Yes for c in calls) else Pays.No

    def _class_of(self, calls: Calls) -> DispatchClass:
        """Operational unless a call is normal. Source: pallet_utility::weight_and_dispatch_class"""
        normal = any(self.runtime.dispatch_info(c).class_ is DispatchClass.Normal for c in calls)
        return DispatchClass.Normal if normal else DispatchClass.Operational

    @call(
        0,
        weight=lambda self, calls: self._weight_of(calls) + batch_weight(len(calls)),
        pays=_pays_of,
        class_=_class_of,
    )
    def batch(self, origin: Origin, calls: Calls) -> PostInfo:
        """Make calls one after the other, up to the first that fails; the call itself succeeds.

        Origin: any but none.  Emits: ItemCompleted, BatchInterrupted, BatchCompleted.  Raises: TooManyCalls.
        Source: pallet_utility::batch
        """
        self._ensure_batch(origin, calls)
        used = ZERO_WEIGHT
        for index, item in enumerate(calls):
            error, weight = self._attempt(item, origin)
            used = used + weight
            if error is not None:
                self.deposit(self.BatchInterrupted(index_=index, error=error))
                return PostInfo(batch_weight(index + 1) + used)
            self.deposit(self.ItemCompleted())
        self.deposit(self.BatchCompleted())
        return PostInfo(batch_weight(len(calls)) + used)

    @call(
        1,
        weight=lambda self, index, call: AS_DERIVATIVE + self.runtime.dispatch_info(call).weight,
        class_=lambda self, index, call: self.runtime.dispatch_info(call).class_,
    )
    def as_derivative(self, origin: Origin, index: u16, call: RuntimeCall) -> PostInfo:
        """Make a call as the caller's derivative account number `index`.

        Origin: signed.  Source: pallet_utility::as_derivative
        """
        derived = Origin.signed(derivative_account(ensure_signed(origin), index))
        error, weight = self._attempt(call, Origin(derived.caller, origin.filters))
        post = PostInfo(AS_DERIVATIVE + weight)
        if error is not None:
            raise with_post_info(error, post)
        return post

    @call(
        2,
        weight=lambda self, calls: self._weight_of(calls) + batch_all_weight(len(calls)),
        pays=_pays_of,
        class_=_class_of,
    )
    def batch_all(self, origin: Origin, calls: Calls) -> PostInfo:
        """Make all the calls or none of them.

        Origin: any but none.  Emits: ItemCompleted, BatchCompleted.  Raises: TooManyCalls.
        Source: pallet_utility::batch_all
        """
        self._ensure_batch(origin, calls)
        inner = (
            origin if isinstance(origin.caller, Root) else origin.allowing(lambda c: not c.is_("Utility", "batch_all"))
        )
        used = ZERO_WEIGHT
        for index, item in enumerate(calls):
            error, weight = self._attempt(item, inner)
            used = used + weight
            if error is not None:
                raise with_post_info(error, PostInfo(batch_all_weight(index + 1) + used))
            self.deposit(self.ItemCompleted())
        self.deposit(self.BatchCompleted())
        return PostInfo(batch_all_weight(len(calls)) + used)

    @call(
        3,
        weight=lambda self, as_origin, call: DISPATCH_AS + self.runtime.dispatch_info(call).weight,
        class_=lambda self, as_origin, call: self.runtime.dispatch_info(call).class_,
    )
    def dispatch_as(self, origin: Origin, as_origin: OriginCaller, call: RuntimeCall) -> None:
        """Make a call as any origin; its outcome is in the event.

        Origin: root.  Emits: DispatchedAs.  Source: pallet_utility::dispatch_as
        """
        ensure_root(origin)
        try:
            self.runtime.dispatch(call, caller_of(as_origin), bypass_filter=True)
        except DispatchError as error:
            self.deposit(self.DispatchedAs(result=Err(error)))
        else:
            self.deposit(self.DispatchedAs(result=Ok(None)))

    @call(
        4,
        weight=lambda self, calls: self._weight_of(calls) + force_batch_weight(len(calls)),
        pays=_pays_of,
        class_=_class_of,
    )
    def force_batch(self, origin: Origin, calls: Calls) -> PostInfo:
        """Make all the calls, going on after those that fail.

        Origin: any but none.  Emits: ItemCompleted, ItemFailed, BatchCompleted, BatchCompletedWithErrors.
        Raises: TooManyCalls.  Source: pallet_utility::force_batch
        """
        self._ensure_batch(origin, calls)
        used, failed = ZERO_WEIGHT, False
        for item in calls:
            error, weight = self._attempt(item, origin)
            used = used + weight
            if error is None:
                self.deposit(self.ItemCompleted())
            else:
                failed = True
                self.deposit(self.ItemFailed(error=error))
        self.deposit(self.BatchCompletedWithErrors() if failed else self.BatchCompleted())
        return PostInfo(force_batch_weight(len(calls)) + used)

    @call(
        5,
        weight=lambda self, call, weight: weight,
        class_=lambda self, call, weight: self.runtime.dispatch_info(call).class_,
    )
    def with_weight(self, origin: Origin, call: RuntimeCall, weight: Weight) -> None:
        """Make a call as root, weighing what the caller says.

        Origin: root.  Source: pallet_utility::with_weight
        """
        ensure_root(origin)
        self._forward(call, Origin.root())

    @call(
        6,
        weight=lambda self, main, fallback: (
            IF_ELSE + self.runtime.dispatch_info(main).weight + self.runtime.dispatch_info(fallback).weight
        ),
        class_=lambda self, main, fallback: self._class_of_both(main, fallback),
    )
    def if_else(self, origin: Origin, main: RuntimeCall, fallback: RuntimeCall) -> PostInfo:
        """Make `main`, or if it fails `fallback`.

        Origin: any but none.  Emits: IfElseMainSuccess, IfElseFallbackCalled.  Source: pallet_utility::if_else
        """
        ensure_some(origin)
        main_error, used = self._attempt(main, origin)
        if main_error is None:
            self.deposit(self.IfElseMainSuccess())
            return PostInfo(IF_ELSE + used)
        error, weight = self._attempt(fallback, origin)
        post = PostInfo(IF_ELSE + used + weight)
        if error is not None:
            raise with_post_info(error, post)
        self.deposit(self.IfElseFallbackCalled(main_error=main_error))
        return post

    @call(
        7,
        weight=lambda self, as_origin, call: DISPATCH_AS_FALLIBLE + self.runtime.dispatch_info(call).weight,
        class_=lambda self, as_origin, call: self.runtime.dispatch_info(call).class_,
    )
    def dispatch_as_fallible(self, origin: Origin, as_origin: OriginCaller, call: RuntimeCall) -> None:
        """Make a call as any origin, and fail if it fails.

        Origin: root.  Emits: DispatchedAs.  Source: pallet_utility::dispatch_as_fallible
        """
        ensure_root(origin)
        self._forward(call, caller_of(as_origin))
        self.deposit(self.DispatchedAs(result=Ok(None)))

    def _class_of_both(self, main: RuntimeCall, fallback: RuntimeCall) -> DispatchClass:
        both = all(self.runtime.dispatch_info(c).class_ is DispatchClass.Operational for c in (main, fallback))
        return DispatchClass.Operational if both else DispatchClass.Normal

    def _forward(self, call: RuntimeCall, origin: Origin) -> None:
        """Make a call, and fail as it fails; what it says of its weight is not passed on."""
        try:
            self.runtime.dispatch(call, origin, bypass_filter=True)
        except DispatchError as error:
            raise with_post_info(error, None) from None

    def _ensure_batch(self, origin: Origin, calls: Calls) -> None:
        ensure_some(origin)
        if len(calls) > self.batched_calls_limit:
            raise self.TooManyCalls

    def _attempt(self, item: RuntimeCall, origin: Origin) -> tuple[DispatchError | None, Weight]:
        """Make one call; its error, if it failed, and what it weighed."""
        info = self.runtime.dispatch_info(item)
        try:
            post = self.runtime.dispatch(item, origin, bypass_filter=isinstance(origin.caller, Root))
        except DispatchError as error:
            failed = post_info_of(error)
            return error, info.weight if failed is None else failed.weight(info)
        return None, post.weight(info)


def ensure_some(origin: Origin) -> None:
    """Raises: BadOrigin for a call made by nobody."""
    if isinstance(origin.caller, NoOrigin):
        raise BadOrigin


def derivative_account(who: AccountId, index: int) -> AccountId:
    """The account `who` controls under `index`. Source: pallet_utility::derivative_account_id"""
    return AccountId(blake2_256(b"modlpy/utilisuba" + who + index.to_bytes(2, "little")))
