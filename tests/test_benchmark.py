"""Scores of estimators on known distributions, and samples on their way into files."""

from __future__ import annotations

import csv
import json
from math import isnan

import numpy as np
import pytest

from mitool.errors import MitoolError, UsageError
from mitool.measure.settings import Settings
from mitool.result import Estimate, Interval
from mitool.simulate import parse
from mitool.simulate.benchmark import Entrant, contest, draw, entrant, planned, variables_of
from mitool.simulate.export import draw_to
from mitool.uncertainty.uncertainty import Uncertainty

LABEL = "gaussian:rho=0.6"
TRUTH = 0.22314355131420974


def answering(*values, low=0.0, high=0.0):
    """An entrant that knows its answers beforehand."""
    answers = iter(values)

    def answer(x, y, given):
        mi = next(answers)
        interval = Interval(mi - low, mi + high, 0.95, "none", 0.0) if low or high else None
        return Estimate(x.name, y.name, "oracle", mi, interval=interval, reliability="ok")

    return Entrant("oracle", answer)


def test_bias_spread_and_error_are_those_of_the_answers():
    (score,) = contest(LABEL, 10, [answering(TRUTH + 0.1, TRUTH + 0.3)], 2, 0)
    assert score.bias == pytest.approx(0.2)
    assert score.sd == pytest.approx(np.std([0.1, 0.3], ddof=1))
    assert score.rmse == pytest.approx(np.sqrt(0.05))
    assert score.estimate.mi == pytest.approx(TRUTH + 0.2)
    assert score.coverage is None


def test_coverage_is_the_share_of_intervals_that_hold_the_truth():
    rival = answering(TRUTH + 0.1, TRUTH + 0.3, TRUTH - 0.1, TRUTH, low=0.2, high=0.05)
    (score,) = contest(LABEL, 10, [rival], 4, 0)
    assert score.coverage == 0.5
    assert score.width == pytest.approx(0.25)
    assert score.low_share == 0.0


def test_one_refusal_makes_a_failed_score_that_says_why():
    def refuse(x, y, given):
        raise MitoolError("too few rows")

    (score,) = contest(LABEL, 10, [Entrant("shy", refuse)], 2, 0)
    row = score.row()
    assert (row["status"], row["message"], row["estimator"]) == ("failed", "too few rows", "shy")
    assert isnan(score.rmse)
    assert row["rmse"] is None
    assert row["n_used"] == 10


def test_every_entrant_sees_the_same_samples():
    seen = []

    def look(x, y, given):
        seen.append(x.values[:3, 0].tolist())
        return Estimate(x.name, y.name, "eye", 0.0)

    list(contest(LABEL, 10, [Entrant("a", look), Entrant("b", look)], 3, 1))
    assert seen[:3] == seen[3:]
    assert len({tuple(values) for values in seen}) == 3


def test_a_sample_depends_on_seed_label_size_and_number_alone():
    first = draw(LABEL, 50, 3, 1)
    assert np.array_equal(first.x, draw(LABEL, 50, 3, 1).x)
    others = [draw(LABEL, 50, 3, 2), draw(LABEL, 50, 4, 1), draw("gaussian:rho=0.3", 50, 3, 1)]
    assert not any(np.array_equal(first.x, other.x) for other in others)


def test_rows_are_in_the_unit_asked_for():
    (score,) = contest(LABEL, 10, [answering(0.5, 0.7)], 2, 0)
    nats, bits = score.row(), score.to("bits").row()
    for name in ("mi", "truth", "bias", "sd", "rmse"):
        assert bits[name] == pytest.approx(nats[name] / np.log(2))
    assert bits["seconds"] == nats["seconds"]


def test_an_estimator_of_ours_is_scored_with_its_intervals():
    uncertainty = Uncertainty(level=0.95)
    (score,) = contest(LABEL, 200, [entrant(Settings("gcmi"), uncertainty)], 10, 0)
    assert abs(score.bias) < 0.05
    assert score.rmse < 0.1
    assert score.coverage >= 0.8
    assert 0.05 < score.width < 0.3


def test_labels_stay_labels_however_few_the_rows():
    x, y, given = variables_of(
        parse("random-table:n_levels=20"), draw("random-table:n_levels=20", 30)
    )
    assert (x.kind, y.kind, given) == ("discrete", "discrete", None)
    *_, z = variables_of(parse("label-fork"), draw("label-fork", 30))
    assert z.kind == "discrete"


def test_several_columns_are_numbered():
    x, y, _ = variables_of(parse("swiss-roll"), draw("swiss-roll", 30))
    assert (x.names, y.names) == (("x1", "x2"), ("y",))


def test_a_plan_is_all_sizes_of_suites_and_names():
    assert len(planned([], ["discrete-36"], [])) == 36
    assert planned(["xor"], [], []) == [("xor", 1000)]
    assert planned(["xor"], [], [10, 20]) == [("xor", 10), ("xor", 20)]
    assert len(planned([], [], [100])) == 24
    with pytest.raises(UsageError, match="no distribution 'xro'; did you mean 'xor'"):
        planned(["xro"], [], [])


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "feather", "npy", "npz"])
def test_a_written_sample_reads_back_as_it_was_drawn(tmp_path, suffix):
    from mitool.tables import open_table

    path = tmp_path / f"d.{suffix}"
    record = draw_to(path, suffix, "labelled-cloud", 40, 5)
    table = open_table([str(path)])
    names = ("c1", "c2", "c3") if suffix == "npy" else ("x1", "x2", "y")
    read = np.column_stack([column.values for column in table.read(names)])
    sample = draw("labelled-cloud", 40, 0, 5)
    assert np.array_equal(read, np.hstack([sample.x, sample.y]))
    assert record["truth"] == pytest.approx(1.00389317, abs=1e-8)


