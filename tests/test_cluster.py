"""Work beyond one process: Dask, and what the job grants of processors and memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from mitool import __version__, limits
from mitool.errors import UsageError
from mitool.tasks import remote
from tests.recipes import ROOT
from tests.reports import one_line

WINE = ROOT / "sample_data" / "wine.csv"
SLOW = ("-e", "ksg", "--permutations", "40", "--statistic", "estimate", "-q", "--rows", "0:150")


def children(pid: int) -> list[int]:
    """Give the worker processes of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    named = [(child, Path(f"/proc/{child}/cmdline").read_bytes()) for child in found]
    return [child for child, command in named if b"spawn_main" in command]


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def cluster_of_processes(n_workers: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a Dask cluster whose workers are processes; give its process and address."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "cluster.py"
        script.write_text(CLUSTER)
        with subprocess.Popen(
            [sys.executable, str(script), str(n_workers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                yield process, process.stdout.readline().strip()
            finally:
                process.stdin.close()


def listening_ports() -> set[str]:
    """Give the TCP addresses at which this process waits for others."""
    mine = set()
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            mine.add(str(file.readlink()).removeprefix("socket:[").rstrip("]"))
    tables = "".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    rows = [line.split() for line in tables.splitlines()]
    return {row[1] for row in rows if row[3] == "0A" and row[9] in mine}


def _give(answers: object, kind: type[Exception]) -> object:
    if isinstance(answers, kind):
        raise answers
    return answers


class TestDask:
    def test_a_killed_worker_costs_nothing_but_time(self, mitool, tmp_path) -> None:
        direct, remote, kept = (tmp_path / name for name in ("1.csv", "2.csv", "kept"))
        arguments = ["matrix", WINE, "--cols", "alcohol..magnesium", *SLOW]
        assert mitool(*arguments, "-j", "1", "-o", direct).code == 0
        with (
            cluster_of_processes(2) as (cluster, address),
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "mitool", *map(str, arguments)),
                    *("--scheduler", address, "--checkpoint", str(kept), "-o", str(remote)),
                ],
                stderr=subprocess.PIPE,
                cwd=ROOT,
            ) as process,
        ):
            end = time.monotonic() + 60
            while not (kept.exists() and kept.read_bytes().count(b"\n") > 2):
                assert time.monotonic() < end
                time.sleep(0.01)
            os.kill(children(cluster.pid)[-1], signal.SIGKILL)
            _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, b"")
        assert remote.read_bytes() == direct.read_bytes()

    def test_a_cluster_within_the_process_opens_no_port(self) -> None:
        """Whoever reaches a port of Dask can run code as its owner."""
        before = listening_ports()
        with remote.cluster("local:2", SimpleNamespace(run=list)) as workers:
            ports = listening_ports() - before
            assert workers.n_threads == 2
            assert workers.submit(range(3)).result().results == [0, 1, 2]
        assert ports == set()

    @pytest.mark.parametrize(
        ("where", "code", "message"),
        [
            ("local:none", 2, "--scheduler local:N takes a number of processes"),
            ("gone.json", 2, "there is no file 'gone.json'"),
        ],
    )
    def test_where_there_is_none(self, mitool, where, code, message) -> None:
        outcome = mitool("matrix", WINE, "--scheduler", where)
        assert outcome.code == code
        assert message in outcome.err

    def test_no_distributed(self, mitool, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, "distributed", None)
        outcome = mitool("matrix", WINE, "-q", "--scheduler", "local:1")
        assert outcome.code == 5
        assert one_line(outcome.err) == (
            "--scheduler needs the package distributed; install it with pip install 'mitool[dask]'"
        )

    def test_no_scheduler(self, mitool, monkeypatch) -> None:
        monkeypatch.setattr(remote, "SECONDS_TO_CONNECT", 0.3)
        outcome = mitool("matrix", WINE, "-q", "--scheduler", "tcp://127.0.0.1:9")
        assert outcome.code == 1
        assert one_line(outcome.err).startswith(
            "no Dask scheduler answers at tcp://127.0.0.1:9; start one"
        )

    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            ({"a": __version__, "b": "0.0.1"}, "have mitool 0.0.1, "),
            (ModuleNotFoundError("No module named 'mitool'"), "cannot load this mitool (Mod"),
            (TimeoutError("no worker"), "has no workers"),
        ],
        ids=["another version", "no mitool", "no workers"],
    )
    def test_workers_that_cannot_help(self, mitool, monkeypatch, answers, message) -> None:
        client = SimpleNamespace(
            wait_for_workers=lambda n, timeout: _give(answers, TimeoutError),
            run=lambda function: _give(answers, Exception),
        )
        monkeypatch.setattr(remote, "_connected", lambda distributed, where: nullcontext(client))
        outcome = mitool("matrix", WINE, "-q", "--scheduler", "tcp://cluster:8786")
        assert outcome.code == 1
        assert message in one_line(outcome.err)
        assert "tcp://cluster:8786" in outcome.err

    def test_columns_are_ranked_on_a_cluster(self, mitool, tmp_path) -> None:
        direct, remote = (tmp_path / name for name in ("1.csv", "2.csv"))
        asked = ("screen", WINE, "-t", "cultivar", "--permutations", "9", "--top", "5", "-q")
        assert mitool(*asked, "-o", direct).code == 0
        assert mitool(*asked, "--scheduler", "local:2", "-o", remote).code == 0
        assert remote.read_bytes() == direct.read_bytes()

    def test_threads_are_the_workers_own(self, mitool) -> None:
        outcome = mitool("matrix", WINE, "--scheduler", "local:2", "-j", "2")
        assert outcome.code == 2
        assert "the workers of --scheduler bring their own threads" in outcome.err


