"""Results: a number by its name, a screen of words, a table, a square, a file."""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mitool
from mitool.result import Estimate, Interval, Note, Test
from mitool.result.fields import ESTIMATE_FIELDS


def table(n_rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    a, b, c = rng.normal(size=(3, n_rows))
    return pd.DataFrame({"a": a, "b": a + b, "c": c, "label": rng.choice(["u", "v"], n_rows)})


@pytest.fixture(scope="module")
def pairs() -> mitool.Results[Estimate]:
    return mitool.matrix(table(), estimator="bins", permutations=119)


WARNED = Note("ties", "column 'a' has 9 different values")
FULL = Estimate(
    x="a",
    y="b",
    given="z",
    lag=2,
    estimator="ksg",
    mi=0.25,
    params={"n_neighbors": 3},
    transform="normal",
    interval=Interval(0.1, 0.4, 0.95, "subsample", 0.07),
    test=Test(0.004, "permutation", 999, p_adjusted=0.02),
    reliability="ok",
    normalized=0.6,
    notes=(WARNED, Note("auto", "why", level="note")),
    n_used=90,
    n_dropped=10,
)


def test_a_screen_says_the_number_and_all_that_qualifies_it():
    assert repr(FULL).splitlines() == [
        "Estimate: mi = 0.25 nats, a with b given z lag 2",
        "  estimator    ksg, n_neighbors=3, transform normal",
        "  interval     0.1 to 0.4, level 0.95, by subsample",
        "  test         p = 0.004, adjusted 0.02, by permutation of 999",
        "  reliability  ok",
        "  normalized   0.6",
        "  rows         90 used, 10 with missing values left out",
        "  warning      ties: column 'a' has 9 different values",
    ]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda pairs: pairs.save(3), "path must be the path of a file, got 3"),
        (lambda pairs: pairs.save("a.csv", "xls"), "no format 'xls'; there are: auto, "),
        (lambda pairs: pairs.save("a.xlsx"), "no format goes by the suffix '.xlsx' of a.xlsx; name "
         "one with format, or use one of .txt, "),
        (lambda pairs: pairs[0].to("bit"), "unit must be one of nats, bits, got 'bit'"),
        (lambda pairs: pairs[0].to([]), "unit must be one of nats, bits, got []"),
        (lambda pairs: mitool.Results([1]), "results are a list of what mitool"),
        (lambda pairs: mitool.Results(pairs[0]), "results are a list of what mitool"),
        (lambda pairs: mitool.Results([pairs]), "results are a list of what mitool"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_with_results_is_said_in_one_line(pairs, act, said):
    with pytest.raises(mitool.MitoolError) as wrong:
        act(pairs)
    assert str(wrong.value).startswith(said)
    assert "\n" not in str(wrong.value)


def test_without_pandas_it_is_said_how_to_install_it(pairs, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    for act in (pairs.to_frame, pairs.square):
        with pytest.raises(
            mitool.MitoolError, match=r"needs the package pandas; .* or use to_arrow"
        ):
            act()
    assert pairs.to_arrow().num_rows == len(pairs)


def test_long_words_are_folded_within_a_screen():
    noted = Estimate(x="a", y=None, estimator="kl", mi=1.0, notes=(Note("long", "word " * 60),))
    lines = repr(noted).splitlines()
    assert max(map(len, lines)) <= 88
    assert lines[-1].startswith(" " * 15 + "word")


def test_a_failed_estimate_says_why():
    failed = Estimate(x="a", y="b", estimator="ksg", mi=None, status="failed", message="no rows")
    assert repr(failed).splitlines()[0] == "Estimate: mi failed, a with b"
    assert "  message      no rows" in repr(failed).splitlines()


def test_a_value_is_the_number_whatever_it_is_called():
    assert FULL.value == FULL.mi == 0.25
    assert FULL.to("bits").value == pytest.approx(0.25 / np.log(2))
    assert FULL.warnings == (WARNED,)


def test_only_an_adjusted_test_has_an_adjusted_p_value_in_its_row():
    assert FULL.row()["p_adjusted"] == 0.02
    assert "p_adjusted" not in Test(0.1, "g-test").cells()


def test_results_are_a_sequence_that_cannot_be_changed(pairs):
    assert len(pairs) == 6
    assert isinstance(pairs[0], Estimate)
    assert [pair.y for pair in pairs[:3]] == ["b", "c", "label"]
    assert isinstance(pairs[1:], mitool.Results)
    assert pairs[:2] == mitool.Results(list(pairs)[:2])
    assert pairs != list(pairs)
    assert pairs[:2] != pairs[:3]
    with pytest.raises(TypeError):
        pairs[0] = pairs[1]
    with pytest.raises(TypeError):
        hash(pairs)


def test_results_travel_between_processes(pairs):
    back = pickle.loads(pickle.dumps(pairs))
    assert back == pairs
    assert back.square().equals(pairs.square())


def test_a_frame_has_the_columns_of_a_report_by_their_types(pairs):
    frame = pairs.to_frame()
    assert list(frame) == [*(field.name for field in ESTIMATE_FIELDS), "p_adjusted"]
    assert frame["mi"].tolist() == [pair.value for pair in pairs]
    assert frame["p_adjusted"].tolist() == [pair.test.p_adjusted for pair in pairs]
    assert frame["n_used"].dtype == "Int64"
    assert frame["lag"].isna().all()
    assert frame["lag"].dtype == "Int64"
    assert frame["ci_low"].dtype == "float64"
    assert frame["params"][0]["n_bins"] == pairs[0].params["n_bins"]


def test_an_arrow_table_holds_the_same(pairs):
    table = pairs.to_arrow()
    assert table["mi"].to_pylist() == [pair.value for pair in pairs]
    assert str(table.schema.field("n_used").type) == "int64"


def test_a_square_of_one_set_is_symmetric(pairs):
    square = pairs.square()
    assert list(square.index) == list(square.columns) == ["a", "b", "c", "label"]
    assert square.index.name == "x"
    np.testing.assert_array_equal(square.to_numpy(), square.to_numpy().T)
    assert np.isnan(np.diag(square)).all()
    assert square.loc["c", "b"] == next(p.value for p in pairs if (p.x, p.y) == ("b", "c"))


def test_a_square_of_two_sets_has_a_row_for_each_x():
    square = mitool.matrix(table(), ["a", "b"], "label", "bins", normalize="max").square()
    assert (list(square.index), list(square.columns)) == (["a", "b"], ["label"])
    shares = [
        mitool.estimate(table()[name], table()["label"], "bins", normalize="max") for name in "ab"
    ]
    assert square["label"].tolist() == [share.normalized for share in shares]


def test_only_a_whole_matrix_has_a_square(pairs):
    for cut in (pairs[:2], mitool.Results(list(pairs))):
        with pytest.raises(mitool.MitoolError, match=r"only the whole result of mitool\.matrix"):
            cut.square()


def test_many_results_show_the_first_of_them():
    assert repr(mitool.Results([FULL] * 23)).splitlines()[-1] == "… and 3 more"
    assert repr(mitool.Results([FULL] * 23)).splitlines()[0] == "Results of 23"
    assert repr(mitool.Results([])) == "Results of 0"


def test_no_results_are_an_empty_table():
    assert list(mitool.Results([]).to_frame()) == [field.name for field in ESTIMATE_FIELDS]


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("a.xlsx", "auto", "no format goes by the suffix '.xlsx'"),
        ("a.csv", "excel", "no format 'excel'"),
        ("missing/a.csv", "auto", "there is no folder"),
    ],
)
def test_what_cannot_be_saved_is_refused_in_one_line(pairs, tmp_path, name, form, said):
    with pytest.raises(mitool.MitoolError, match=said):
        pairs.save(tmp_path / name, form)
    assert not list(tmp_path.iterdir())


