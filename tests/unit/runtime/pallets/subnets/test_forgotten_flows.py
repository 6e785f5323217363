"""What emission by flows and older versions kept of a subnet goes with it."""

from __future__ import annotations

from support.economy import BOB, SUBNET, dissolve, make_economy

from runtime.fixed import I64F64
from runtime.units import AlphaBalance, NetUid


def test_moving_averages_of_flows_go_with_the_subnet() -> None:
    runtime = make_economy()
    flows = (runtime.pools.SubnetEmaTaoFlow, runtime.pools.SubnetEmaProtocolFlow)
    for flow in flows:
        flow[SUBNET] = flow[NetUid(1)] = (5, I64F64(-7))

    dissolve(runtime, SUBNET)

    assert [list(flow) for flow in flows] == [[1], [1]]


def test_what_older_versions_kept_goes_with_the_subnet() -> None:
    runtime = make_economy()
    earned, loaded = runtime.remnants.LastHotkeyEmissionOnNetuid, runtime.remnants.LoadedEmission
    for netuid in (SUBNET, NetUid(1)):
        earned[BOB.account, netuid] = AlphaBalance(5)
        loaded[netuid] = ((BOB.account, 1, 2),)

    dissolve(runtime, SUBNET)

    assert list(earned) == [(BOB.account, 1)]
    assert list(loaded) == [1]
