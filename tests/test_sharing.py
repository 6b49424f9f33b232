"""Screens and benchmarks in shares or with breaks: the report is that of one run."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "sample_data"
PENGUINS, WINE = SAMPLES / "penguins.csv", SAMPLES / "wine.csv"

SCREENS = {
    "all columns": ("screen", PENGUINS, "-t", "species"),
    "the best, from other rows": ("screen", WINE, "-t", "cultivar", "--top", "4", "-u", "bits"),
    "the best, from all rows": (
        "screen",
        WINE,
        "-t",
        "cultivar",
        "--top",
        "4",
        "--holdout",
        "none",
    ),
    "p-values": ("screen", WINE, "-t", "alcohol", "-e", "gaussian", "--permutations", "99"),
    "some fail": ("screen", PENGUINS, "-t", "body_mass_g", "-e", "ksg", "--adjust", "none"),
}
CONTEST = ("benchmark", "gaussian:rho=0.5", "clayton", "circle", "-e", "gaussian", "-e", "bins")
CONTEST = (*CONTEST, "-n", "60", "-n", "90", "--repeats", "3", "--coverage")


def untimed(text: str) -> list[dict[str, str]]:
    """Rows of a benchmark without the seconds that each took."""
    return [{**row, "seconds": ""} for row in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize("arguments", SCREENS.values(), ids=SCREENS)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_screen_in_three_shares(mitool, tmp_path, arguments, form) -> None:
    direct = mitool(*arguments, "-q", "--format", form)
    assert direct.code in (0, 4)
    parts = [tmp_path / f"{i}.part" for i in (1, 2, 3)]
    for index, part in enumerate(parts, 1):
        done = mitool(*arguments, "-q", "--shard", f"{index}/3", "-o", part)
        assert done.code in (0, 4), done.err
    unit = ("-u", "bits") if "bits" in arguments else ()
    merged = mitool("merge", *parts, "-q", "--format", form, *unit)
    assert (merged.code, merged.out) == (direct.code, direct.out)


@pytest.mark.parametrize("arguments", SCREENS.values(), ids=SCREENS)
def test_a_screen_that_is_broken_off(mitool, tmp_path, arguments) -> None:
    direct = mitool(*arguments, "-q", "--format", "csv")
    kept = ("-q", "--format", "csv", "--checkpoint", tmp_path / "kept")
    whole = mitool(*arguments, *kept)
    assert (whole.code, whole.out) == (direct.code, direct.out)
    lines = (tmp_path / "kept").read_bytes().splitlines(keepends=True)
    (tmp_path / "kept").write_bytes(b"".join(lines[:3]) + lines[3][:20])
    again = mitool(*arguments, *kept, "-j", "2")
    assert (again.code, again.out) == (direct.code, direct.out)


def test_a_screen_stops_in_time(mitool, tmp_path) -> None:
    arguments = ("screen", WINE, "-t", "cultivar", "--checkpoint", tmp_path / "kept")
    done = mitool(*arguments, "--time-limit", "0s")
    assert done.code == 75
    assert "stopped after 0 of 13 columns" in done.err


@pytest.mark.parametrize(
    "more",
    [
        ("--method", "jmi"),
        ("--resolve-top", "2"),
        ("--adjust", "max", "--permutations", "99"),
        ("--holdout", "reusable", "--budget-file", "budget.json"),
    ],
    ids=lambda more: more[1],
)
def test_columns_that_depend_on_each_other_are_not_shared_out(mitool, tmp_path, more) -> None:
    done = mitool("screen", WINE, "-t", "cultivar", "--checkpoint", tmp_path / "kept", *more)
    assert done.code == 2
    assert "only columns that are ranked one by one can be shared out or kept" in done.err
    assert not (tmp_path / "kept").exists()


def test_a_benchmark_in_two_shares(mitool, tmp_path) -> None:
    direct = mitool(*CONTEST, "-q", "--format", "csv")
    assert direct.code == 0
    parts = [tmp_path / f"{i}.part" for i in (1, 2)]
    for index, part in enumerate(parts, 1):
        assert mitool(*CONTEST, "-q", "--shard", f"{index}/2", "-o", part).code == 0
    merged = mitool("merge", *parts, "-q", "--format", "csv")
    assert len(untimed(merged.out)) == 12
    assert untimed(merged.out) == untimed(direct.out)


def test_a_benchmark_goes_on_byte_for_byte(mitool, tmp_path) -> None:
    kept = tmp_path / "kept"
    arguments = (*CONTEST, "-q", "--format", "csv", "--checkpoint", kept)
    whole = mitool(*arguments)
    lines = kept.read_bytes().splitlines(keepends=True)
    assert mitool(*arguments).out == whole.out
    kept.write_bytes(b"".join(lines[:4]))
    assert untimed(mitool(*arguments).out) == untimed(whole.out)
    assert kept.read_bytes().splitlines(keepends=True)[:4] == lines[:4]


def test_parts_of_different_commands_are_refused(mitool, tmp_path) -> None:
    screen, matrix = tmp_path / "screen.part", tmp_path / "matrix.part"
    mitool("screen", WINE, "-t", "cultivar", "-q", "--shard", "1/2", "-o", screen)
    mitool("matrix", WINE, "-q", "--shard", "2/2", "-o", matrix)
    done = mitool("merge", screen, matrix)
    assert done.code == 3
    assert "was made with command 'matrix'" in done.err
    assert json.loads(screen.read_text().splitlines()[0])["command"] == "screen"
    mitool("screen", WINE, "-t", "cultivar", "-q", "--checkpoint", tmp_path / "kept")
    assert mitool("merge", tmp_path / "kept", "--wide").code == 2