def test_a_result_may_be_saved_again(pairs, tmp_path):
    for name in ("one.csv", "two.csv"):
        pairs.save(tmp_path / name)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_a_diagnosis_says_its_verdict_and_draws_its_sweeps(tmp_path):
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    found = mitool.diagnose(x, x + rng.normal(size=400), "gcmi", unit="bits")
    assert found.verdict == "trust"
    assert repr(found).startswith(f"trust: {found.sentence}\nEstimate: mi = ")
    assert found[0].estimate == found.estimate
    assert {check.estimate.unit for check in found} <= {"bits", None}
    found.plot(tmp_path / "sweeps.svg")
    assert (tmp_path / "sweeps.svg").read_text().count("<svg") == 1


def test_results_draw_what_the_command_does(pairs, tmp_path):
    axes = pairs.plot(tmp_path / "m.svg")
    names = {t.get_text() for t in axes[1].get_yticklabels()}
    assert names == {name for row in pairs.rows() for name in (row["x"], row["y"])}
    assert axes[0].figure is axes[1].figure
    assert (tmp_path / "m.svg").read_text().count("<svg") == 1


def test_a_notebook_shows_a_table_and_nothing_that_runs(pairs):
    hostile = mitool.estimate(list("abc") * 100, list("uvw") * 100)
    hostile = replace(hostile, x="<script>alert(1)</script>")
    text = mitool.Results([hostile] * 25)._repr_html_()
    assert text.count("<tr>") == 21
    assert "and 5 more" in text
    for shown in (text, hostile._repr_html_()):
        assert "<script" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert pairs._repr_html_().count("<th ") == pairs._repr_html_().split("</thead>")[0].count(
        "</th>"
    )
    assert mitool.Results([])._repr_html_() == "<div><p>Results of 0</p></div>"