def test_parquet_and_feather_hold_the_truth(tmp_path):
    from pyarrow import feather, parquet

    record = draw_to(tmp_path / "d.parquet", "parquet", LABEL, 10, 0)
    draw_to(tmp_path / "d.feather", "feather", LABEL, 10, 0)
    schemas = (
        parquet.read_schema(tmp_path / "d.parquet"),
        feather.read_table(tmp_path / "d.feather").schema,
    )
    for schema in schemas:
        assert json.loads(schema.metadata[b"mitool.simulate"]) == record
    assert record["truth"] == pytest.approx(TRUTH)


def test_simulate_lists_what_there_is(mitool):
    listed = mitool("simulate")
    assert listed.code == 0
    assert "\nclayton " in listed.out
    described = mitool("simulate", "clayton", "--describe")
    assert "theta  strength, above 0 (number; default 2.0)" in described.out


def test_simulate_says_the_truth_beside_the_sample(mitool, tmp_path):
    from mitool.tables import open_table

    meta = tmp_path / "truth.json"
    path = tmp_path / "d.csv"
    run = mitool("simulate", "gaussian", "-p", "rho=0.6", "-n", 30, "-o", path, "--meta", meta)
    assert (run.code, run.out) == (0, "")
    assert run.err == f"mitool: I(x;y) = {TRUTH!r} nats in gaussian:rho=0.6\n"
    assert json.loads(meta.read_text())["truth"] == pytest.approx(TRUTH)
    x = open_table([str(path)]).read(["x"])[0]
    assert np.array_equal(x.values, draw("gaussian:rho=0.6", 30).x[:, 0])


def test_simulate_writes_csv_to_standard_output(capfdbinary):
    from mitool.cli.app import main

    assert main(["simulate", "xor", "-n", "3", "-q"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.splitlines()[0] == b"x1,x2,y"
    assert len(out.splitlines()) == 4
    assert err == b""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["simulate", "gausian"], "no distribution 'gausian'; did you mean 'gaussian'?"),
        (["simulate", "gaussian", "-p", "rho=2"], "gaussian: rho must be between -1 and 1"),
        (["simulate", "gaussian", "-p", "rho"], "parameters look like KEY=VALUE, got 'rho'"),
        (["simulate", "gaussian", "-o", "d.xlsx"], "no format goes by the suffix '.xlsx'"),
        (["simulate", "gaussian", "--format", "xls"], "no format 'xls' for samples"),
        (["simulate", "-p", "rho=0.5"], "name a distribution to draw"),
        (["benchmark", "gausian"], "no distribution 'gausian'"),
        (["benchmark", "--suite", "discreet"], "no suite 'discreet'; there are: continuous-24"),
        (["benchmark", "xor", "-e", "kgs"], "no estimator 'kgs'"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(mitool, arguments, message):
    run = mitool(*arguments)
    assert run.code == 2
    assert run.err.startswith(f"mitool: error: {message}")
    assert run.err.count("\n") == 1


def test_benchmark_reports_every_estimator_on_every_distribution(mitool, tmp_path):
    path = tmp_path / "scores.csv"
    names = ("gaussian:rho=0.6", "xor:flip=0.1")
    run = mitool(
        "benchmark", *names, "-n", 60, "--repeats", 3, "-e", "gcmi", "-e", "plugin", "-o", path
    )
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(row["distribution"], row["estimator"]) for row in rows] == [
        (label, name) for label in names for name in ("gcmi", "plugin")
    ]
    assert [row["status"] for row in rows] == ["ok", "failed", "failed", "ok"]
    assert run.code == 4
    assert float(rows[0]["truth"]) == pytest.approx(TRUTH)
    assert float(rows[0]["mi"]) - TRUTH == pytest.approx(float(rows[0]["bias"]))
    assert int(rows[0]["repeats"]) == 3
    assert "coverage" not in rows[0]


def test_benchmark_gives_the_same_numbers_for_a_seed(mitool):
    def scores(seed):
        run = mitool(
            "benchmark", "clayton", "-n", 50, "--repeats", 2, "-e", "gcmi", "--json", "-s", seed
        )
        return [row["rmse"] for row in json.loads(run.out)["results"]]

    assert scores(1) == scores(1) != scores(2)


def test_benchmark_with_coverage_has_its_columns(mitool):
    run = mitool(
        "benchmark", "gaussian", "-n", 50, "--repeats", 3, "-e", "gcmi", "--coverage", "--json"
    )
    (row,) = json.loads(run.out)["results"]
    assert 0 <= row["coverage"] <= 1
    assert row["width"] > 0


def test_merged_parts_have_the_columns_and_scores_of_the_whole(mitool, tmp_path):
    words = ("benchmark", LABEL, "circle", "clayton", "-e", "gcmi", "-n", 60, "--repeats", 2, "-q")
    parts = [tmp_path / "1.part", tmp_path / "2.part"]
    for index, part in enumerate(parts, 1):
        outcome = mitool(*words, "--coverage", "--shard", f"{index}/2", "-o", part)
        assert outcome.code == 0, outcome.err
    outcomes = [
        mitool(*words, "--coverage", "--format", "csv"),
        mitool("merge", *reversed(parts), "-q", "--format", "csv"),
    ]
    whole, merged = ([*csv.DictReader(outcome.out.splitlines())] for outcome in outcomes)
    assert [row["distribution"] for row in whole] == [LABEL, "circle", "clayton"]
    assert list(whole[0])[-3:] == ["coverage", "width", "low_share"]
    for row in (*whole, *merged):
        row.pop("seconds")
    assert merged == whole
    refused = mitool("merge", *parts, "--wide")
    assert refused.code == 2
    assert "--wide is for a matrix; these are parts of mitool benchmark" in refused.err
