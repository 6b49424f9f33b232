"""Tables for papers, and the fields that a reader chooses."""

from __future__ import annotations

import csv
import sys
from io import StringIO

import pandas
import pytest

from mitool.errors import ExitStatus, MitoolError
from mitool.report import Output, Run, open_report
from mitool.result import Estimate

PLAIN = Estimate("a", "b", "ksg", 0.25, n_used=3)
HOSTILE = Estimate(r"a|b<script>\%_&$#{x}", "`*[y](z)", "ksg", -0.5, n_used=3)


def written(path, *estimates, **how) -> str:
    with open_report(Output.checked(path, **how), Run("estimate")) as report:
        for estimate in estimates:
            report.add(estimate)
    return path.read_text(encoding="utf-8")


def test_markdown_holds_what_the_terminal_shows(tmp_path):
    head, rule, *rows = written(tmp_path / "r.md", PLAIN, PLAIN).splitlines()
    assert [cell.strip() for cell in head.strip("|").split("|")] == [
        *("x", "y", "estimator", "mi (nats)", "n")
    ]
    assert [cell.strip().endswith(":") for cell in rule.strip("|").split("|")] == [
        *(False, False, False, True, True)
    ]
    assert [[c.strip() for c in row.strip("|").split("|")] for row in rows] == [
        ["a", "b", "ksg", "0.250000", "3"]
    ] * 2


def test_names_are_no_commands_of_markdown(tmp_path):
    row = written(tmp_path / "r.md", HOSTILE).splitlines()[2]
    assert row.startswith(r"| a\|b&lt;script>\\%_&amp;$#{x} | \`\*\[y](z)")


def test_names_are_no_commands_of_tex(tmp_path):
    text = written(tmp_path / "r.tex", HOSTILE)
    assert text.startswith("\\begin{tabular}{lllrr}\n\\toprule\n")
    assert r"a|b<script>\textbackslash \%\_\&\$\#\{x\}" in text
    assert text.count("&") == 4 + 4 + 1  # between the cells, and the one escaped


def test_tabs_stand_between_the_fields_of_tsv(tmp_path):
    text = written(tmp_path / "r.tsv", PLAIN, Estimate("a\tb", "c", "ksg", 0.5))
    frame = pandas.read_csv(StringIO(text), sep="\t")
    assert frame["x"].tolist() == ["a", "a\tb"]
    assert frame["mi"].tolist() == [0.25, 0.5]
    comma = list(csv.reader(StringIO(written(tmp_path / "r.csv", PLAIN))))
    assert list(csv.reader(StringIO(text), delimiter="\t"))[:2] == comma


@pytest.mark.parametrize("suffix", ["csv", "tsv", "md", "txt"])
def test_fields_are_chosen_and_ordered(tmp_path, suffix):
    text = written(tmp_path / f"r.{suffix}", PLAIN, chosen=("n_used", "mi", "x"))
    for mark in ",|\t":
        text = text.replace(mark, " ")
    first, *_, last = text.splitlines()
    assert first.split() == ["n_used", "mi", "x"]
    assert [last.split()[0], float(last.split()[1]), last.split()[2]] == ["3", 0.25, "a"]


@pytest.mark.parametrize(
    ("more", "status", "message"),
    [
        ("--fields x,n --format csv", 2, "this report has no field 'n'; it has x, y, given"),
        ("--fields x,x --format csv", 2, "--fields takes names with commas between, got 'x,x'"),
        ("--fields , --format csv", 2, "--fields takes names with commas between, got ','"),
        ("--fields x --json", 2, "--fields is for table, csv, tsv, md, tex, not for json"),
        ("--fields x -o r.parquet", 2, "not for parquet, which holds all fields"),
    ],
)
def test_fields_that_are_none_are_refused(mitool, tmp_path, monkeypatch, more, status, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("x,y\n" + "a,c\nb,d\n" * 30)
    found = mitool("estimate", "d.csv", "-x", "x", "-y", "y", *more.split())
    assert found.code == status
    assert message in found.err
    assert not found.out
    assert [file.name for file in tmp_path.iterdir()] == ["d.csv"]


@pytest.mark.parametrize(("suffix", "package"), [("md", "tabulate"), ("tex", "jinja2")])
def test_what_pandas_needs_for_a_table_is_named(tmp_path, monkeypatch, suffix, package):
    for name in (package, "pandas.io.formats.style"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MitoolError, match=f"needs {package}; install it with: pip") as raised:
        written(tmp_path / f"r.{suffix}", PLAIN)
    assert raised.value.exit_status == ExitStatus.MISSING_EXTRA
    assert not list(tmp_path.iterdir())
