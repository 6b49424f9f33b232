"""Pictures, by what they show: artists' data, labels, order; and the files they become."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from math import exp, log

import matplotlib
import numpy as np
import pytest

import mitool as package
from mitool.plots import Picture, pictures_of, save
from mitool.plots.figure import painted
from mitool.plots.heatmap import cells_of, heatmap
from mitool.plots.of_columns import ranking_of_columns
from mitool.plots.sides import Side, pair_picture
from mitool.tables.column import Column
from mitool.variables import gather

matplotlib.use("agg")

HOSTILE = "<script>alert(1)</script>$x^2$\x1b[31m\u202eabc" + "y" * 500


def row(x, y, mi, **more):
    return {"x": x, "y": y, "mi": mi, "estimator": "ksg", "estimand": "mi", "unit": "nats"} | more


def panels(pictures):
    return painted(pictures).axes


def texts(panel):
    return [text.get_text() for text in panel.get_yticklabels()]


# Two groups of columns that share information within, and little between
BLOCKS = [
    row(a, b, 2.0 if a[0] == b[0] else 0.01, p_value=0.001 if a[0] == b[0] else 0.5)
    for i, a in enumerate(["p1", "q1", "p2", "q2", "p3"])
    for b in ["p1", "q1", "p2", "q2", "p3"][i + 1 :]
]


class TestHeatMap:
    def test_columns_that_share_information_stand_side_by_side(self):
        below = panels(heatmap(BLOCKS))[1]
        assert "".join(name[0] for name in texts(below)) in ("pppqq", "qqppp")
        assert [t.get_text() for t in below.get_xticklabels()] == texts(below)

    def test_cells_hold_the_estimates_and_the_diagonal_is_blank(self):
        below = panels(heatmap(BLOCKS))[1]
        shown = below.images[0].get_array()
        assert np.all(shown.mask == np.eye(5, dtype=bool))
        names = texts(below)
        for each in BLOCKS:
            place = names.index(each["x"]), names.index(each["y"])
            assert shown[place] == shown[place[::-1]] == each["mi"]

    def test_insignificant_cells_are_marked(self):
        below = panels(heatmap(BLOCKS))[1]
        names = texts(below)
        marked = {(names[int(y)], names[int(x)]) for x, y in below.lines[0].get_xydata()}
        weak = {(r["x"], r["y"]) for r in BLOCKS if r["p_value"] > 0.05}
        assert marked == weak | {(b, a) for a, b in weak}

    def test_adjusted_p_values_go_before_plain_ones(self):
        rows = [each | {"p_adjusted": 0.5} for each in BLOCKS]
        assert cells_of(rows).is_insignificant.sum() == 2 * len(rows)

    def test_the_scale_begins_at_0_and_ends_at_the_99th_percentile(self):
        rows = [row(f"c{i}", f"c{j}", 0.1) for i in range(40) for j in range(i)]
        rows[0] = rows[0] | {"mi": 50.0}
        image = panels(heatmap(rows))[1].images[0]
        assert image.get_clim() == (0.0, pytest.approx(0.1))

    def test_branches_join_at_one_less_the_informational_correlation(self):
        rows = [row("a", "b", 0.4), row("a", "c", 0.02), row("b", "c", 0.02)]
        above = panels(heatmap(rows))[0]
        heights = sorted(max(line.get_ydata()) for line in above.lines)
        assert heights == pytest.approx([1 - (1 - exp(-2 * mi)) ** 0.5 for mi in (0.4, 0.02)])

    def test_bits_give_the_same_tree_as_nats(self):
        bits = [each | {"mi": each["mi"] / log(2), "unit": "bits"} for each in BLOCKS]
        trees = [panels(heatmap(rows))[0].lines for rows in (BLOCKS, bits)]
        for one, other in zip(*trees, strict=True):
            np.testing.assert_allclose(one.get_xydata(), other.get_xydata())

    def test_a_rectangle_keeps_its_order(self):
        rows = [row(x, y, 0.1) for x in "cab" for y in "yx"]
        (below, _) = panels(heatmap(rows))
        assert texts(below) == ["c", "a", "b"]
        assert [t.get_text() for t in below.get_xticklabels()] == ["y", "x"]

    def test_many_columns_are_counted_instead_of_named(self):
        rows = [row(f"c{i}", f"c{j}", 0.1) for i in range(100) for j in range(i)]
        below = panels(heatmap(rows))[1]
        assert texts(below) == []
        assert below.get_ylabel() == "100 columns"

    def test_pairs_that_failed_are_blank(self):
        shown = cells_of([row("a", "b", None), row("a", "c", 0.2), row("b", "c", 0.3)])
        assert np.isnan(shown.values[0, 1])

    def test_of_several_estimators_the_first_is_shown(self):
        rows = [row("a", "b", 0.1), row("a", "b", 0.9) | {"estimator": "bins"}]
        assert cells_of(rows).values[0, 1] == 0.1


class TestRanking:
    ROWS = tuple(
        row(name, "t", mi, rank=i + 1, ci_low=mi - 0.1, ci_high=mi + 0.2, extras={"null_95": 0.05})
        for i, (name, mi) in enumerate([("first", 0.5), ("second", 0.2), ("third", 0.1)])
    )

    def test_the_best_stands_above(self):
        (panel,) = panels(pictures_of("screen", self.ROWS))
        assert texts(panel) == ["first", "second", "third"]
        low, high = panel.get_ylim()
        assert low > high

    def test_dots_intervals_and_chance_are_where_the_rows_say(self):
        (panel,) = panels(pictures_of("screen", self.ROWS))
        lines = [line.get_xydata() for line in panel.lines]
        dots = np.array([line[0] for line in lines if len(line) == 1])
        np.testing.assert_allclose(dots, [(0.5, 0), (0.2, 1), (0.1, 2)])
        np.testing.assert_allclose(lines[0][:, 0], (0.4, 0.7))
        assert [bar.get_width() for bar in panel.patches] == [0.05] * 3

    def test_quantiles_are_bars_each_within_the_wider(self):
        quantiles = {"q05": 0.1, "q25": 0.3, "q50": 0.5, "q75": 0.6, "q95": 0.9, "quality": 7.0}
        rows = [row("first", "t", 0.5, rank=1, extras=quantiles)]
        (picture,) = pictures_of("screen", rows)
        (panel,) = panels([picture])
        bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in panel.patches]
        np.testing.assert_allclose(bars, [(0.1, 0.9), (0.3, 0.6)])
        assert picture.words.endswith("Bars are darker, the likelier a number is.")
        assert "Bars" not in pictures_of("screen", self.ROWS)[0].words

    def test_the_axis_names_quantity_and_unit(self):
        (panel,) = panels(pictures_of("screen", self.ROWS))
        assert panel.get_xlabel() == "mi (nats)"

    def test_what_is_not_significant_is_hollow(self):
        rows = [each | {"p_value": p} for each, p in zip(self.ROWS, (0.01, 0.2, 0.05), strict=True)]
        (panel,) = panels(pictures_of("screen", rows))
        dots = [line for line in panel.lines if len(line.get_xdata()) == 1]
        assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True, False]

    def test_a_ghost_says_what_the_correlation_alone_would(self, rng):
        x = rng.normal(size=5000)
        curved, straight = x**2, 0.8 * x + 0.6 * rng.normal(size=5000)
        columns = [gather([Column(n, v)]) for n, v in (("curved", curved), ("straight", straight))]
        rows = [row("curved", "x", 2.0), row("straight", "x", 0.5)]
        target = gather([Column("x", x)])
        (panel,) = panels(ranking_of_columns(rows, columns, target))
        ghosts = panel.get_legend_handles_labels()[0][0].get_xydata()
        assert ghosts[0, 0] == pytest.approx(0.0, abs=0.01)
        assert ghosts[1, 0] == pytest.approx(-0.5 * log(1 - 0.64), abs=0.03)


class TestEstimates:
    def test_lags_are_a_curve_with_a_band(self):
        rows = [
            row("a", "b", 0.5 / lag, lag=lag, ci_low=0.1 / lag, ci_high=1 / lag, p_value=0.01 * lag)
            for lag in range(1, 9)
        ]
        (panel,) = panels(pictures_of("estimate", rows))
        np.testing.assert_allclose(panel.lines[0].get_xydata(), [(i, 0.5 / i) for i in range(1, 9)])
        assert panel.get_xlabel() == "lag (rows)"
        filled = [line.get_markerfacecolor() for line in panel.lines if len(line.get_xdata()) == 1]
        assert [fill == "white" for fill in filled] == [0.01 * lag > 0.05 for lag in range(1, 9)]
        assert len(panel.collections) == 1

    def test_a_difference_shows_its_two_estimates(self):
        made = row("a", "b", 0.3, estimand="mi_difference", ci_low=0.1, ci_high=0.5)
        (panel,) = panels(
            pictures_of("estimate", [made | {"extras": {"first": 0.7, "second": 0.4}}])
        )
        assert texts(panel) == ["first", "second", "difference"]
        np.testing.assert_allclose(panel.lines[0].get_xdata(), (0.7, 0.4))
        np.testing.assert_allclose(panel.lines[1].get_xdata(), (0.1, 0.5))

    def test_a_bound_is_named_by_what_tells_it_from_the_others(self):
        most = row("a", "b", 1.0, estimand="max_mi", kind="upper", form=None, ceiling=None)
        there = row("a", "b", 0.5, kind="estimate", form="plain", ceiling=1.0)
        (panel,) = panels(pictures_of("coupling", [most, there]))
        assert texts(panel) == ["max_mi, ksg", "mi, ksg (plain)"]
        assert [line.get_marker() for line in panel.lines] == ["<", "o", "None"]
        assert panel.lines[2].get_xdata() == [1.0, 1.0]

    def test_of_very_many_bounds_the_first_are_shown(self):
        made = row("a", None, 1.0, kind="lower", form=None, ceiling=None)
        (panel,) = panels(pictures_of("predictions", [made] * 3_000))
        assert len(texts(panel)) == 40
        assert "the first 40 of 3000" in panel.get_title(loc="left")

    def test_contests_are_curves_against_n(self):
        rows = [
            row("x", "y", 0.3, distribution="d", truth=0.3, bias=-1 / n, rmse=2 / n, n_used=n)
            | {"estimator": name}
            for name in ("ksg", "bins")
            for n in (100, 1000)
        ]
        bias, error = panels(pictures_of("benchmark", rows))
        np.testing.assert_allclose(bias.lines[0].get_xydata(), [(100, -0.01), (1000, -0.001)])
        np.testing.assert_allclose(error.lines[1].get_ydata(), (0.02, 0.002))
        assert [t.get_text() for t in error.get_legend().get_texts()] == ["ksg", "bins"]


class TestPairs:
    NUMBERS = Side("a", np.array([1.0, 2.0, 4.0, 8.0]))
    LABELS = Side("b", np.array([0.0, 0.0, 1.0, 1.0]), ("no", "yes"))

    def test_numbers_are_a_scatter_coloured_by_what_each_row_adds(self):
        local = np.array([0.1, np.nan, 0.3, -0.2])
        panel, bar = panels([pair_picture(self.NUMBERS, self.NUMBERS, row("a", "a", 0.1), local)])
        (points,) = panel.collections
        np.testing.assert_allclose(points.get_offsets()[:, 0], self.NUMBERS.values)
        np.testing.assert_allclose(points.get_array().filled(np.nan), local)
        low, high = points.get_clim()
        assert -low == high
        assert bar.get_ylabel() == "what a row adds (nats)"

    def test_labels_are_jittered_about_their_places_in_the_same_way_each_time(self):
        picture = pair_picture(self.LABELS, self.NUMBERS, row("b", "a", 0.1))
        (first,), (second,) = panels([picture]), panels([picture])
        across = first.lines[0].get_xdata()
        assert np.abs(across - self.LABELS.values).max() < 0.31
        assert len(set(across)) == 4
        np.testing.assert_array_equal(across, second.lines[0].get_xdata())
        assert [t.get_text() for t in first.get_xticklabels()] == ["no", "yes"]

    def test_a_mosaic_has_the_shares_of_the_table(self):
        other = Side("c", np.array([0.0, 1.0, 1.0, 1.0]), ("u", "v"))
        (panel,) = panels([pair_picture(self.LABELS, other, row("b", "c", 0.1))])
        sizes = [(bar.get_width(), bar.get_height()) for bar in panel.patches]
        assert sizes == [(0.5, 0.5), (0.5, 0.0), (0.5, 0.5), (0.5, 1.0)]

    def test_the_title_holds_estimate_interval_and_p(self):
        found = row("a", "b", 0.25, ci_low=0.1, ci_high=0.4, ci_level=0.9, p_value=0.01)
        (panel,) = panels([pair_picture(self.LABELS, self.LABELS, found)])
        title = panel.get_title(loc="left")
        assert title == "b and b\nmi 0.25 nats (90%: 0.1 to 0.4), p 0.01"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_picture_is_the_same_file(kind):
    def made() -> bytes:
        file = BytesIO()
        save(heatmap(BLOCKS), file, kind)
        return file.getvalue()

    assert made() == made()


def test_text_stays_text_and_names_no_formula():
    file = BytesIO()
    save(heatmap([row("a$1$", "b_$2", 0.5), row("a$1$", HOSTILE, 0.1)]), file, "svg")
    text = file.getvalue().decode()
    assert ">a$1$</text>" in text
    assert "<script" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "command",
    ["estimate", "matrix", "screen", "entropy", "benchmark", "coupling", "predictions"],
)
def test_nothing_is_drawn_of_nothing(command):
    assert pictures_of(command, []) == []
    failed = row("a", "b", None, distribution="d", lag=None, kind=None, ceiling=None)
    file = BytesIO()
    save(pictures_of(command, [failed]), file, "png")
    assert file.getvalue().startswith(b"\x89PNG")


def test_pictures_stand_below_one_another():
    blank = Picture("a", "b", (2.0, 1.0), lambda figure: figure.subplots())
    figure = painted([blank, blank, blank])
    assert figure.get_size_inches().tolist() == [2.0, 3.0]
    assert len(figure.axes) == 3


@pytest.fixture
def table(tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    a = rng.normal(size=80)
    lines = [f"{v},{v + e},{'uv'[int(v > 0)]}" for v, e in zip(a, rng.normal(size=80), strict=True)]
    (tmp_path / "d.csv").write_text("\n".join(["a,b,c", *lines]))
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "estimate d.csv -x a -y b -y c",
        "estimate d.csv -x a -y b --lag 0:3",
        "estimate d.csv -x a -y b --compare --by c --ci 0.9",
        "estimate d.csv -x a -y b --stream -e gaussian",
        "matrix d.csv",
        "matrix d.csv --wide",
        "matrix d.csv --against c",
        "screen d.csv -t c",
        "entropy d.csv",
        "diagnose d.csv -x a -y b -y c",
        "benchmark gaussian:rho=0.5 -n 50 --repeats 2 -e ksg",
    ],
)
def test_every_command_draws(mitool, table, words):
    plain = mitool(*words.split(), "-q", "-o", "plain.csv")
    drawn = mitool(*words.split(), "-q", "-o", "r.csv", "--plot", "p.svg", "--html", "p.html")
    assert (plain.code, drawn.code) == (0, 0)
    if not words.startswith("benchmark"):  # which measures time
        assert (table / "plain.csv").read_bytes() == (table / "r.csv").read_bytes()
    assert (table / "p.svg").read_text().count("<text") > 2
    assert (table / "p.html").read_text().count("<figure>") >= 1


def test_few_lags_are_one_curve(mitool, table):
    words = "estimate d.csv -x a -y b --lag 0:3"
    mitool(*words.split(), "-q", "-o", "r.csv", "--plot", "p.svg")
    shown = (table / "p.svg").read_text()
    assert "a with b against the lag" in shown
    assert "what a row adds" not in shown


@pytest.mark.parametrize(
    ("words", "names"),
    [("-x a -y b --by c", "uv"), ("-x c -y a -y b", "ab"), ("d.csv -x a -y b", ["d.csv"])],
)
def test_a_difference_names_what_it_compares(mitool, table, words, names):
    mitool(*f"estimate d.csv {words}".split(), "--compare", "-q", "-o", "r.csv", "--plot", "p.svg")
    shown = (table / "p.svg").read_text()
    for name in (*names, "difference"):
        assert f">{name}</text>" in shown


@pytest.mark.parametrize(("words", "names"), [("-x a -y b --by c", "uv"), ("-x c -y a -y b", "ab")])
def test_a_difference_keeps_the_names_in_its_report(mitool, table, words, names):
    mitool(*f"estimate d.csv {words}".split(), "--compare", "-q", "-o", "r.json")
    for form in ("p.svg", "p.html"):
        assert mitool("report", "r.json", "-o", form).code == 0
        shown = (table / form).read_text()
        assert all(f">{name}</text>" in shown for name in names)
    first, second = names
    assert f"It is that of {first} less that of {second}." in shown


def test_an_estimate_draws_itself(tmp_path, rng):
    x = rng.normal(size=200)
    found = package.estimate(x, x + rng.normal(size=200), interval=0.9)
    path = tmp_path / "one.svg"
    (panel,) = found.plot(path)
    assert found.value in [
        line.get_xdata()[0] for line in panel.lines if len(line.get_xdata()) == 1
    ]
    assert path.read_text().startswith("<?xml")
    compared = package.compare(x, x + rng.normal(size=200), rng.normal(size=200))
    (panel,) = compared.plot()
    labels = [text.get_text() for text in panel.get_yticklabels()]
    assert labels == ["y", "other", "difference"]


@pytest.mark.parametrize("name", ["p.docx", "p.pgf", "p.gif", "-"])
def test_a_picture_that_cannot_be_drawn_leaves_no_report(mitool, table, name):
    found = mitool(*["matrix", "d.csv", "-o", "r.csv", "--plot", name])
    assert found.code == 3
    assert "its suffix must be one of" in found.err
    assert sorted(path.name for path in table.iterdir()) == ["d.csv"]


def test_without_matplotlib_pages_are_written_without_pictures(mitool, table, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    refused = mitool(*["matrix", "d.csv", "-o", "r.csv", "--plot", "p.png"])
    assert refused.code == 5
    assert "pictures need matplotlib; install it with: pip install 'mitool[plot]'" in refused.err
    assert mitool(*["matrix", "d.csv", "-q", "-o", "r.csv", "--html", "p.html"]).code == 0
    assert "<figure>" not in (table / "p.html").read_text()


def test_without_jinja_a_page_is_refused_before_any_work(mitool, table, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    found = mitool(*["matrix", "nowhere.csv", "-o", "r.csv", "--html", "p.html"])
    assert found.code == 5
    assert "pages need jinja2" in found.err


def test_a_shard_takes_no_picture(mitool, table):
    found = mitool(*["matrix", "d.csv", "--shard", "1/2", "-o", "r.part", "--plot", "p.png"])
    assert found.code == 2
    assert "leave out --plot" in found.err


def test_merging_draws_what_one_run_would(mitool, table):
    for number in (1, 2):
        mitool(*f"matrix d.csv --shard {number}/2 -o {number}.part -q".split())
    assert mitool(*["merge", "1.part", "2.part", "-q", "-o", "m.csv", "--plot", "m.svg"]).code == 0
    assert mitool(*["matrix", "d.csv", "-q", "-o", "r.csv", "--plot", "p.svg"]).code == 0
    assert (table / "m.svg").read_bytes() == (table / "p.svg").read_bytes()


def test_the_record_of_the_run_is_unchanged_by_pictures(mitool, table):
    mitool(*["matrix", "d.csv", "-q", "-o", "r.json", "--plot", "p.svg"])
    assert "plot" not in json.loads((table / "r.json").read_text())["settings"]
