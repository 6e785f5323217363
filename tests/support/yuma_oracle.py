"""The epoch once more, slow and obvious: plain loops over Python integers, a dict of columns for each row.

Written from the equations, without any of the runtime's arrays, so that the two can be held against each other.
"""

from __future__ import annotations

from runtime.fixed import I64F64, i32f32
from runtime.pallets.emission.yuma import EpochInput, EpochOutcome
from runtime.pallets.weights.rows import Row, pack, unpack

ONE = 1 << 32
Matrix = list[dict[int, int]]
"""Rows of values by column, in the order in which they are stored."""


def mul(a: int, b: int) -> int:
    return min(max(a * b >> 32, -(2**63)), 2**63 - 1)


def div(a: int, b: int) -> int:
    return (a << 32) // b if b else 0


def part(u16: int) -> int:
    return (u16 << 32) // 65_535


def count(bits: int) -> int:
    return min(max(bits * 65_535 >> 32, 0), 65_535)


def normal(values: list[int]) -> list[int]:
    total = sum(values)
    return [div(v, total) for v in values] if total else list(values)


def normal_columns(matrix: Matrix) -> Matrix:
    totals: dict[int, int] = {}
    for row in matrix:
        for j, v in row.items():
            totals[j] = totals.get(j, 0) + v
    return [{j: div(v, totals[j]) if totals[j] else v for j, v in row.items()} for row in matrix]


def median(stakes: list[int], scores: list[int], kappa: int) -> int:
    minority = sum(stakes) - kappa
    for score in sorted(set(scores)):
        if sum(s for s, other in zip(stakes, scores, strict=True) if other <= score) > minority:
            return score
    return max(scores)


def exponential(x: int) -> int:
    found = i32f32.exp(i32f32.from_bits(max(-20 * ONE, min(20 * ONE, x))))
    assert found is not None
    return found


