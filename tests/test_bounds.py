"""Bounds from scores: reference values, properties, other ways to the same numbers, bad input."""

from __future__ import annotations

import json
from math import log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import mitool as mi
from mitool.models.measured_bounds import BoundRequest, measured
from mitool.models.pairing import Pairing
from mitool.models.score_tiles import ArrayScores
from tests.bound_cases import CASES, FOLDER, inputs, values
from tests.reports import one_line, results

pytestmark = pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")

NAMES = {
    "infonce_rows": ("infonce", "rows"),
    "infonce_columns": ("infonce", "columns"),
    "infonce": ("infonce", "both"),
    "dv": ("dv", None),
    "nwj": ("nwj", None),
    "tuba": ("tuba", None),
    "smile_5": ("smile", None),
    "included": ("included", "contexts in rows"),
    "leave_one_out": ("leave-one-out", "contexts in rows"),
    "club": ("club", "contexts in rows"),
    "rate": ("rate", None),
    "active_units": ("active-units", None),
}
"""Estimator and form of the findings that reference values are of."""

S = np.array([[2, 0.5, -1, 0], [0.3, 1.5, 0.2, -0.4], [-0.5, 0.1, 3, 0.6], [0, -1.2, 0.4, 1]])


def found(*given, **how):
    """Give the values of all bounds by estimator and form."""
    return {(each.estimator, each.form): each.value for each in mi.bounds(*given, **how)}


