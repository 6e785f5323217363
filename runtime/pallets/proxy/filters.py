"""What each type of proxy may do. Source: the chain's proxy filters"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from chain.scale.codec import split_path
from runtime.frame.call import RuntimeCall
from runtime.pallets.proxy.types import ProxyType

SMALL_TRANSFER_LIMIT = 500_000_000
"""A small transfer moves less than this, in rao of TAO or of alpha."""


class FilterMode(enum.Enum):
    """What the calls of a rule are to a proxy."""

    AllowAll = 0
    DenyAll = 1
    Allow = 2
    Deny = 3

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("subtensor_runtime_common::FilterMode")


@dataclass(frozen=True, slots=True)
class Match:
    """A call, or with the name `*` all calls of a pallet; perhaps with an argument below a limit, or a call in it."""

    pallet: str
    name: str
    argument: str | None = None
    below: int | None = None
    inner: tuple[str, str] | None = None

    def is_met(self, call: RuntimeCall) -> bool:
        """Whether this is the call."""
        if self.name == "*" or self.argument is None:
            return call.is_(self.pallet, *(() if self.name == "*" else (self.name,)))
        # an inner call may be anything, so it is looked at only where there is one
        if not call.is_(self.pallet, self.name):
            return False
        value = call.argument(self.argument)
        return bool(value < self.below) if self.inner is None else value.is_(*self.inner)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a type of proxy may do, and what not of that."""

    mode: FilterMode
    calls: tuple[Match, ...] = ()
    exceptions: tuple[Match, ...] = ()

    def allows(self, call: RuntimeCall) -> bool:
        """Whether a proxy may make this call."""
        if self.mode in (FilterMode.AllowAll, FilterMode.DenyAll):
            return self.mode is FilterMode.AllowAll
        is_listed = any(match.is_met(call) for match in self.calls)
        if self.mode is FilterMode.Deny:
            return not is_listed
        return is_listed and not any(match.is_met(call) for match in self.exceptions)


def _calls(pallet: str, names: str) -> tuple[Match, ...]:
    return tuple(Match(pallet, name) for name in names.split())


def _economy(names: str) -> tuple[Match, ...]:
    return _calls("SubtensorModule", names)


NOTHING = Rule(FilterMode.DenyAll)
COLDKEY_SWAPS = _economy(
    "announce_coldkey_swap swap_coldkey_announced clear_coldkey_swap_announcement dispute_coldkey_swap"
)
OLD_COLDKEY_SWAPS = _economy("schedule_swap_coldkey swap_coldkey")

RULES: dict[ProxyType, Rule] = {
    ProxyType.Any: Rule(FilterMode.AllowAll),
    ProxyType.NonTransfer: Rule(
        FilterMode.Deny,
        (*_calls("Balances", "*"), *_economy("transfer_stake"), *OLD_COLDKEY_SWAPS, *COLDKEY_SWAPS),
    ),
    ProxyType.NonFungible: Rule(
        FilterMode.Deny,
        (
            *_calls("Balances", "*"),
            *_economy(
                "add_stake add_stake_limit remove_stake remove_stake_limit remove_stake_full_limit unstake_all"
                " unstake_all_alpha swap_stake swap_stake_limit move_stake transfer_stake burned_register root_register"
            ),
            *OLD_COLDKEY_SWAPS,
            *COLDKEY_SWAPS,
            *_economy("swap_hotkey swap_hotkey_v2"),
        ),
    ),
    ProxyType.Transfer: Rule(
        FilterMode.Allow,
        (
            *_calls("Balances", "transfer_keep_alive transfer_allow_death transfer_all"),
            *_economy("transfer_stake"),
        ),
    ),
    ProxyType.SmallTransfer: Rule(
        FilterMode.Allow,
        (
            Match("Balances", "transfer_keep_alive", "value", below=SMALL_TRANSFER_LIMIT),
            Match("Balances", "transfer_allow_death", "value", below=SMALL_TRANSFER_LIMIT),
            Match("SubtensorModule", "transfer_stake", "alpha_amount", below=SMALL_TRANSFER_LIMIT),
        ),
    ),
    ProxyType.Owner: Rule(
        FilterMode.Allow,
        (*_calls("AdminUtils", "*"), *_economy("set_subnet_identity update_symbol")),
        _calls("AdminUtils", "sudo_set_sn_owner_hotkey sudo_set_subnet_owner_hotkey"),
    ),
    ProxyType.NonCritical: Rule(
        FilterMode.Deny,
        (
            *_economy("dissolve_network root_register burned_register"),
            *_calls("Sudo", "*"),
            *COLDKEY_SWAPS,
        ),
    ),
    ProxyType.Triumvirate: NOTHING,
    ProxyType.Senate: NOTHING,
    ProxyType.Governance: NOTHING,
    ProxyType.Staking: Rule(
        FilterMode.Allow,
        _economy(
            "add_stake remove_stake unstake_all unstake_all_alpha swap_stake swap_stake_limit move_stake"
            " add_stake_limit remove_stake_limit remove_stake_full_limit set_root_claim_type"
        ),
    ),
    ProxyType.Registration: Rule(FilterMode.Allow, _economy("burned_register register register_limit")),
    ProxyType.RootWeights: NOTHING,
    ProxyType.ChildKeys: Rule(FilterMode.Allow, _economy("set_children set_childkey_take")),
    ProxyType.SudoUncheckedSetCode: Rule(
        FilterMode.Allow, (Match("Sudo", "sudo_unchecked_weight", "call", inner=("System", "set_code")),)
    ),
    ProxyType.SwapHotkey: Rule(FilterMode.Allow, _economy("swap_hotkey swap_hotkey_v2")),
    ProxyType.SubnetLeaseBeneficiary: Rule(
        FilterMode.Allow,
        (
            *_economy("start_call"),
            *_calls(
                "AdminUtils",
                "sudo_set_serving_rate_limit sudo_set_min_difficulty sudo_set_max_difficulty"
                " sudo_set_weights_version_key sudo_set_adjustment_alpha sudo_set_immunity_period"
                " sudo_set_min_allowed_weights sudo_set_kappa sudo_set_rho sudo_set_activity_cutoff"
                " sudo_set_network_registration_allowed sudo_set_network_pow_registration_allowed"
                " sudo_set_max_burn sudo_set_bonds_moving_average sudo_set_bonds_penalty"
                " sudo_set_commit_reveal_weights_enabled sudo_set_liquid_alpha_enabled sudo_set_alpha_values"
                " sudo_set_commit_reveal_weights_interval sudo_set_toggle_transfer"
                " sudo_set_subnet_emission_enabled sudo_set_min_childkey_take_per_subnet",
            ),
        ),
    ),
    ProxyType.RootClaim: Rule(FilterMode.Allow, _economy("claim_root")),
}
"""What proxies may do, in the order in which clients are told."""


def allows(proxy_type: ProxyType, call: RuntimeCall) -> bool:
    """Whether a proxy of this type may make this call. Source: ProxyType::filter"""
    return RULES[proxy_type].allows(call)


def is_superset(one: ProxyType, other: ProxyType) -> bool:
    """Whether proxies of one type may do all that those of the other may. Source: ProxyType::is_superset"""
    if one is other or one is ProxyType.Any:
        return True
    if other is ProxyType.Any:
        return False
    if one is ProxyType.NonTransfer:
        return other not in (ProxyType.Transfer, ProxyType.SmallTransfer)
    return one is ProxyType.Transfer and other is ProxyType.SmallTransfer
