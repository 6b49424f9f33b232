"""Counts: codes, tables, and the entropies that are made of them."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma as scipy_digamma
from sklearn.metrics import mutual_info_score

from mitool.errors import MitoolError, UsageError
from mitool.estimators import load
from mitool.estimators.bins import Bins
from mitool.estimators.plugin import Plugin
from mitool.kernels.counts import coded as codes_of_rows
from mitool.kernels.counts import cooccurrence
from mitool.kernels.counts.binning import RULES
from mitool.kernels.counts.profiles import CORRECTIONS, profile
from mitool.kernels.digamma import digamma
from mitool.variables import Variable
from tests.make import discrete, variable

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 3)), min_size=2, max_size=60)


def rows_of(table) -> tuple[Variable, Variable]:
    """Rows that have exactly this contingency table."""
    cells = [(i, j) for i, j in product(range(len(table)), range(len(table[0])))]
    rows = [cell for cell in cells for _ in range(table[cell[0]][cell[1]])]
    x, y = np.array(rows).T
    return discrete(x), discrete(y)


# The entropies again, from their definitions, one row or one cell at a time.


def plugin_twin(cells: list[int]) -> float:
    n = sum(cells)
    return -sum(c / n * np.log(c / n) for c in cells if c)


def jackknife_twin(cells: list[int]) -> float:
    n, without = sum(cells), []
    for i, c in enumerate(cells):  # a cell of no rows has none to leave out
        without += c * [plugin_twin([*cells[:i], max(c - 1, 0), *cells[i + 1 :]])]
    return n * plugin_twin(cells) - (n - 1) * np.mean(without)


def grassberger_twin(cells: list[int]) -> float:
    n = sum(cells)

    def g(c):
        return scipy_digamma(c) + 0.5 * (-1) ** c * (
            scipy_digamma((c + 1) / 2) - scipy_digamma(c / 2)
        )

    return np.log(n) - sum(c * g(c) for c in cells if c) / n


def chao_shen_twin(cells: list[int]) -> float:
    n = sum(cells)
    singles = min(cells.count(1), n - 1)
    shares = [(1 - singles / n) * c / n for c in cells if c]
    return -sum(p * np.log(p) / (1 - (1 - p) ** n) for p in shares)


def shrink_twin(cells: list[int]) -> float:
    n, k = sum(cells), len(cells)
    shares = np.array(cells) / n
    distance = (n - 1) * sum((1 / k - p) ** 2 for p in shares)
    weight = 1.0 if distance == 0 else min(1.0, (1 - sum(p**2 for p in shares)) / distance)
    mixed = weight / k + (1 - weight) * shares
    return -sum(p * np.log(p) for p in mixed if p > 0)


def shrink_mi_twin(table: np.ndarray) -> float:
    """Hausser & Strimmer's: the plug-in MI of the joint table drawn towards the uniform one."""
    n, k = table.sum(), table.size
    share = table / n
    distance = (n - 1) * ((share - 1 / k) ** 2).sum()
    weight = 1.0 if distance == 0 else min(1.0, (1 - (share**2).sum()) / distance)
    joint = weight / k + (1 - weight) * share
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    return float((joint[joint > 0] * np.log(joint[joint > 0] / apart[joint > 0])).sum())


def padded(table: np.ndarray, n_levels: int) -> np.ndarray:
    grown = np.zeros((n_levels, n_levels))
    grown[: table.shape[0], : table.shape[1]] = table
    return grown


@pytest.mark.parametrize("n", [4, 20, 300])
def test_shrinkage_is_of_the_joint_table(n, rng):
    for levels in (2, 5, 9):
        x = rng.integers(0, levels, n)
        y = np.where(rng.random(n) < 0.5, x, rng.integers(0, levels, n))
        pair = discrete(x), discrete(y)
        _, x = np.unique(x, return_inverse=True)
        _, y = np.unique(y, return_inverse=True)
        table = np.zeros((x.max() + 1, y.max() + 1))
        np.add.at(table, (x, y), 1)
        found = Plugin("shrink")(*pair).mi
        assert found == pytest.approx(shrink_mi_twin(table), abs=1e-12)
        assert Bins(correction="shrink")(*pair).mi == found >= -1e-15
        wide = Plugin("shrink", n_levels=12)(*pair).mi
        assert wide == pytest.approx(shrink_mi_twin(padded(table, 12)), abs=1e-12)


