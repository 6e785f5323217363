"""Tests of one `xdist_group` run in one process: some may not run beside each other."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

SOURCE = """
    import os
    import pathlib

    import pytest

    def note(group):
        worker = os.environ["PYTEST_XDIST_WORKER"]
        (pathlib.Path(__file__).parent / f"{group}-{worker}").touch()

    @pytest.mark.xdist_group("alone")
    @pytest.mark.parametrize("turn", range(4))
    def test_of_a_group(turn):
        note("grouped")

    @pytest.mark.parametrize("turn", range(4))
    def test_of_no_group(turn):
        note("free")
"""


def test_the_tests_of_a_group_run_in_one_process(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_groups=SOURCE)

    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup")

    done.assert_outcomes(passed=8)
    ran = [tuple(path.name.split("-")) for path in pytester.path.glob("*-gw*")]
    assert {worker for _, worker in ran} == {"gw0", "gw1"}
    assert [group for group, _ in ran].count("grouped") == 1