def of_case(case):
    """Ask for the bounds of a reference case as its parameters say."""
    given, params = inputs(case), CASES[case]["params"]
    if params.get("embeddings"):
        return {"embeddings": given, "temperature": params["temperature"]}
    if params.get("gaussian"):
        by_name = dict(zip(CASES[case]["inputs"], given, strict=True))
        return {"gaussian": [by_name[f"{case}_{name}.npy"] for name in ("mu", "logvar", "z")]}
    how = {"log_probs": params.get("log_probs", False), "samples": params.get("samples", 1)}
    return {"scores": given[0], **how}


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("E")])
def test_reference_values(case):
    bounds = found(**of_case(case))
    expected = {NAMES[name]: v for name, v in values(case).items() if name in NAMES}
    assert {name: bounds[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_the_ceiling_and_the_number_of_contexts_of_the_reference():
    (included, *_) = mi.bounds(**of_case("E10"), bound="included")
    assert included.ceiling == pytest.approx(values("E10")["ceiling"], abs=1e-9)
    assert included.n_used == values("E10")["n_contexts"]


PUBLIC = {
    ("infonce", "rows"): 0.947430664978,
    ("infonce", "columns"): 0.929961552925,
    ("dv", None): 1.827399303969,
    ("nwj", None): 1.489185773540,
}


def test_public_values():
    bounds = found(S)
    assert {name: bounds[name] for name in PUBLIC} == pytest.approx(PUBLIC, abs=1e-9)
    assert found(S, clip=0.5)["smile", None] == pytest.approx(1.798377615891, abs=1e-9)
    by_rows = mi.bounds(S, log_probs=True, bound="leave-one-out")[0]
    assert by_rows.value == pytest.approx(1.829445828724, abs=1e-9)
    assert by_rows.transposed == pytest.approx(1.831188645937, abs=1e-9)
    by_columns = mi.bounds(S, log_probs=True, bound="leave-one-out", contexts="columns")[0]
    assert by_columns.value == pytest.approx(1.831188645937, abs=1e-9)
    assert (by_columns.form, by_columns.transposed) == ("contexts in columns", by_rows.value)


MATRICES = arrays.arrays(
    np.float64, st.integers(3, 9).map(lambda n: (n, n)), elements=st.floats(-30, 30)
)


@settings(deadline=None, max_examples=25)
@given(scores=MATRICES, shift=st.floats(-500, 500))
def test_a_constant_moves_only_the_bounds_that_know_their_scale(scores, shift):
    before, after = found(scores), found(scores + shift)
    for name in [("infonce", "both"), ("infonce", "rows"), ("infonce", "columns"), ("dv", None)]:
        assert after[name] == pytest.approx(before[name], abs=1e-9)


def test_nwj_and_tuba_move_with_a_constant():
    before, after = found(S), found(S + 1.0)
    assert abs(after["nwj", None] - before["nwj", None]) > 0.1
    assert abs(after["tuba", None] - before["tuba", None]) > 0.1


@settings(deadline=None, max_examples=40)
@given(scores=MATRICES)
def test_included_stays_below_log_n(scores):
    bounds = found(scores, log_probs=True)
    assert bounds["included", "contexts in rows"] <= log(len(scores)) + 1e-12
    assert bounds["infonce", "both"] <= log(len(scores)) + 1e-12


def test_the_ends_are_exact():
    certain = np.where(np.eye(6, dtype=bool), 0.0, -np.inf)
    (included, left_out) = mi.bounds(certain, log_probs=True, bound=["included", "leave-one-out"])
    assert included.value == pytest.approx(log(6), abs=1e-12)
    assert "saturated" in [note.code for note in included.notes]
    assert left_out.value is None
    assert (left_out.status, left_out.message.split(":")[0]) == ("skipped", "the value is +inf")
    assert all(value == pytest.approx(0.0, abs=1e-12) for (name, _), value in
               found(np.full((5, 5), 7.0), log_probs=True).items()
               if name not in ("nwj", "tuba", "smile"))  # fmt: skip


def deleted(scores, n_samples, context):
    kept = np.arange(len(scores)) != context
    return scores[kept][:, np.repeat(kept, n_samples)]


SPREADS = [(9, 1, 1.0), (30, 1, 6.0), (12, 1, 200.0), (9, 3, 3.0), (3, 1, 1.0)]


@pytest.mark.parametrize(("n", "n_samples", "spread"), SPREADS)
@pytest.mark.parametrize("contexts", ["rows", "columns"])
def test_what_is_left_without_a_context_is_the_bound_of_the_others(
    rng, n, n_samples, spread, contexts
):
    scores = rng.normal(size=(n, n * n_samples)) * spread
    scores[n // 2] += 40 * spread  # a row that is most of every sum of columns
    request = BoundRequest(log_probs=True, contexts=contexts)
    paired = [
        (ArrayScores("s", s), Pairing.diagonal(s.shape, n_samples, "s"))
        for s in (scores, *(deleted(scores, n_samples, k) for k in range(n)))
    ]
    whole = measured(*paired[0], request)
    again = [measured(*each, BoundRequest(True, contexts, level=None)) for each in paired[1:]]
    for line, *others in zip(whole, *again, strict=True):
        expected = [other.value for other in others]
        assert line.without == pytest.approx(expected, rel=1e-9, abs=1e-9), line.name


def test_rows_far_apart_are_added_up_by_themselves(rng):
    scores = rng.normal(size=(20, 20))
    scores[3] += 400.0
    scores[:, 5] -= 900.0
    off = scores.copy()
    np.fill_diagonal(off, -np.inf)
    columns = np.logaddexp.reduce(scores, axis=0)
    bounds = found(scores, log_probs=True)
    expected = log(20) + float(np.mean(np.diag(scores) - columns))
    assert bounds["infonce", "columns"] == pytest.approx(expected, abs=1e-9)
    left_out = log(19) + float(np.mean(np.diag(scores) - np.logaddexp.reduce(off, axis=0)))
    assert bounds["leave-one-out", "contexts in rows"] == pytest.approx(left_out, abs=1e-9)


def test_half_and_quarter_are_means_over_parts_of_the_contexts(rng):
    scores = rng.normal(size=(10, 10)) + 2 * np.eye(10)
    (dv,) = mi.bounds(scores, bound="dv")
    parts = [scores[part::2, part::2] for part in range(2)]
    assert dv.half == pytest.approx(np.mean([found(part)["dv", None] for part in parts]))
    quarters = [scores[part::4, part::4] for part in range(4)]
    assert dv.quarter == pytest.approx(np.mean([found(part)["dv", None] for part in quarters]))
    assert mi.bounds(scores[:7, :7], bound="dv")[0].half is None


def test_two_contexts_have_no_interval(rng):
    assert all(each.interval is None for each in mi.bounds(rng.normal(size=(2, 2))))


def test_pairs_may_stand_anywhere(rng):
    scores = rng.normal(size=(6, 6))
    order = rng.permutation(6)
    moved = scores[:, order]
    assert found(moved, positives=order) == pytest.approx(found(scores), abs=1e-12)


def test_groups_are_a_mean_by_contexts_and_are_left_out_whole(rng):
    labels = np.array(list("aaabbbbccd"))
    scores = rng.normal(size=(10, 10))
    (finding,) = mi.bounds(scores, by=labels, bound="dv")
    each = {g: found(scores[labels == g][:, labels == g])["dv", None] for g in "abc"}
    sizes = {"a": 3, "b": 4, "c": 2}
    total = sum(sizes[g] * each[g] for g in "abc")
    assert finding.value == pytest.approx(total / 9)
    left = [(total - sizes[g] * each[g]) / (9 - sizes[g]) for g in "abc"]
    assert finding.interval.se == pytest.approx(sqrt(2 / 3 * np.sum((left - np.mean(left)) ** 2)))
    assert finding.facts["groups_dropped"] == 1
    assert (finding.n_used, finding.given) == (9, "by")


def long_form(scores, n_samples):
    return pd.DataFrame(
        [
            (f"q{c // n_samples}", f"q{i}", c % n_samples, scores[i, c], 3 + c % 2)
            for i in range(len(scores))
            for c in range(scores.shape[1])
        ],
        columns=["ctx_sampled", "ctx_scored", "sample", "logprob", "n_tokens"],
    ).sample(frac=1.0, random_state=1)


def test_a_long_table_is_a_matrix(rng, mitool, tmp_path):
    scores = rng.normal(size=(5, 10))
    table = long_form(scores, 2)
    expected = found(scores, log_probs=True, samples=2)
    assert found(table) == pytest.approx(expected)
    path = tmp_path / "long.csv"
    table.to_csv(path, index=False)
    rows = results(mitool("bounds", path, "--json"))
    assert {(row["estimator"], row["form"]): row["mi"] for row in rows} == pytest.approx(expected)
    (row, *_) = results(mitool("bounds", path, "--bound", "included", "--json"))
    assert row["extras"]["tokens"] == 3.5
    assert row["extras"]["bits_per_token"] == pytest.approx(row["mi"] / 3.5 / log(2))


def test_a_long_table_may_have_groups(rng):
    first, second = rng.normal(size=(4, 4)), rng.normal(size=(3, 3))
    tables = [long_form(first, 1).assign(group="u"), long_form(second, 1).assign(group="v")]
    (finding,) = mi.bounds(pd.concat(tables), bound="included")
    parts = [found(s, log_probs=True)["included", "contexts in rows"] for s in (first, second)]
    assert finding.value == pytest.approx((4 * parts[0] + 3 * parts[1]) / 7)
    assert finding.given == "group"


def test_several_samples_may_be_scored_in_columns_of_contexts(rng):
    scores = rng.normal(size=(5, 15))
    how = {"log_probs": True, "samples": 3, "bound": ["included", "leave-one-out", "club"]}
    by_rows = [each.value for each in mi.bounds(scores, **how)]
    by_columns = [each.value for each in mi.bounds(scores.T, **how, contexts="columns")]
    assert by_columns == pytest.approx(by_rows)


def test_what_is_stored_is_read_as_what_is_in_memory(rng, mitool, tmp_path):
    scores = rng.normal(size=(700, 700)).astype(np.float32)
    for order in "CF":
        np.save(tmp_path / "s.npy", np.asarray(scores, order=order))
        rows = results(mitool("bounds", tmp_path / "s.npy", "--json"))
        assert [row["mi"] for row in rows] == [each.value for each in mi.bounds(scores)]
    np.savez(tmp_path / "s.npz", logp=scores, other=np.ones(3))
    rows = results(mitool("bounds", tmp_path / "s.npz", "--json"))
    assert "leave-one-out" in [row["estimator"] for row in rows]


def test_only_true_densities_bound_from_above():
    kinds = {
        densities: {e.estimator: e.kind for e in mi.bounds(S, log_probs=True, densities=densities)}
        for densities in ("model", "true")
    }
    assert kinds["true"]["leave-one-out"] == kinds["true"]["club"] == "upper"
    assert kinds["model"]["leave-one-out"] == kinds["model"]["club"] == "estimate"
    assert kinds["model"]["included"] == kinds["model"]["infonce"] == "lower"
    assert kinds["true"]["dv"] == kinds["true"]["smile"] == "estimate"


def encoder(rng, n, noise, n_dims=1):
    x = rng.normal(size=(n, n_dims))
    return x, np.full((n, n_dims), 2 * log(noise))


def test_a_linear_gaussian_encoder_has_the_rate_of_its_channel(rng):
    b = 0.1**0.5
    mu = sqrt(1 - b * b) * rng.normal(size=(1500, 1))
    by_name = {e.estimator: e for e in mi.bounds(gaussian=(mu, np.full_like(mu, 2 * log(b))))}
    truth = -0.5 * log(b * b)
    assert truth == pytest.approx(1.1513, abs=1e-4)
    assert by_name["rate"].interval.low <= truth <= by_name["rate"].interval.high
    assert by_name["included"].value <= truth + 3 * by_name["included"].interval.se
    assert by_name["marginal-kl"].interval.low <= 0.05
    assert by_name["rate"].kind == by_name["leave-one-out"].kind == "upper"


def test_products_and_differences_give_the_same_densities(rng):
    mu, logvar = encoder(rng, 30, 0.5, 3)
    z = mu + rng.normal(size=mu.shape)
    fast = found(gaussian=(mu, logvar, z))
    far = found(gaussian=(mu + 1e6, logvar, z + 1e6))
    for name in (("infonce", "both"), ("dv", None), ("leave-one-out", "contexts in rows")):
        assert far[name] == pytest.approx(fast[name], abs=1e-6)


@pytest.mark.parametrize("noise", [1.0, 0.1**0.5, 0.001**0.5])
def test_bounds_hold_in_the_mean_of_the_draws(rng, noise):
    included, left_out = [], []
    for _ in range(200):
        x, logvar = encoder(rng, 60, noise)
        z = x + noise * rng.normal(size=x.shape)
        own = -0.5 * (z - x) ** 2 / noise**2 - log(noise)
        density = own + 0.5 * z**2 / (1 + noise**2) + 0.5 * log(1 + noise**2)
        how = {"bound": ["included", "leave-one-out"]}
        low, high = (each.value for each in mi.bounds(gaussian=(x, logvar, z), **how))
        included.append(low - density.mean())
        left_out.append(high - density.mean())
    se = [np.std(errors, ddof=1) / sqrt(200) for errors in (included, left_out)]
    assert np.mean(included) <= 3 * se[0]
    assert np.mean(left_out) >= -3 * se[1]


def test_a_fit_is_evaluated_on_the_rows_that_it_has_not_seen(rng):
    a, b = rng.normal(size=(300, 8)), rng.normal(size=(300, 8))
    (nothing, *_) = mi.bounds(embeddings=(a, b), fit="bilinear", bound="infonce")
    assert nothing.value < 2 * nothing.interval.se
    (something, *_) = mi.bounds(
        embeddings=(a, a + 0.5 * b), fit="bilinear", bound="infonce", direction="rows"
    )
    assert something.value > 1.0
    (tuned, *_) = mi.bounds(embeddings=(a, a + 0.5 * b), fit="temperature", bound="infonce")
    assert 1.0 < tuned.value < something.ceiling
    assert len(tuned.params["temperature"]) == 2


def test_bits_are_nats_over_log_two():
    nats, bits = mi.bounds(S), mi.bounds(S, unit="bits")
    for one, other in zip(nats, bits, strict=True):
        assert other.value == pytest.approx(one.value / log(2))
        if one.ceiling is not None:
            assert other.ceiling == pytest.approx(2.0)


def test_python_and_the_command_give_the_same(mitool, tmp_path):
    np.save(tmp_path / "s.npy", S)
    words = "--log-probs --densities true --contexts columns --direction rows --clip 1 --ci 0.9"
    rows = results(mitool("bounds", tmp_path / "s.npy", *words.split(), "-u", "bits", "--json"))
    same = mi.bounds(
        S, log_probs=True, densities="true", contexts="columns", direction="rows", clip=1.0,
        interval=0.9, unit="bits",
    ).rows()  # fmt: skip
    assert [row | {"x": "scores"} for row in rows] == same


def test_a_report_has_its_formats(mitool, tmp_path):
    np.save(tmp_path / "s.npy", S)
    out = tmp_path / "r.csv"
    assert mitool("bounds", tmp_path / "s.npy", "-o", out, "--meta", tmp_path / "m.json").code == 0
    frame = pd.read_csv(out)
    assert list(frame.columns[-6:]) == ["kind", "form", "ceiling", "transposed", "half", "quarter"]
    settings_ = json.loads((tmp_path / "m.json").read_text())["settings"]
    assert settings_["contexts"] == "rows"
    bare = mitool("bounds", tmp_path / "s.npy", "--bound", "dv", "--value").out
    assert float(bare) == pytest.approx(1.827399303969)


def test_files_of_one_column_need_no_header(mitool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("s.npy", S)
    for header in ("", "column\n"):
        (tmp_path / "column.txt").write_text(f"{header}0\n1\n2\n0\n")
        words = ("--positives", "column.txt", "--tokens", "column.txt", "--bound", "dv", "--json")
        (dv,) = results(mitool("bounds", "s.npy", *words))
        (known,) = mi.bounds(S, positives=[0, 1, 2, 0], bound="dv")
        assert dv["mi"] == known.value
        assert dv["extras"]["tokens"] == 0.75


def test_a_bound_without_a_finite_value_says_why(mitool, tmp_path):
    impossible = np.where(np.eye(4, dtype=bool), -np.inf, S)
    np.save(tmp_path / "s.npy", impossible)
    outcome = mitool("bounds", str(tmp_path / "s.npy"), "--bound", "infonce", "--json")
    assert {row["status"] for row in results(outcome)} == {"skipped"}
    assert outcome.err.count("\n") == 1
    assert "infonce: the value is -inf" in outcome.err


def test_what_bounds_nothing_is_not_to_be_read_as_a_bound():
    said = {each.estimator: [note.message for note in each.notes] for each in mi.bounds(S)}
    assert "it bounds nothing" in said["dv"][0]
    assert "read it as a lower bound" in said["nwj"][0]


def test_the_value_of_a_table_is_asked_for_by_its_field(mitool, tmp_path):
    np.save(tmp_path / "s.npy", S)
    outcome = mitool("bounds", str(tmp_path / "s.npy"), "--format", "csv", "--fields", "x,value")
    assert outcome.code == 2
    assert one_line(outcome.err).endswith("no field 'value'; the number is the field mi")


def test_bounds_are_drawn(mitool, tmp_path):
    pytest.importorskip("matplotlib")
    np.save(tmp_path / "s.npy", S)
    picture = tmp_path / "bounds.svg"
    assert mitool("bounds", tmp_path / "s.npy", "--log-probs", "--plot", picture).code == 0
    drawn = picture.read_text()
    assert drawn.count("PathCollection") + drawn.count("line2d") > 10
    wrong = mitool("bounds", tmp_path / "s.npy", "--plot", tmp_path / "bounds.xyz")
    assert "its suffix must be one of" in one_line(wrong.err)


BAD = [
    ({"scores": np.ones((3, 4))}, "has 3 rows and 4 columns, and no diagonal of pairs"),
    ({"scores": np.ones((3, 4)), "samples": 2}, "2 samples a context ask for 6 columns"),
    ({"scores": np.array([[1, np.nan], [1, 2]])}, "no number (NaN) in row 1, column 2"),
    ({"scores": np.array([[1, 2], [np.inf, 2]])}, "holds +inf in row 2, column 1"),
    ({"scores": np.array([[1, np.nan], [1, 2]]), "log_probs": True}, "no number (NaN) in row 1"),
    ({"scores": np.ones((1, 1))}, "one context; a bound compares"),
    ({"scores": np.ones(3)}, "scores are a matrix"),
    ({"scores": np.array([["a", "b"], ["c", "d"]])}, "where scores are numbers"),
    ({"scores": np.eye(3), "bound": "infnce"}, "no bound 'infnce'; there are: infonce, dv"),
    ({"scores": np.eye(3), "bound": "club"}, "club is of log-densities; add log_probs=True"),
    ({"scores": np.eye(3), "contexts": "columns"}, "contexts is of log-densities"),
    ({"scores": np.eye(3), "densities": "true"}, "densities is of log-densities"),
    ({"scores": np.eye(3), "temperature": 1.0}, "are of two embeddings"),
    ({"scores": np.eye(3), "clip": 0.0}, "clip must be above 0"),
    ({"scores": np.eye(3), "positives": [0, 1]}, "name 2 rows for the 3 columns"),
    ({"scores": np.eye(3), "positives": [0, 1, 3]}, "whole numbers from 0 to 2"),
    ({"scores": np.eye(3), "by": list("abc")}, "every group has one context"),
    ({"scores": np.eye(3), "by": list("ab")}, "3 contexts; give a label for each"),
    ({"scores": np.eye(3), "tokens": [1, 2]}, "there are 3 samples; give one for each"),
    ({"scores": np.eye(3), "tokens": [0, 0, 0]}, "0 or more, and not all 0"),
    ({"gaussian": (np.ones((3, 2)), np.ones((3, 1)))}, "mu has the shape (3, 2) and logvar"),
    ({"gaussian": (np.ones((3, 2)),)}, "gaussian takes 2 or 3 arrays"),
    ({"gaussian": (np.ones((3, 2)), np.ones((3, 2)), np.ones((3, 1)))}, "z has the shape (3, 1)"),
    ({"gaussian": (np.full((3, 2), np.nan), np.ones((3, 2)))}, "mu holds a value that is not"),
    ({"embeddings": (np.ones((3, 2)), np.ones((4, 2))), "temperature": 1.0}, "with the same rows"),
    ({"embeddings": (np.ones((3, 2)), np.ones((3, 4))), "temperature": 1.0}, "as many columns"),
    ({"embeddings": (np.eye(3), np.zeros((3, 3))), "temperature": 1.0}, "row 1 of an embedding is"),
    ({"embeddings": (np.eye(3), np.eye(3))}, "divided by a temperature above 0"),
    ({"embeddings": (np.eye(3), np.eye(3)), "fit": "bilinear"}, "needs at least 4 rows"),
    ({"embeddings": (np.eye(3), np.eye(3)), "fit": "bilinear", "temperature": 1.0}, "exclude each"),
    ({"gaussian": (["a"], ["b"])}, "gaussian must be arrays of numbers"),
    ({"scores": np.eye(3), "positives": list("abc")}, "whole numbers from 0 to 2"),
    ({"scores": np.eye(3), "tokens": list("abc")}, "0 or more, and not all 0"),
    ({"scores": np.eye(3), "by": [1.0, np.nan, 1.0]}, "no value in place 2"),
    ({"scores": np.ones((2, 4)), "samples": 2, "direction": "rows"}, "out direction='rows'"),
    ({"scores": np.eye(3), "bound": 3}, "names of bounds, got 3"),
    ({"gaussian": (np.eye(2), np.eye(2)), "contexts": "columns"}, "leave it out here"),
    ({"scores": [[1, 2], [3]]}, "cannot be taken as an array"),
    ({}, "give one of scores, gaussian and embeddings"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_input_is_one_clear_line(wrong, said):
    with pytest.raises(mi.MitoolError) as raised:
        mi.bounds(**wrong)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_long_table_that_is_not_whole_is_refused(rng):
    table = long_form(rng.normal(size=(3, 3)), 1)
    with pytest.raises(mi.MitoolError, match="1 of 9 scores are missing; every sample"):
        mi.bounds(table.iloc[1:])
    with pytest.raises(mi.MitoolError, match="row 10 scores a sample again"):
        mi.bounds(pd.concat([table, table.iloc[:1]]))
    with pytest.raises(mi.MitoolError, match="has no value in column 'logprob'"):
        mi.bounds(table.assign(logprob=np.where(np.arange(9) == 4, np.nan, table["logprob"])))
    with pytest.raises(mi.MitoolError, match="leave out samples"):
        mi.bounds(table, samples=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("a.npy b.npy", "scores are one file, got 2"),
        ("--embeddings a.npy", "takes two files, A B, got 1"),
        ("--gaussian a.npy", "a.npy holds no mu and logvar"),
        ("t.csv", "scores are a .npy or .npz file, or a long table"),
        ("two.npz", "holds 'u', 'v'; name the scores 'scores' or 'sim'"),
        ("--positives t.csv a.npy", "t.csv has 2 columns; it needs one"),
        ("--ci 95 a.npy", "95 % is 0.95"),
        ("--gaussian zero.npy zero.npy", "mu holds a single value, where an array of numbers"),
        ("--embeddings text.npy a.npy --temperature 1", "text.npy holds <U1, where an array"),
        ("--tokens text.npy a.npy", "text.npy holds text, where numbers are needed"),
    ],
)
def test_bad_files_are_one_clear_line(mitool, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", np.eye(3))
    np.save("b.npy", np.eye(3))
    np.save("zero.npy", np.float64(3.0))
    np.save("text.npy", np.array(list("abc")))
    np.savez("two.npz", u=np.eye(3), v=np.eye(3))
    (tmp_path / "t.csv").write_text("u,v\n1,2\n")
    outcome = mitool("bounds", *words.split())
    assert outcome.code in (2, 3)
    assert said in one_line(outcome.err)


def test_the_reference_files_are_all_used():
    named = {name for case in CASES.values() for name in case["inputs"]}
    assert named == {path.name for path in FOLDER.glob("[EG]*.npy")}
