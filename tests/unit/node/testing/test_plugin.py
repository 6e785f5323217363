"""The pytest plugin, in pytest processes of its own."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["pytester"]


def run(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    """Run pytest over a file, as a user of the installed package does."""
    pytester.makepyfile(test_user=source)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *options)


def test_it_comes_with_the_package(pytester: pytest.Pytester) -> None:
    shown = pytester.runpytest_subprocess("--markers", "-p", "no:cacheprovider")

    shown.stdout.fnmatch_lines(["@pytest.mark.taonet(scenario, preset, constants): *"])
    fixtures = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider").stdout.str()
    for name in ("chain", "node", "accounts"):
        assert f"\n{name} " in fixtures


def test_each_test_has_a_fresh_chain_of_its_scenario(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        seen = []

        @pytest.mark.parametrize("turn", range(3))
        @pytest.mark.taonet(scenario="two-subnets")
        def test_it_begins_anew(chain, turn):
            seen.append((id(chain), chain.head, chain.balance("//Zoe")))
            chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value="1 TAO")
            chain.advance_epoch(1)
            assert len(set(seen)) == 1

        def test_without_a_marker_it_is_the_local_network(chain):
            assert chain.number == 0
            assert id(chain) != seen[0][0]

        @pytest.mark.taonet(scenario="bare", constants={"Tempo": 33}, preset="mainnet")
        def test_constants_are_chosen(chain):
            chain.submit("SubtensorModule.register_network", "//Alice", hotkey="//Alice_hk")
            assert chain.query("SubtensorModule.Tempo", 1) == 33
            assert chain.runtime.aura.SlotDuration == 12_000

        class TestMarkedWhole:
            pytestmark = pytest.mark.taonet(scenario="near-halving")

            def test_of_a_class(self, chain):
                assert chain.query("Balances.TotalIssuance") > 10_499_000 * 10**9
    """
    run(pytester, source).assert_outcomes(passed=6)


