"""The recipes for one machine, with the real programs."""

from __future__ import annotations

import pytest

from tests.cluster.conftest import Place
from tests.cluster.servers import Servers
from tests.recipes import RECIPES, recipe

pytestmark = pytest.mark.cluster

BY_SHELL = [title for title in RECIPES if title.startswith(("Shards side", "The same by"))]


@pytest.mark.parametrize("title", BY_SHELL)
def test_shards_side_by_side(shell: Servers, small: Place, title: str) -> None:
    shell.says(["bash", "-c", RECIPES[title]], small.folder)
    assert (small.folder / "wine.csv").read_bytes() == small.report


def test_parallel_goes_on_from_the_part_of_a_shard_that_was_stopped(
    shell: Servers, small: Place
) -> None:
    script = recipe("The same by GNU parallel")
    stopped = shell.tries(
        ["bash", "-ec", script.replace("-j 1", "-j 1 --time-limit 0s", 1)], small.folder
    )
    assert stopped.returncode == 3  # parallel says how many of its jobs failed
    shell.says(["bash", "-ec", script], small.folder)
    assert (small.folder / "wine.csv").read_bytes() == small.report
