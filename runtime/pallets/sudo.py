"""One account may act as root."""

from __future__ import annotations

from typing import Any

from chain.errors import DispatchError, InvalidTransaction
from chain.scale.hints import Err, Ok
from chain.types import AccountId, MultiAddress
from runtime.frame.call import RuntimeCall, call
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.origin import Origin, Root, ensure_signed, lookup
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import StorageValue
from runtime.frame.weight import DispatchClass, Pays, PostInfo, Weight, weigh

DispatchResult = Ok[None] | Err[DispatchError]


class Sudo(Pallet):
    """One account, the sudo key, may act as root. The key pays no fees for it."""

    Key = StorageValue[AccountId | None]()
    """The account that may act as root."""

    class Sudid(Event, index=0):
        """A call was made as root."""

        sudo_result: DispatchResult

    class KeyChanged(Event, index=1):
        """The sudo key is another account now."""

        old: AccountId | None
        new: AccountId

    class KeyRemoved(Event, index=2):
        """Nobody may act as root any more."""

    class SudoAsDone(Event, index=3):
        """A call was made on behalf of another account."""

        sudo_result: DispatchResult

    class RequireSudo(PalletError, index=0):
        """Sender must be the Sudo account."""

    def _weight(self, call: RuntimeCall) -> Weight:
        return weigh(10_729_000, 1517, reads=1) + self.runtime.dispatch_info(call).weight

    def _class(self, call: RuntimeCall) -> DispatchClass:
        return self.runtime.dispatch_info(call).class_

    @call(0, weight=_weight, class_=_class)
    def sudo(self, origin: Origin, call: RuntimeCall) -> PostInfo:
        """Make `call` as root. Its outcome is in the event; this call succeeds either way.

        Origin: the sudo key.  Emits: Sudid.  Raises: RequireSudo.  Source: pallet_sudo::sudo
        """
        self._ensure_sudo(origin)
        self.deposit(self.Sudid(sudo_result=self._outcome(call, Origin.root())))
        return PostInfo(pays=Pays.No)

    @call(1, weight=lambda self, call, weight: weight, class_=lambda self, call, weight: self._class(call))
    def sudo_unchecked_weight(self, origin: Origin, call: RuntimeCall, weight: Weight) -> PostInfo:
        """Make `call` as root, weighing what the caller says.

        Origin: the sudo key.  Emits: Sudid.  Raises: RequireSudo.  Source: pallet_sudo::sudo_unchecked_weight
        """
        self._ensure_sudo(origin)
        self.deposit(self.Sudid(sudo_result=self._outcome(call, Origin.root())))
        return PostInfo(pays=Pays.No)

    @call(2, weight=weigh(9_663_000, 1517, reads=1, writes=1))
    def set_key(self, origin: Origin, new: MultiAddress) -> PostInfo:
        """Make `new` the sudo key.

        Origin: the sudo key or root.  Emits: KeyChanged.  Raises: RequireSudo.  Source: pallet_sudo::set_key
        """
        self._ensure_sudo(origin)
        account, old = lookup(new), self.Key
        self.Key = account
        self.deposit(self.KeyChanged(old=old, new=account))
        return PostInfo(pays=Pays.No)

    @call(
        3,
        weight=lambda self, who, call: weigh(11_003_000, 1517, reads=1) + self.runtime.dispatch_info(call).weight,
        class_=lambda self, who, call: self._class(call),
    )
    def sudo_as(self, origin: Origin, who: MultiAddress, call: RuntimeCall) -> PostInfo:
        """Make `call` as the account `who`.

        Origin: the sudo key.  Emits: SudoAsDone.  Raises: RequireSudo.  Source: pallet_sudo::sudo_as
        """
        self._ensure_sudo(origin)
        self.deposit(self.SudoAsDone(sudo_result=self._outcome(call, Origin.signed(lookup(who)))))
        return PostInfo(pays=Pays.No)

    @call(4, weight=weigh(9_127_000, 1517, reads=1, writes=1))
    def remove_key(self, origin: Origin) -> PostInfo:
        """Let nobody act as root any more. There is no way back.

        Origin: the sudo key or root.  Emits: KeyRemoved.  Raises: RequireSudo.  Source: pallet_sudo::remove_key
        """
        self._ensure_sudo(origin)
        self.Key = None
        self.deposit(self.KeyRemoved())
        return PostInfo(pays=Pays.No)

    def _ensure_sudo(self, origin: Origin) -> None:
        if isinstance(origin.caller, Root):
            return
        if ensure_signed(origin) != self.Key:
            raise self.RequireSudo

    def _outcome(self, call: RuntimeCall, origin: Origin) -> DispatchResult:
        try:
            self.runtime.dispatch(call, origin, bypass_filter=True)
        except DispatchError as error:
            return Err(error)
        return Ok(None)

    def build_genesis(self, config: Any) -> None:
        """Begin with this sudo key."""
        self.Key = config


class SudoTransactionExtension(TransactionExtension):
    """Keeps calls of this pallet out of the pool unless the sudo key signed them."""

    identifier = "SudoTransactionExtension"
    path = "node_subtensor_runtime::sudo_wrapper::SudoTransactionExtension"

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `BadSigner`."""
        if context.call.bound.pallet == "Sudo" and context.who != self.runtime.sudo.Key:
            raise InvalidTransaction("BadSigner")