def test_a_test_that_fails_or_goes_back_too_far_leaves_the_next_a_fresh_chain(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        pytestmark = pytest.mark.taonet(scenario="two-subnets")
        seen = []

        def test_it_fails(chain):
            seen.append(chain.head)
            chain.fund("//Zoe", "1 TAO")
            assert False

        def test_it_leaves_snapshots(chain):
            assert (chain.head, chain.balance("//Zoe")) == (seen[0], 0)
            chain.take_snapshot("mine")
            chain.fund("//Zoe", "1 TAO")

        def test_it_uses_up_the_snapshot_of_the_fixture(chain):
            assert (chain.head, chain.balance("//Zoe")) == (seen[0], 0)
            for name, _ in chain.node.snapshots.list():
                chain.fund("//Zoe", "1 TAO")
                chain.revert(name)

        def test_it_closes_the_chain(chain):
            assert (chain.head, chain.balance("//Zoe")) == (seen[0], 0)
            chain.take_snapshot("mine")
            chain.url

        def test_after_all_of_them(chain):
            assert (chain.head, chain.balance("//Zoe")) == (seen[0], 0)
            chain.take_snapshot("mine")
    """
    run(pytester, source).assert_outcomes(passed=4, failed=1)


def test_each_example_of_hypothesis_has_a_fresh_chain(pytester: pytest.Pytester) -> None:
    source = """
        import pytest
        from hypothesis import given, settings, strategies as st

        pytestmark = pytest.mark.taonet(scenario="two-subnets")
        heads = set()

        @settings(max_examples=20, deadline=None)
        @given(amount=st.integers(500, 10**12))
        def test_a_function(chain, amount):
            heads.add(chain.head)
            assert chain.balance("//Zoe") == 0
            chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=amount)
            assert len(heads) == 1

        class TestClass:
            @settings(max_examples=10, deadline=None)
            @given(st.integers(500, 10**12))
            def test_a_method(self, chain, amount):
                assert chain.balance("//Zoe") == 0
                chain.fund("//Zoe", amount)

        @pytest.mark.parametrize("who", ["//Zoe", "//Yara"])
        @settings(max_examples=5, deadline=None)
        @given(amount=st.integers(500, 10**12))
        def test_with_parameters(chain, who, amount):
            assert chain.balance(who) == 0
            chain.fund(who, amount)

        @settings(max_examples=5, deadline=None)
        @given(amount=st.integers(500, 10**12))
        def test_a_node_in_another_process(node, amount):
            heads.add(node.call("chain_getBlockHash"))
            node.call("dev_fund", "//Zoe", amount)
            assert len(heads) == 2  # that of `chain` is the other

        @settings(max_examples=200, deadline=None)
        @given(amount=st.integers(0, 10**6))
        def test_the_smallest_counterexample_is_found(chain, node, amount):
            assert {chain.head, node.call("chain_getBlockHash")} == heads
            if amount:
                chain.fund("//Zoe", 500 + amount)
                node.call("dev_fund", "//Zoe", 500 + amount)
            assert chain.balance("//Zoe") < 1000
    """
    shown = run(pytester, source)

    shown.assert_outcomes(passed=5, failed=1)
    shown.stdout.fnmatch_lines(["*amount=500*"])


def test_a_project_may_have_fixtures_of_its_own_with_these_names(pytester: pytest.Pytester) -> None:
    source = """
        import pytest
        from hypothesis import given, strategies as st

        @pytest.fixture(scope="module")
        def chain():
            return "a chain of iron"

        @pytest.fixture(scope="module")
        def node():
            return "a node of a tree"

        @given(st.integers())
        def test_it(chain, node, number):
            assert (chain, node) == ("a chain of iron", "a node of a tree")
    """
    run(pytester, source).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("taonet(scenari='bare')", "*the marker taonet has no 'scenari'; there are scenario, preset, constants*"),
        ("taonet('bare')", "*the marker taonet has no positional arguments; there are scenario, preset, constants*"),
        ("taonet(scenario='bar')", "*no scenario bar; did you mean bare?*"),
        ("taonet(constants={'Temp': 5})", "*Temp*did you mean*"),
        ("taonet(preset='fats')", "*fats*"),
    ],
)
@pytest.mark.parametrize("fixture", ["chain", "node"])
def test_a_marker_that_is_wrong_is_told_by_name(
    pytester: pytest.Pytester, marker: str, message: str, fixture: str
) -> None:
    source = f"""
        import pytest

        @pytest.mark.{marker}
        def test_it({fixture}):
            pass
    """
    shown = run(pytester, source)

    shown.assert_outcomes(errors=1)
    shown.stdout.fnmatch_lines([message])


def test_a_node_is_a_process_that_goes_back_after_each_test(pytester: pytest.Pytester) -> None:
    source = """
        import os
        import pathlib
        import pytest

        pytestmark = pytest.mark.taonet(scenario="two-subnets", constants={"Tempo": 33})
        seen = []

        @pytest.mark.parametrize("turn", range(2))
        def test_it_begins_anew(node, accounts, turn):
            assert node.process.pid != os.getpid()
            seen.append((node.url, node.call("chain_getBlockHash")))
            node.call("dev_fund", accounts["Zoe"].address, 10**9)
            assert node.call("dev_setSealing", "manual") == "instant"
            assert len(set(seen)) == 1

        def test_it_uses_up_the_snapshot_of_the_fixture(node):
            for snapshot in node.call("dev_snapshots"):
                node.call("dev_revert", snapshot["id"])
                node.call("dev_fund", "//Zoe", 10**9)

        def test_a_node_that_was_ended_is_replaced(node):
            node.kill()

        def test_and_the_next_one_answers(node):
            assert node.url != seen[0][0]
            assert node.call("chain_getBlockHash") == seen[0][1]

        def test_its_pid_for_later(node):
            pathlib.Path("pid").write_text(str(node.process.pid))
    """
    run(pytester, source).assert_outcomes(passed=6)

    pid = int((pytester.path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_each_worker_has_a_node_of_its_own(pytester: pytest.Pytester) -> None:
    source = """
        import pathlib
        import pytest

        @pytest.mark.parametrize("turn", range(6))
        def test_it(node, worker_id, turn):
            with pathlib.Path("ports").open("a") as out:
                out.write(f"{worker_id} {node.port}\\n")
    """
    run(pytester, source, "-n", "2", "--dist", "load").assert_outcomes(passed=6)

    rows = {tuple(row.split()) for row in (pytester.path / "ports").read_text().splitlines()}
    assert len({worker for worker, _ in rows}) == len({port for _, port in rows}) == len(rows) == 2


def test_accounts_by_name(pytester: pytest.Pytester) -> None:
    source = """
        def test_it(accounts):
            assert accounts["Alice"].address == "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
            assert list(accounts) == ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"]
            assert accounts["Zoe"].sign(b"message")
    """
    run(pytester, source).assert_outcomes(passed=1)
