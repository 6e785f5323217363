"""What each type of proxy may do, and which type may do all that another may."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import call, key_of, make_runtime

from runtime.frame.call import BoundCall, RuntimeCall
from runtime.pallets.proxy.filters import RULES, SMALL_TRANSFER_LIMIT, allows, is_superset
from runtime.pallets.proxy.types import ProxyType
from runtime.taonet import Taonet

BOB = key_of("Bob")
P = ProxyType


@pytest.fixture(scope="module")
def runtime() -> Taonet:
    return make_runtime()


def named(runtime: Taonet, path: str) -> RuntimeCall:
    """A call whose arguments do not matter."""
    pallet, _, name = path.partition(".")
    bound: BoundCall = runtime.construct.call.find(pallet, name)
    return RuntimeCall(bound, (None,) * len(bound.fields))


WHO_MAY: dict[str, set[ProxyType]] = {
    "System.remark": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical},
    "Balances.transfer_all": {P.Any, P.NonCritical, P.Transfer},
    "Balances.burn": {P.Any, P.NonCritical},
    "SubtensorModule.add_stake": {P.Any, P.NonTransfer, P.NonCritical, P.Staking},
    "SubtensorModule.move_stake": {P.Any, P.NonTransfer, P.NonCritical, P.Staking},
    "SubtensorModule.claim_root": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical, P.RootClaim},
    "SubtensorModule.start_call": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical, P.SubnetLeaseBeneficiary},
    "SubtensorModule.dissolve_network": {P.Any, P.NonTransfer, P.NonFungible},
    "SubtensorModule.set_subnet_identity": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical, P.Owner},
    "AdminUtils.sudo_set_kappa": {
        P.Any,
        P.NonTransfer,
        P.NonFungible,
        P.NonCritical,
        P.Owner,
        P.SubnetLeaseBeneficiary,
    },
    "AdminUtils.sudo_set_tempo": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical, P.Owner},
    "AdminUtils.sudo_set_sn_owner_hotkey": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical},
    "AdminUtils.sudo_set_subnet_owner_hotkey": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical},
    "Sudo.sudo": {P.Any, P.NonTransfer, P.NonFungible},
    "Proxy.add_proxy": {P.Any, P.NonTransfer, P.NonFungible, P.NonCritical},
}


@pytest.mark.parametrize("path", WHO_MAY)
def test_which_types_may_make_a_call(runtime: Taonet, path: str) -> None:
    what = named(runtime, path)

    assert {kind for kind in ProxyType if allows(kind, what)} == WHO_MAY[path]


@pytest.mark.parametrize("kind", [P.Senate, P.Triumvirate, P.Governance, P.RootWeights])
def test_types_of_the_past_may_do_nothing(runtime: Taonet, kind: ProxyType) -> None:
    assert not any(
        allows(kind, named(runtime, f"{codec.pallet}.{bound.name}"))
        for codec in runtime.construct.calls.values()
        for bound in codec.calls
    )


def test_every_type_has_a_rule_of_its_own() -> None:
    assert RULES.keys() == set(ProxyType)


@pytest.mark.parametrize(
    ("path", "arguments", "amount"),
    [
        ("Balances.transfer_keep_alive", {"dest": BOB}, "value"),
        ("Balances.transfer_allow_death", {"dest": BOB}, "value"),
        (
            "SubtensorModule.transfer_stake",
            {
                "destination_coldkey": BOB.account,
                "hotkey": BOB.account,
                "origin_netuid": 1,
                "destination_netuid": 1,
            },
            "alpha_amount",
        ),
    ],
)
def test_small_transfers_are_below_half_a_tao(
    runtime: Taonet, path: str, arguments: dict[str, Any], amount: str
) -> None:
    small, large = (
        call(runtime, path, **arguments, **{amount: value})
        for value in (SMALL_TRANSFER_LIMIT - 1, SMALL_TRANSFER_LIMIT)
    )

    assert SMALL_TRANSFER_LIMIT == 500_000_000
    assert (allows(P.SmallTransfer, small), allows(P.SmallTransfer, large)) == (True, False)
    assert allows(P.Transfer, large)
    assert not allows(P.SmallTransfer, named(runtime, "Balances.transfer_all"))


def test_code_is_set_by_the_sudo_key_through_one_call_only(runtime: Taonet) -> None:
    set_code = call(runtime, "System.set_code", code=b"")
    remark = call(runtime, "System.remark", remark=b"")

    def unchecked(inner: RuntimeCall) -> RuntimeCall:
        return RuntimeCall(runtime.construct.call.find("Sudo", "sudo_unchecked_weight"), (inner, None))

    assert allows(P.SudoUncheckedSetCode, unchecked(set_code))
    assert not allows(P.SudoUncheckedSetCode, unchecked(remark))
    assert not allows(P.SudoUncheckedSetCode, set_code)
    assert not allows(P.SudoUncheckedSetCode, call(runtime, "Sudo.sudo", call=set_code))


def test_which_types_may_do_all_that_others_may() -> None:
    above = {one: {other for other in ProxyType if is_superset(one, other)} for one in ProxyType}

    assert above.pop(P.Any) == set(ProxyType)
    assert above.pop(P.NonTransfer) == set(ProxyType) - {P.Any, P.Transfer, P.SmallTransfer}
    assert above.pop(P.Transfer) == {P.Transfer, P.SmallTransfer}
    assert all(found == {one} for one, found in above.items())