class TestDryRun:
    def test_counts_are_exact_and_nothing_is_written(self, mitool, tmp_path) -> None:
        outcome = mitool("matrix", WINE, "--dry-run", "-o", tmp_path / "out.json", "-q")
        found = json.loads(outcome.out)
        assert (found["columns"], found["rows"], found["pairs"]) == (14, 178, 91)
        assert found["seconds"] > 0
        assert found["memory_bytes"] > 1 << 20
        assert not (tmp_path / "out.json").exists()

    def test_of_a_shard_and_several_estimators(self, mitool) -> None:
        arguments = ("--dry-run", "--shard", "2/3", "-o", "x.part", "-q", "-e", "ksg", "-e", "bins")
        found = json.loads(mitool("matrix", WINE, *arguments).out)
        assert found["estimates"] == 2 * found["pairs"]
        assert abs(found["pairs"] - 91 / 3) <= 1

    def test_of_a_shard_without_pairs(self, mitool) -> None:
        arguments = ("--cols", "alcohol,ash", "--dry-run", "--shard", "2/2", "-o", "x.part", "-q")
        outcome = mitool("matrix", WINE, *arguments)
        found = json.loads(outcome.out)
        assert (found["pairs"], found["seconds"], found["calibrated_on"]) == (0, 0.0, 0)

    def test_of_columns_to_rank(self, mitool, tmp_path) -> None:
        asked = ("screen", WINE, "-t", "cultivar", "-e", "bins", "-q")
        found = json.loads(mitool(*asked, "--dry-run").out)
        assert (found["columns"], found["pairs"], found["estimates"]) == (14, 13, 13)
        assert 0 < found["seconds"] < 5
        refused = mitool(*asked, "--dry-run", "--method", "jmi")
        assert (refused.code, "only columns that are ranked one by one" in refused.err) == (2, True)


class TestLimits:
    @pytest.mark.parametrize("name", limits.GRANTS)
    def test_the_batch_system_limits_threads(self, name, monkeypatch) -> None:
        monkeypatch.setattr(limits, "affinity", lambda: 64)
        monkeypatch.setattr(limits, "cgroup_processors", lambda: None)
        assert limits.n_threads("auto", {name: "3"}) == 3
        assert limits.n_threads(None, {name: "3"}) == 3
        assert limits.n_threads(None, {name: "3", limits.WISH: "5"}) == 5
        assert limits.n_threads("7", {name: "3"}) == 7

    def test_what_is_no_number_of_threads_is_refused(self) -> None:
        with pytest.raises(UsageError, match="MITOOL_THREADS takes a number of threads"):
            limits.n_threads(None, {limits.WISH: "many"})

    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            ({"cpu.max": "150000 100000"}, 2),
            ({"cpu.max": "max 100000"}, None),
            ({"cpu/cpu.cfs_quota_us": "400000", "cpu/cpu.cfs_period_us": "100000"}, 4),
            ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
            ({}, None),
        ],
        ids=["v2", "v2 without limit", "v1", "v1 without limit", "none"],
    )
    def test_the_quota_of_a_control_group(self, tmp_path, files, expected) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(f"{text}\n")
        assert limits.cgroup_processors(tmp_path) == expected

    def test_memory_of_a_control_group_without_its_cached_files(self, tmp_path) -> None:
        (tmp_path / "memory.max").write_text("10000000\n")
        (tmp_path / "memory.current").write_text("9000000\n")
        (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 4000000\n")
        assert limits.free_memory(tmp_path, {}) == int(0.9 * 5_000_000)

    @pytest.mark.parametrize(
        "environment",
        [
            {"SLURM_MEM_PER_NODE": "2000"},
            {"SLURM_MEM_PER_CPU": "500", "SLURM_CPUS_PER_TASK": "4"},
        ],
        ids=["node", "cpu"],
    )
    def test_memory_that_slurm_grants(self, tmp_path, environment, monkeypatch) -> None:
        monkeypatch.setattr(limits, "resident", lambda: 1000 << 20)
        assert limits.free_memory(tmp_path, environment) == int(0.9 * (1000 << 20))
