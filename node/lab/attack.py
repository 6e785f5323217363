"""`attack`: what validators that do not weigh honestly earn at a share of the stake, epoch after epoch."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from node.lab.columns import (
    ALPHA,
    BLOCK,
    BLOCKS,
    EPOCH,
    EPOCHS,
    MILLIONTHS,
    NUMBER,
    PART,
    SHARE,
    TEXT,
    U16,
    Column,
    Figure,
    Row,
)
from node.lab.errors import LabError
from node.lab.experiment import Chart, Experiment, Line, Outcome, tick
from node.lab.parameters import choice, number, parameters_of
from node.lab.strategies import COPY, CRONY, HONEST, STRATEGIES, Attack, Opinions
from node.lab.subnet import MAX_VALIDATORS, Rules, Subnet, make_row, sum_bonds
from runtime.pallets.emission.yuma import EpochOutcome
from runtime.pallets.weights.rows import Row as WeightRow

YES_OR_NO = ("yes", "no")
VALIDATOR, ATTACKER, MINER, IDLER = "validator", "attacker", "miner", "crony"
ROLES = (VALIDATOR, ATTACKER, MINER, IDLER)


@dataclass(frozen=True, slots=True)
class Settings:
    """Who is in the subnet, what the attackers do, and the subnet's hyperparameters."""

    strategy: str = choice(CRONY, "What attackers do: pay a crony, copy the consensus, or weigh honestly.", STRATEGIES)
    stake: int = number("0.3", PART, "The attackers' part of all stake at first.", most="1")
    attackers: int = number("1", NUMBER, "How many attackers there are.", least="1", most="63")
    validators: int = number("9", NUMBER, "How many honest validators there are.", least="1", most="63")
    miners: int = number("16", NUMBER, "How many miners there are, besides the crony.", least="1", most="1024")
    total: int = number("1000000", ALPHA, "All stake at first.", least="1", most="21000000")
    noise: int = number("0.1", PART, "How far honest weights are off at most.", most="1")
    change: int = number("10", EPOCHS, "How often miners are worth something else; 0 for never.", most="1000000")
    delay: int = number("1", EPOCHS, "How old the consensus is that is copied.", least="1", most="1000")
    compound: str = choice("yes", "Whether validators stake what they earn.", YES_OR_NO)
    emission: int = number("1", ALPHA, "The alpha of a block.", most="1")
    tempo: int = number("360", BLOCKS, "The blocks of an epoch.", least="2", most="50400")
    yuma: str = choice("3", "Which form of the consensus runs.", ("2", "3"))
    liquid: str = choice("no", "Whether the rate of bonds is liquid.", YES_OR_NO)
    kappa: int = number("32767", U16, "The majority.", most="65535")
    bonds_penalty: int = number("65535", U16, "How much of what consensus cuts off is lost for bonds.", most="65535")
    bonds_moving_average: int = number("900000", MILLIONTHS, "How much of the old bonds stays.", most="1000000")
    alpha_low: int = number("45875", U16, "The least rate of liquid bonds.", most="65535")
    alpha_high: int = number("58982", U16, "The greatest rate of liquid bonds.", most="65535")
    steepness: int = number("1000", NUMBER, "How suddenly the rate of liquid bonds changes.", most="32767")
    every: int = number(
        "1", EPOCHS, "How many epochs there are between two rows of a neuron.", least="1", most="100000"
    )

    @property
    def roles(self) -> list[str]:
        """What each neuron is, by uid."""
        numbers = (self.validators, self.attackers, self.miners, 1)
        return [role for role, count in zip(ROLES, numbers, strict=True) for _ in range(count)]

    @property
    def rules(self) -> Rules:
        """The hyperparameters of the subnet."""
        return Rules(
            self.tempo,
            self.kappa,
            self.bonds_penalty,
            self.bonds_moving_average,
            self.yuma == "3",
            self.liquid == "yes",
            self.alpha_low,
            self.alpha_high,
            self.steepness,
        )


