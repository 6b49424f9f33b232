"""Estimators of counted labels: Bayesian and code-length entropies, conditions, local terms."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, polygamma, psi

from mitool.errors import MitoolError
from mitool.estimators.bins import Bins
from mitool.estimators.nml import NML
from mitool.estimators.nsb import NSB
from mitool.estimators.plugin import Plugin
from mitool.kernels.counts import dirichlet
from mitool.kernels.counts.complexity import log_complexity
from mitool.kernels.counts.profiles import CORRECTIONS, profile
from tests.make import discrete

ALL = {
    **{f"plugin {name}": Plugin(name) for name in CORRECTIONS},
    "nsb": NSB(),
    "nml": NML(),
    "bins": Bins(),
}
every_estimator = pytest.mark.parametrize("estimator", ALL.values(), ids=ALL)


def prepared(estimator, *columns):
    return [estimator.prepare(discrete(column)) for column in columns]


def dirichlet_entropy(a, cells):
    """Mean entropy and its second moment under a Dirichlet, cell by cell."""
    weights = np.asarray(cells, dtype=float) + a
    total = weights.sum()
    mean = psi(total + 1) - weights @ psi(weights + 1) / total
    square = 0.0
    for i, one in enumerate(weights):
        for k, other in enumerate(weights):
            if i == k:
                term = (psi(one + 2) - psi(total + 2)) ** 2 + polygamma(1, one + 2)
                square += one * (one + 1) * (term - polygamma(1, total + 2))
            else:
                term = (psi(one + 1) - psi(total + 2)) * (psi(other + 1) - psi(total + 2))
                square += one * other * (term - polygamma(1, total + 2))
    return mean, square / (total * (total + 1))


def nsb_twin(cells):
    """The integral over the concentration by adaptive quadrature, with no grid."""
    n, k = sum(cells), len(cells)

    def density(log_a):
        a = np.exp(log_a)
        slope = k * polygamma(1, k * a + 1) - polygamma(1, a + 1)
        evidence = gammaln(k * a) - gammaln(n + k * a)
        evidence += sum(gammaln(c + a) - gammaln(a) for c in cells)
        return np.exp(evidence + n * np.log(k)) * slope * a

    def integral(weigh):
        limits = (np.log(1e-6), np.log(1e4))
        return quad(
            lambda t: density(t) * weigh(np.exp(t)), *limits, limit=500, epsrel=1e-9, epsabs=0
        )[0]

    norm = integral(lambda a: 1.0)
    mean = integral(lambda a: dirichlet_entropy(a, cells)[0]) / norm
    square = integral(lambda a: dirichlet_entropy(a, cells)[1]) / norm
    return mean, np.sqrt(square - mean**2)


@pytest.mark.parametrize(
    "cells", [[3, 1], [5, 2, 0, 1], [1, 1, 1, 0, 0, 0], [9, 9, 8], [20, 1, 0, 0, 0, 2, 3]], ids=str
)
def test_nsb_equals_the_integral(cells):
    counts = profile(np.array(cells), len(cells))
    assert (dirichlet.mean(counts), dirichlet.deviation(counts)) == pytest.approx(
        nsb_twin(cells), abs=2e-6
    )


def nsb_sums(counts, n_levels, highest=1e4):
    """The same mean by plain sums over 4000 concentrations: gamma functions as products."""
    n = counts.sum()
    sizes, times = np.unique(counts, return_counts=True)
    log_a = np.log(np.geomspace(1e-9 / n_levels, highest, 4000))
    a = np.exp(log_a)
    log_density = np.log(n_levels * polygamma(1, n_levels * a + 1) - polygamma(1, a + 1)) + log_a
    for i, one in enumerate(a):
        log_density[i] -= np.log(n_levels * one + np.arange(n)).sum()
        for size, time in zip(sizes, times, strict=True):
            log_density[i] += time * np.log(one + np.arange(size)).sum()
    weight = np.exp(log_density - log_density.max())
    cells = sum(
        time * (size + a) * psi(size + a + 1) for size, time in zip(sizes, times, strict=True)
    )
    cells += (n_levels - len(counts)) * a * psi(a + 1)
    total = n + n_levels * a
    return weight @ (psi(total + 1) - cells / total) / weight.sum()


@pytest.mark.parametrize("n_levels", [2000, 4_000_000, 8_000_000_000, 10**14])
def test_nsb_of_a_huge_table_equals_plain_sums(n_levels, rng):
    """From 1e8 cells on the concentration was cut off above where the posterior is."""
    counts = np.unique(rng.integers(0, 2000, 3000), return_counts=True)[1]
    found = dirichlet.mean(profile(counts.copy(), n_levels))
    assert found == pytest.approx(nsb_sums(counts, n_levels), abs=2e-6)


def test_nsb_of_a_chain_through_two_thousand_levels_is_near_zero(rng):
    """x and y rename z, so I(X;Y|Z) = 0 in a table of 8e9 cells; it was -1.3 nats."""
    z = rng.integers(0, 2000, 10_000)
    x, y = rng.permutation(2000)[z], rng.permutation(2000)[z]
    estimator = NSB()
    assert abs(estimator.join_given(*prepared(estimator, x, y, z)).mi) < 0.06


@pytest.mark.parametrize(("n_levels", "each"), [(2, 10), (4, 100_000), (100, 30), (3000, 2)])
def test_nsb_of_an_even_table_is_too_low_by_what_its_bound_costs_at_most(n_levels, each):
    """Concentrations beyond 1e4 are left out: 1 / 2e4 nats."""
    found = dirichlet.mean(profile(np.full(n_levels, each), n_levels))
    if n_levels * each < 10_000:
        exact = nsb_sums(np.full(n_levels, each), n_levels, 1e9)
        assert found <= exact + 2e-6
    else:
        exact = np.log(n_levels)
    assert found == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize("levels", [2, 8, 100])
def test_nsb_of_one_row_is_half_of_the_largest_entropy(levels):
    """One row says nothing of the concentration, and the prior is even between 0 and log K."""
    found = dirichlet.mean(profile(np.array([1]), levels))
    assert found == pytest.approx(np.log(levels) / 2, rel=1e-4)


def test_the_moments_of_a_dirichlet_are_those_of_its_draws(rng):
    cells = np.array([5, 2, 0, 1])
    shares = rng.dirichlet(cells + 0.7, size=100_000)
    entropies = -(shares * np.log(shares)).sum(axis=1)
    a, counts = np.array([0.7]), profile(cells, 4)
    mean, square = dirichlet._means(a, counts), dirichlet._squares(a, counts)
    error = entropies.std() / np.sqrt(len(entropies))
    assert mean[0] == pytest.approx(entropies.mean(), abs=4 * error)
    assert square[0] - mean[0] ** 2 == pytest.approx(entropies.var(), rel=0.03)


def complexity_twin(n_levels, n):
    """C(K, n) by the recurrence in the number of levels of Kontkanen & Myllymäki (2007)."""
    shares = [(h / n) ** h * ((n - h) / n) ** (n - h) for h in range(n + 1)]
    values = [0.0, 1.0, sum(comb(n, h) * share for h, share in enumerate(shares))]
    for k in range(1, n_levels - 1):
        values.append(values[k + 1] + n / k * values[k])
    return np.log(values[n_levels])


@pytest.mark.parametrize("n_levels", [1, 2, 3, 10, 100])
@pytest.mark.parametrize("n", [1, 2, 30, 140])
def test_the_complexity_follows_its_recurrence(n_levels, n):
    assert log_complexity(n_levels, n) == pytest.approx(complexity_twin(n_levels, n), abs=1e-11)


def test_the_complexity_is_a_sum_over_all_tables():
    n, total = 4, 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            cells = np.array([a, b, n - a - b])
            ways = comb(n, a) * comb(n - a, b)
            total += ways * np.prod((cells / n) ** cells)
    assert log_complexity(3, n) == pytest.approx(np.log(total), abs=1e-13)


def test_code_length_tells_dependence_from_noise(rng):
    x, noise = rng.integers(0, 6, (2, 300))
    y = np.where(rng.random(300) < 0.4, x, noise)
    assert NML()(discrete(x), discrete(noise)).mi < 0 < NML()(discrete(x), discrete(y)).mi


@every_estimator
def test_a_constant_has_no_information_exactly(estimator):
    constant, other = discrete(np.full(50, 7.0)), discrete(np.arange(50) % 6)
    assert estimator(constant, other).mi == 0.0
    assert estimator(other, constant).mi == 0.0


@every_estimator
def test_order_of_rows_names_of_levels_and_of_variables_change_no_bit(estimator, rng):
    x, y = rng.integers(0, 5, 80), rng.integers(0, 7, 80)
    rows, names = rng.permutation(80), rng.permutation(5)
    mi = estimator(discrete(x), discrete(y)).mi
    assert estimator(discrete(y), discrete(x)).mi == mi
    assert estimator(discrete(x[rows]), discrete(y[rows])).mi == mi
    assert estimator(discrete(names[x]), discrete(y)).mi == mi


@every_estimator
def test_prepared_rows_are_taken_and_permuted_as_the_rows_are(estimator, rng):
    x, y = rng.integers(0, 5, (2, 80))
    some, order = rng.permutation(80)[:40], rng.permutation(80)
    a, b = prepared(estimator, x, y)
    taken = estimator.join(a.take(some), b.take(some)).mi
    assert taken == estimator(discrete(x[some]), discrete(y[some])).mi
    assert estimator.join(a, b.permute(order)).mi == estimator(discrete(x), discrete(y[order])).mi


@every_estimator
def test_delete_one_is_the_estimate_without_each_row(estimator, rng):
    x, y = rng.integers(0, 3, 60), rng.integers(0, 3, 60)  # no level is lost with one row
    values, sizes = estimator.delete_one(*prepared(estimator, x, y))
    one_by_one = [
        estimator(discrete(np.delete(x, i)), discrete(np.delete(y, i))).mi for i in range(60)
    ]
    assert np.sort(np.repeat(values, sizes)) == pytest.approx(np.sort(one_by_one), abs=1e-7)


@every_estimator
def test_local_terms_average_to_the_estimate(estimator, rng):
    x, y = rng.integers(0, 4, (2, 90))
    a, b = prepared(estimator, x, y)
    assert estimator.local(a, b).mean() == pytest.approx(estimator.join(a, b).mi, abs=1e-12)


def test_local_terms_of_the_plugin_are_log_ratios(rng):
    x, y = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    estimator = Plugin()
    found = estimator.local(*prepared(estimator, x, y))
    one, two, three = np.log((2 / 4) / (3 / 8)), np.log((1 / 4) / (3 / 8)), np.log(0.25 / (2 / 16))
    assert found == pytest.approx([one, one, two, three], abs=1e-14)


def test_normalised_local_terms_reach_one_where_levels_occur_only_together(rng):
    x = np.array([0, 0, 1, 2, 2, 2])
    estimator = Plugin()
    assert estimator.local_normalized(*prepared(estimator, x, 5 - x)) == pytest.approx(np.ones(6))
    assert np.all(estimator.local_normalized(*prepared(estimator, np.ones(6), np.ones(6))) == 0.0)


def cmi_twin(x, y, z):
    """I(X;Y|Z) as the mean over the levels of z of the information within them."""
    within = [
        (np.mean(z == level), Plugin()(discrete(x[z == level]), discrete(y[z == level])).mi)
        for level in np.unique(z)
    ]
    return sum(share * mi for share, mi in within)


def test_a_condition_averages_over_its_levels(rng):
    x, y, z = rng.integers(0, 3, (3, 200))
    y = np.where(rng.random(200) < 0.3, z, y)
    estimator = Plugin()
    found = estimator.join_given(*prepared(estimator, x, y, z))
    assert found.mi == pytest.approx(cmi_twin(x, y, z), abs=1e-12)
    assert found.extras["unconditional_mi"] == estimator(discrete(x), discrete(y)).mi


def test_an_xor_is_all_interaction():
    x, y = np.array([0, 0, 1, 1] * 5), np.array([0, 1, 0, 1] * 5)
    estimator = Plugin()
    found = estimator.join_given(*prepared(estimator, x, y, x ^ y))
    assert found.mi == pytest.approx(np.log(2), abs=1e-14)
    assert found.extras["interaction_information"] == pytest.approx(np.log(2), abs=1e-14)
    assert found.extras["total_correlation"] == pytest.approx(np.log(2), abs=1e-14)


@every_estimator
def test_a_chain_shows_no_direct_dependence(estimator, rng):
    x = rng.integers(0, 3, 3000)
    z = np.where(rng.random(3000) < 0.7, x, rng.integers(0, 3, 3000))
    y = np.where(rng.random(3000) < 0.7, z, rng.integers(0, 3, 3000))
    found = estimator.join_given(*prepared(estimator, x, y, z))
    assert abs(found.mi) < 0.03
    assert found.extras["unconditional_mi"] > 0.1


def test_bins_take_any_condition(rng):
    z = rng.standard_normal(2000)
    x, y = z + rng.standard_normal((2, 2000))
    estimator = Bins(n_bins=6)
    parts = [estimator.prepare(discrete(v)) for v in (x, y, z)]
    found = estimator.join_given(*parts)
    assert found.mi < 0.4 * found.extras["unconditional_mi"]


@every_estimator
def test_an_entropy_of_many_rows_is_that_of_the_shares(estimator, rng):
    shares = np.array([0.5, 0.25, 0.125, 0.125])
    x = rng.choice(4, size=20_000, p=shares)
    found = estimator.entropy(*prepared(estimator, x)).mi
    assert found == pytest.approx(1.75 * np.log(2), abs=0.02)


def test_nsb_errs_less_than_half_as_much_as_the_plugin_on_a_sparse_table(rng):
    """Part of the study of 36 tables: ten levels, half of the rows equal, 100 rows."""
    table = 0.5 / 100 + 0.5 * np.eye(10) / 10
    truth = float((table * np.log(table * 100)).sum())
    errors = []
    for _ in range(40):
        x, y = np.divmod(rng.choice(100, 100, p=table.ravel()), 10)
        errors.append([e(discrete(x), discrete(y)).mi - truth for e in (NSB(), Plugin())])
    nsb_error, plugin_error = np.sqrt(np.mean(np.square(errors), axis=0))
    assert nsb_error < plugin_error / 2


@pytest.mark.parametrize("n", [20, 300, 20_000])
def test_nsb_stays_below_its_own_smaller_entropy(n, rng):
    for levels in (2, 5, 14):
        x = rng.choice(levels, n, p=rng.dirichlet(np.ones(levels)))
        for other in (x, x // 2, np.where(rng.random(n) < 0.95, x, rng.integers(0, levels, n))):
            value = NSB()(discrete(x), discrete(other))
            assert value.mi <= min(value.extras["entropy_x"], value.extras["entropy_y"]) + 1e-14


@pytest.mark.parametrize("levels", [2, 7, 13])
def test_nsb_of_a_copy_is_near_the_entropy_and_its_jackknife_too(levels, rng):
    x = rng.choice(levels, 20_000, p=rng.dirichlet(np.ones(levels)))
    estimator = NSB()
    a, b = prepared(estimator, x, x)
    value = estimator.join(a, b)
    without, sizes = estimator.delete_one(a, b)
    center = len(x) * value.mi - (len(x) - 1) * (without @ sizes) / len(x)
    assert value.mi == pytest.approx(value.extras["entropy_x"], abs=1e-3)
    assert center == pytest.approx(value.mi, abs=1e-3)


def test_several_columns_have_the_same_cells_in_an_entropy_as_in_mi(rng):
    """3 × 4 levels, of whose 12 pairs some never occur: the prior knows 12 in both."""
    a, b = rng.integers(0, 3, 15), rng.integers(0, 4, 15)
    counts = np.unique(np.column_stack((a, b)), axis=0, return_counts=True)[1]
    assert len(counts) < 12
    estimator = NSB()
    entropy = estimator.entropy(estimator.prepare(discrete(np.column_stack((a, b))))).mi
    assert entropy == pytest.approx(nsb_sums(counts, 12), abs=2e-6)
    pair = estimator(discrete(a), discrete(b))
    assert pair.extras["entropy_xy"] == entropy
    whole = estimator(discrete(np.column_stack((a, b))), discrete(np.arange(15) % 2))
    assert whole.extras["entropy_x"] == entropy


def test_a_known_alphabet_counts_levels_that_never_occur(rng):
    a, b = rng.integers(0, 3, (2, 40))
    estimator = NSB(n_levels=20)
    found = estimator(discrete(a), discrete(b)).extras
    sides = (np.bincount(a), np.bincount(b), np.bincount(3 * a + b))
    for name, counts, n_cells in zip(("x", "y", "xy"), sides, (20, 20, 400), strict=True):
        expected = nsb_sums(counts[counts > 0], n_cells)
        assert found[f"entropy_{name}"] == pytest.approx(expected, abs=2e-6)
    joint = estimator.entropy(estimator.prepare(discrete(np.column_stack((a, b))))).mi
    assert joint == found["entropy_xy"]


def test_more_levels_than_are_known_are_refused(rng):
    estimator = NSB(n_levels=4)
    with pytest.raises(MitoolError, match="'v1' has 5 levels, more than n_levels=4; raise"):
        estimator.prepare(discrete(np.column_stack((np.arange(30) % 2, np.arange(30) % 5))))
    with pytest.raises(MitoolError, match="n_levels must be at least 1, got 0"):
        NSB(n_levels=0)


@pytest.mark.parametrize("name", ["nsb", "nml", "shrink"])
def test_a_table_of_more_cells_than_a_number_holds_has_an_entropy(name, rng):
    columns = np.tile(rng.integers(0, 2, (1100, 15)), 2)
    estimator = ALL[f"plugin {name}" if name == "shrink" else name]
    value = estimator(discrete(np.column_stack(columns)), discrete(columns[0]))
    assert np.isfinite(value.mi)
