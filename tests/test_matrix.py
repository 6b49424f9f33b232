"""``mitool matrix`` however it is run: threads, shards, breaks and limits change no byte."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine columns of 150 rows: numbers, some missing, labels, a constant, names of rows."""
    rng = np.random.default_rng(11)
    shared = rng.normal(size=150)
    columns = {f"g{i}": shared + (1 + i) * rng.normal(size=150) for i in range(6)}
    columns["g1"][::17] = np.nan
    text = {name: [f"{value:.6g}" for value in values] for name, values in columns.items()}
    text["g1"] = ["" if value == "nan" else value for value in text["g1"]]
    text["label"] = ["up" if value > 0 else "down" for value in shared]
    text["same"] = ["7.5"] * 150
    text["id"] = [f"row{i}" for i in range(150)]
    path = tmp_path_factory.mktemp("matrix") / "table.csv"
    lines = [",".join(text), *map(",".join, zip(*text.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def whole(table: Path) -> bytes:
    """What one thread writes without a break, as CSV."""
    arguments = ["matrix", str(table), "--format", "csv", "-q", "-j", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "mitool", *arguments], capture_output=True, cwd=ROOT, check=True
    )
    assert done.stdout.count(b"\n") == 22
    return done.stdout


class TestOutput:
    def test_threads_change_no_byte(self, mitool, table, whole, tmp_path) -> None:
        out = tmp_path / "two.csv"
        assert mitool("matrix", table, "-q", "-j", "2", "-o", out).code == 0
        assert out.read_bytes() == whole

    @pytest.mark.parametrize("suffix", ["json", "jsonl", "parquet"])
    def test_all_formats_hold_the_same_pairs(self, mitool, table, whole, tmp_path, suffix) -> None:
        out = tmp_path / f"pairs.{suffix}"
        assert mitool("matrix", table, "-q", "-o", out).code == 0
        if suffix == "json":
            rows = json.loads(out.read_text())["results"]
        elif suffix == "jsonl":
            rows = [json.loads(line) for line in out.read_text().splitlines()]
        else:
            import pyarrow.parquet

            rows = pyarrow.parquet.read_table(out).to_pylist()
        expected = [line.split(",")[:2] for line in whole.decode().splitlines()[1:]]
        assert [[row["x"], row["y"]] for row in rows] == expected

    def test_what_is_left_out_is_said(self, mitool, table) -> None:
        outcome = mitool("matrix", table, "--cols", "g0,same,id,label", "--format", "csv")
        assert outcome.out.count("\n") == 2
        assert "mitool: warning: column 'same' has one value in all rows" in outcome.err
        assert "mitool: warning: column 'id' names every row differently" in outcome.err

    def test_pairs_that_fail_leave_status_4_and_all_of_them_3(self, mitool, table) -> None:
        some = mitool("matrix", table, "--cols", "g0,g2,label", "-e", "ksg", "--format", "csv")
        assert some.code == 4
        assert some.out.count(",failed,") == 2
        assert "mitool: warning: g0 with label, ksg: ksg does not take" in some.err
        everything = mitool("matrix", table, "--cols", "g0", "--against", "label", "-e", "ksg")
        assert everything.code == 3

    def test_several_estimators_stand_together(self, mitool, table) -> None:
        outcome = mitool(
            *("matrix", table, "--cols", "g0,g2,g3", "-e", "ksg", "-e", "gaussian"),
            *("--format", "csv", "-q"),
        )
        names = [line.split(",")[10] for line in outcome.out.splitlines()[1:]]
        assert names == ["ksg", "gaussian"] * 3

    def test_intervals_of_all_pairs(self, mitool, table) -> None:
        outcome = mitool(
            *("matrix", table, "--cols", "g0,g2,g3", "--ci", "0.9", "--permutations", "19"),
            *("--json", "-q"),
        )
        rows = json.loads(outcome.out)["results"]
        assert all(row["ci_low"] < row["ci_high"] and row["p_value"] >= 0.05 for row in rows)


class TestWide:
    def test_is_square_symmetric_and_empty_on_its_diagonal(self, mitool, table, whole) -> None:
        outcome = mitool("matrix", table, "--wide", "--format", "csv", "-q")
        lines = [line.split(",") for line in outcome.out.splitlines()]
        names = [f"g{i}" for i in range(6)] + ["label"]
        assert lines[0] == ["x", *names]
        assert [line[0] for line in lines[1:]] == names
        cells = np.array([line[1:] for line in lines[1:]])
        assert (cells == cells.T).all()
        assert (np.diag(cells) == "").all()
        long = {tuple(line.split(",")[:2]): line for line in whole.decode().splitlines()[1:]}
        assert f",{cells[0, 2]}," in long["g0", "g2"]

    def test_of_two_sets(self, mitool, table) -> None:
        outcome = mitool(
            *("matrix", table, "--cols", "g0,g2", "--against", "label,g0", "--wide"),
            *("--format", "csv", "-q"),
        )
        lines = [line.split(",") for line in outcome.out.splitlines()]
        assert lines[0] == ["x", "label", "g0"]
        assert [[bool(cell) for cell in line[1:]] for line in lines[1:]] == [
            [True, False],
            [True, True],
        ]

    def test_holds_the_normalized_numbers_where_they_are_asked_for(self, mitool, table) -> None:
        words = ("matrix", table, "--cols", "g0,g2", "--normalize", "r", "-q")
        [row] = json.loads(mitool(*words).out)["results"]
        wide = json.loads(mitool(*words, "--wide").out)["results"]
        assert wide[0]["g2"] == wide[1]["g0"] == row["normalized"] != row["mi"]

    @pytest.mark.parametrize("more", [("--ci", "0.9"), ("--permutations", "19")])
    def test_has_no_place_for_intervals_and_p_values(self, mitool, table, more) -> None:
        outcome = mitool("matrix", table, "--wide", *more)
        assert outcome.code == 2
        assert "no interval and no p-value" in outcome.err

    def test_takes_one_estimator(self, mitool, table) -> None:
        outcome = mitool("matrix", table, "--wide", "-e", "ksg", "-e", "bins")
        assert outcome.code == 2
        assert "--wide holds one number a pair" in outcome.err


class TestShards:
    def parts(self, mitool, table: Path, folder: Path, count: int, *more: str) -> list[Path]:
        paths = [folder / f"{index}.part" for index in range(1, count + 1)]
        for index, path in enumerate(paths, 1):
            arguments = ("--shard", f"{index}/{count}", "-o", path, "-q", *more)
            assert mitool("matrix", table, *arguments).code == 0
        return paths

    @pytest.mark.parametrize("count", [1, 3])
    def test_merged_equal_the_whole(self, mitool, table, whole, tmp_path, count) -> None:
        parts = self.parts(mitool, table, tmp_path, count)
        outcome = mitool("merge", *reversed(parts), "--format", "csv", "-q")
        assert outcome.code == 0
        assert outcome.out.encode() == whole

    def test_merged_json_and_wide(self, mitool, table, tmp_path) -> None:
        parts = self.parts(mitool, table, tmp_path, 2)
        direct = json.loads(mitool("matrix", table, "-q", "--json").out)
        merged = json.loads(mitool("merge", *parts, "-q", "--json").out)
        for key in ("results", "input", "settings"):
            assert merged[key] == direct[key]
        wide = mitool("matrix", table, "-q", "--wide", "--format", "csv").out
        assert mitool("merge", *parts, "-q", "--wide", "--format", "csv").out == wide

    def test_parts_in_bits_are_merged_in_bits(self, mitool, table, tmp_path, monkeypatch) -> None:
        whole = mitool("matrix", table, "-q", "-u", "bits", "--format", "csv").out
        parts = self.parts(mitool, table, tmp_path, 2, "-u", "bits")
        asked = ("merge", *parts, "-q", "--format", "csv")
        assert mitool(*asked).out == mitool(*asked, "-u", "bits").out == whole
        refused = mitool(*asked, "-u", "nats")
        assert (refused.code, refused.out) == (2, "")
        assert "the parts are in bits; leave out -u nats" in refused.err
        monkeypatch.setenv("MITOOL_UNITS", "nats")  # of the machine that merges, not of the work
        assert mitool(*asked).out == whole

    def test_missing_and_doubled_parts_are_named(self, mitool, table, tmp_path) -> None:
        parts = self.parts(mitool, table, tmp_path, 3)
        outcome = mitool("merge", parts[1])
        assert outcome.code == 3
        assert "missing of 3 shards: 1, 3;" in outcome.err
        outcome = mitool("merge", *parts, parts[0])
        assert f"{parts[0]} and {parts[0]} are both shard 1/3" in outcome.err

    def test_a_part_cut_short_is_named(self, mitool, table, tmp_path) -> None:
        parts = self.parts(mitool, table, tmp_path, 2)
        parts[1].write_bytes(parts[1].read_bytes()[:-20])
        outcome = mitool("merge", *parts, "-o", tmp_path / "all.csv")
        assert outcome.code == 3
        assert "is not complete: it has 9 of 10 pairs; run shard 2/2 again" in outcome.err
        assert not (tmp_path / "all.csv").exists()

    def test_parts_of_other_settings_or_data_are_refused(self, mitool, table, tmp_path) -> None:
        first, _ = self.parts(mitool, table, tmp_path, 2)
        other = tmp_path / "other.part"
        mitool("matrix", table, "--shard", "2/2", "-o", other, "-q", "-s", "3")
        assert f"{other} was made with seed 3, {first} with 0" in mitool("merge", first, other).err
        other.unlink()
        mitool("matrix", table, "--rows", "0:149", "--shard", "2/2", "-o", other, "-q")
        outcome = mitool("merge", first, other)
        assert "was made with rows '0:149'" in outcome.err
        changed = tmp_path / "changed.csv"
        changed.write_text(table.read_text().replace("up", "UP"))
        other.unlink()
        changed.write_text("\n".join(table.read_text().splitlines()[:-1]))
        mitool("matrix", changed, "--shard", "2/2", "-o", other, "-q")
        assert f"{other} was made from other data than" in mitool("merge", first, other).err

    @pytest.mark.parametrize(
        "environment",
        [
            {
                "SLURM_ARRAY_TASK_ID": "14",
                "SLURM_ARRAY_TASK_MIN": "10",
                "SLURM_ARRAY_TASK_MAX": "14",
                "SLURM_ARRAY_TASK_STEP": "2",
                "SLURM_ARRAY_TASK_COUNT": "3",
            },
            {
                "SGE_TASK_ID": "3",
                "SGE_TASK_FIRST": "1",
                "SGE_TASK_LAST": "3",
                "SGE_TASK_STEPSIZE": "1",
            },
            {
                "PBS_ARRAY_INDEX": "2",
                "PBS_ARRAY_INDEX_FIRST": "0",
                "PBS_ARRAY_COUNT": "3",
            },
        ],
        ids=["Slurm", "Grid Engine", "PBS"],
    )
    def test_the_batch_system_says_which(self, environment) -> None:
        from mitool.tasks.shards import Shard, parse_shard

        assert parse_shard("auto", environment) == Shard(3, 3)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--shard", "4/3", "-o", "x.part"), "--shard takes I/N with I from 1 to N"),
            (("--shard", "1/3"), "a shard needs a file for its part; name it with -o"),
            (("--shard", "1/3", "-o", "x.csv"), "a shard is written as a part, not as .csv"),
            (("--shard", "1/3", "-o", "x.part", "--json"), "leave out --json and give it to"),
            (("--shard", "1/3", "-o", "x.part", "--format", "csv"), "leave out --format and give"),
            (("--shard", "1/3", "-o", "x.part", "--spreadsheet-safe"), "out --spreadsheet-safe"),
            (("--shard", "1/3", "-o", "x.part", "--wide"), "leave out --wide and give it to"),
            (("--shard", "auto", "-o", "x.part"), "--shard auto needs one of SLURM_ARRAY_TASK_ID"),
            (("--time-limit", "5m"), "--time-limit needs --checkpoint"),
            (("--time-limit", "soon", "--checkpoint", "c"), "takes a duration such as 90s"),
            (("-j", "0"), "-j takes a number of threads from 1, or auto, but got '0'"),
        ],
    )
    def test_what_cannot_be_meant(self, mitool, table, arguments, message) -> None:
        outcome = mitool("matrix", table, *arguments)
        assert outcome.code == 2
        assert message in outcome.err

    def test_costs_are_spread_evenly(self) -> None:
        from mitool.tasks.shards import Shard

        dear = range(4000)  # the pairs of the first columns take longer than all others
        shares = [
            sum(number in dear for numbers in Shard(i, 7).ranges(50_000) for number in numbers)
            for i in range(1, 8)
        ]
        assert max(shares) - min(shares) <= 0.5 * np.mean(shares)


