"""What each type of proxy may do. Source: the chain's proxy filters"""

from __future__ import annotations

from collections.abc import Mapping

from runtime.frame.call import RuntimeCall
from runtime.pallets.proxy.types import ProxyType

SMALL_TRANSFER_LIMIT = 500_000_000
"""A small transfer moves less than this, in rao of TAO or of alpha."""

Names = Mapping[str, tuple[str, ...]]
"""Calls by their pallets; a pallet without any stands for all of its calls."""

COLDKEY_SWAPS = (
    "announce_coldkey_swap",
    "swap_coldkey_announced",
    "clear_coldkey_swap_announcement",
    "dispute_coldkey_swap",
)

DENIED: dict[ProxyType, Names] = {
    ProxyType.Any: {},
    ProxyType.NonTransfer: {
        "Balances": (),
        "SubtensorModule": ("transfer_stake", "schedule_swap_coldkey", "swap_coldkey", *COLDKEY_SWAPS),
    },
    ProxyType.NonFungible: {
        "Balances": (),
        "SubtensorModule": (
            "add_stake",
            "add_stake_limit",
            "remove_stake",
            "remove_stake_limit",
            "remove_stake_full_limit",
            "unstake_all",
            "unstake_all_alpha",
            "swap_stake",
            "swap_stake_limit",
            "move_stake",
            "transfer_stake",
            "burned_register",
            "root_register",
            "schedule_swap_coldkey",
            "swap_coldkey",
            *COLDKEY_SWAPS,
            "swap_hotkey",
            "swap_hotkey_v2",
        ),
    },
    ProxyType.NonCritical: {
        "SubtensorModule": ("dissolve_network", "root_register", "burned_register", *COLDKEY_SWAPS),
        "Sudo": (),
    },
}
"""What proxies may not do that may do all the rest."""

ALLOWED: dict[ProxyType, Names] = {
    ProxyType.Transfer: {
        "Balances": ("transfer_keep_alive", "transfer_allow_death", "transfer_all"),
        "SubtensorModule": ("transfer_stake",),
    },
    ProxyType.Owner: {"AdminUtils": (), "SubtensorModule": ("set_subnet_identity", "update_symbol")},
    ProxyType.Staking: {
        "SubtensorModule": (
            "add_stake",
            "remove_stake",
            "unstake_all",
            "unstake_all_alpha",
            "swap_stake",
            "swap_stake_limit",
            "move_stake",
            "add_stake_limit",
            "remove_stake_limit",
            "remove_stake_full_limit",
            "set_root_claim_type",
        ),
    },
    ProxyType.Registration: {"SubtensorModule": ("burned_register", "register", "register_limit")},
    ProxyType.ChildKeys: {"SubtensorModule": ("set_children", "set_childkey_take")},
    ProxyType.SwapHotkey: {"SubtensorModule": ("swap_hotkey", "swap_hotkey_v2")},
    ProxyType.SubnetLeaseBeneficiary: {
        "SubtensorModule": ("start_call",),
        "AdminUtils": (
            "sudo_set_serving_rate_limit",
            "sudo_set_min_difficulty",
            "sudo_set_max_difficulty",
            "sudo_set_weights_version_key",
            "sudo_set_adjustment_alpha",
            "sudo_set_immunity_period",
            "sudo_set_min_allowed_weights",
            "sudo_set_kappa",
            "sudo_set_rho",
            "sudo_set_activity_cutoff",
            "sudo_set_network_registration_allowed",
            "sudo_set_network_pow_registration_allowed",
            "sudo_set_max_burn",
            "sudo_set_bonds_moving_average",
            "sudo_set_bonds_penalty",
            "sudo_set_commit_reveal_weights_enabled",
            "sudo_set_liquid_alpha_enabled",
            "sudo_set_alpha_values",
            "sudo_set_commit_reveal_weights_interval",
            "sudo_set_toggle_transfer",
            "sudo_set_subnet_emission_enabled",
            "sudo_set_min_childkey_take_per_subnet",
        ),
    },
    ProxyType.RootClaim: {"SubtensorModule": ("claim_root",)},
}
"""What proxies may do that may do nothing else."""

NOT_OF_OWNERS = ("sudo_set_sn_owner_hotkey", "sudo_set_subnet_owner_hotkey")
"""What an owner's proxy may not do, of all that owners may."""
TRANSFERS = ("transfer_keep_alive", "transfer_allow_death")


def allows(proxy_type: ProxyType, call: RuntimeCall) -> bool:
    """Whether a proxy of this type may make this call. Source: ProxyType::filter"""
    if proxy_type in DENIED:
        return not is_among(call, DENIED[proxy_type])
    if proxy_type is ProxyType.SmallTransfer:
        return is_small_transfer(call)
    if proxy_type is ProxyType.SudoUncheckedSetCode:
        # the inner call may be anything, so it is looked at only where there is one
        return call.is_("Sudo", "sudo_unchecked_weight") and call.argument("call").is_("System", "set_code")
    if proxy_type is ProxyType.Owner and call.is_("AdminUtils", *NOT_OF_OWNERS):
        return False
    return is_among(call, ALLOWED.get(proxy_type, {}))


def is_among(call: RuntimeCall, names: Names) -> bool:
    """Whether a call is one of these."""
    return any(call.is_(pallet, *found) for pallet, found in names.items())


def is_small_transfer(call: RuntimeCall) -> bool:
    """Whether a call moves less than half a TAO, or of alpha."""
    if call.is_("Balances", *TRANSFERS):
        return bool(call.argument("value") < SMALL_TRANSFER_LIMIT)
    return call.is_("SubtensorModule", "transfer_stake") and call.argument("alpha_amount") < SMALL_TRANSFER_LIMIT


def is_superset(one: ProxyType, other: ProxyType) -> bool:
    """Whether proxies of one type may do all that those of the other may. Source: ProxyType::is_superset"""
    if one is other or one is ProxyType.Any:
        return True
    if other is ProxyType.Any:
        return False
    if one is ProxyType.NonTransfer:
        return other not in (ProxyType.Transfer, ProxyType.SmallTransfer)
    return one is ProxyType.Transfer and other is ProxyType.SmallTransfer
