"""Python and the command line give the same: every command over the sample data, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mitool as mi
from mitool.result.wording import in_python

SAMPLES = Path(__file__).parent.parent / "sample_data"
pytestmark = pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLES / f"{name}.csv")


def file(name: str) -> str:
    return str(SAMPLES / f"{name}.csv")


Frame = pd.DataFrame
Call = Callable[[Frame], Any]
Case = tuple[str, str, Call]

ESTIMATES: list[Case] = [
    (
        "penguins",
        "-x bill_length_mm -y species",
        lambda d: mi.estimate(d[["bill_length_mm"]], d[["species"]]),
    ),
    (
        "penguins",
        "-x bill_length_mm,sex -y species -u bits",
        lambda d: mi.estimate(d[["bill_length_mm", "sex"]], d[["species"]], unit="bits"),
    ),
    (
        "penguins",
        "-x bill_length_mm -y bill_depth_mm -z species",
        lambda d: mi.estimate(d[["bill_length_mm"]], d[["bill_depth_mm"]], given=d[["species"]]),
    ),
    (
        "penguins",
        "-x species -y island --normalize min --ci 0.9 --test g-test",
        lambda d: mi.estimate(
            d[["species"]], d[["island"]], normalize="min", interval=0.9, test="g-test"
        ),
    ),
    (
        "election",
        "-x age -y income --ci 0.95 --permutations 49 --groups educ",
        lambda d: mi.estimate(
            d[["age"]], d[["income"]], interval=0.95, permutations=49, groups=d[["educ"]]
        ),
    ),
    (
        "penguins",
        "-x year -y body_mass_g --continuous year",
        lambda d: mi.estimate(d[["year"]], d[["body_mass_g"]], continuous="year"),
    ),
    (
        "penguins",
        "-x bill_length_mm -y bill_depth_mm -e bins -p n_bins=5 -b 60 --ci-method subsample",
        lambda d: mi.estimate(
            d[["bill_length_mm"]],
            d[["bill_depth_mm"]],
            "bins",
            params={"n_bins": 5},
            n_resamples=60,
            interval_method="subsample",
        ),
    ),
    (
        "gaussian",
        "-x x1 -y y1 -e gcmi --ci 0.95 --permutations 999 --tail -s 3",
        lambda d: mi.estimate(
            d[["x1"]], d[["y1"]], "gcmi", interval=0.95, permutations=999, tail=True, seed=3
        ),
    ),
    (
        "gaussian",
        "-x x1 -y y1 -e gcmi --permutations 99 --sequential --statistic estimate",
        lambda d: mi.estimate(
            d[["x1"]], d[["y1"]], "gcmi", permutations=99, sequential=True, statistic="estimate"
        ),
    ),
    (
        "gaussian",
        "-x x1,x2 -y y1 --normalize r --transform rank -e ksg -p n_neighbors=5",
        lambda d: mi.estimate(
            d[["x1", "x2"]],
            d[["y1"]],
            "ksg",
            params={"n_neighbors": 5},
            normalize="r",
            transform="rank",
        ),
    ),
    (
        "sunspots",
        "-x sunspots -y sunspots --lag 2 --ci 0.95 --permutations 49",
        lambda d: mi.estimate(
            d[["sunspots"]], d[["sunspots"]], lag=2, interval=0.95, permutations=49
        ),
    ),
    (
        "sunspots",
        "-x year -y sunspots --order time --block 11 --ci 0.95",
        lambda d: mi.estimate(d[["year"]], d[["sunspots"]], order="time", block=11, interval=0.95),
    ),
    (
        "sunspots",
        "-x year -y sunspots --transfer --history 2,1 -e gcmi --permutations 49 --ci 0.9",
        lambda d: mi.transfer(
            d[["year"]], d[["sunspots"]], "gcmi", history=(2, 1), permutations=49, interval=0.9
        ),
    ),
]
COMPARISONS: list[Case] = [
    (
        "gaussian",
        "-x x1 -y y1 -y y2 -e gcmi",
        lambda d: mi.compare(d[["x1"]], d[["y1"]], d[["y2"]], "gcmi"),
    ),
    (
        "gaussian",
        "-x x1 -y y1 --by group -e gcmi --ci 0.9 --permutations 49 -u bits",
        lambda d: mi.compare(
            d[["x1"]],
            d[["y1"]],
            by=d[["group"]],
            estimator="gcmi",
            interval=0.9,
            permutations=49,
            unit="bits",
        ),
    ),
]
ENTROPIES: list[Case] = [
    (
        "penguins",
        "--cols species,island --joint -u bits",
        lambda d: mi.entropy(d[["species", "island"]], unit="bits"),
    ),
    ("gaussian", "--cols x1,y1 --joint -e kl", lambda d: mi.entropy(d[["x1", "y1"]], "kl")),
]
MATRICES: list[Case] = [
    (
        "wine",
        "--cols alcohol..ash --cols cultivar --ci 0.95",
        lambda d: mi.matrix(d, ["alcohol..ash", "cultivar"], interval=0.95),
    ),
    (
        "penguins",
        "--against species,sex --cols *_mm -u bits -e bins --normalize max",
        lambda d: mi.matrix(d, "*_mm", ["species", "sex"], "bins", normalize="max", unit="bits"),
    ),
    (
        "wine",
        "--cols alcohol..magnesium --permutations 199 --adjust holm -e gcmi",
        lambda d: mi.matrix(
            d, "alcohol..magnesium", estimator="gcmi", permutations=199, adjust="holm"
        ),
    ),
    (
        "wine",
        "--cols alcohol..ash --permutations 99 --adjust max",
        lambda d: mi.matrix(d, "alcohol..ash", permutations=99, adjust="max"),
    ),
    (
        "penguins",
        "--permutations 19 -e mesner",
        lambda d: mi.matrix(d, estimator="mesner", permutations=19),
    ),
]
SCREENS: list[Case] = [
    ("penguins", "-t species", lambda d: mi.screen(d, "species")),
    (
        "wine",
        "-t cultivar --top 3 --permutations 99 --ci 0.95 -u bits",
        lambda d: mi.screen(d, "cultivar", top=3, permutations=99, interval=0.95, unit="bits"),
    ),
    (
        "wine",
        "-t cultivar --method jmi -e bins --top 3 --holdout none",
        lambda d: mi.screen(d, "cultivar", estimator="bins", method="jmi", top=3, holdout="none"),
    ),
    (
        "wine",
        "-t alcohol --cols malic_acid..hue --permutations 99 --adjust max",
        lambda d: mi.screen(d, "alcohol", "malic_acid..hue", permutations=99, adjust="max"),
    ),
    (
        "penguins",
        "-t body_mass_g --cols *_mm -z species --groups year --holdout split --holdout-share 0.4",
        lambda d: mi.screen(
            d,
            "body_mass_g",
            ["*_mm"],
            given="species",
            groups="year",
            holdout="split",
            holdout_share=0.4,
        ),
    ),
    (
        "gaussian",
        "-t x1 --resolve-top 2 -e gcmi -b 20",
        lambda d: mi.screen(d, "x1", estimator="gcmi", resolve_top=2, n_resamples=20),
    ),
]
DIAGNOSES: list[Case] = [
    ("gaussian", "-x x1 -y y1", lambda d: mi.diagnose(d[["x1"]], d[["y1"]])),
    (
        "sunspots",
        "-x year -y sunspots --order time --difference",
        lambda d: mi.diagnose(d[["year"]], d[["sunspots"]], order="time", difference=True),
    ),
    (
        "gaussian",
        "-x x1 -y y1 --order time --detrend 2",
        lambda d: mi.diagnose(d[["x1"]], d[["y1"]], order="time", detrend=2),
    ),
    (
        "penguins",
        "-x bill_length_mm -y bill_depth_mm -z species -u bits",
        lambda d: mi.diagnose(
            d[["bill_length_mm"]], d[["bill_depth_mm"]], given=d[["species"]], unit="bits"
        ),
    ),
    (
        "wine",
        "-x alcohol -y color_intensity -e csqmi",
        lambda d: mi.diagnose(d[["alcohol"]], d[["color_intensity"]], "csqmi"),
    ),
]
CASES = [
    (command, *case)
    for command, cases in {
        "estimate": ESTIMATES,
        "estimate --compare": COMPARISONS,
        "entropy": ENTROPIES,
        "matrix": MATRICES,
        "screen": SCREENS,
        "diagnose": DIAGNOSES,
    }.items()
    for case in cases
]


def results_of(found: Any) -> mi.Results[Any]:
    """Give several results as they are, and one as several."""
    return found if isinstance(found, mi.Results) else mi.Results([found])


def reported(mitool: Callable[..., Any], *words: str) -> list[dict[str, Any]]:
    """Give the rows of the report that a command prints."""
    done = mitool(*words, "--json", "-q")
    assert done.code in (0, 4), done.err
    return list(json.loads(done.out)["results"])


@pytest.mark.parametrize(
    ("command", "name", "options", "call"), CASES, ids=[f"{c} {o}" for c, _, o, _ in CASES]
)
def test_python_gives_the_bits_of_the_command_line(mitool, command, name, options, call):
    verb, *flags = command.split()
    expected = reported(mitool, verb, file(name), *flags, *options.split())
    assert results_of(call(table(name))).rows() == expected


def test_two_samples_are_compared_as_two_files_are(mitool, tmp_path):
    whole = table("gaussian")
    parts = [whole[:400], whole[400:]]
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    for part, path in zip(parts, paths, strict=True):
        part.to_csv(path, index=False)
    words = "-x x1 -y y1 -e gcmi --permutations 49 --compare"
    expected = reported(mitool, "estimate", *paths, *words.split())
    (one, two) = ((part[["x1"]], part[["y1"]]) for part in parts)
    found = mi.compare(*one, second=two, estimator="gcmi", permutations=49)
    assert mi.Results([found]).rows() == expected


def test_a_reusable_holdout_spends_the_same_budget(mitool, tmp_path):
    options = "-t species --cols *_mm -e bins --holdout reusable --budget 7 --budget-file"
    paths = [tmp_path / name for name in ("line.json", "python.json")]
    expected = reported(mitool, "screen", file("penguins"), *options.split(), str(paths[0]))
    wanted = {"estimator": "bins", "holdout": "reusable", "budget": 7, "budget_file": paths[1]}
    assert mi.screen(table("penguins"), "species", "*_mm", **wanted).rows() == expected
    kept = [json.loads(path.read_text()) for path in paths]
    assert kept[0]["left"] == kept[1]["left"]


def test_estimators_are_described_alike(mitool):
    expected = json.loads(mitool("estimators", "--json").out)
    assert json.loads(json.dumps([asdict(entry) for entry in mi.estimators()])) == expected
    one = json.loads(mitool("estimators", "ksg", "--json").out)
    assert json.loads(json.dumps(asdict(mi.estimators("ksg")))) == one


SAVED: Sequence[tuple[str, str, str, Call]] = [
    ("matrix", *MATRICES[2]),
    ("screen", *SCREENS[1]),
    ("diagnose", *DIAGNOSES[0]),
    ("estimate", *ESTIMATES[3]),
]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "txt"])
@pytest.mark.parametrize(("command", "name", "options", "call"), SAVED, ids=[s[0] for s in SAVED])
def test_a_saved_file_is_what_the_command_writes(
    mitool, tmp_path, command, name, options, call, suffix
):
    written, saved = tmp_path / f"line.{suffix}", tmp_path / f"python.{suffix}"
    assert mitool(command, file(name), *options.split(), "-q", "-o", str(written)).code == 0
    results_of(call(table(name))).save(saved)
    assert saved.read_bytes() == written.read_bytes()


def odd() -> Frame:
    """Make a table of all that is warned of in columns, in pairs and in groups of rows."""
    rng = np.random.default_rng(4)
    subject = np.repeat([f"s{number}" for number in range(24)], 10)
    level = np.repeat(3 * rng.normal(size=24), 10)
    a, b = level + rng.normal(size=(2, 240))
    marked = np.where(np.arange(240) % 9 == 3, -999.0, a)
    names = [f"row {number}" for number in range(240)]
    return Frame({"a": a, "b": b, "subject": subject, "m": marked, "one": 1, "name": names})


@pytest.mark.parametrize(
    ("command", "options", "call"),
    [
        ("matrix", "-e gcmi", lambda d: mi.matrix(d, estimator="gcmi")),
        ("screen", "-t b --permutations 19", lambda d: mi.screen(d, "b", permutations=19)),
        ("diagnose", "-x m -y b", lambda d: mi.diagnose(d["m"], d["b"])),
    ],
)
def test_results_warn_of_what_the_command_line_warns_of(mitool, tmp_path, command, options, call):
    odd().to_csv(tmp_path / "odd.csv", index=False)
    done = mitool(command, str(tmp_path / "odd.csv"), *options.split(), "--json")
    expected = [w for w in json.loads(done.out)["warnings"] if w["code"] not in ("panel", "auto")]
    found = call(pd.read_csv(tmp_path / "odd.csv"))
    found[:1].save(tmp_path / "part.json")  # leaves no trace in what is saved next
    found.save(tmp_path / "whole.json")
    saved = json.loads((tmp_path / "whole.json").read_text())["warnings"]
    kept = {w["message"] for w in saved if w["code"] not in ("panel", "auto", "autocorrelation")}
    assert {w["message"] for w in expected} - kept == set()
    said = {in_python(w["message"]) for w in expected if w["level"] == "warning"}
    assert said <= {note.message for note in found.warnings}
    part = json.loads((tmp_path / "part.json").read_text())["warnings"]
    assert command == "diagnose" or len(part) < len(saved)


def test_a_saved_document_has_the_results_and_the_run(mitool, tmp_path):
    found = mi.matrix(table("wine"), "alcohol..ash")
    found.save(tmp_path / "wine.json")
    document = json.loads((tmp_path / "wine.json").read_text())
    assert document["results"] == reported(mitool, "matrix", file("wine"), "--cols", "alcohol..ash")
    assert document["tool"]["command"] == "matrix"
    assert {warning["code"] for warning in document["warnings"]} >= {"ties"}
    found.save(tmp_path / "wine.parquet")
    assert pd.read_parquet(tmp_path / "wine.parquet")["mi"].tolist() == [row.mi for row in found]