SLOW = ("--permutations", "300", "--statistic", "estimate", "-q")
"""Options that make a pair take long enough to be interrupted."""


def killed(table: Path, kept: Path, n_lines: int, *more: object) -> None:
    """Start a run in a process of its own, and kill it once its checkpoint has so many lines."""
    arguments = ["matrix", table, *SLOW, "--checkpoint", kept, *more]
    with subprocess.Popen(
        [sys.executable, "-m", "mitool", *map(str, arguments)], stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        grown(kept, n_lines)
        process.kill()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def grown(path: Path, n_lines: int) -> None:
    """Wait until a checkpoint holds so many lines."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if path.exists() and path.read_bytes().count(b"\n") >= n_lines:
            return
        time.sleep(0.002)
    raise AssertionError(f"{path} did not grow")


def signal_when_grown(path: Path, n_lines: int) -> None:
    """Send this process SIGUSR1 once a checkpoint has so many lines."""

    def watch() -> None:
        grown(path, n_lines)
        os.kill(os.getpid(), signal.SIGUSR1)

    threading.Thread(target=watch).start()


class TestBreaks:
    @pytest.fixture(scope="class")
    @staticmethod
    def tested(table: Path) -> bytes:
        """What the slow run writes without a break, in one thread."""
        arguments = ["matrix", str(table), *SLOW, "-j", "1", "--format", "csv"]
        return subprocess.run(
            [sys.executable, "-m", "mitool", *arguments], capture_output=True, cwd=ROOT, check=True
        ).stdout

    @pytest.mark.parametrize("n_threads", [1, 2])
    def test_killed_it_goes_on(self, mitool, table, tested, tmp_path, n_threads) -> None:
        kept, out = tmp_path / "kept", tmp_path / "all.csv"
        killed(table, kept, 4, "-o", out, "-j", n_threads)
        assert not out.exists()
        arguments = ("--checkpoint", kept, "-o", out, "-j", n_threads)
        assert mitool("matrix", table, *SLOW, *arguments).code == 0
        assert out.read_bytes() == tested

    @pytest.mark.study
    @pytest.mark.parametrize("n_threads", [1, 2])
    def test_killed_twenty_times_it_goes_on(self, table, tested, tmp_path, mitool, n_threads):
        moments = np.random.default_rng(n_threads).integers(1, 21, size=20)
        kept, out = tmp_path / "kept", tmp_path / "all.csv"
        for n_lines in sorted(moments):
            killed(table, kept, int(n_lines), "-o", out, "-j", n_threads)
        assert mitool("matrix", table, *SLOW, "--checkpoint", kept, "-o", out).code == 0
        assert out.read_bytes() == tested

    def test_asked_to_stop_it_ends_with_75_and_goes_on(
        self, mitool, table, tested, tmp_path
    ) -> None:
        kept, out = tmp_path / "kept", tmp_path / "all.csv"
        arguments = ("matrix", table, *SLOW, "--checkpoint", kept, "-o", out)
        signal_when_grown(kept, 4)
        stopped = mitool(*arguments)
        assert stopped.code == 75
        assert "of 21 pairs; run the same command again to go on" in stopped.err
        assert not out.exists()
        assert mitool(*arguments).code == 0
        assert out.read_bytes() == tested

    def test_a_time_limit_ends_it_with_75(self, mitool, table, tested, tmp_path) -> None:
        kept = tmp_path / "kept"
        arguments = ("matrix", table, *SLOW, "--checkpoint", kept, "--format", "csv")
        first = mitool(*arguments, "--time-limit", "0s")
        assert first.code == 75
        assert "stopped after 0 of 21 pairs" in first.err
        outcome = first
        while outcome.code == 75:
            outcome = mitool(*arguments, "--time-limit", "0.3s")
        assert outcome.code == 0
        assert outcome.out.encode() == tested

    def test_a_torn_last_line_is_dropped(self, mitool, table, whole, tmp_path) -> None:
        kept = tmp_path / "kept"
        arguments = ("matrix", table, "--checkpoint", kept, "--format", "csv", "-q")
        mitool(*arguments)
        full = kept.read_bytes()
        for size in (0, len(full) // 2, len(full) - 1):
            kept.write_bytes(full[:size])
            assert mitool(*arguments).out.encode() == whole
            assert kept.read_bytes() == full

    def test_other_settings_or_data_are_refused(self, mitool, table, tmp_path) -> None:
        kept = tmp_path / "kept"
        mitool("matrix", table, "--checkpoint", kept, "-q")
        outcome = mitool("matrix", table, "--checkpoint", kept, "-s", "1")
        assert outcome.code == 3
        assert f"{kept} was made with seed 0, this run has 1" in outcome.err
        changed = tmp_path / "changed.csv"
        changed.write_text(table.read_text().replace("-0.1", "-0.2"))
        outcome = mitool("matrix", changed, "--checkpoint", kept)
        assert outcome.code == 3
        assert f"{kept} was made from other data than this run" in outcome.err

    def test_a_damaged_or_foreign_file_is_left_alone(self, mitool, table, tmp_path) -> None:
        kept = tmp_path / "kept"
        mitool("matrix", table, "--checkpoint", kept, "-q")
        lines = kept.read_bytes().splitlines(keepends=True)
        kept.write_bytes(b"".join([*lines[:5], b"garbage\n", *lines[6:]]))
        outcome = mitool("matrix", table, "--checkpoint", kept)
        assert outcome.code == 3
        assert f"{kept} is damaged at line 6; remove it and run again" in outcome.err
        for content in (b"precious", b"precious\n", b'{"a": 1}\n', b"{", b'{"sch', lines[0][:10]):
            kept.write_bytes(content)
            outcome = mitool("matrix", table, "--checkpoint", kept)
            assert "is not a checkpoint or part of mitool" in outcome.err
            assert kept.read_bytes() == content

    def test_a_second_process_is_refused(self, mitool, table, tmp_path) -> None:
        kept = tmp_path / "kept"
        with kept.open("ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            outcome = mitool("matrix", table, "--checkpoint", kept)
        assert outcome.code == 3
        assert f"{kept} is in use by another mitool process" in outcome.err

    def test_a_finished_checkpoint_is_a_part(self, mitool, table, whole, tmp_path) -> None:
        kept = tmp_path / "kept"
        mitool("matrix", table, "--checkpoint", kept, "-q")
        assert mitool("merge", kept, "--format", "csv", "-q").out.encode() == whole

    def test_a_full_disk_is_one_line(self, mitool, table) -> None:
        outcome = mitool("matrix", table, "-q", "-o", "/dev/full", "--format", "csv")
        assert outcome.code == 1
        assert outcome.err == "mitool: error: cannot write /dev/full: no space left on device\n"

    @pytest.mark.parametrize("command", [("matrix", "-j", "2"), ("matrix", "-j", "2", "--stream")])
    def test_an_error_in_writing_leaves_no_thread_of_its_own(self, mitool, table, command) -> None:
        """Threads that end when their work is collected may be collected by themselves."""

        def threads() -> set[threading.Thread]:
            assert mitool(*command, table, "-q", "-e", "bins", "-o", "/dev/full").code == 1
            return set(threading.enumerate())

        gc.disable()
        try:
            kept = threads()  # those that wait for the next map of as many
            assert threads() <= kept
        finally:
            gc.enable()

    def test_a_table_that_vanished_is_one_line(self, mitool, tmp_path) -> None:
        outcome = mitool("matrix", tmp_path / "gone.csv", "--checkpoint", tmp_path / "kept")
        assert outcome.code == 3
        assert outcome.err.startswith(f"mitool: error: no file '{tmp_path / 'gone.csv'}'")
        assert not (tmp_path / "kept").exists()
