"""The recipe for Grid Engine, on a real one."""

from __future__ import annotations

import pytest

from tests.cluster.conftest import Place
from tests.cluster.gridengine import GridEngine
from tests.cluster.servers import Servers, until
from tests.recipes import recipe

pytestmark = pytest.mark.cluster

ARRAY = recipe("Grid Engine")
TASKS = (1, 2, 3)


def test_an_array_is_stopped_at_its_soft_limit_and_put_back(
    grid_engine: GridEngine, shell: Servers, place: Place
) -> None:
    short = ARRAY.replace("s_rt=0:59:00", "s_rt=0:0:8")
    assert short != ARRAY
    job = grid_engine.submit(short + "\n", place.folder)
    grid_engine.wait(job)
    assert [place.part(task).exists() for task in TASKS] == [True] * 3
    shell.says(["bash", "-c", recipe("Join the parts")], place.folder)
    assert (place.folder / "wine.csv").read_bytes() == place.report
    assert "exit_status of job start = 99" in grid_engine.messages()


def test_a_killed_task_goes_on_when_the_array_is_sent_again(
    grid_engine: GridEngine, shell: Servers, place: Place
) -> None:
    job = grid_engine.submit(ARRAY, place.folder)
    until(lambda: all(place.n_done(task) > 0 for task in TASKS), "first pairs")
    grid_engine.says(["qdel", job])
    grid_engine.wait(job)
    held = [place.part(task).read_bytes() for task in TASKS]
    grid_engine.wait(grid_engine.submit(ARRAY, place.folder))
    for task, before in zip(TASKS, held, strict=True):
        assert place.part(task).read_bytes().startswith(before[: before.rindex(b"\n") + 1])
    shell.says(["bash", "-c", recipe("Join the parts")], place.folder)
    assert (place.folder / "wine.csv").read_bytes() == place.report
