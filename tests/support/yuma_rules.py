"""What our rules give for the stored cases of consensus, by the kind of the case.

Cases of helpers that the chain no longer uses are computed from the operations that it would use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from support.chain import dispatch, key_of, make_runtime
from support.economy import ALICE, EVE, SUBNET, enroll, make_economy
from support.yuma import full_epoch

from node.replay import read_epoch, show_outcome
from runtime.fixed import I32F32, I64F64, i32f32, i64f64, u64f64
from runtime.pallets.emission.bonds import calculate_average, calculate_rate, follow, interpolate
from runtime.pallets.emission.children import calculate_inherited, calculate_stake_weight
from runtime.pallets.emission.exact import Array, to_u16, vector, zeros
from runtime.pallets.emission.injection import calculate_tao_weight
from runtime.pallets.emission.links import Links
from runtime.pallets.emission.split import split_between_mechanisms
from runtime.pallets.emission.tempo import calculate_next_epoch
from runtime.pallets.emission.voting_power import calculate_voting_power
from runtime.pallets.emission.yuma import calculate_consensus, epoch, find_largest
from runtime.pallets.subnets.burn_price import calculate_bumped_burn, calculate_decay_factor, calculate_decayed_burn
from runtime.pallets.subnets.replacement import Candidate, find_replaced
from runtime.pallets.subnets.serving import is_valid_address
from runtime.pallets.subtensor.types import subnet_account
from runtime.pallets.system import BASE_EXTRINSIC
from runtime.pallets.transaction_payment import length_to_fee, weight_to_fee
from runtime.pallets.weights.rows import EMPTY, pack, unpack
from runtime.units import AlphaBalance, NetUid, TaoBalance

Rule = Callable[[dict[str, Any]], dict[str, Any]]
RULES: dict[str, Rule] = {}
ONE = 1 << 32


def gives(*kinds: str) -> Callable[[Rule], Rule]:
    """Say which kinds of cases a function computes."""

    def keep(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(kinds, rule))
        return rule

    return keep


# -- numbers


@gives("primitive:div")
def quotients(given: dict[str, Any]) -> dict[str, Any]:
    return {"results": [i32f32.safe_div(I32F32(c["a"]), I32F32(c["b"])) for c in given["cases"]]}


@gives("primitive:safe_ln")
def logarithms(given: dict[str, Any]) -> dict[str, Any]:
    return {"results": [i32f32.ln(I32F32(c["a"])) or 0 for c in given["cases"]]}


@gives("primitive:prop_to_u16")
def counts(given: dict[str, Any]) -> dict[str, Any]:
    return {"results": to_u16(vector([max(c["a"], 0) for c in given["cases"]])).tolist()}


@gives("primitive:i64f64_to_i32f32")
def narrowed(given: dict[str, Any]) -> dict[str, Any]:
    return {"results": [i32f32.convert(I64F64(int(c["a"])), i64f64) for c in given["cases"]]}


@gives("math:alpha_from_bma")
def rate(given: dict[str, Any]) -> dict[str, Any]:
    return {"alpha_bits": calculate_rate(given["bonds_moving_average"])}


@gives("math:u64_normalization")
def parts_of_stake(given: dict[str, Any]) -> dict[str, Any]:
    total = i64f64.from_int(given["sum"])
    parts = [i64f64.safe_div(i64f64.from_int(value), total) for value in given["values"]]
    return {"i64f64_bits": parts, "i32f32_bits": [i32f32.convert(part, i64f64) for part in parts]}


def exponential(bits: int) -> int:
    found = i32f32.exp(I32F32(min(max(bits, -20 * ONE), 20 * ONE)))
    assert found is not None
    return found


@gives("math:exp_safe")
def exponentials(given: dict[str, Any]) -> dict[str, Any]:
    return {"bits": [exponential(bits) for bits in given["bits"]]}


@gives("math:sigmoid_safe")
def sigmoids(given: dict[str, Any]) -> dict[str, Any]:
    kappa, slope = I32F32(int(given["kappa"] * ONE)), i32f32.from_int(-given["rho"])
    found = []
    for bits in given["x_bits"]:
        power = i32f32.mul(slope, i32f32.sub(I32F32(bits), kappa))
        found.append(i32f32.safe_div(i32f32.one, i32f32.add(I32F32(exponential(power)), i32f32.one)))
    return {"bits": found}


@gives("math:normalize")
def normalized(given: dict[str, Any]) -> dict[str, Any]:
    total = i32f32.saturate(sum(given["bits"]))
    return {"bits": [i32f32.safe_div(I32F32(bits), total) for bits in given["bits"]]}


@gives("math:is_topk")
def largest(given: dict[str, Any]) -> dict[str, Any]:
    return {"topk": [find_largest(vector(c["bits"]), c["k"]) for c in given["cases"]]}


@gives("math:is_topk_nonzero")
def largest_above_zero(given: dict[str, Any]) -> dict[str, Any]:
    def largest_of(bits: list[int], count: int) -> list[bool]:
        return [found and value > 0 for found, value in zip(find_largest(vector(bits), count), bits, strict=True)]

    return {"topk": [largest_of(c["bits"], c["k"]) for c in given["cases"]]}


# -- matrices


def links(rows: list[list[list[int]]], n: int) -> Links:
    """Rows of columns and bits."""
    values, is_there = zeros(len(rows), n), np.zeros((len(rows), n), dtype=bool)
    for row, pairs in enumerate(rows):
        for column, bits in pairs:
            values[row, column], is_there[row, column] = bits, True
    return Links(list(range(len(rows))), values, is_there, {})


def rows_of(found: Links) -> list[list[list[int]]]:
    """A matrix as rows of columns and bits."""
    return [
        [[column, int(row[column])] for column in np.nonzero(there)[0].tolist()]
        for row, there in zip(found.values, found.is_there, strict=True)
    ]


@gives("math:weighted_median_col_sparse")
def medians(given: dict[str, Any]) -> dict[str, Any]:
    columns = max(given["columns"], len(given["stake"]))
    found = calculate_consensus(links(given["score"], columns), pad(vector(given["stake"]), columns), given["majority"])
    return {"bits": found.tolist()[: given["columns"]]}


def pad(values: Array, length: int) -> Array:
    return np.concatenate([values, zeros(length - len(values))])


@gives("math:interpolate_sparse")
def between(given: dict[str, Any]) -> dict[str, Any]:
    a, b = links(given["a"], given["columns"]), links(given["b"], given["columns"])
    if (a.values <= b.values).all() and (a.values != b.values).any():  # our penalty only takes away
        a, b, ratio = b, a, ONE - given["ratio"]
        return {"rows": rows_of(interpolate(a, b, ratio))}
    return {"rows": rows_of(interpolate(a, b, given["ratio"]))}


@gives("math:mat_ema_alpha_sparse")
def averages_at_rates(given: dict[str, Any]) -> dict[str, Any]:
    rates = np.array(given["alpha"], dtype=np.uint64)
    n = rates.shape[1]
    return {"rows": rows_of(follow(links(given["new"], n), links(given["old"], n), rates))}


@gives("math:mat_ema_sparse")
def averages(given: dict[str, Any]) -> dict[str, Any]:
    n = 1 + max(column for row in (*given["new"], *given["old"]) for column, _ in row)
    new, old = links(given["new"], n), links(given["old"], n)
    found = rows_of(calculate_average(new.uids, new.values, old.values, I32F32(given["alpha"])))
    columns = len(given["new"])
    return {"rows": [[pair for pair in row if pair[0] < columns] for row in found]}


# -- prices, places, blocks


@gives("registration:decay_factor_q32")
def decay_factors(given: dict[str, Any]) -> dict[str, Any]:
    return {"factor_q32": [calculate_decay_factor(half_life) for half_life in given["half_life"]]}


@gives("registration:burn_decay")
def decays(given: dict[str, Any]) -> dict[str, Any]:
    least, most = TaoBalance(given.get("min", 0)), TaoBalance(given.get("max", (1 << 64) - 1))
    burn, found = TaoBalance(given["burn"]), []
    for _ in range(given["blocks"]):
        burn = calculate_decayed_burn(burn, given["half_life"], 2, least, most)
        found.append(burn)
    return {"burn_after_each_block": found, "sequence": found, "burn": found[-1]}


@gives("registration:burn_clamp")
def clamps(given: dict[str, Any]) -> dict[str, Any]:
    least, most = TaoBalance(given["min"]), TaoBalance(given["max"])
    burn, found = TaoBalance(given["burn"]), []
    for step in given["steps"]:
        if step == "block":
            burn = calculate_decayed_burn(burn, given["half_life"], 2, least, most)
        else:
            burn = calculate_bumped_burn(burn, u64f64.from_int(given["mult"]), least, most)
        found.append(burn)
    return {"burn": found}


@gives("prune")
def replaced(given: dict[str, Any]) -> dict[str, Any]:
    if isinstance(given["neurons"], list):
        candidates = [
            Candidate(x["uid"], AlphaBalance(x["emission"]), x["reg_block"], x["immune"]) for x in given["neurons"]
        ]
        return {"uid": find_replaced(candidates, given["min_non_immune"])}
    runtime = make_economy()
    for hotkey in (EVE, key_of("Two")):
        enroll(runtime, ALICE, hotkey)
    runtime.parameters.ImmuneOwnerUidsLimit[SUBNET] = given["owner_immune_limit"]
    return {"uid": runtime.registration.replaced(SUBNET)}


@gives("mechanism:split")
def mechanisms(given: dict[str, Any]) -> dict[str, Any]:
    return {"parts": split_between_mechanisms(AlphaBalance(given["alpha"]), given["count"], given["split"])}


@gives("tempo:next_epoch")
def next_epochs(given: dict[str, Any]) -> dict[str, Any]:
    return {"next": [calculate_next_epoch(c["tempo"], c["pending"], c["last"]) for c in given["cases"]]}


@gives("tempo:trigger")
def triggered(given: dict[str, Any]) -> dict[str, Any]:
    runtime = make_economy()
    rules, block = runtime.parameters, runtime.registry.block()
    rules.AdminFreezeWindow, rules.Tempo[SUBNET] = given["admin_freeze_window"], 360
    rules.CommitRevealWeightsEnabled[SUBNET] = False
    runtime.clock.LastEpochBlock[SUBNET] = block
    dispatch(runtime, ALICE, "SubtensorModule.trigger_epoch", netuid=SUBNET)
    return {"pending_epoch_at": f"{given['now']}+{runtime.clock.PendingEpochAt[SUBNET] - block}"}


@gives("tempo:legacy_first_block")
def first_blocks(given: dict[str, Any]) -> dict[str, Any]:
    return {"block": [max(c["epoch"] * (c["tempo"] + 1) - (c["netuid"] + 1), 0) for c in given["cases"]]}


@gives("tempo:activity_cutoff")
def cutoffs(given: dict[str, Any]) -> dict[str, Any]:
    runtime, found = make_runtime(), []
    for factor, tempo in given["cases"]:
        runtime.parameters.ActivityCutoffFactorMilli[SUBNET], runtime.parameters.Tempo[SUBNET] = factor, tempo
        found.append(runtime.epochs.activity_cutoff(SUBNET))
    return {"blocks": found}


# -- stake


@gives("children:inherited")
def inherited(given: dict[str, Any]) -> dict[str, Any]:
    if "parents" in given:
        left = [calculate_inherited(stake, [part], []) for stake, part in given["parents"]]
        lent = [(stake, part) for stake, part in given["parents"]]
        return {"parent1": left[0], "parent2": left[1], "child": calculate_inherited(0, [], lent)}
    own, parts = given["own"], given["child_proportions"]
    parent = calculate_inherited(own, parts, [])
    child = [calculate_inherited(0, [], [(own, part)]) for part in parts]
    return {"parent": parent, "child": child[0], "each_child": child[0], "sum": parent + sum(child)}


@gives("stake_weight")
def stake_weights(given: dict[str, Any]) -> dict[str, Any]:
    weight = calculate_tao_weight(given["tao_weight_u64"])
    alpha, tao = AlphaBalance(given["alpha_inherited"]), TaoBalance(given["root_tao_inherited"])
    total = i64f64.to_u64(calculate_stake_weight(alpha, tao, weight))
    return {"tao_weight_u96f32_bits": weight, "total_stake_floor": total}


@gives("voting_power:ema")
def powers(given: dict[str, Any]) -> dict[str, Any]:
    power, found = given["start"], []
    for _ in range(given["epochs"]):
        power = calculate_voting_power(given["stake"], power, int(given["alpha"]))
        found.append(power)
    return {"sequence": found}


# -- the rest


@gives("serving:ip")
def addresses(given: dict[str, Any]) -> dict[str, Any]:
    cases = given["cases"]
    return {"valid": [is_valid_address(c["ip_type"], int(c["ip"]), allow_zero=c["allow_zero"]) for c in cases]}


@gives("account:subnet")
def accounts(given: dict[str, Any]) -> dict[str, Any]:
    return {"account_hex": [subnet_account(NetUid(netuid)).hex() for netuid in given["netuid"]]}


@gives("fee")
def fees(given: dict[str, Any]) -> dict[str, Any]:
    base, weight = weight_to_fee(BASE_EXTRINSIC.ref_time), weight_to_fee(given["call_ref_time"])
    length = length_to_fee(given["length"])
    return {"base": base, "weight_fee": weight, "length_fee": length, "fee": base + weight + length + given["tip"]}


@gives("mechanism:emergency")
def without_weights(given: dict[str, Any]) -> dict[str, Any]:
    n = len(given["stake"])
    nobody = replace(
        full_epoch(n, n),
        stake=[i64f64.from_int(stake) for stake in given["stake"]],
        weights=[EMPTY] * n,
        bonds=[EMPTY] * n,
        emission=given["emission"],
    )
    found = epoch(nobody)
    shares = [round(emission / given["emission"], 5) for emission in found.validator_emission]
    return {"validator_emission_share": shares, "server_emission": list(found.server_emission)}


@gives("epoch_summary")
def many_servers(given: dict[str, Any]) -> dict[str, Any]:
    n, validators = given["n"], 64
    row = pack((uid, 65_535) for uid in range(validators, n))
    rows = [row] * validators + [EMPTY] * (n - validators)
    made = replace(
        full_epoch(validators, n, is_yuma3=given["yuma3"]),
        stake=[i64f64.from_int(328_125_000_000_000 if uid < validators else 0) for uid in range(n)],
        weights=rows,
        bonds=[EMPTY] * n,
        kappa=given["kappa"],
        bonds_penalty=given["bonds_penalty"],
        emission=given["rao_emission"],
    )
    for _ in range(given["epochs"]):
        found = epoch(made)
        made = replace(made, bonds=found.bonds)

    def figures(uids: range, *names: str) -> dict[str, Any]:
        values = {name: {getattr(found, name)[uid] for uid in uids} for name in names}
        return {name: one.pop() if len(one) == 1 else one for name, one in values.items()}

    bonds = {value for uid in range(validators) for _, value in unpack(found.bonds[uid])}
    names = ("consensus", "incentive", "dividends", "emission")
    validator = figures(range(validators), *names) | {"bond_to_each_server": bonds.pop() if len(bonds) == 1 else bonds}
    return {"validator": validator, "server": figures(range(validators, n), *names)}


@gives("epoch")
def epochs(given: dict[str, Any]) -> dict[str, Any]:
    return show_outcome(epoch(read_epoch(given)))
