"""Information of projected variables: truths that a projection keeps, and what it may lose."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from sklearn.cross_decomposition import CCA
from sklearn.decomposition import PCA

from mitool.errors import MitoolError
from mitool.estimators.compress_knn import CompressKNN
from mitool.kernels.linear.projections import canonical, principal
from mitool.variables import Variable
from tests.make import discrete, variable

RHO, N = 0.8, 2000
TRUTH = -log(1 - RHO**2)  # of two pairs


def embedded(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two correlated pairs, spread over 30 and 40 columns; and the first pair's x."""
    z = rng.standard_normal((N, 2))
    w = RHO * z + np.sqrt(1 - RHO**2) * rng.standard_normal((N, 2))
    x = 3 * z @ rng.standard_normal((2, 30)) + 0.01 * rng.standard_normal((N, 30))
    return x, 3 * w @ rng.standard_normal((2, 40)), z[:, 0]


def of_many_columns(rng: np.random.Generator) -> tuple[Variable, Variable]:
    """Two pairs that are correlated, and six and four columns of little that are not."""
    x, y = 0.1 * rng.standard_normal((N, 8)), 0.1 * rng.standard_normal((N, 6))
    x[:, :2] = rng.standard_normal((N, 2))
    y[:, :2] = RHO * x[:, :2] + np.sqrt(1 - RHO**2) * rng.standard_normal((N, 2))
    return variable(x), variable(y)


def test_too_many_columns_beside_leave_the_estimate_as_it_is(rng) -> None:
    found = CompressKNN()(*of_many_columns(rng))
    assert 0.5 * TRUTH < found.mi < TRUTH + 0.1  # four columns a side dilute two
    assert "k=2" in found.extras
    assert "k=8" not in found.extras  # wkl has no weights in 8 + 6 columns together


def test_what_cannot_be_compared_says_which_parameter_helps(rng) -> None:
    with pytest.raises(MitoolError, match=r"14 columns.*smaller n_dims, or -p neighbours=ksg$"):
        CompressKNN(n_dims=8)(*of_many_columns(rng))


@pytest.mark.parametrize("compress", ["pca", "cca"])
@pytest.mark.parametrize("neighbours", ["wkl", "ksg"])
def test_what_lies_in_two_directions_is_found(compress: str, neighbours: str, rng) -> None:
    x, y, _ = embedded(rng)
    found = CompressKNN(n_dims=2, compress=compress, neighbours=neighbours)(
        variable(x), variable(y)
    )
    assert found.mi == pytest.approx(TRUTH, abs=0.15)
    assert found.n_left == N // 2
    assert found.extras["k=1"] < found.mi - 0.2  # no plateau below two


@pytest.mark.parametrize("neighbours", ["wkl", "ksg"])
def test_labels_by_the_sign_of_one_direction_tell_log_two(neighbours: str, rng) -> None:
    x, _, first = embedded(rng)
    estimator = CompressKNN(n_dims=2, noise=0.01, neighbours=neighbours)
    found = estimator(variable(x), discrete(first > 0))
    assert found.mi == pytest.approx(log(2), abs=0.1)


def test_what_is_dropped_is_worth_at_most_the_bound_of_gaussians(rng) -> None:
    """x is Gaussian with deviations 5, 2 and 1, of which one is kept: ½ Σ log(1 + λ/s²)."""
    x = rng.standard_normal((4000, 3)) * [5.0, 2.0, 1.0]
    found = CompressKNN(n_dims=1, noise=0.3)(variable(x), variable(x[:, :1]))
    s = found.facts["noise"]
    assert s == pytest.approx(0.3 * np.mean([5, 2, 1]), rel=0.05)
    expected = 0.5 * (log(1 + 4 / s**2) + log(1 + 1 / s**2))
    assert found.extras["lost_at_most"] == pytest.approx(expected, rel=0.05)
    assert found.facts["explained"] == pytest.approx(25 / 30, abs=0.02)
    (note,) = found.notes
    assert (
        f"what is dropped is worth at most {found.extras['lost_at_most']:.3g} nats" in note.message
    )


def test_independent_columns_are_not_made_dependent_by_the_fit(rng) -> None:
    """30 and 30 columns of 400 rows: canonical correlations of the rows fitted on are .7."""
    x, y = rng.standard_normal((2, 400, 30))
    found = CompressKNN(n_dims=1, compress="cca", neighbours="ksg")(variable(x), variable(y))
    assert abs(found.mi) < 0.15


def test_numbers_depend_on_the_seed_and_not_on_the_order_of_rows(rng) -> None:
    x, y, _ = embedded(rng)
    x, y = x[:200], y[:200]
    rows = rng.permutation(200)
    plain = CompressKNN()(variable(x), variable(y)).mi
    assert CompressKNN()(variable(x[rows]), variable(y[rows])).mi == pytest.approx(plain, abs=1e-9)
    assert CompressKNN(seed=1)(variable(x), variable(y)).mi != plain


def test_projections_are_those_of_scikit_learn(rng) -> None:
    a, b = rng.standard_normal((2, 300, 6))
    b[:, :2] += a[:, :2]
    mine, theirs = principal(a).of(a, 3), PCA(3).fit_transform(a)
    assert np.abs(mine) == pytest.approx(np.abs(theirs), abs=1e-9)
    left, right = canonical(a, b)
    theirs = CCA(2, max_iter=5000, tol=1e-12).fit_transform(a, b)
    pairs = zip(theirs, (left.of(a, 2), right.of(b, 2)), strict=True)
    for their, own in pairs:
        correlation = np.corrcoef(their.T, own.T)[:2, 2:]
        assert np.abs(np.diag(correlation)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("rows", "params", "said"),
    [
        (30, {}, "compress-knn needs 40 rows, half of them for the projection, got 30"),
        (100, {"noise": 0.0}, "noise must be positive, got 0.0"),
    ],
)
def test_what_cannot_be_compressed_is_refused(rows, params, said, rng) -> None:
    x = variable(rng.standard_normal((rows, 5)))
    with pytest.raises(MitoolError, match=said):
        CompressKNN(**params)(x, x)