def test_a_condition_is_summed_up_from_the_shrunken_table(rng):
    """I(X;Y|Z) of the one shrunken table of x by y by z, straight from the definition."""
    x, y, z = rng.integers(0, 3, (3, 50))
    table = np.zeros((3, 3, 3))
    np.add.at(table, (x, y, z), 1)
    share = table / 50
    weight = min(1.0, (1 - (share**2).sum()) / (49 * ((share - 1 / 27) ** 2).sum()))
    p = weight / 27 + (1 - weight) * share
    ratio = p * p.sum((0, 1), keepdims=True) / p.sum(0, keepdims=True) / p.sum(1, keepdims=True)
    estimator = Plugin("shrink")
    found = estimator.join_given(*(estimator.prepare(discrete(v)) for v in (x, y, z))).mi
    assert found == pytest.approx((p * np.log(ratio)).sum(), abs=1e-12)


def test_an_alphabet_is_for_shrinkage():
    with pytest.raises(UsageError, match="n_levels is for correction=shrink; correction=none"):
        Plugin(n_levels=5)


TWINS = {
    "none": plugin_twin,
    "miller-madow": lambda cells: (
        plugin_twin(cells) + (sum(c > 0 for c in cells) - 1) / (2 * sum(cells))
    ),
    "grassberger": grassberger_twin,
    "chao-shen": chao_shen_twin,
    "shrink": shrink_twin,
    "jackknife": jackknife_twin,
}


