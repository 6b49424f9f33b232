"""The stand-ins of the plain tests do what the real programs do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import standins
from tests.cluster.conftest import Place
from tests.cluster.gridengine import GridEngine
from tests.cluster.servers import until
from tests.cluster.slurm import Slurm

pytestmark = pytest.mark.cluster

NAMES = """\
for name in {names}; do echo "$name ${{!name-}}"; done
"""
HEARING = "trap 'echo {who} heard; exit 75' USR1; touch {who}-ready; while :; do sleep 0.1; done"
PROBE = f"""\
#!/bin/bash
#SBATCH --array=1-3 --cpus-per-task=2 --mem=4G
test "$SLURM_JOB_ID" = "$SLURM_ARRAY_JOB_ID" && echo "the number of the array"
srun sh -c 'exit 75'; echo $?
srun sh -c 'kill -USR1 $$'; echo $?
srun sh -c 'kill -KILL $$'; echo $?
mkdir $SLURM_ARRAY_TASK_ID; cd $SLURM_ARRAY_TASK_ID
sh -c "{HEARING.format(who="script")}" & beside=$!
srun sh -c "{HEARING.format(who="step")}"; echo $?
kill $beside
"""
THEIR_OWN = {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID"}  # numbers that differ from run to run


def told(variables: dict[str, str]) -> str:
    """Give the lines of a script that prints what it is told."""
    return NAMES.format(names=" ".join(sorted(variables.keys() - THEIR_OWN)))


def are_ready(folder: Path) -> bool:
    return all((folder / f"{who}-ready").exists() for who in ("script", "step"))


def test_slurm(slurm: Slurm, place: Place) -> None:
    script = PROBE + told(standins.slurm(1))
    job = slurm.submit(script, place.folder, "--output=%a.out", "--error=%a.err")
    until(lambda: all(are_ready(place.folder / str(task)) for task in (1, 2, 3)), "probes")
    slurm.signal(job)
    slurm.wait(*(f"{job}_{task}" for task in (1, 2, 3)))
    for task in (1, 2, 3):
        around = place.folder / f"stand-in-{task}"
        around.mkdir()
        batch = standins.StandIns(around)
        with batch.start(script, **standins.slurm(task)) as process:
            until(lambda around=around, task=task: are_ready(around / str(task)), "the stand-in")
            batch.warn()
            said, _ = process.communicate(timeout=60)
        assert (place.folder / f"{task}.out").read_text() == said


def test_grid_engine(grid_engine: GridEngine, place: Place) -> None:
    variables = [standins.grid_engine(task) for task in (1, 2, 3)]
    script = f"#!/bin/bash\n#$ -t 1-3 -pe smp 2 -cwd -o $TASK_ID.out -e none\n{told(variables[0])}"
    grid_engine.wait(grid_engine.submit(script, place.folder))
    for task, expected in enumerate(variables, 1):
        said = (place.folder / f"{task}.out").read_text()
        assert said == "".join(f"{name} {expected[name]}\n" for name in sorted(expected))


@pytest.mark.parametrize("option", ["", " -V"])
def test_grid_engine_hands_the_path_on_where_it_is_asked_to(
    grid_engine: GridEngine, place: Place, option: str
) -> None:
    script = f"#!/bin/bash\n#$ -cwd -o out -e none{option}\ncommand -v mitool >/dev/null; echo $?\n"
    grid_engine.wait(grid_engine.submit(script, place.folder))
    is_found = (place.folder / "out").read_text() == "0\n"
    assert is_found == standins.hands_on(script, standins.grid_engine(1))
