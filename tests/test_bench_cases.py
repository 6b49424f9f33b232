"""Benchmarks: programs in turns, ratios by turn, and the same programs in an older checkout."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cases import Case, lines_of, with_older, without_start
from benchmarks.checkouts import add_before, answers
from benchmarks.measuring import LONG, Run, timed, timed_in_turns


def run(*turns: float, value: float = np.nan) -> Run:
    return Run(np.array(turns), np.array([value]))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split(" | ")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder whose Python is this one."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def test_a_ratio_is_taken_turn_by_turn() -> None:
    assert run(4.0, 10.0, 90.0).times(run(2.0, 4.0, 5.0)) == 2.5
    assert run(30.0).times(run(2.0, 3.0, 5.0)) == 10.0, "a long run stands beside every turn"


def test_what_took_long_runs_once_and_the_others_go_on() -> None:
    asked = []

    def program(name: str, seconds: float):
        def run() -> tuple[float, np.ndarray]:
            asked.append(name)
            return seconds, np.array([1.0])

        return run

    found = timed_in_turns({"a": program("a", 1.0), "b": program("b", LONG + 1)}, 2)
    assert asked == ["a", "b", "a", "a"]
    assert [len(each.turns) for each in found.values()] == [2, 1]


def test_processes_that_were_waited_for_are_counted() -> None:
    import subprocess

    busy = "import time\nwhile time.process_time() < 0.3: pass"
    seconds, _ = timed(lambda: subprocess.run([sys.executable, "-c", busy], check=True).returncode)
    assert seconds >= 0.3


def test_the_start_is_taken_off_mitool_now_and_before() -> None:
    runs = {
        "mitool": run(3.0, 5.0),
        "mitool, before": run(9.0, 9.0),
        "mitool, start": run(1.0, 2.0),
        "mitool, start, before": run(4.0, 5.0),
        "another": run(7.0, 7.0),
    }
    found = {name: list(each.turns) for name, each in without_start(runs).items()}
    assert found == {"mitool": [2.0, 3.0], "mitool, before": [5.0, 4.0], "another": [7.0, 7.0]}


def test_before_stands_beside_the_same_program_and_others_beside_mitool() -> None:
    case = Case("work", "n = 1", dict, truth=1.0, scale={"another": 10.0}, n_pairs=100)
    runs = {
        "mitool": run(0.25, value=1.5),
        "mitool, before": run(0.5, value=1.5),
        "mitool, estimator alone": run(0.125, value=1.5),
        "mitool, estimator alone, before": run(0.5, value=2.0),
        "another": run(0.25, value=1.25),
    }
    rows = [cells(line)[2:] for line in lines_of(case, runs)]
    assert rows == [
        ["mitool", "250 ms, 2,500 µs a pair", "", "", "+0.5000"],
        ["mitool, before", "500 ms, 5,000 µs a pair", "2×", "0e+00", "+0.5000"],
        ["mitool, estimator alone", "125 ms, 1,250 µs a pair", "", "0e+00", "+0.5000"],
        ["mitool, estimator alone, before", "500 ms, 5,000 µs a pair", "4×", "5e-01", "+1.0000"],
        ["another (timed on a sample)", "2.5 s, 25,000 µs a pair", "10×", "2e-01", "+0.2500"],
    ]


def test_only_programs_of_mitool_are_asked_for_in_an_older_checkout() -> None:
    asked = []

    def ask(name: str) -> tuple[float, list[float]]:
        asked.append(name)
        return 2.0, [3.0]

    programs = {name: lambda: (1.0, np.array([1.0])) for name in ("mitool", "another")}
    both = with_older(programs, ask)
    assert list(both) == ["mitool", "mitool, before", "another"]
    assert both["mitool, before"]() == (2.0, np.array([3.0]))
    assert asked == ["mitool"]


def test_a_case_runs_in_the_process_of_a_checkout(checkout: Path) -> None:
    with answers("serve('commands', 0)", checkout) as ask:
        for _ in range(2):
            seconds, value = ask("mitool, start")
            assert seconds > 0
            assert np.isnan(value).all()


def test_a_folder_without_an_environment_is_no_checkout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_before(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--before", str(tmp_path)])
    assert f"no .venv/bin/python in {tmp_path}" in capsys.readouterr().err
