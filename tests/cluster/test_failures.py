"""What goes wrong on a cluster: the part stays whole, and the next run goes on from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.conftest import Place
from tests.cluster.servers import Servers, until
from tests.cluster.slurm import Slurm
from tests.recipes import recipe

pytestmark = pytest.mark.cluster

ONE_TASK = recipe("Slurm: an array").replace("--array=1-3", "--array=1-1")
SCRATCH = "scratch"


def test_a_node_vanishes(slurm: Slurm, place: Place) -> None:
    job = slurm.submit(ONE_TASK, place.folder)
    until(lambda: place.n_done(1) > 0, "first pairs")
    slurm.break_node()
    held = place.part(1).read_bytes()
    slurm.start_node()
    assert slurm.wait(f"{job}_1") == ["COMPLETED"]
    assert slurm.restarts(f"{job}_1") == 1
    assert place.part(1).read_bytes().startswith(held[: held.rindex(b"\n") + 1])
    assert joined(slurm, place) == place.report


@pytest.fixture
def scratch(place: Place, shell: Servers) -> Iterator[Path]:
    """Give a small disk of its own."""
    folder = place.folder / SCRATCH
    folder.mkdir()
    shell.says(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder])
    yield folder
    shell.says(["umount", folder])


def test_the_scratch_disk_is_full(
    slurm: Slurm, shell: Servers, place: Place, scratch: Path
) -> None:
    script = ONE_TASK.replace("-o part-", f"-o {SCRATCH}/part-")
    job = slurm.submit(script, place.folder)
    assert slurm.wait(f"{job}_1") == ["FAILED"]
    complaint = f"mitool: error: cannot write {SCRATCH}/part-1.part: no space left on device\n"
    assert complaint in place.said()
    held = (scratch / "part-1.part").read_bytes()
    assert held.count(b"\n") > 1

    shell.says(["mount", "-o", "remount,size=64m", scratch])
    job = slurm.submit(script, place.folder)
    assert slurm.wait(f"{job}_1") == ["COMPLETED"]
    part = (scratch / "part-1.part").read_bytes()
    assert part.startswith(held[: held.rindex(b"\n") + 1])
    place.part(1).write_bytes(part)
    assert joined(slurm, place) == place.report


def joined(servers: Servers, place: Place) -> bytes:
    """Give what the recipe makes of the parts."""
    servers.says(["bash", "-c", recipe("Join the parts")], place.folder)
    return (place.folder / "wine.csv").read_bytes()
