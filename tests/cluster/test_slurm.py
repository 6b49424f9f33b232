"""The recipes for Slurm, on a real one: stopped, put back, killed, and joined."""

from __future__ import annotations

import pytest

from tests.cluster.conftest import Place, Table
from tests.cluster.servers import Servers, until
from tests.cluster.slurm import PROCESSORS, Slurm
from tests.recipes import recipe

pytestmark = pytest.mark.cluster

ARRAY = recipe("Slurm: an array")
JOINING = recipe("Slurm: the whole")
JOIN = recipe("Join the parts")
TASKS = (1, 2, 3)


def names(job: str) -> list[str]:
    return [f"{job}_{task}" for task in TASKS]


def send(slurm: Slurm, place: Place) -> tuple[str, str]:
    """Type the recipe that joins, and give the numbers of the array and of what joins it."""
    (place.folder / "array.sh").write_text(ARRAY)
    said = slurm.says(["bash", "-c", f"{JOINING}\necho $array"], place.folder)
    joining, array = said.removeprefix("Submitted batch job ").split()
    return array, joining


def stop_each(slurm: Slurm, place: Place, job: str, n_times: int) -> None:
    """Stop every task so many times, each as soon as it has done something since the last."""
    asked, held = dict.fromkeys(TASKS, 0), {}

    def are_stopped() -> bool:
        for task, name in zip(TASKS, names(job), strict=True):
            n = asked[task]
            if n == n_times or slurm.restarts(name) < n:
                continue
            before = held.setdefault((task, n), place.n_done(task))
            if place.n_done(task) > before:
                slurm.signal(name)
                asked[task] += 1
        return all(slurm.restarts(name) == n_times for name in names(job))

    until(are_stopped, f"{n_times} stops of each task")


def go_on(place: Place, *tasks: int) -> None:
    """Wait until tasks have done more than now."""
    before = {task: place.n_done(task) for task in tasks}
    until(lambda: all(place.n_done(task) > n for task, n in before.items()), "more pairs")


def test_an_array_is_stopped_twice_and_killed_once_and_loses_nothing(
    slurm: Slurm, shell: Servers, place: Place
) -> None:
    array, joining = send(slurm, place)
    stop_each(slurm, place, array, 2)
    held = [place.part(task).read_bytes() for task in TASKS]
    go_on(place, 2)
    slurm.says(["scancel", "--signal=KILL", f"{array}_2"])
    assert slurm.wait(*names(array)) == ["COMPLETED", "CANCELLED", "COMPLETED"]
    assert slurm.wait(joining) == ["CANCELLED"]
    refused = shell.tries(["bash", "-c", JOIN], place.folder)
    assert refused.returncode == 3
    assert refused.stderr.startswith("mitool: error: part-2.part is not complete: it has ")
    assert refused.stderr.endswith("; run shard 2/3 again, it goes on from there\n")

    array, joining = send(slurm, place)
    assert slurm.wait(*names(array), joining) == ["COMPLETED"] * 4
    assert (place.folder / "wine.csv").read_bytes() == place.report
    for task, before in zip(TASKS, held, strict=True):
        assert place.part(task).read_bytes().startswith(before)


def test_a_task_is_put_back_alone(slurm: Slurm, place: Place) -> None:
    job = slurm.submit(ARRAY.replace(" -q ", " -q --permutations 199 "), place.folder)
    until(lambda: all(place.n_done(task) > 0 for task in TASKS), "first pairs")
    last = f"{job}_{TASKS[-1]}"  # its own number is that of the array
    assert slurm.field(last, "JobId") == job
    slurm.signal(last)
    until(lambda: slurm.restarts(last) > 0, "the last task put back")
    go_on(place, *TASKS)
    assert [slurm.restarts(name) for name in names(job)] == [0, 0, 1]
    slurm.says(["scancel", job])
    slurm.wait(*names(job))


def test_a_limit_of_its_own_stops_in_time(slurm: Slurm, place: Place) -> None:
    job = slurm.submit(ARRAY.replace(" -q ", " -q --time-limit 1s "), place.folder)
    until(lambda: all(slurm.restarts(task) > 0 for task in names(job)), "tasks put back")
    slurm.says(["scancel", job])
    slurm.wait(*names(job))
    assert "Exited with exit code 75" in place.said()


def test_the_end_of_the_time(slurm: Slurm, place: Place, large: Table) -> None:
    """A signal before the end puts a task back; without one it is ended by SIGTERM."""
    short = ARRAY.replace("--time=1:00:00", "--time=1").replace(" -q ", " -q --permutations 199 ")
    unwarned = Place.new(place.folder, large)
    alone = short.replace("--signal=USR1@60 ", "").replace("--array=1-3", "--array=1-1")
    silent = slurm.submit(alone, unwarned.folder)
    warned = slurm.submit(short, place.folder)
    until(lambda: all(slurm.restarts(name) > 0 for name in names(warned)), "tasks put back")
    go_on(place, *TASKS)
    slurm.says(["scancel", warned])
    slurm.wait(*names(warned))
    assert slurm.wait(f"{silent}_1") == ["TIMEOUT"]
    assert "got SIGCONT" in unwarned.said()
    assert "Exited with exit code 143" in unwarned.said()
    held = unwarned.part(1).read_bytes()
    assert held.endswith(b"\n")

    again = slurm.submit(alone, unwarned.folder)
    go_on(unwarned, 1)
    slurm.says(["scancel", again])
    slurm.wait(f"{again}_1")
    assert unwarned.part(1).read_bytes().startswith(held)


def test_threads_and_memory_are_those_of_the_job(slurm: Slurm, place: Place) -> None:
    code = "from mitool import limits; print(limits.n_threads(), limits.free_memory() >> 20)"
    probe = ARRAY.partition("srun ")[0] + f"srun python -c '{code}'"
    wide = slurm.submit(probe.replace("1-3", "1-1"), place.folder)
    assert slurm.wait(f"{wide}_1") == ["COMPLETED"]
    narrow = probe.replace("cpus-per-task=2", "cpus-per-task=1").replace("mem=4G", "mem=1G")
    narrow = slurm.submit(narrow.replace("1-3", "1-1"), place.folder)
    assert slurm.wait(f"{narrow}_1") == ["COMPLETED"]
    found = [(place.folder / f"slurm-{job}_1.out").read_text().split() for job in (wide, narrow)]
    assert [n_threads for n_threads, _ in found] == [str(PROCESSORS), "1"]
    assert [int(memory) // 1024 for _, memory in found] == [3, 0]


def test_dask_inside_a_job(slurm: Slurm, shell: Servers, small: Place) -> None:
    script = recipe("Dask").replace("--ntasks=3", f"--ntasks={PROCESSORS}")
    script = script.replace("--ntasks=2 dask", f"--ntasks={PROCESSORS - 1} dask")
    job = slurm.submit(script, small.folder)
    assert slurm.wait(job) == ["COMPLETED"], small.said()
    asked = "mitool matrix sample_data/wine.csv -q --cols alcohol..ash -o direct.csv"
    shell.says(asked.split(), small.folder)
    report = (small.folder / "dask.csv").read_bytes()
    assert report == (small.folder / "direct.csv").read_bytes()
