"""Small stand-ins for what a recipe calls; tests/cluster compares them with the real programs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.recipes import ROOT

N_TASKS = 3
ARRAY = 7  # the number of the array; Slurm gives it to the last task too
CONTAINER = 'case $1 in run|exec) while [ "$1" != mitool ]; do shift; done; exec "$@";; esac'
SRUN = """\
while [ "${1#-}" != "$1" ]; do shift; done
"$@" & echo $! > "$STAND_INS/step"
wait $!"""
SBATCH = """\
if [ "$1" = --parsable ]; then
    for task in 1 2 3; do SLURM_ARRAY_TASK_ID=$task bash "$2" >&2; done
    echo 7
else
    while [ "$1" != --wrap ]; do shift; done
    exec sh -c "$2"
fi"""
PROGRAMS = {
    "mitool": f'exec "{sys.executable}" -m mitool "$@"',
    "dask": f'exec "{sys.executable}" -m dask "$@"',
    "srun": SRUN,
    "sbatch": SBATCH,
    "scontrol": 'echo "$@" >> "$STAND_INS/requeued"',
    "parallel": 'for i in 1 2 3; do sh -c "$(echo "$3" | sed "s/{}/$i/g")"; done',
    "apptainer": CONTAINER,
    "docker": CONTAINER,
    "pip": 'test "$1" = download -o "$1" = install',
}


def slurm(task: int) -> dict[str, str]:
    """Give what Slurm tells a task of ``--array=1-3 --cpus-per-task=2 --mem=4G``."""
    return {
        "SLURM_JOB_ID": str(ARRAY if task == N_TASKS else ARRAY + task),
        "SLURM_ARRAY_JOB_ID": str(ARRAY),
        "SLURM_ARRAY_TASK_ID": str(task),
        "SLURM_ARRAY_TASK_MIN": "1",
        "SLURM_ARRAY_TASK_MAX": str(N_TASKS),
        "SLURM_ARRAY_TASK_STEP": "1",
        "SLURM_ARRAY_TASK_COUNT": str(N_TASKS),
        "SLURM_CPUS_PER_TASK": "2",
        "SLURM_MEM_PER_NODE": "4096",
    }


def grid_engine(task: int) -> dict[str, str]:
    """Give what Grid Engine tells a task of ``-t 1-3 -pe smp 2``."""
    return {
        "SGE_TASK_ID": str(task),
        "SGE_TASK_FIRST": "1",
        "SGE_TASK_LAST": str(N_TASKS),
        "SGE_TASK_STEPSIZE": "1",
        "NSLOTS": "2",
    }


def pbs(task: int) -> dict[str, str]:
    """Give what PBS tells a task of ``-J 1-3`` with two processors: no first, no last, no count."""
    return {"PBS_ARRAY_INDEX": str(task), "NCPUS": "2"}


def hands_on(script: str, told: Mapping[str, str]) -> bool:
    """Whether a job knows the PATH of its sender: by -V alone, except on Slurm."""
    is_told = "SGE_TASK_ID" in told or "PBS_ARRAY_INDEX" in told
    return not is_told or re.search(r"^#(\$|PBS) (.* )?-V\b", script, re.M) is not None


class StandIns:
    """A folder of stand-ins, and scripts that run with them first on the path."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name, text in PROGRAMS.items():
            (self.programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.programs / name).chmod(0o755)
        self.folder = folder

    def start(self, script: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """Start a script as a batch system does."""
        known = hands_on(script, more)
        path = os.environ["PATH"] if known else "/usr/bin:/bin"
        return subprocess.Popen(
            ["bash", "-c", script],
            cwd=cwd or self.folder,
            env={
                **os.environ,
                "PATH": f"{self.programs}{os.pathsep}{path}" if known else path,
                "PYTHONPATH": str(ROOT),
                "PBS_O_WORKDIR": str(self.folder),
                "STAND_INS": str(self.programs),
                **more,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, cwd: Path | None = None, **more: str) -> str:
        """Run a script to its end, which must be good."""
        with self.start(script, cwd, **more) as process:
            out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

    def warn(self) -> None:
        """Send SIGUSR1 as Slurm does before the end: to what srun started, and to nothing else."""
        step = self.programs / "step"
        if step.exists():
            os.kill(int(step.read_text()), signal.SIGUSR1)

    def requeued(self) -> list[str]:
        """Give what scontrol was asked."""
        path = self.programs / "requeued"
        return path.read_text().splitlines() if path.exists() else []