COLUMNS = (
    Column("epoch", EPOCH, "The number of the epoch, from 1."),
    Column("block", BLOCK, "The block in which it ran.", in_table=False),
    Column("uid", NUMBER, "The neuron."),
    Column("role", TEXT, "Whether it is a validator, an attacker, a miner or the crony."),
    Column("stake_rao", ALPHA, "Its stake in the epoch."),
    Column("stake_weight", SHARE, "Its part of all stake."),
    Column("consensus", SHARE, "The weight that the majority gives it."),
    Column("incentive", SHARE, "Its part of what miners get."),
    Column("dividends", SHARE, "Its part of what validators get."),
    Column("trust", SHARE, "How much of its weights consensus leaves."),
    Column("bonds", U16, "The sum of its bonds to miners after the epoch.", in_table=False),
    Column("bonded", U16, "The sum of the bonds that validators have to it.", in_table=False),
    Column("earned_rao", ALPHA, "What the epoch paid it."),
)


def open_subnet(settings: Settings) -> Subnet:
    """The subnet before its first epoch: stake is spread evenly among attackers, and among honest validators."""
    attackers = settings.total * settings.stake // PART.per
    each = {
        VALIDATOR: (settings.total - attackers) // settings.validators,
        ATTACKER: attackers // settings.attackers,
    }
    roles = settings.roles
    return Subnet(
        settings.rules, settings.emission, [each.get(role, 0) for role in roles], [role in each for role in roles]
    )


@dataclass(slots=True)
class Story:
    """One subnet as its epochs go by, and what each role has earned."""

    settings: Settings
    seed: int
    subnet: Subnet
    opinions: Opinions
    attack: Attack
    past: list[EpochOutcome]
    earned: Counter[str]

    @classmethod
    def begin(cls, settings: Settings, seed: int) -> Story:
        """Nothing has happened yet."""
        first_miner = settings.validators + settings.attackers
        attack = Attack(settings.strategy, first_miner, first_miner + settings.miners, settings.delay)
        opinions = Opinions(settings.miners, settings.noise, settings.change, random.Random(seed))
        return cls(settings, seed, open_subnet(settings), opinions, attack, [], Counter())

    def weights(self, number: int) -> list[WeightRow]:
        """What each neuron says of the others in an epoch."""
        self.opinions.begin_epoch(number)
        rows = []
        for role in self.settings.roles:
            own = self.opinions.draw() if role in (VALIDATOR, ATTACKER) else []
            is_attacker = role == ATTACKER
            rows.append(self.attack.weigh(own, self.past) if is_attacker else make_row(own, self.attack.first_miner))
        return rows

    def run_epoch(self, number: int) -> list[Row]:
        """Run an epoch and pay it; the row of each neuron."""
        subnet, roles, stake = self.subnet, self.settings.roles, list(self.subnet.stake)
        outcome = subnet.run_epoch(self.weights(number))
        earned = subnet.earnings(outcome)
        self.past = [*self.past, outcome][-self.settings.delay :]
        for uid, (role, amount) in enumerate(zip(roles, earned, strict=True)):
            self.earned[role] += amount
            if self.settings.compound == "yes" and role in (VALIDATOR, ATTACKER):
                subnet.stake[uid] += amount
        bonds, bonded = sum_bonds(outcome.bonds, len(roles))
        return [
            (
                number,
                subnet.block,
                uid,
                role,
                stake[uid],
                outcome.stake_weight[uid],
                outcome.consensus[uid],
                outcome.incentive[uid],
                outcome.dividends[uid],
                outcome.validator_trust[uid],
                bonds[uid],
                bonded[uid],
                earned[uid],
            )
            for uid, role in enumerate(roles)
        ]


def stake_of(subnet: Subnet, roles: Sequence[str], role: str) -> int:
    """What a role has staked in a subnet."""
    return sum(held for held, who in zip(subnet.stake, roles, strict=True) if who == role)


def simulate(settings: Settings, length: int, seed: int) -> Outcome:
    """Run `length` epochs, and beside them the same with attackers that weigh honestly."""
    story, honest, rows = Story.begin(settings, seed), Story.begin(replace(settings, strategy=HONEST), seed), []
    for number_ in range(1, length + 1):
        made = story.run_epoch(number_)
        honest.run_epoch(number_)
        if number_ % settings.every == 0 or number_ == length:
            rows += made
        tick(1)
    return Outcome(rows, sum_up(story, honest))