@pytest.mark.parametrize("correction", CORRECTIONS)
@settings(max_examples=60, deadline=None)
@given(cells=st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(lambda c: sum(c) > 1))
def test_an_entropy_equals_its_definition(correction, cells):
    found = CORRECTIONS[correction](profile(np.array(cells), len(cells)))
    assert found == pytest.approx(TWINS[correction](cells), abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(rows=labels)
def test_the_plugin_equals_scikit_learn(rows):
    x, y = np.array(rows).T
    expected = mutual_info_score(x, y)
    assert Plugin()(discrete(x), discrete(y)).mi == pytest.approx(expected, abs=1e-12)


XOR = [[1, 1], [1, 1]]
CHANNEL = [[9, 1], [1, 9]]  # binary symmetric, error 0.1
ERASURE = [[6, 4, 0], [0, 4, 6]]  # erasure probability 0.4
CLOSED_FORMS = {
    "xor of two coins": (XOR, 0.0),
    "binary symmetric channel": (CHANNEL, np.log(2) + 0.1 * np.log(0.1) + 0.9 * np.log(0.9)),
    "erasure channel": (ERASURE, 0.6 * np.log(2)),
    "permutation": ([[0, 3, 0], [0, 0, 3], [3, 0, 0]], np.log(3)),
    "constant": ([[3, 5, 2]], 0.0),
}


@pytest.mark.parametrize(("table", "mi"), CLOSED_FORMS.values(), ids=CLOSED_FORMS)
def test_the_plugin_meets_closed_forms(table, mi):
    assert Plugin()(*rows_of(table)).mi == pytest.approx(mi, abs=1e-14)


def test_two_coins_together_tell_their_xor():
    a, b = discrete([0, 0, 1, 1]), discrete([0, 1, 0, 1])
    xor = discrete([0, 1, 1, 0])
    both = discrete(np.column_stack((a.values[:, 0], b.values[:, 0])))
    assert Plugin()(a, xor).mi == pytest.approx(0.0, abs=1e-15)
    assert Plugin()(both, xor).mi == pytest.approx(np.log(2), abs=1e-15)


@pytest.mark.parametrize("scale", [1.0, 0.1, 1e9], ids=["whole", "fractions", "far apart"])
def test_codes_are_dense_and_ascending(scale, rng):
    values = scale * rng.integers(-3, 9, 100)
    coded = codes_of_rows.code(values)
    expected = np.unique(values, return_inverse=True)[1]
    assert coded.codes.dtype == np.uint8
    assert np.array_equal(coded.codes, expected)


def test_a_large_table_is_counted_without_being_allocated(rng):
    x, y = rng.integers(0, 50_000, 60_000), rng.integers(0, 50_000, 60_000)
    found = cooccurrence.count_pairs(codes_of_rows.code(x), codes_of_rows.code(y))
    assert sorted(found) == sorted(Counter(zip(x, y, strict=True)).values())


def test_joint_codes_count_joint_rows(rng):
    columns = rng.integers(0, 3, (200, 4))
    coded = codes_of_rows.combine(*(codes_of_rows.code(column) for column in columns.T))
    assert sorted(coded.counts) == sorted(Counter(map(tuple, columns)).values())


def test_an_identifier_is_refused():
    rows = discrete(np.arange(30))
    with pytest.raises(MitoolError, match=r"different value in each of its 30 rows.*-e bins"):
        Plugin()(rows, discrete(np.arange(30) % 2))


def test_digamma_equals_scipy(rng):
    x = np.concatenate((np.arange(0.5, 200.0, 0.5), rng.uniform(1e-3, 1e6, 500)))
    assert digamma(x) == pytest.approx(scipy_digamma(x), rel=1e-13, abs=1e-14)


@pytest.mark.parametrize("rule", ["sturges", "fd", "doane", "sqrt"])
def test_a_rule_gives_as_many_bins_as_numpy(rule, rng):
    values = rng.gamma(2.0, size=730)
    assert RULES[rule](values) == len(np.histogram_bin_edges(values, rule)) - 1


def test_equal_widths_count_as_a_histogram_does(rng):
    values = rng.standard_normal(500)
    prepared = Bins(n_bins=9, binning="equal-width").prepare(variable(values))
    assert np.array_equal(prepared.counts, np.histogram(values, 9)[0])


def test_equal_frequencies_are_equal_and_keep_ties_together(rng):
    free = Bins(n_bins=8).prepare(variable(rng.standard_normal(400)))
    assert np.array_equal(free.counts, np.full(8, 50))
    tied = np.round(rng.standard_normal(400))
    coded = Bins(n_bins=8).prepare(variable(tied))
    assert all(len(set(coded.codes[tied == value])) == 1 for value in set(tied))


@pytest.mark.parametrize(("n", "n_bins"), [(5, 2), (45, 3), (500, 10), (4999, 31)])
def test_the_default_is_the_square_root_of_a_fifth_of_the_rows(n, n_bins, rng):
    coded = Bins().prepare(variable(rng.standard_normal(n)))
    assert coded.n_levels == n_bins


def test_bins_leave_labels_as_they_are(rng):
    x, y = rng.integers(0, 12, 300), rng.integers(0, 9, 300)
    expected = Plugin("miller-madow")(discrete(x), discrete(y)).mi
    assert Bins()(discrete(x), discrete(y)).mi == expected


def test_bins_do_not_depend_on_units_or_monotone_scales(rng):
    x, y = rng.standard_normal((2, 400))
    y = y + x
    mi = Bins()(variable(x), variable(y)).mi
    again = Bins()(variable(1e300 * x), variable(np.exp(y)))
    assert again.mi == mi


def test_an_equal_width_survives_the_largest_range():
    values = 1.7e308 * np.array([-1.0, -0.4, 0.1, 0.6, 1.0])
    coded = Bins(n_bins=4, binning="equal-width").prepare(variable(values))
    assert coded.codes.tolist() == [0, 1, 2, 3, 3]


@pytest.mark.parametrize("n_bins", [1, 0, "many", 2.5])
def test_bins_refuse_other_numbers(n_bins):
    with pytest.raises(UsageError, match="n_bins must be a whole number from 2"):
        load("bins")(n_bins=n_bins)


@pytest.mark.parametrize("compiled", [False, True], ids=["numpy", "compiled"])
@pytest.mark.parametrize("n", [2048, 2111, 5000])
@pytest.mark.parametrize(
    "n_levels", [(1, 3), (2, 2), (7, 12), (12, 3), (13, 5), (40, 300)], ids=str
)
def test_all_ways_of_counting_pairs_agree(n_levels, n, compiled, rng, monkeypatch):
    monkeypatch.setattr(cooccurrence.UNCOMPILED, "allows", lambda n_rows: not compiled)
    x, y = (rng.integers(0, levels, n) for levels in n_levels)
    plain = codes_of_rows.code(x), codes_of_rows.code(y)
    expected = np.zeros((plain[0].n_levels, plain[1].n_levels), dtype=int)
    np.add.at(expected, (plain[0].codes, plain[1].codes), 1)
    for a, b in (plain, tuple(coded.packed() for coded in plain)):
        assert np.array_equal(cooccurrence.count_pairs(a, b), expected.reshape(-1))


def test_codes_taken_or_permuted_are_counted_anew(rng):
    x, y = (codes_of_rows.code(rng.integers(0, 3, 4000)).packed() for _ in range(2))
    order = rng.permutation(4000)
    expected = np.bincount(codes_of_rows.pair(x, y.permute(order)), minlength=9)
    assert np.array_equal(cooccurrence.count_pairs(x, y.permute(order)), expected)
    half = order[:2000]
    assert cooccurrence.count_pairs(x.take(half), y.take(half)).sum() == 2000
