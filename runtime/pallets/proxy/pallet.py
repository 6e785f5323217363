"""Accounts let others make calls for them; some only after they said so in advance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.scale.hints import Bounded, Compact, Err, Ok, u16, u32
from chain.types import H256, AccountId, BlockNumber, MultiAddress
from runtime.frame.call import RuntimeCall, call
from runtime.frame.origin import Origin, ensure_signed, lookup
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, StorageMap, Twox64Concat
from runtime.frame.weight import Pays, PostInfo, Weight, weigh
from runtime.pallets.balances import Balances
from runtime.pallets.proxy.filters import allows, is_superset
from runtime.pallets.proxy.types import Announcement, DepositKind, ProxyDefinition, ProxyType
from runtime.pallets.sudo import DispatchResult
from runtime.pallets.system import System
from runtime.units import TaoBalance

PROXIES, PENDING = 20, 75
"""The most proxies, the most announcements; weights are those of full lists."""
NOTHING = TaoBalance(0)

PROXY = weigh(28_026_265 + 53_205 * PROXIES, 4254 + 37 * PROXIES, reads=3, writes=1) + weigh(0, reads=1, writes=1)
ANNOUNCED = weigh(
    53_234_507 + 228_831 * PENDING + 54_037 * PROXIES, 8615 + 68 * PENDING + 37 * PROXIES, reads=5, writes=3
) + weigh(0, reads=1, writes=1)
REMOVE_ANNOUNCEMENT = weigh(25_595_226 + 205_163 * PENDING + 40_277 * PROXIES, 8615, reads=2, writes=2)
REJECT_ANNOUNCEMENT = weigh(26_388_332 + 199_703 * PENDING + 17_846 * PROXIES, 8615, reads=2, writes=2)
ANNOUNCE = weigh(34_286_251 + 194_092 * PENDING + 53_615 * PROXIES, 8615, reads=3, writes=2)

Definitions = tuple[Annotated[tuple[ProxyDefinition, ...], Bounded(PROXIES)], TaoBalance]
"""Proxies in their order, and the deposit for them in rao."""
Pending = tuple[Annotated[tuple[Announcement, ...], Bounded(PENDING)], TaoBalance]
"""Announcements, oldest first, and the deposit for them in rao."""


class Proxy(Pallet):
    """Accounts that may make calls for others. Amounts are rao."""

    system: System
    balances: Balances

    ProxyDepositBase = Constant[TaoBalance](TaoBalance(60_000_000))
    """What having proxies costs, in rao."""

    ProxyDepositFactor = Constant[TaoBalance](TaoBalance(33_000_000))
    """What each proxy costs, in rao."""

    MaxProxies = Constant[u32](PROXIES)
    """How many proxies an account may have."""

    MaxPending = Constant[u32](PENDING)
    """How many announcements of a proxy may wait."""

    AnnouncementDepositBase = Constant[TaoBalance](TaoBalance(36_000_000))
    """What having announcements costs, in rao."""

    AnnouncementDepositFactor = Constant[TaoBalance](TaoBalance(68_000_000))
    """What each announcement costs, in rao."""

    Proxies = StorageMap[AccountId, Definitions](Twox64Concat, default=((), NOTHING))
    """Who may act for an account."""

    Announcements = StorageMap[AccountId, Pending](Twox64Concat, default=((), NOTHING))
    """What a proxy is going to do."""

    LastCallResult = StorageMap[AccountId, DispatchResult](Twox64Concat)
    """How the last call that was made for an account in this block ended."""

    RealPaysFee = StorageMap[tuple[AccountId, AccountId], None](Twox64Concat, Twox64Concat)
    """An account and a proxy of it whose fees the account pays."""

    class ProxyExecuted(Event, index=0):
        """A call was made for another account."""

        result: DispatchResult

    class PureCreated(Event, index=1):
        """An account without a key was made, with a first proxy."""

        pure: AccountId
        who: AccountId
        proxy_type: ProxyType
        disambiguation_index: u16

    class PureKilled(Event, index=2):
        """Nobody can act for an account without a key any more."""

        pure: AccountId
        spawner: AccountId
        proxy_type: ProxyType
        disambiguation_index: u16

    class Announced(Event, index=3):
        """A proxy said what it is going to do."""

        real: AccountId
        proxy: AccountId
        call_hash: H256

    class ProxyAdded(Event, index=4):
        """An account has another proxy."""

        delegator: AccountId
        delegatee: AccountId
        proxy_type: ProxyType
        delay: BlockNumber

    class ProxyRemoved(Event, index=5):
        """An account has one proxy less."""

        delegator: AccountId
        delegatee: AccountId
        proxy_type: ProxyType
        delay: BlockNumber

    class DepositPoked(Event, index=6):
        """A deposit was brought to what it costs now."""

        who: AccountId
        kind: DepositKind
        old_deposit: TaoBalance
        new_deposit: TaoBalance

    class RealPaysFeeSet(Event, index=7):
        """An account chose whether it pays the fees of a proxy."""

        real: AccountId
        delegate: AccountId
        pays_fee: bool

    class TooMany(PalletError, index=0):
        """There are as many proxies or announcements as there may be."""

    # clients match the texts of the next ones word by word: they are part of the wire
    class NotFound(PalletError, index=1):
        """Proxy registration not found."""

    class NotProxy(PalletError, index=2):
        """Sender is not a proxy of the account to be proxied."""

    class Unproxyable(PalletError, index=3):
        """The type of the proxy does not allow the call."""

    class Duplicate(PalletError, index=4):
        """Account is already a proxy."""

    class NoPermission(PalletError, index=5):
        """The account was not made by this one, or not so."""

    class Unannounced(PalletError, index=6):
        """Announcement, if made at all, was made too recently."""

    class NoSelfProxy(PalletError, index=7):
        """Cannot add self as proxy."""

    class AnnouncementDepositInvariantViolated(PalletError, index=8):
        """There is no deposit for announcements that there are."""

    class InvalidDerivedAccountId(PalletError, index=9):
        """No account can be derived from that."""

    # -- calls

    @call(
        0,
        weight=lambda self, real, force_proxy_type, call: PROXY + self._weight_of(call),
        pays=lambda self, real, force_proxy_type, call: self.runtime.dispatch_info(call).pays,
    )
    def proxy(self, origin: Origin, real: MultiAddress, force_proxy_type: ProxyType | None, call: RuntimeCall) -> None:
        """Make a call for `real`, of whom the caller is a proxy. Its outcome is in the event.

        Origin: signed.  Emits: ProxyExecuted.  Raises: NotProxy, Unannounced.  Source: pallet_proxy::proxy
        """
        who, account = ensure_signed(origin), lookup(real)
        found = self._find(account, who, force_proxy_type)
        if found.delay:
            raise self.Unannounced
        self._make(found, account, call)

    @call(1, weight=weigh(25_770_804 + 80_892 * PROXIES, 4254, reads=1, writes=1))
    def add_proxy(self, origin: Origin, delegate: MultiAddress, proxy_type: ProxyType, delay: BlockNumber) -> None:
        """Let `delegate` act for the caller.

        Origin: signed.  Emits: ProxyAdded.  Raises: NoSelfProxy, Duplicate, TooMany.
        Source: pallet_proxy::add_proxy
        """
        self.add(ensure_signed(origin), ProxyDefinition(lookup(delegate), proxy_type, delay))

    @call(2, weight=weigh(27_827_049 + 64_054 * PROXIES, 4254, reads=1, writes=2))
    def remove_proxy(self, origin: Origin, delegate: MultiAddress, proxy_type: ProxyType, delay: BlockNumber) -> None:
        """Let `delegate` act for the caller no more.

        Origin: signed.  Emits: ProxyRemoved.  Raises: NotFound.  Source: pallet_proxy::remove_proxy
        """
        self.remove(ensure_signed(origin), ProxyDefinition(lookup(delegate), proxy_type, delay))

    @call(3, weight=weigh(27_407_028 + 55_808 * PROXIES, 4254, reads=1, writes=1))
    def remove_proxies(self, origin: Origin) -> None:
        """Let nobody act for the caller any more.

        Origin: signed.  Source: pallet_proxy::remove_proxies
        """
        who = ensure_signed(origin)
        _, deposit = self.Proxies[who]
        del self.Proxies[who]
        self.balances.unreserve(who, deposit)
        self.RealPaysFee.clear(who)

    @call(4, weight=weigh(27_853_436 + 20_160 * PROXIES, 4254, reads=1, writes=1))
    def create_pure(self, origin: Origin, proxy_type: ProxyType, delay: BlockNumber, index: u16) -> None:
        """Make an account that has no key, with the caller as its only proxy.

        Origin: signed.  Emits: PureCreated.  Raises: Duplicate.  Source: pallet_proxy::create_pure
        """
        who = ensure_signed(origin)
        pure = pure_account(who, proxy_type, index, self.system.Number, self.system.extrinsic_index())
        if pure in self.Proxies:
            raise self.Duplicate
        deposit = self.deposit_of(1)
        self.balances.reserve(who, deposit)
        self.Proxies[pure] = ((ProxyDefinition(who, proxy_type, delay),), deposit)
        self.deposit(self.PureCreated(pure, who, proxy_type, index))

    @call(5, weight=weigh(26_529_087 + 48_014 * PROXIES, 4254, reads=1, writes=1))
    def kill_pure(
        self,
        origin: Origin,
        spawner: MultiAddress,
        proxy_type: ProxyType,
        index: u16,
        height: Compact[BlockNumber],
        ext_index: Compact[u32],
    ) -> None:
        """Let nobody act any more for the account without a key that makes this call.

        Origin: that account.  Emits: PureKilled.  Raises: NoPermission.  Source: pallet_proxy::kill_pure
        """
        who, maker = ensure_signed(origin), lookup(spawner)
        if pure_account(maker, proxy_type, index, height, ext_index) != who:
            raise self.NoPermission
        _, deposit = self.Proxies[who]
        del self.Proxies[who]
        self.balances.unreserve(maker, deposit)
        self.deposit(self.PureKilled(who, maker, proxy_type, index))

    @call(6, weight=ANNOUNCE)
    def announce(self, origin: Origin, real: MultiAddress, call_hash: H256) -> None:
        """Say which call will be made for `real`, of whom the caller is a proxy.

        Origin: signed.  Emits: Announced.  Raises: NotProxy, TooMany.  Source: pallet_proxy::announce
        """
        who, account = ensure_signed(origin), lookup(real)
        self._find(account, who, None)
        pending, deposit = self.Announcements[who]
        if len(pending) >= self.MaxPending:
            raise self.TooMany
        pending = (*pending, Announcement(account, call_hash, self.system.Number))
        self.Announcements[who] = (pending, self._adjust(who, deposit, self._cost_of_announcements(len(pending))))
        self.deposit(self.Announced(account, who, call_hash))

    @call(7, weight=REMOVE_ANNOUNCEMENT)
    def remove_announcement(self, origin: Origin, real: MultiAddress, call_hash: H256) -> None:
        """Say that the caller will not make a call after all.

        Origin: signed.  Raises: NotFound.  Source: pallet_proxy::remove_announcement
        """
        who, account = ensure_signed(origin), lookup(real)
        self._remove_announcements(who, lambda a: a.real == account and a.call_hash == call_hash)

    @call(8, weight=REJECT_ANNOUNCEMENT)
    def reject_announcement(self, origin: Origin, delegate: MultiAddress, call_hash: H256) -> None:
        """Do not let a proxy of the caller make a call that it announced.

        Origin: signed.  Raises: NotFound.  Source: pallet_proxy::reject_announcement
        """
        who, proxy = ensure_signed(origin), lookup(delegate)
        self._remove_announcements(proxy, lambda a: a.real == who and a.call_hash == call_hash)

    @call(9, weight=lambda self, delegate, real, force_proxy_type, call: ANNOUNCED + self._weight_of(call))
    def proxy_announced(
        self,
        origin: Origin,
        delegate: MultiAddress,
        real: MultiAddress,
        force_proxy_type: ProxyType | None,
        call: RuntimeCall,
    ) -> None:
        """Make a call for `real` that its proxy announced long enough ago; anyone may see to that.

        Origin: signed.  Emits: ProxyExecuted.  Raises: NotProxy, Unannounced.
        Source: pallet_proxy::proxy_announced
        """
        ensure_signed(origin)
        proxy, account = lookup(delegate), lookup(real)
        found = self._find(account, proxy, force_proxy_type)
        call_hash, now = blake2_256(self.runtime.construct.call.encode(call)), self.system.Number
        try:
            self._remove_announcements(
                proxy,
                lambda a: a.real == account and a.call_hash == call_hash and max(now - a.height, 0) >= found.delay,
            )
        except DispatchError:
            raise self.Unannounced from None
        self._make(found, account, call)

    @call(10, weight=weigh(46_757_000, 8615, reads=3, writes=3))
    def poke_deposit(self, origin: Origin) -> PostInfo:
        """Bring the caller's deposits to what they cost now; free of charge if one changed.

        Origin: signed.  Emits: DepositPoked.  Source: pallet_proxy::poke_deposit
        """
        who, changed = ensure_signed(origin), False
        proxies, old = self.Proxies[who]
        new = self._adjust(who, old, self.deposit_of(len(proxies)))
        if proxies:
            self.Proxies[who] = (proxies, new)
        else:
            del self.Proxies[who]
        if new != old:
            changed = True
            self.deposit(self.DepositPoked(who, DepositKind.Proxies, old, new))
        pending, old = self.Announcements[who]
        new = self._adjust(who, old, self._cost_of_announcements(len(pending)))
        if pending:
            self.Announcements[who] = (pending, new)
        else:
            del self.Announcements[who]
        if new != old:
            changed = True
            self.deposit(self.DepositPoked(who, DepositKind.Announcements, old, new))
        return PostInfo(pays=Pays.No if changed else Pays.Yes)

    @call(11, weight=weigh(14_259_931 + 42_799 * PROXIES, 4254, reads=1, writes=1))
    def set_real_pays_fee(self, origin: Origin, delegate: MultiAddress, pays_fee: bool) -> None:
        """Choose whether the caller pays the fees of calls that a proxy makes for it.

        Origin: signed.  Emits: RealPaysFeeSet.  Raises: NotProxy.  Source: pallet_proxy::set_real_pays_fee
        """
        real, proxy = ensure_signed(origin), lookup(delegate)
        self._find(real, proxy, None)
        if pays_fee:
            self.RealPaysFee[real, proxy] = None
        else:
            del self.RealPaysFee[real, proxy]
        self.deposit(self.RealPaysFeeSet(real, proxy, pays_fee))

    def on_finalize(self, block: BlockNumber) -> None:
        """Forget how the block's calls ended."""
        self.LastCallResult.clear()

    # -- what other pallets do with proxies

    def add(self, delegator: AccountId, new: ProxyDefinition) -> None:
        """Give an account a proxy; it pays the deposit.

        Emits: ProxyAdded.  Raises: NoSelfProxy, Duplicate, TooMany, InsufficientBalance.
        Source: pallet_proxy::add_proxy_delegate
        """
        if delegator == new.delegate:
            raise self.NoSelfProxy
        proxies, deposit = self.Proxies[delegator]
        if new in proxies:
            raise self.Duplicate
        if len(proxies) >= self.MaxProxies:
            raise self.TooMany
        proxies = tuple(sorted((*proxies, new), key=ProxyDefinition.order))
        self.Proxies[delegator] = (proxies, self._adjust(delegator, deposit, self.deposit_of(len(proxies))))
        self.deposit(self.ProxyAdded(delegator, new.delegate, new.proxy_type, new.delay))

    def remove(self, delegator: AccountId, old: ProxyDefinition) -> None:
        """Take a proxy from an account, which gets its deposit back.

        Emits: ProxyRemoved.  Raises: NotFound.  Source: pallet_proxy::remove_proxy_delegate
        """
        proxies, deposit = self.Proxies[delegator]
        if old not in proxies:
            raise self.NotFound
        proxies = tuple(p for p in proxies if p != old)
        left = self._adjust(delegator, deposit, self.deposit_of(len(proxies)))
        if proxies:
            self.Proxies[delegator] = (proxies, left)
        else:
            del self.Proxies[delegator]
        del self.RealPaysFee[delegator, old.delegate]
        self.deposit(self.ProxyRemoved(delegator, old.delegate, old.proxy_type, old.delay))

    def deposit_of(self, proxies: int) -> TaoBalance:
        """What so many proxies of an account cost, in rao."""
        return self.ProxyDepositBase + self.ProxyDepositFactor * proxies if proxies else NOTHING

    def pays_fee_of(self, real: AccountId, delegate: AccountId) -> bool:
        """Whether an account pays the fees of a proxy. Source: pallet_proxy::is_real_pays_fee"""
        return (real, delegate) in self.RealPaysFee

    # -- what the calls have in common

    def _weight_of(self, call: RuntimeCall) -> Weight:
        return self.runtime.dispatch_info(call).weight

    def _cost_of_announcements(self, count: int) -> TaoBalance:
        return self.AnnouncementDepositBase + self.AnnouncementDepositFactor * count if count else NOTHING

    def _adjust(self, who: AccountId, old: TaoBalance, new: TaoBalance) -> TaoBalance:
        """Bring a deposit from one amount to another, and give that. Raises: InsufficientBalance, ..."""
        if new > old:
            self.balances.reserve(who, new - old)
        elif new < old:
            self.balances.unreserve(who, old - new)
        return new

    def _find(self, real: AccountId, delegate: AccountId, forced: ProxyType | None) -> ProxyDefinition:
        """The first proxy that this is, of any type where none is asked for. Raises: NotProxy."""
        for proxy in self.Proxies[real][0]:
            if proxy.delegate == delegate and forced in (None, proxy.proxy_type):
                return proxy
        raise self.NotProxy

    def _remove_announcements(self, proxy: AccountId, which: Callable[[Announcement], bool]) -> None:
        """Remove announcements and give back their deposits. Raises: NotFound where there are none."""
        pending, deposit = self.Announcements[proxy]
        left = tuple(a for a in pending if not which(a))
        if len(left) == len(pending):
            raise self.NotFound
        cost = self._adjust(proxy, deposit, self._cost_of_announcements(len(left)))
        if left:
            self.Announcements[proxy] = (left, cost)
        else:
            del self.Announcements[proxy]

    def _make(self, proxy: ProxyDefinition, real: AccountId, call: RuntimeCall) -> None:
        """Make a call for an account so far as its proxy may. Emits: ProxyExecuted."""
        origin = Origin.signed(real).allowing(lambda c: may_make(proxy.proxy_type, c))
        result: DispatchResult = Ok(None)
        try:
            self.runtime.dispatch(call, origin)
        except DispatchError as error:
            result = Err(error)
        self.LastCallResult[real] = result
        self.deposit(self.ProxyExecuted(result))


def may_make(proxy_type: ProxyType, call: RuntimeCall) -> bool:
    """Whether a proxy may make a call: it can give nobody more than it has itself. Source: do_proxy"""
    if call.is_("Proxy", "add_proxy", "remove_proxy") and not is_superset(proxy_type, call.argument("proxy_type")):
        return False
    if call.is_("Proxy", "remove_proxies", "kill_pure") and proxy_type is not ProxyType.Any:
        return False
    return allows(proxy_type, call)


def pure_account(who: AccountId, proxy_type: ProxyType, index: int, block: int, extrinsic: int) -> AccountId:
    """The account without a key that an extrinsic of a block made. Source: pallet_proxy::pure_account"""
    return AccountId(
        blake2_256(
            b"modlpy/proxy____"
            + who
            + block.to_bytes(4, "little")
            + extrinsic.to_bytes(4, "little")
            + bytes([proxy_type.value])
            + index.to_bytes(2, "little")
        )
    )
