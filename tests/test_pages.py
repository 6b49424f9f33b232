"""Pages as files: what they say, what they hold back, their sizes, and reports read again."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from mitool.pages.answers import answer
from mitool.pages.methods import citations, methods
from mitool.pages.page import MOST_ROWS, rendered
from mitool.pages.warned import grouped
from mitool.report import ESTIMATE_FIELDS, Run
from mitool.result import Estimate, Interval, Note, Test

HOSTILE = ["<script>alert(1)</script>", "=cmd()", "\x1b[31mred", "\u202eabc", "z" * 500]
ALLOWED_HOSTS = {"http://www.w3.org", "https://doi.org"}  # namespaces and references: never fetched

FOUND = Estimate(
    *("a", "b", "ksg", 0.25),
    params={"n_neighbors": 3},
    transform="normal+jitter",
    interval=Interval(0.1, 0.4, 0.95, "subsample", 0.07, n_resamples=50),
    test=Test(0.004, "permutation", 499),
    reliability="low",
    n_used=300,
)


class Page(HTMLParser):
    """The parts of a page that a reader sees, and what it would fetch."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.words = ""
        self._inside = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data):
        if self._inside == "td":
            self.cells.append(data)
        if self._inside not in ("script", "style"):
            self.words += data


@pytest.fixture
def table(tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    columns = {name: rng.normal(size=60) for name in HOSTILE}
    with Path("d.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return tmp_path


def test_hostile_names_are_harmless_and_legible(mitool, table):
    found = mitool("matrix", "d.csv", "-q", "-o", "r.csv", "--html", "p.html", "--plot", "p.svg")
    assert found.code == 0
    page, text = Page(table / "p.html"), (table / "p.html").read_text()
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    for name in ("<script>alert(1)</script>", "=cmd()", "\\x1b[31mred", "\\u202eabc", "z" * 500):
        assert name in page.cells
    for character in ("\x1b", "\u202e"):
        assert character not in text
        assert character not in (table / "p.svg").read_text()


def test_nothing_is_fetched(mitool, table):
    mitool("matrix", "d.csv", "-q", "-o", "r.csv", "--html", "p.html")
    page, text = Page(table / "p.html"), (table / "p.html").read_text()
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png"))
    assert set(re.findall(r"https?://[\w.]+", text)) <= ALLOWED_HOSTS
    assert "@import" not in text
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", text))


def test_a_page_is_no_stream(mitool, table):
    found = mitool("matrix", "d.csv", "-o", "r.csv", "--html", "-")
    assert found.code == 3
    assert "a page goes to a file, not to -" in found.err
    assert not (table / "-").exists()


def test_identifiers_of_pictures_differ(mitool, table):
    mitool(*["estimate", "d.csv", "-x", "=cmd()", "-y", "z*", "-y", "<*"], "--html", "p.html", "-q")
    ids = [attributes["id"] for _, attributes in Page(table / "p.html").tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_same_run_gives_the_same_page(mitool, table):
    words = ["matrix", "d.csv", "-q", "-o", "r.csv", "--html", "p.html"]
    mitool(*words)
    first = (table / "p.html").read_bytes()
    mitool(*words)
    assert (table / "p.html").read_bytes() == first


def test_dates_and_hosts_are_told_only_where_meta_is_asked_for(mitool, table):
    words = ["matrix", "d.csv", "-q", "-o", "r.csv", "--html", "p.html"]
    mitool(*words)
    plain = Page(table / "p.html").words
    mitool(*words, "--meta", "m.json")
    detailed = Page(table / "p.html").words
    runtime = json.loads((table / "m.json").read_text())["runtime"]
    assert runtime["host"] not in plain
    assert "Runtime" not in plain
    assert runtime["started"] in detailed


def test_a_page_says_what_was_asked_and_how_to_ask_again(mitool, table):
    mitool("estimate", "d.csv", "-x", "=cmd()", "-y", "z*", "-q", "--html", "p.html", "--ci", "0.9")
    words = Page(table / "p.html").words
    assert "mitool estimate d.csv -x '=cmd()' -y 'z*' -q --html p.html --ci 0.9" in words
    assert "60" in words
    assert "Intervals of level 0.9" in words


@pytest.mark.parametrize("n_columns, most", [(50, 600_000), (200, 2_000_000)])
def test_a_matrix_is_a_small_page(n_columns, most, tmp_path):
    from mitool.pages.inlined import inlined
    from mitool.plots import pictures_of

    rng = np.random.default_rng(0)
    rows = [
        FOUND.row() | {"x": f"column_{i}", "y": f"column_{j}", "mi": rng.random()}
        for i in range(n_columns)
        for j in range(i)
    ]
    pictures = inlined(pictures_of("matrix", rows))
    page = rendered(rows, ESTIMATE_FIELDS, Run("matrix").head() | {"warnings": []}, pictures)
    assert len(page) < most
    shown = [float(m) for m in re.findall(rb'<td class="n">([\d.]+)</td><td class="n">0.1', page)]
    best = sorted((row["mi"] for row in rows), reverse=True)[:MOST_ROWS]
    np.testing.assert_allclose(shown, best, rtol=1e-5)
    assert f"The {MOST_ROWS} largest of {len(rows)} results".encode() in page


def test_a_screen_of_200_columns_is_a_small_page(tmp_path):
    from mitool.pages.inlined import inlined
    from mitool.plots import pictures_of

    rows = [
        FOUND.row() | {"x": f"a_rather_long_column_name_{i}", "rank": i, "score": 0.1}
        for i in range(200)
    ]
    pictures = inlined(pictures_of("screen", rows))
    page = rendered(rows, ESTIMATE_FIELDS, Run("screen").head() | {"warnings": []}, pictures)
    assert len(page) < 300_000


class TestAnswers:
    def test_one_estimate_is_told_with_its_interval_and_doubt(self):
        assert answer("estimate", [FOUND.row()]) == (
            "a with b: mi = 0.25 nats, 95% interval 0.1 to 0.4 nats, p = 0.004; the interval may "
            "be too narrow."
        )

    def test_a_matrix_counts_what_is_significant(self):
        rows = [FOUND.row(), FOUND.row() | {"x": "c", "mi": 0.5, "p_adjusted": 0.2}]
        assert answer("matrix", rows).startswith(
            "2 pairs, 1 of them significant at 0.05; the strongest is c with b: mi = 0.5 nats"
        )

    def test_bounds_are_told_from_below_and_above(self):
        kinds = [("lower", 0.2), ("lower", 0.5), ("estimate", 0.9), ("upper", 1.5), ("upper", 1.25)]
        plain = FOUND.row() | {"ci_low": None, "estimand": "max_mi"}
        rows = [plain | {"kind": kind, "mi": mi} for kind, mi in kinds]
        assert answer("coupling", rows) == (
            "a with b, max_mi: the highest lower bound is 0.5 nats (ksg), the lowest upper bound "
            "is 1.25 nats (ksg)."
        )

    def test_the_parts_of_a_learning_curve_are_told_together(self):
        plain = FOUND.row() | {"x": "runs", "y": None, "form": "mean of 2 runs"}
        rows = [plain | {"estimator": "structure"}, plain | {"estimator": "total", "ci_low": None}]
        assert answer("epiplexity", [*rows, plain | {"form": "run 0", "mi": 9.0}]) == (
            "runs, mean of 2 runs: structure 0.25 nats, 95% interval 0.1 to 0.4 nats; total 0.25 "
            "nats."
        )

    def test_a_difference_says_of_what(self):
        row = FOUND.row() | {"estimand": "mi_difference"}
        assert answer("estimate", [row], ("u", "v")).endswith(" It is that of u less that of v.")

    def test_layers_tell_how_the_last_of_them_moved(self):
        def rows(epoch, layer, kept, told):
            plain = {"x": layer, "layer": layer, "epoch": epoch, "estimator": "ebab"}
            found = {"I(X;T)": (kept, "X"), "H(T)": (9.0, None), "I(T;Y)": (told, "y")}
            for quantity, (mi, y) in found.items():
                yield FOUND.row() | plain | {"quantity": quantity, "mi": mi, "y": y}

        early = [*rows(0, "a", 5.0, 0.1), *rows(0, "b", 3.25, 0.05)]
        late = [*rows(9, "a", 4.0, 0.6), *rows(9, "b", 1.5, 0.65)]
        other = [row | {"estimator": "bins", "mi": 7.0} for row in late]
        assert answer("layers", [*early, *late, *other]) == (
            "In the last of 2 layers, b, over epochs 0 to 9 by ebab: I(X;T) goes from 3.25 to "
            "1.5 nats and I(T;Y) goes from 0.05 to 0.65 nats."
        )
        assert answer("layers", list(rows(None, "a", 5.0, 0.1))) == (
            "In layer a by ebab: I(X;T) is 5 nats and I(T;Y) is 0.1 nats."
        )
        ranks = [FOUND.row() | {"quantity": "effective_rank", "estimand": "effective_rank"}]
        assert "effective_rank = 0.25" in answer("layers", ranks)

    def test_thousands_are_told_by_their_digits(self):
        assert "mi = 2380 nats" in answer("estimate", [FOUND.row() | {"mi": 2380.4}])

    def test_what_does_not_compare_has_no_largest(self):
        rows = [FOUND.row() | {"estimand": "entropy"}, FOUND.row() | {"mi": 0.5}]
        assert answer("entropy", rows).startswith("2 results; the first: a with b: entropy = 0.25")

    def test_a_very_long_name_leaves_the_sentence_readable(self):
        assert len(answer("estimate", [FOUND.row() | {"x": "z" * 500}])) < 250

    def test_nothing_found_is_said(self):
        assert answer("estimate", [FOUND.row() | {"mi": None}]) == "No number could be estimated."
        assert answer("screen", []) == "There are no results."


def test_methods_name_all_that_made_the_numbers():
    row = FOUND.row() | {"p_adjusted": 0.01}
    text = methods([row], {"seed": 7, "adjust": "bh"}, "1.2")
    for part in (
        "mitool 1.2",
        "ksg (n_neighbors = 3; Kraskov, Stögbauer & Grassberger (2004)",
        "normal scores",
        "level 0.95 are by the method subsample with 50 resamples",
        "permutation with 499 permutations",
        "adjusted for their number (bh)",
        "seed was 7",
    ):
        assert part in text


def test_methods_say_what_is_no_plain_information():
    rows = [FOUND.row() | {"lag": lag, "given": "z"} for lag in range(3)]
    text = methods([*rows, FOUND.row() | {"transform": "rank"}], {}, "1.2")
    assert "conditional, given z." in text
    assert "at a lag from 0 to 2." in text
    assert "Before some of the estimates, numeric columns were replaced by their ranks." in text
    assert "difference" not in text
    of_two = methods([FOUND.row() | {"estimand": "mi_difference"}], {}, "1.2")
    assert "Each result is the first estimate less the second." in of_two


def test_every_estimator_is_cited():
    software, kraskov = citations([FOUND.row()], "1.2")
    assert "version = {1.2}" in software
    assert "10.1103/PhysRevE.69.066138" in kraskov
    assert len(citations([{"estimator": "of_a_plug_in_that_is_gone"}], "1.2")) == 1


def test_warnings_of_one_kind_stand_together_the_gravest_first():
    notes = [
        Note("ties", "a"),
        Note("duplicate_rows", "b"),
        Note("ties", "c"),
        Note("auto", "d", level="note"),
    ]
    run = Run("estimate")
    run.note(notes)
    found = grouped(run.warnings())
    assert [(each.code, each.messages) for each in found] == [
        ("duplicate_rows", ("b",)),
        ("ties", ("a", "c")),
        ("auto", ("d",)),
    ]
    assert found[0].follows
    assert not found[1].follows


class TestReportsReadAgain:
    @pytest.fixture
    def run(self, mitool, table):
        for form in ("json", "jsonl", "csv", "tsv"):
            meta = [] if form == "json" else ["--meta", "m.json"]
            words = ["screen", "d.csv", "-t", "=cmd()", "--permutations", "99", "--adjust", "none"]
            assert (
                mitool(*words, "-q", "-o", f"r.{form}", *meta, "--html", "at_once.html").code == 0
            )
        return table

    @pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv"])
    def test_the_page_is_that_of_the_run(self, mitool, run, form):
        meta = [] if form == "json" else ["--meta", "m.json"]
        assert mitool("report", f"r.{form}", *meta, "-o", "again.html").code == 0
        again, at_once = Page(run / "again.html"), Page(run / "at_once.html")
        assert again.cells == at_once.cells
        assert [tag for tag, _ in again.tags].count("svg") == 1

    def test_a_picture_of_it_is_that_of_the_run(self, mitool, run):
        mitool("matrix", "d.csv", "-q", "-o", "m.json", "--plot", "at_once.svg")
        assert mitool("report", "m.json", "-o", "again.svg").code == 0
        assert (run / "again.svg").read_bytes() == (run / "at_once.svg").read_bytes()

    @pytest.mark.parametrize(
        ("words", "code", "message"),
        [
            ("r.csv -o a.html", 2, "r.csv does not say how it was made; name the file that"),
            ("r.json --meta m.json -o a.html", 2, "r.json holds the record of its run"),
            ("d.txt -o a.html", 2, "cannot read d.txt as a report; it must be .json"),
            ("r.json -o a.xls", 2, "-o must be named .html, .png, .svg or .pdf, got 'a.xls'"),
            ("r.json -o r.json", 2, "-o r.json and the input r.json are the same file"),
            ("m.json -o a.html", 3, "m.json has no results; give a report that mitool wrote"),
            ("gone.json -o a.html", 3, "no file 'gone.json'"),
            ("cut.json -o a.html", 3, "cut.json is no report: "),
            ("other.json -o a.html", 3, "other.json is no report of mitool: its schema is not"),
            ("cut.csv --meta m.json -o a.html", 3, "cut.csv, row 2: 2 cells under 3 names"),
            (
                "text.csv --meta m.json -o a.html",
                3,
                "text.csv: mi holds 'many', which is no number",
            ),
            ("cut.jsonl --meta m.json -o a.html", 3, "cut.jsonl, line 1: "),
            ("list.jsonl --meta m.json -o a.html", 3, "list.jsonl has results that are no rows"),
            ("binary.json -o a.html", 3, "binary.json is no report: it is not text in UTF-8"),
        ],
    )
    def test_what_is_no_report_is_refused(self, mitool, run, words, code, message):
        (run / "cut.json").write_text((run / "r.json").read_text()[:900])
        (run / "other.json").write_text('{"schema": "other"}')
        (run / "cut.csv").write_text("x,y,mi\n1,2\n")
        (run / "text.csv").write_text("x,y,mi\na,b,many\n")
        (run / "cut.jsonl").write_text('{"x":\n')
        (run / "list.jsonl").write_text("[1]\n")
        (run / "binary.json").write_bytes(b"\xff\xfe\x00")
        found = mitool("report", *words.split())
        assert found.code == code
        assert message in found.err
        assert found.err.count("\n") == 1
        assert not list(run.glob("a.*"))
