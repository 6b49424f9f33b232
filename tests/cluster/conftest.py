"""Fixtures of the tests on real batch systems, which `make test-cluster` runs."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.cluster.gridengine import GridEngine
from tests.cluster.servers import GRACE, Servers, end, inhabitants, is_alone, until
from tests.cluster.slurm import Slurm
from tests.recipes import ROOT

WINE = ROOT / "sample_data" / "wine.csv"
N_ROWS, N_MORE = 1500, 60


@dataclass(frozen=True)
class Table:
    """A file, and the report that a run without shards gives of it."""

    path: Path
    report: bytes


@dataclass(frozen=True)
class Place:
    """A folder with a table under the name that recipes read."""

    folder: Path
    report: bytes

    @classmethod
    def new(cls, around: Path, table: Table) -> Place:
        """Lay one out."""
        folder = Path(tempfile.mkdtemp(dir=around))
        (folder / "sample_data").mkdir()
        shutil.copyfile(table.path, folder / "sample_data" / WINE.name)
        return cls(folder, table.report)

    def part(self, index: int) -> Path:
        """Give the part of a task."""
        return self.folder / f"part-{index}.part"

    def n_done(self, index: int) -> int:
        """Give how many pairs a part holds."""
        path = self.part(index)
        return max(path.read_bytes().count(b"\n") - 1, 0) if path.exists() else 0

    def said(self, pattern: str = "slurm-*.out") -> str:
        """Give what the jobs printed."""
        return "".join(path.read_text() for path in sorted(self.folder.glob(pattern)))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Give a folder for everything; it is gone afterwards, and so is every process."""
    if not is_alone():
        pytest.skip("these tests start servers: run them by make test-cluster")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us, we clean up
    with tempfile.TemporaryDirectory(prefix="mitool-cluster-") as name:
        Path(name).chmod(0o711)  # munged lets others reach its socket, or does not start
        yield Path(name)
        try:
            until(lambda: not inhabitants(), "the end of all that was started", GRACE)
        finally:
            end(inhabitants())


@pytest.fixture(scope="session")
def environment(folder: Path) -> dict[str, str]:
    """Give variables under which a job finds this mitool, and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("LANG", "MITOOL_CACHE_DIR") if name in os.environ}
    path = (Path(sys.executable).parent, *os.environ["PATH"].split(os.pathsep))
    places = os.pathsep.join(map(str, (*path, "/usr/sbin", "/sbin")))
    return {**kept, "PATH": places, "HOME": str(folder), "TMPDIR": str(folder)}


@pytest.fixture(scope="session")
def shell(folder: Path, environment: dict[str, str]) -> Servers:
    """Give what runs programs as the shell of a user does."""
    return Servers(folder, environment)


@pytest.fixture(scope="session")
def slurm(folder: Path, environment: dict[str, str]) -> Iterator[Slurm]:
    slurm = Slurm(folder / "slurm", environment)
    slurm.folder.mkdir(mode=0o711)
    try:
        slurm.begin()
        yield slurm
    finally:
        slurm.finish()


@pytest.fixture(scope="session")
def grid_engine(folder: Path, environment: dict[str, str]) -> Iterator[GridEngine]:
    if not GridEngine.is_installed():
        pytest.skip("there is no Grid Engine: apt-get install gridengine-master gridengine-exec")
    engine = GridEngine(folder / "gridengine", environment)
    try:
        engine.begin()
        yield engine
    finally:
        engine.end_all()


@pytest.fixture(scope="session")
def large(folder: Path, shell: Servers) -> Table:
    """Give a table that takes long enough to be disturbed."""
    names = WINE.read_text().partition("\n")[0].split(",")
    names += [f"more_{number}" for number in range(N_MORE)]
    rng = np.random.default_rng(20261129)
    values = rng.normal(size=(N_ROWS, len(names))) + rng.normal(size=(N_ROWS, 1))
    path, report = folder / "large.csv", folder / "direct.csv"
    np.savetxt(path, values, "%.6f", ",", header=",".join(names), comments="")
    shell.says(["mitool", "matrix", path, "-q", "-o", report])
    return Table(path, report.read_bytes())


@pytest.fixture
def small(folder: Path, shell: Servers) -> Place:
    """Give a place with the wines themselves."""
    report = folder / "small.csv"
    shell.says(["mitool", "matrix", WINE, "-q", "-o", report])
    return Place.new(folder, Table(WINE, report.read_bytes()))


@pytest.fixture
def place(folder: Path, large: Table) -> Place:
    """Give a place with the large table."""
    return Place.new(folder, large)
