"""Every script of the chapter on clusters runs, with small stand-ins for the batch system."""

from __future__ import annotations

import signal
import time

import pytest

from mitool.cli.docs import chapter
from tests import standins
from tests.recipes import RECIPES, ROOT, recipe
from tests.standins import StandIns

WINE = ROOT / "sample_data" / "wine.csv"
STOPPING = (
    'case "$*" in *2/3*) if [ ! -e stopped ]; then touch stopped; '
    'set -- "$@" --time-limit 0s; fi;; esac; '
)
"""The second shard has no time, once."""
ARRAYS = {
    "Slurm": standins.slurm,
    "Grid Engine": standins.grid_engine,
    "PBS": standins.pbs,
}


@pytest.fixture
def batch(tmp_path) -> StandIns:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    return StandIns(tmp_path)


def test_recipes_are_those_of_the_chapter() -> None:
    assert {recipe.title: f"{recipe.script}\n" for recipe in chapter.RECIPES} == RECIPES


@pytest.mark.parametrize("system", ARRAYS)
def test_an_array_job_and_its_merge(batch, mitool, tmp_path, system) -> None:
    script = next(text for title, text in RECIPES.items() if title.startswith(system))
    home = tmp_path / "home"
    home.mkdir()
    for task in (1, 2, 3):  # PBS alone does not start where the job was sent
        batch.run(script, home if system == "PBS" else None, **ARRAYS[system](task))
    batch.run(recipe("Join the parts"))
    assert mitool("matrix", WINE, "-q", "-o", tmp_path / "direct.csv").code == 0
    assert (tmp_path / "wine.csv").read_bytes() == (tmp_path / "direct.csv").read_bytes()


@pytest.mark.parametrize("task", [2, 3])
def test_a_slurm_task_is_put_back_when_its_time_is_over(batch, tmp_path, task) -> None:
    script = recipe("Slurm: an array").replace(" -q ", " -q --permutations 40 ")
    part = tmp_path / f"part-{task}.part"
    with batch.start(script, **standins.slurm(task)) as process:
        end = time.monotonic() + 60
        while not (part.exists() and part.read_bytes().count(b"\n") > 1):
            assert time.monotonic() < end
            time.sleep(0.01)
        batch.warn()
        process.communicate(timeout=60)
    assert process.returncode == 75
    assert batch.requeued() == [f"requeue {standins.ARRAY}_{task}"]
    held = part.read_bytes()
    batch.run(script, **standins.slurm(task))
    assert part.read_bytes().startswith(held)
    assert len(part.read_bytes()) > len(held)


def test_a_slurm_task_is_put_back_when_the_signal_came_too_soon(batch) -> None:
    script = recipe("Slurm: an array").replace("mitool matrix", "sh -c 'kill -USR1 $$' mitool")
    with batch.start(script, **standins.slurm(2)) as process:
        process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGUSR1
    assert batch.requeued() == [f"requeue {standins.ARRAY}_2"]


def test_slurm_joins_the_parts_when_all_are_done(batch, mitool, tmp_path) -> None:
    (tmp_path / "array.sh").write_text(recipe("Slurm: an array"))
    batch.run(recipe("Slurm: the whole"), **standins.slurm(1))
    assert mitool("matrix", WINE, "-q", "-o", tmp_path / "direct.csv").code == 0
    assert (tmp_path / "wine.csv").read_bytes() == (tmp_path / "direct.csv").read_bytes()


@pytest.mark.parametrize(
    "title", [title for title in RECIPES if not title.startswith((*ARRAYS, "Join"))]
)
def test_every_other_script_runs(batch, title) -> None:
    batch.run(RECIPES[title])


def test_make_goes_on_with_a_shard_that_stopped_early(batch, mitool, tmp_path) -> None:
    script = recipe("The same by make")
    stub = batch.programs / "mitool"
    whole = stub.read_text()
    stub.write_text(whole.replace("exec", STOPPING + "exec"))
    with pytest.raises(AssertionError, match="Error 75"):
        batch.run(script)
    assert not (tmp_path / "wine.csv").exists()
    batch.run(script)
    assert mitool("matrix", WINE, "-q", "-o", tmp_path / "direct.csv").code == 0
    assert (tmp_path / "wine.csv").read_bytes() == (tmp_path / "direct.csv").read_bytes()
