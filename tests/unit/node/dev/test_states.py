"""States in files, and chains that go on from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from node.dev.states import StateFileError, TakenState, read_state, write_state
from node.devnet import Devnet
from node.service import Settings, make_node, open_database
from node.values.given import dev_key
from runtime.code import CODE_KEY


@pytest.fixture
def chain() -> Iterator[Devnet]:
    with Devnet("two-subnets") as made:
        made.fund("//Zoe", "3 TAO")
        yield made


@pytest.fixture
def path(chain: Devnet, tmp_path: Path) -> Path:
    written = tmp_path / "state.json"
    chain.export_state(written)
    return written


def test_a_chain_goes_on_where_the_other_was(chain: Devnet, path: Path) -> None:
    with Devnet(state=path) as other:
        assert (other.number, other.head, other.balance("//Zoe")) == (chain.number, chain.head, 3 * 10**9)

        chain.advance_epoch(1)
        other.node.clock.set_ms(chain.node.clock.now_ms())
        other.advance_epoch(1)

        assert other.number == chain.number
        assert other.query("SubtensorModule.Incentive", 1) == chain.query("SubtensorModule.Incentive", 1)
        assert other.head == chain.head


def test_the_same_state_gives_the_same_bytes(chain: Devnet, path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.json"

    write_state(read_state(path), again)

    assert again.read_bytes() == path.read_bytes()
    with Devnet(state=path) as other:
        other.export_state(again)
    assert again.read_bytes() == path.read_bytes()


def test_no_half_a_file_is_left(chain: Devnet, tmp_path: Path) -> None:
    with pytest.raises(StateFileError, match="cannot be written: No such file or directory"):
        chain.export_state(tmp_path / "no folder" / "state.json")
    (tmp_path / "taken").mkdir()
    with pytest.raises(StateFileError, match="cannot be written: Is a directory"):
        chain.export_state(tmp_path / "taken")

    assert [found.name for found in tmp_path.iterdir()] == ["taken"]


def cut_short(text: str) -> str:
    return text[: len(text) // 2]


def without_a_key(text: str) -> str:
    body = json.loads(text)
    body["top"].popitem()
    return json.dumps(body)


def changed(**fields: Any) -> Callable[[str], str]:
    return lambda text: json.dumps(json.loads(text) | fields)


def without(field: str) -> Callable[[str], str]:
    return lambda text: json.dumps({name: value for name, value in json.loads(text).items() if name != field})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut_short, "not JSON, perhaps cut short"),
        (without_a_key, "keys give the root 0x"),
        (changed(format="other"), "not a state file"),
        (changed(version=2), "version 2; this program reads version 1"),
        (changed(header="0x00"), "cannot be read"),
        (changed(top={"zz": "0x"}), "'zz' is not hexadecimal"),
        (without("top"), "field 'top' is missing"),
        (lambda text: "[]", "not a state file"),
    ],
)
def test_a_file_that_is_damaged_is_refused_by_name(path: Path, damage: Callable[[str], str], message: str) -> None:
    path.write_text(damage(path.read_text()))

    with pytest.raises(StateFileError, match=message) as caught:
        read_state(path)

    assert str(path) in str(caught.value)


def test_a_chain_on_the_disk_goes_on_from_a_state_and_is_there_after_a_restart(path: Path, tmp_path: Path) -> None:
    taken = read_state(path)
    first = Settings(taken.spec(), base_path=tmp_path, taken=taken)
    node = make_node(first, open_database(tmp_path, first.spec))
    made = node.make_block()
    node.chain.database.close()

    again = make_node(Settings(taken.spec(), base_path=tmp_path), open_database(tmp_path, first.spec))

    assert again.chain.best.hash == made
    assert again.chain.hash_of(0) == taken.genesis_hash
    assert again.header(made).number == taken.header.number + 1
    again.chain.database.close()


def test_a_state_whose_authorities_are_strangers_gets_ours(chain: Devnet) -> None:
    stranger = dev_key("//Stranger").address
    chain.set_storage({"Aura": {"Authorities": [stranger]}})
    taken = chain.take_state()

    node = make_node(Settings(taken.spec(), taken=taken), open_database(None, taken.spec()))
    node.make_block()

    assert node.runtime().aura.Authorities == (dev_key("//One").account,)
    assert node.header().number == taken.header.number + 1


def test_a_state_with_a_foreign_runtime_gets_ours(chain: Devnet) -> None:
    taken = chain.take_state()
    foreign = TakenState(
        taken.where,
        taken.name,
        taken.id,
        "Live",
        taken.properties,
        taken.genesis_hash,
        taken.header,
        {**{key: value for key, value in taken.top.items() if key != b":dev"}, CODE_KEY: b"\0asm"},
    )
    database = open_database(None, foreign.spec())

    node = make_node(Settings(foreign.spec(), taken=foreign), database)
    node.make_block()

    assert node.runtime().balances.TotalIssuance >= 3 * 10**15
