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


def put_back(grid_engine: GridEngine, job: str, task: int) -> int:
    """Give how often a task was put back in the queue."""
    return grid_engine.messages().count(f"rescheduling job {job}.{task}\n")


def test_an_array_stops_in_time_twice_and_is_put_back(
    grid_engine: GridEngine, place: Place
) -> None:
    short = ARRAY.replace("--time-limit 55m", "--time-limit 3s --permutations 199")
    job = grid_engine.submit(short, place.folder)
    held = dict.fromkeys(TASKS, b"")
    for n_times in (1, 2):
        for task in TASKS:
            until(lambda n=n_times, task=task: put_back(grid_engine, job, task) >= n, "a stop")
            now = place.part(task).read_bytes()
            assert now.startswith(held[task])
            assert len(now) > len(held[task])
            held[task] = now
    grid_engine.says(["qdel", job])
    grid_engine.wait(job)


def test_a_deleted_array_goes_on_when_it_is_sent_again(
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