def sum_up(story: Story, honest: Story) -> list[Figure]:
    """What the attack earned, and what honesty would have."""
    attackers, crony = story.earned[ATTACKER], story.earned[IDLER]
    fair = honest.earned[ATTACKER] + honest.earned[IDLER]
    others, roles, first = story.earned[VALIDATOR], story.settings.roles, open_subnet(story.settings)
    own_stake, their_stake = stake_of(first, roles, ATTACKER), stake_of(first, roles, VALIDATOR)
    return [
        Figure("attack_rao", attackers + crony, ALPHA),
        Figure("attackers_rao", attackers, ALPHA),
        Figure("crony_rao", crony, ALPHA),
        Figure("honest_rao", fair, ALPHA),
        Figure("gain_ppb", part(attackers + crony - fair, fair), PART),
        Figure("dividends_ppb", part(attackers, attackers + others), PART),
        Figure("incentive_ppb", part(crony, crony + story.earned[MINER]), PART),
        Figure("return_ppb", part(attackers * their_stake, others * own_stake), PART),
        Figure("stake_ppb", part(stake_of(story.subnet, roles, ATTACKER), sum(story.subnet.stake)), PART),
    ]


def part(amount: int, whole: int) -> int:
    """An amount in parts of 10^9 of another, toward zero; 0 of nothing."""
    return (abs(amount) * PART.per // whole) * (1 if amount >= 0 else -1) if whole else 0


def check(settings: Settings, length: int) -> None:
    """Refuse too many validators, bounds that cross, and what a strategy or a form of consensus ignores.

    Raises: LabError
    """
    if settings.validators + settings.attackers > MAX_VALIDATORS:
        raise LabError(f"attackers: with validators they are more than {MAX_VALIDATORS}")
    if settings.alpha_low > settings.alpha_high:
        raise LabError("alpha_low: it is more than alpha_high")
    if settings.liquid == "yes" and settings.yuma == "2":
        raise LabError("liquid: only yuma=3 has liquid alpha")
    if settings.strategy != COPY and settings.delay != parameters_of(Settings)["delay"].default:
        raise LabError("delay: only strategy=copy copies something")


def count_rows(settings: Settings, length: int) -> int:
    """How many rows there are: one for each neuron every so many epochs, and in the last."""
    return -(-length // settings.every) * len(settings.roles)


def draw(rows: Sequence[Row]) -> list[Chart]:
    """What each role earns, what attackers and the crony get of it, and what consensus leaves of attackers' weights."""
    epochs = sorted({int(row[0]) for row in rows})

    def line(label: str, role: str, name: str) -> Line:
        place, sums = EXPERIMENT.place(name), Counter(dict.fromkeys(epochs, 0))
        for row in rows:
            if row[3] == role:
                sums[int(row[0])] += int(row[place])
        return Line(label, epochs, [COLUMNS[place].unit.scale(sums[number_]) for number_ in epochs])

    earned = [("attackers", ATTACKER), ("crony", IDLER), ("honest validators", VALIDATOR), ("miners", MINER)]
    shares = (
        line("stake of attackers", ATTACKER, "stake_weight"),
        line("dividends of attackers", ATTACKER, "dividends"),
        line("incentive of the crony", IDLER, "incentive"),
    )
    return [
        Chart("What each role earns", "epoch", "alpha an epoch", tuple(line(a, b, "earned_rao") for a, b in earned)),
        Chart("Stake and what it gets", "epoch", "part of all", shares),
        Chart("Consensus on the crony", "epoch", "weight", (line("consensus", IDLER, "consensus"),)),
    ]


EXPERIMENT = Experiment(
    name="attack",
    question="What does an attack by validators earn at this share of the stake?",
    settings=Settings,
    columns=COLUMNS,
    default_length=100,
    most_length=100_000,
    simulate=simulate,
    check=check,
    draw=draw,
    headlines=("attack_rao", "honest_rao", "crony_rao"),
    count_rows=count_rows,
    has_chance=lambda settings: True,
    step=EPOCHS,
)
