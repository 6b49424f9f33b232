"""Reports: the same rows in every format, strict, and on disk whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import jsonschema
import numpy as np
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

from mitool.choices import Format
from mitool.errors import MitoolError, UsageError
from mitool.report import ESTIMATE_FIELDS, Field, Output, Run, open_report
from mitool.report.output import SUFFIXES
from mitool.report.terminal import drawn
from mitool.report.writers import WRITERS
from mitool.result import Estimate, Interval, Note, Test
from mitool.units import Unit
from tests.reports import SCHEMA

TIED = Note("ties", "column 'b' repeats 40 % of its values", ("b",))
FULL = Estimate(
    "a,c",
    "b",
    "ksg",
    0.8123456789012345,
    given="z",
    kind_x="continuous",
    kind_y="discrete",
    dim_x=2,
    dim_y=1,
    params={"n_neighbors": 3},
    transform="normal",
    extras={"upper": 1.5},
    facts={"radius": 2.0},
    interval=Interval(0.7, 0.9, 0.95, "subsample", 0.05, n_resamples=50),
    test=Test(0.001, "permutation", 999),
    reliability="ok",
    notes=(TIED, Note("auto", "ksg, as both are continuous", level="note")),
    n_used=340,
    n_dropped=4,
)
PLAIN = Estimate("ü[red]", "b", "ksg", -0.01, n_used=3)


def test_every_form_of_reports_has_its_writer() -> None:
    assert WRITERS.keys() == set(get_args(Format))
    assert set(SUFFIXES.values()) <= WRITERS.keys()


def run_of() -> Run:
    return Run("estimate", ["estimate", "d.csv"], {"seed": 0}, [{"path": "d.csv", "format": "csv"}])


def written(tmp_path: Path, suffix: str, *estimates: Estimate, **options: object) -> Path:
    path = tmp_path / f"report.{suffix}"
    with open_report(Output.checked(path, **options), run_of()) as report:
        for estimate in estimates:
            report.add(estimate)
    return path


def test_a_json_report_is_valid_and_complete(tmp_path):
    document = json.loads(written(tmp_path, "json", FULL, PLAIN).read_text())
    jsonschema.validate(document, SCHEMA)
    assert document["results"] == [FULL.row(), PLAIN.row()]
    assert document["warnings"][0] == {
        "code": "ties",
        "level": "warning",
        "message": TIED.message,
        "columns": ["b"],
    }


def test_an_empty_report_is_valid(tmp_path):
    document = json.loads(written(tmp_path, "json").read_text())
    jsonschema.validate(document, SCHEMA)
    assert document["results"] == []


def test_the_schema_names_every_field_of_a_row():
    row = SCHEMA["$defs"]["row"]
    assert row["required"] == list(row["properties"]) == [field.name for field in ESTIMATE_FIELDS]


def test_every_format_holds_the_same_rows(tmp_path):
    rows = [FULL.row(), PLAIN.row()]
    lines = written(tmp_path, "jsonl", FULL, PLAIN).read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows
    cells = list(csv.DictReader(io.StringIO(written(tmp_path, "csv", FULL, PLAIN).read_text())))
    tabled = pq.read_table(written(tmp_path, "parquet", FULL, PLAIN)).to_pylist()
    for row, cell, typed in zip(rows, cells, tabled, strict=True):
        nested = {name: json.dumps(row[name]) for name in ("params", "extras")}
        assert typed == row | nested
        assert cell == {k: "" if v is None else str(v) for k, v in (row | nested).items()}


def test_extras_and_facts_stand_together_and_only_extras_have_the_unit():
    extras = FULL.to("bits").row()["extras"]
    assert extras == {"upper": pytest.approx(1.5 / 0.6931471805599453), "radius": 2.0}


def test_parquet_carries_its_provenance(tmp_path):
    metadata = pq.read_schema(written(tmp_path, "parquet", FULL)).metadata or {}
    metadata |= pq.read_metadata(tmp_path / "report.parquet").metadata
    record = json.loads(metadata[b"mitool"])
    jsonschema.validate(record, SCHEMA)
    assert record["settings"] == {"seed": 0}


def test_csv_keeps_times_and_hosts_in_the_meta_file(tmp_path):
    meta = tmp_path / "meta.json"
    text = written(tmp_path, "csv", FULL, meta=meta).read_text()
    record = json.loads(meta.read_text())
    jsonschema.validate(record, SCHEMA)
    assert record["runtime"]["host"] not in text
    assert "results" not in record


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_value_that_is_not_finite_is_null_and_says_so(value):
    row = replace(PLAIN, mi=value, extras={"bound": value}).row()
    assert (row["mi"], row["extras"]["bound"], row["status"]) == (None, None, "failed")
    assert row["message"] == f"mi is {value}; extras.bound is {value}"
    json.dumps(row, allow_nan=False)


def test_numpy_numbers_become_plain_ones():
    import numpy as np

    row = replace(PLAIN, params={"k": np.int64(3), "h": np.float32(0.5)}).row()
    assert row["params"] == {"k": 3, "h": 0.5}
    assert json.loads(json.dumps(row)) == row


@dataclass(frozen=True)
class Checked:
    """An estimate beside the truth: a record with a column of its own."""

    fields = (*ESTIMATE_FIELDS, Field("truth", "number"))

    estimate: Estimate
    truth: float

    @property
    def remarks(self) -> tuple[Note, ...]:
        return self.estimate.remarks

    def to(self, unit: Unit) -> Checked:
        return replace(self, estimate=self.estimate.to(unit))

    def row(self) -> dict[str, Any]:
        return self.estimate.row() | {"truth": self.truth}


@pytest.mark.parametrize("fields", [None, Checked.fields], ids=["of the first record", "given"])
def test_a_record_may_add_its_own_columns(tmp_path, fields):
    path = tmp_path / "r.csv"
    with open_report(Output.checked(path), run_of(), fields) as report:
        assert [note.code for note in report.add(Checked(FULL, 0.25))] == ["ties", "auto"]
    head, line = path.read_text().splitlines()
    assert head.endswith(",truth")
    assert line.endswith(",0.25")


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [("", 0), ("ok ok", 0), ("ok skipped", 0), ("ok failed", 4), ("failed failed", 3)],
)
def test_exit_status_tells_how_many_failed(tmp_path, statuses, expected):
    with open_report(Output.checked(tmp_path / "r.csv"), run_of()) as report:
        for status in statuses.split():
            report.add(replace(PLAIN, status=status))
    assert report.exit_status == expected


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv", "parquet", "txt"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_report_leaves_nothing_behind(tmp_path, suffix, error):
    (tmp_path / f"r.{suffix}").write_text("before")

    def interrupted() -> None:
        with open_report(Output.checked(tmp_path / f"r.{suffix}"), run_of()) as report:
            report.add(FULL)
            raise error

    with pytest.raises(error):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == [f"r.{suffix}"]
    assert (tmp_path / f"r.{suffix}").read_text() == "before"


def test_a_report_replaces_what_a_link_points_to(tmp_path):
    target = tmp_path / "target.csv"
    target.write_text("before")
    target.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(target)
    with open_report(Output.checked(tmp_path / "link.csv"), run_of()) as report:
        report.add(PLAIN)
    assert (tmp_path / "link.csv").is_symlink()
    assert target.read_text().startswith("x,y")
    assert target.stat().st_mode & 0o777 == 0o640


def test_new_files_get_the_usual_permissions(tmp_path):
    mask = os.umask(0o027)
    try:
        mode = written(tmp_path, "csv", PLAIN).stat().st_mode
    finally:
        os.umask(mask)
    assert mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("no/such/r.csv", {}, "there is no folder"),
        (".", {"format": "csv"}, "it is a folder; name a file in it"),
        ("r.xyz", {}, "no format goes by the suffix '.xyz'"),
        ("r.csv", {"format": "yaml"}, "no format 'yaml'; there are: auto, table, json"),
        ("r.json", {"meta": Path("m.json")}, "a JSON report holds its provenance"),
        ("r.csv", {"meta": Path("no/such/m.json")}, "cannot write no/such/m.json"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(tmp_path, path, options, message):
    with pytest.raises(MitoolError, match=message):
        Output.checked(tmp_path / path, **options)


def test_parquet_is_not_thrown_at_a_terminal():
    with pytest.raises(UsageError, match="parquet is binary"):
        Output.checked(None, "parquet", on_terminal=True)


@pytest.mark.parametrize(
    ("path", "on_terminal", "expected"),
    [
        (None, True, "table"),
        (None, False, "json"),
        (Path("-"), False, "json"),
        (Path("r.csv"), True, "csv"),
        (Path("r"), True, "json"),
    ],
)
def test_the_format_follows_the_suffix_or_the_terminal(path, on_terminal, expected):
    assert Output.checked(path, on_terminal=on_terminal).format == expected


def test_the_warnings_of_many_pairs_stay_few():
    run = run_of()
    for i in range(1000):
        run.note([Note("ties", f"column {i}")])
        run.note([Note("rows", "few")])
    assert len(run.warnings()) == 52
    assert run.warnings()[-1]["message"] == "and 950 more"


LONG = replace(FULL, x="expression_of_the_gene_" * 3 + "A", y="β" * 40, given="depth")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_table_fits_its_width_and_a_row_is_a_line(width):
    lines = drawn([LONG.row(), PLAIN.row()], ESTIMATE_FIELDS, width).splitlines()
    assert max(map(cell_len, lines[:4])) <= width
    assert len(lines) == (4 if width >= 120 else 5)
    assert "0.812346" in lines[2]
    assert "-0.0100000" in lines[3]
    assert lines[2].startswith("expr")
    assert ("_A " in lines[2]) and "β" in lines[2]


def test_columns_that_do_not_fit_are_left_out_in_the_order_stated():
    whole = drawn([LONG.row()], ESTIMATE_FIELDS, 500).splitlines()[0].split()
    heads = [head for head in whole if head != "(nats)"]
    order = ["estimator", "n", "warnings", "reliability", "p", "given", "ci_low", "ci_high"]
    seen = set()
    for width in range(200, 30, -1):
        lines = drawn([LONG.row()], ESTIMATE_FIELDS, width).splitlines()
        left_out = [head for head in heads if head not in lines[0].split()]
        assert set(left_out) == set(order[: len(left_out)])
        assert len(lines) == 3 + bool(left_out)
        assert not left_out or lines[3].startswith(f"{len(left_out)} column")
        seen.add(len(left_out))
    assert len(seen) > 5


def test_numbers_stay_whole_where_nothing_fits():
    assert "0.812346" in drawn([LONG.row()], ESTIMATE_FIELDS, 10)


def test_columns_of_a_square_that_do_not_fit_are_counted():
    fields = (Field("x"), *(Field(f"column{i}", "number") for i in range(20)))
    row = {"x": "a" * 30} | {f"column{i}": i / 7 for i in range(20)}
    text = drawn([row], fields, 60)
    assert text.split("\n")[0].split() == ["x", "column0", "column1", "column2", "column3"]
    assert text.endswith("16 columns left out for want of room; -o FILE.csv has all\n")


def test_a_table_says_what_its_numbers_are():
    share = replace(PLAIN, estimand="cs_qmi", unit=None)
    assert drawn([share.row()], ESTIMATE_FIELDS, 80).split()[:4] == [
        "x",
        "y",
        "estimator",
        "cs_qmi",
    ]
    both = drawn([share.row(), PLAIN.row()], ESTIMATE_FIELDS, 80).split("\n")[0].split()
    assert both == ["x", "y", "estimator", "estimand", "value", "unit", "n"]
    assert drawn([replace(PLAIN, y=None).row()], ESTIMATE_FIELDS, 80).split()[1] == "estimator"


def test_a_table_of_no_estimates_shows_all_columns_as_they_are_named():
    fields = (Field("mi (nats)"), Field("mi", "number"), Field("se", "number"))
    text = drawn([{"mi (nats)": "a", "mi": 0.5, "se": None}], fields, 80)
    assert [line.split() for line in text.splitlines()[::2]] == [
        ["mi", "(nats)", "mi", "se"],
        ["a", "0.500000"],
    ]


def test_a_table_shows_the_widths_of_kernels():
    wide = replace(PLAIN, facts={"bandwidth_x": 0.5, "bandwidth_y": 1.25, "rank_x": 7.0})
    lines = drawn([wide.row(), FULL.row()], ESTIMATE_FIELDS, 200).splitlines()
    assert lines[0].split()[-1] == "bandwidth"
    assert lines[2].split()[-2:] == ["0.5", "1.25"]
    assert "bandwidth" not in drawn([FULL.row()], ESTIMATE_FIELDS, 200)


def test_a_table_shows_no_control_characters():
    assert "\x1b" not in drawn([replace(PLAIN, x="\x1b[31mred").row()], ESTIMATE_FIELDS, 80)


def test_value_is_the_bare_number(tmp_path, capsysbinary):
    with open_report(Output.checked(None, "value"), run_of()) as report:
        report.add(FULL)
        report.add(replace(PLAIN, mi=None, status="failed"))
    assert capsysbinary.readouterr().out == b"0.8123456789012345\nnan\n"


FORMULAS = ["=cmd()", "+1", "-2", "@sum", "\t=1", "a=b", "plain"]


class TestSpreadsheetSafe:
    @pytest.fixture
    def table(self, tmp_path):
        """A table whose names are formulas, some of them."""
        path = tmp_path / "d.csv"
        rows = np.random.default_rng(1).normal(size=(40, len(FORMULAS))).tolist()
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([FORMULAS, *rows])
        return path

    def names(self, outcome) -> set[str]:
        assert outcome.code == 0, outcome.err
        rows = csv.DictReader(io.StringIO(outcome.out, newline=""))
        return {name for row in rows for name in (row["x"], row["y"])}

    def test_names_are_kept_byte_for_byte(self, table, mitool):
        asked = ("matrix", table, "-e", "gaussian", "-q", "--format", "csv")
        kept = {name.strip() for name in FORMULAS}
        assert {name.strip() for name in self.names(mitool(*asked))} == kept

    def test_formulas_are_made_text(self, table, mitool):
        asked = ("matrix", table, "-e", "gaussian", "-q", "--format", "csv", "--spreadsheet-safe")
        found = self.names(mitool(*asked))
        assert {"'=cmd()", "'+1", "'-2", "'@sum", "a=b", "plain"} <= found
        assert not [name for name in found if name[0] in "=+-@\t\r"]

    def test_numbers_stay_numbers(self, table, mitool):
        asked = ("matrix", table, "-e", "ksg", "-q", "--format", "csv")
        safe, plain = mitool(*asked, "--spreadsheet-safe").out, mitool(*asked).out
        values = [row["mi"] for row in csv.DictReader(io.StringIO(safe, newline=""))]
        assert values == [row["mi"] for row in csv.DictReader(io.StringIO(plain, newline=""))]
        assert any(value.startswith("-") for value in values)

    def test_a_square_has_names_in_its_head(self, table, mitool):
        asked = ("matrix", table, "--wide", "-e", "gaussian", "-q", "--format", "csv")
        head = mitool(*asked, "--spreadsheet-safe").out.split("\n")[0]
        assert "'=cmd()" in head
        assert ",=" not in head

    @pytest.mark.parametrize("form", ["json", "jsonl", "table"])
    def test_it_is_for_csv(self, form, table, mitool):
        outcome = mitool("matrix", table, "--format", form, "--spreadsheet-safe")
        assert outcome.code == 2
        assert f"--spreadsheet-safe is for CSV, not for {form}" in outcome.err