def alpha_of(given: EpochInput, weight: int, bond: int, consensus: int) -> int:
    low, high = part(given.alpha_low), part(given.alpha_high)
    distance = min(max(weight - consensus if weight >= bond else bond - weight, 0), ONE)
    steepness = given.alpha_sigmoid_steepness
    slope = -(abs(steepness) * ONE // 100) if steepness > 0 else abs(steepness) * ONE // 100
    sigmoid = (1 << 64) // (ONE + exponential(mul(slope, distance - ONE // 2)))
    return min(max(low + mul(sigmoid, high - low), low), high)


def found_in_one_pass(row: dict[int, int]) -> dict[int, int]:
    """What a pointer finds that only moves on while it is left of the column that is looked for."""
    found, columns, at = {}, list(row), 0
    for j in range(65_536):
        while at < len(columns) and columns[at] < j:
            at += 1
        if at < len(columns) and columns[at] == j:
            found[j] = row[j]
    return found


def average(new: Matrix, old: Matrix, alpha: int, n: int) -> Matrix:
    sums = [
        [mul(alpha, fresh.get(j, 0)) + mul(ONE - alpha, kept.get(j, 0)) for j in range(n)]
        for fresh, kept in zip(new, old, strict=True)
    ]
    return [{j: v for j, v in enumerate(row) if v > 0} for row in sums]


def epoch(given: EpochInput) -> EpochOutcome:
    n, owner, now = given.n, given.owner_uid, given.current_block
    uids, kappa, penalty = range(n), part(given.kappa), part(given.bonds_penalty)
    reg, updated = given.block_at_registration, given.last_update

    active = [updated[i] + given.activity_cutoff >= now for i in uids]
    counted: list[I64F64 | int] = [
        s if i == owner or s >> 64 >= given.stake_threshold else 0 for i, s in enumerate(given.stake)
    ]
    total = sum(counted)
    stake = [((s << 64) // total if total else s) >> 32 for s in counted]

    permits = [p or i == owner for i, p in enumerate(given.validator_permits)]
    new_permits = [s != 0 for s in stake]
    if n >= given.max_allowed_validators:
        for i in sorted(uids, key=lambda i: stake[i])[: n - given.max_allowed_validators]:
            new_permits[i] = False
    if owner is not None:
        new_permits[owner] = True
    active_stake = normal([s if active[i] and permits[i] else 0 for i, s in enumerate(stake)])

    weights: Matrix = []
    for i in uids:
        row = {}
        for j, w in unpack(given.weights[i]):
            known = j < n and permits[i] and (i != j or i == owner) and updated[i] > reg[j]
            if known and (given.commit_blocks is None or given.commit_blocks[i] >= reg[j]):
                row[j] = w
        weights.append({j: div(w, sum(row.values())) for j, w in row.items()})

    voters = [i for i in uids if active_stake[i]]
    votes = normal([active_stake[i] for i in voters])
    consensus = [median(votes, [weights[i].get(j, 0) for i in voters], kappa) if voters else 0 for j in uids]

    clipped = [{j: min(w, consensus[j]) for j, w in row.items() if consensus[j] or not w} for row in weights]
    trust = [sum(row.values()) for row in clipped]
    incentive = normal([sum(mul(active_stake[i], clipped[i].get(j, 0)) for i in uids) for j in uids])

    if penalty == 0:
        to_bond = weights
    elif penalty == ONE:
        to_bond = clipped
    else:
        to_bond = []
        for w_row, c_row in zip(weights, clipped, strict=True):
            mixed = [w_row.get(j, 0) + mul(penalty, c_row.get(j, 0) - w_row.get(j, 0)) for j in uids]
            to_bond.append({j: v for j, v in enumerate(mixed) if v > 0})

    last = given.last_mechanism_step_block + 1 if given.last_mechanism_step_block else max(now - given.tempo, 0)
    old = [{j: b for j, b in unpack(row) if last > (reg[j] if j < n else 0)} for row in given.bonds]
    x = ((given.bonds_moving_average << 64) // 1_000_000) >> 32
    alpha = ONE - x

    if given.is_yuma3:
        old = [{j: part(b) for j, b in row.items()} for row in old]
        if given.is_liquid_alpha and any(consensus):
            bonds = []
            for w_row, b_row in zip(to_bond, old, strict=True):
                w_seen, b_seen = found_in_one_pass(w_row), found_in_one_pass(b_row)
                made = {}
                for j, w in w_row.items():
                    a = alpha_of(given, w_seen.get(j, 0), b_seen.get(j, 0), consensus[j])
                    v = min(mul(ONE - a, b_row.get(j, 0)) + max(mul(a, w), 0), ONE)
                    if v > 0:
                        made[j] = v
                bonds.append(made)
        else:
            bonds = average(to_bond, old, alpha, n)
        shares = [sum(mul(v, incentive[j]) for j, v in row.items()) for row in normal_columns(bonds)]
        dividends = normal([mul(shares[i], active_stake[i]) for i in uids])
    else:
        whole = [{j: b << 32 for j, b in row.items() if j < n} for row in old]
        delta = [{j: mul(w, active_stake[i]) for j, w in row.items()} for i, row in enumerate(to_bond)]
        bonds = normal_columns(average(normal_columns(delta), normal_columns(whole), alpha, n))
        dividends = normal([sum(mul(incentive[j], v) for j, v in row.items()) for row in bonds])
        highest = [max((row.get(j, 0) for row in bonds), default=0) for j in uids]
        bonds = [{j: div(v, highest[j]) if highest[j] else v for j, v in row.items()} for row in bonds]

    combined = [i + d for i, d in zip(incentive, dividends, strict=True)]
    total_emission = sum(combined)
    if total_emission:
        server = [div(v, total_emission) for v in incentive]
        validator = [div(v, total_emission) for v in dividends]
        both = normal(combined)
    else:
        server = incentive
        validator = both = active_stake if any(active_stake) else stake

    def rao(parts: list[int]) -> tuple[int, ...]:
        return tuple(v * given.emission >> 32 for v in parts)

    def counts(parts: list[int]) -> tuple[int, ...]:
        return tuple(map(count, parts))

    empty = Row(b"")
    return EpochOutcome(
        stake_weight=counts(stake),
        active=tuple(active),
        validator_permit=tuple(new_permits),
        consensus=counts(consensus),
        incentive=counts(incentive),
        dividends=counts(dividends),
        validator_trust=counts(trust),
        emission=rao(both),
        server_emission=rao(server),
        validator_emission=rao(validator),
        bonds=tuple(pack((j, count(v)) for j, v in bonds[i].items()) if new_permits[i] else empty for i in uids),
    )
