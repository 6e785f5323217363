"""The explorer page, with real clicks in headless Chromium against a node in another process."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.browser import WITH_BROWSER, Visit, expect
from support.explorer import ALICE, BOB, DAVE, SUBNET, TAO, devnet, height, put
from support.process import NodeProcess
from support.wallet import CONSTRUCT, encode_call, sign, transfer

from runtime.pallets.subnets.neurons import MAX_SUBNETS
from runtime.pallets.weights.rows import pack

pytestmark = WITH_BROWSER


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    with devnet(tmp_path_factory.mktemp("explorer")) as started:
        yield started


def test_blocks_appear_as_they_are_made(visit: Visit, node: NodeProcess) -> None:
    visit.go("blocks", "Blocks")
    lines = visit.page.get_by_role("table", name="Newest blocks").locator("tbody tr")
    lines.nth(19).wait_for()

    node.call("dev_newBlock", {"count": 3})
    best = height(node)
    visit.page.get_by_role("rowheader", name=str(best), exact=True).wait_for()

    expect(lines.locator("th")).to_have_text([str(number) for number in range(best, best - 20, -1)])


def test_an_extrinsic_is_found_by_clicks_with_its_arguments_and_its_events(visit: Visit, node: NodeProcess) -> None:
    number = put(node, transfer(node, ALICE, BOB, 7 * TAO))

    visit.go("blocks", "Blocks")
    visit.page.get_by_role("rowheader", name=str(number)).first.get_by_role("link").click()
    visit.heading(f"Block {number}")
    visit.page.get_by_role("link", name="Balances.transfer_keep_alive").click()
    visit.heading(f"Extrinsic 2 of block {number}")

    expect(visit.page.get_by_text("7,000,000,000 rao = 7 τ")).to_have_count(2)  # as an argument, and in the event
    events = visit.page.get_by_role("table", name="Events of this extrinsic")
    expect(events.get_by_role("cell", name="Balances.Transfer", exact=True)).to_have_count(1)
    assert visit.page.title() == f"Extrinsic 2 of block {number} · taonet"
    visit.page.locator(".call").get_by_role("link", name="Bob").click()
    visit.heading("Account Bob")


def test_a_failed_call_says_which_error_it_was(visit: Visit, node: NodeProcess) -> None:
    call = encode_call("SubtensorModule.remove_stake", hotkey=DAVE.account, netuid=1, amount_unstaked=TAO)
    number = put(node, sign(node, BOB, call))

    visit.go(f"extrinsic/{number}/2", f"Extrinsic 2 of block {number}")

    visit.page.get_by_text("Failed: SubtensorModule.SubtokenDisabled The subnet's token is not traded yet.").wait_for()


def test_accounts_are_listed_and_one_tells_its_balance_stake_and_neurons(visit: Visit, node: NodeProcess) -> None:
    told = node.call("explorer_account", BOB.address)

    visit.go("accounts", "Accounts")
    visit.page.get_by_role("rowheader", name="Bob").get_by_role("link").click()
    visit.heading("Account Bob")

    free = int(told["free"])
    visit.page.locator(f'.figures [title="{free:,} rao"]').wait_for()
    stakes = visit.page.get_by_role("table", name="What it has staked").locator("tbody tr")
    expect(stakes.get_by_role("link", name="Dave")).to_have_count(1)


def test_subnets_are_listed_sorted_and_one_shows_its_metagraph_and_charts(visit: Visit, node: NodeProcess) -> None:
    visit.go("subnets", "Subnets")
    table = visit.page.get_by_role("table", name="Subnets")
    table.get_by_role("button", name="TAO in pool").click()
    expect(table.get_by_role("columnheader", name="TAO in pool")).to_have_attribute("aria-sort", "descending")
    expect(table.locator("tbody th").first).to_have_text(str(SUBNET))

    table.get_by_role("link", name="omron β").click()
    visit.heading("Subnet 2: omron")
    neurons = visit.page.get_by_role("table", name="1 of at most 256 neurons").locator("tbody tr")

    expect(neurons.get_by_role("link", name="Dave")).to_have_count(1)
    for chart in ("Price", "Pool", "Stake", "Incentive", "Dividends", "Consensus"):
        expect(visit.page.get_by_role("img", name=re.compile(f"^{chart}. "))).to_have_count(1)


def test_bonds_are_a_picture_with_words_and_a_table(visit: Visit, node: NodeProcess) -> None:
    bonds = CONSTRUCT.accessor("SubtensorModule", "Bonds")
    row = bonds.value.encode(pack([(0, 0x8000)]))
    node.call("dev_setStorage", [[f"0x{bonds.key(SUBNET, 0).hex()}", f"0x{row.hex()}"]])

    visit.go(f"subnet/{SUBNET}", "Subnet 2: omron")
    visit.page.get_by_role("img", name=re.compile(r"^Bonds: .* 1 bond of 1 validator; .* neuron 0, 0\.5000")).wait_for()
    visit.page.get_by_text("The strongest bonds as a table").click()

    cells = visit.page.get_by_role("table", name="The strongest bonds").locator("tbody tr > *")
    expect(cells).to_have_text(["0", "0", "0.5000"])


def test_each_mechanism_has_bonds_of_its_own(visit: Visit, node: NodeProcess) -> None:
    count = CONSTRUCT.accessor("SubtensorModule", "MechanismCountCurrent")
    bonds = CONSTRUCT.accessor("SubtensorModule", "Bonds")
    second = bonds.key(SUBNET + MAX_SUBNETS, 0)
    row = bonds.value.encode(pack([(0, 0x4000)]))
    snapshot = node.call("dev_snapshot")
    node.call("dev_setStorage", [[f"0x{count.key(SUBNET).hex()}", "0x02"], [f"0x{second.hex()}", f"0x{row.hex()}"]])

    visit.go(f"subnet/{SUBNET}", "Subnet 2: omron")
    visit.page.get_by_label("Mechanism").select_option("1")

    visit.page.get_by_role("img", name=re.compile(r"^Bonds: .* neuron 0, 0\.2500")).wait_for()
    node.call("dev_revert", snapshot)
    visit.page.get_by_label("Mechanism").wait_for(state="detached")


def test_the_supply_page_knows_the_cap_and_the_next_halving(visit: Visit, node: NodeProcess) -> None:
    halving = node.call("explorer_supply")["nextHalving"]["blockAtFullEmission"]

    visit.go("supply", "Supply")

    visit.page.get_by_text(f"about block {halving:,}").first.wait_for()
    visit.page.get_by_text("21,000,000").first.wait_for()
    parts = visit.page.get_by_role("table", name="How the alpha of a subnet is divided")
    expect(parts.locator("td.number")).to_have_text(["18.00 %", "41.00 %", "41.00 %"])
    expect(visit.page.get_by_role("img", name=re.compile("^The halving curve"))).to_have_count(1)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("3", "Block 3"),
        ("{block}", "Block 3"),
        ("{extrinsic}", "Extrinsic 2 of block 3"),
        (ALICE.address, "Account Alice"),
        ("2", "Search for 2"),  # a block and a subnet
        ("nothing", "Search for nothing"),
    ],
)
def test_the_search_box_leads_to_what_a_text_names(visit: Visit, node: NodeProcess, text: str, heading: str) -> None:
    block = node.call("explorer_block", 3)
    asked = text.format(block=block["hash"], extrinsic=block["extrinsics"][2]["hash"])
    visit.go("blocks", "Blocks")

    visit.page.get_by_role("searchbox").fill(asked)
    visit.page.keyboard.press("Enter")

    visit.heading(heading)


def test_the_buttons_make_blocks_take_snapshots_and_go_back(visit: Visit, node: NodeProcess) -> None:
    visit.go("blocks", "Blocks")
    devnet = visit.page.get_by_role("region", name="Devnet")
    said = devnet.get_by_role("status")
    before = height(node)

    def click(button: str, words: str) -> None:
        devnet.get_by_role("button", name=button).click()
        said.get_by_text(re.compile(words)).wait_for()

    click("Snapshot", f"of block {before} is taken")
    click("New block", f"Block {before + 1} is made")
    visit.page.get_by_role("rowheader", name=str(before + 1), exact=True).first.wait_for()
    devnet.get_by_label("Netuid").fill(str(SUBNET))
    click("Advance epoch", f"An epoch of subnet {SUBNET} has been")
    assert height(node) > before + 1
    click("Revert", f"back at snapshot .*, block {before}")

    assert height(node) == before
    visit.page.get_by_role("rowheader", name=str(before + 1), exact=True).first.wait_for(state="detached")


def test_what_the_node_refuses_is_said(visit: Visit) -> None:
    visit.go("blocks", "Blocks")
    devnet = visit.page.get_by_role("region", name="Devnet")

    devnet.get_by_label("Netuid").fill("60000")
    devnet.get_by_role("button", name="Advance epoch").click()

    devnet.locator("[aria-live=assertive]", has_text="60000").wait_for()
