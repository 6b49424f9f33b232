"""Simulated distributions: truths by routes of their own, samples that are what they say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy import stats
from truths import TRUTHS

from mitool.errors import UsageError
from mitool.simulate import BUILTIN, create, parse
from mitool.simulate.suites import SUITES, suite

N_SIGMA = 4.5  # a Monte Carlo mean this far off its truth is a wrong truth


def normal_mixture(values, means, sds):
    """The density at ``values`` of an even mixture of normals, the slow way."""
    return np.array([stats.norm.pdf(v, means, sds).mean() for v in values])


def regression(signal, sd=None):
    """log p(y|x)/p(y) with p(y) a plain average over 2000 places of x."""

    def ratio(x, y, noise):
        width = sd or (lambda x: np.full(x.shape, noise))
        places = (np.arange(2000) + 0.5) / 1000 - 1
        marginal = normal_mixture(y, signal(places), width(places))
        return stats.norm.logpdf(y, signal(x), width(x)) - np.log(marginal)

    return ratio


def x_shape(x, y, rho):
    sd = np.sqrt(1 - rho**2)
    strokes = stats.norm.pdf(y, rho * x, sd) + stats.norm.pdf(y, -rho * x, sd)
    return np.log(strokes / 2) - stats.norm.logpdf(y)


def circle(x, y, noise):
    angle = (np.arange(2000) + 0.5) * np.pi / 1000
    joint = np.array(
        [
            np.mean(
                stats.norm.pdf(a, np.cos(angle), noise) * stats.norm.pdf(b, np.sin(angle), noise)
            )
            for a, b in zip(x, y, strict=True)
        ]
    )
    return np.log(
        joint / normal_mixture(x, np.cos(angle), noise) / normal_mixture(y, np.cos(angle), noise)
    )


def blobs(x, y, noise):
    places = np.arange(4.0)
    joint = np.zeros(len(x))
    for a, b in zip(places, (1.0, 3.0, 0.0, 2.0), strict=True):
        joint += stats.norm.pdf(x, a, noise) * stats.norm.pdf(y, b, noise) / 4
    return np.log(joint / normal_mixture(x, places, noise) / normal_mixture(y, places, noise))


def student(x, y, dof, rho=0.0):
    joint = stats.multivariate_t([0, 0], [[1, rho], [rho, 1]], df=dof)
    return joint.logpdf(np.column_stack([x, y])) - stats.t.logpdf(x, dof) - stats.t.logpdf(y, dof)


def zero_inflated(x, y, inflation):
    given = inflation * (y == 0) + (1 - inflation) * stats.poisson.pmf(y, x)
    return np.log(given / (inflation * (y == 0) + (1 - inflation) * 0.5 ** (y + 1)))


def product(x, y):
    """The density of y as a plain sum over the logarithm of |x|."""
    t = np.linspace(-25, 3, 1500)
    scale = np.exp(t)
    marginal = [stats.norm.pdf(v / scale) @ (2 * stats.norm.pdf(scale)) for v in y]
    return stats.norm.logpdf(y, 0, np.abs(x)) - np.log(np.array(marginal) * (t[1] - t[0]))


def clayton(u, v, theta):
    base = u**-theta + v**-theta - 1
    return np.log1p(theta) - (theta + 1) * np.log(u * v) - (2 + 1 / theta) * np.log(base)


def gumbel(u, v, theta):
    a, b = -np.log(u), -np.log(v)
    w = (a**theta + b**theta) ** (1 / theta)
    log_c = -w + a + b + (theta - 1) * np.log(a * b)
    return log_c + (1 - 2 * theta) * np.log(w) + np.log(w + theta - 1)


def frank(u, v, theta):
    top = theta * -np.expm1(-theta) * np.exp(-theta * (u + v))
    bottom = -np.expm1(-theta) - np.expm1(-theta * u) * np.expm1(-theta * v)
    return np.log(top / bottom**2)


def gamma_exponential(x, y, shape):
    """x and y logged; y/(1 + …) has the density shape (1 + y)^-(shape + 1)."""
    rate, wait = np.exp(x), np.exp(y)
    return x - rate * wait - np.log(shape) + (shape + 1) * np.log1p(wait)


def labelled(x, y, separation):
    means = separation * np.arange(3)
    return stats.norm.logpdf(y, separation * x) - np.log(normal_mixture(y, means, 1.0))


def rounded(x, y, rho, grid):
    """Cell probabilities by inclusion and exclusion of the bivariate normal distribution."""
    cells, back = np.unique(np.column_stack([x, y]), axis=0, return_inverse=True)
    pair = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    h = grid / 2
    corners = [pair.cdf(cells + np.array([a * h, b * h])) * a * b for a in (1, -1) for b in (1, -1)]
    alone = [stats.norm.cdf(c + h) - stats.norm.cdf(c - h) for c in cells.T]
    return np.log(sum(corners) / alone[0] / alone[1])[back.reshape(-1)]


def censored(x, y, rho):
    pair = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    sd = np.sqrt(1 - rho**2)
    log_ratio = stats.norm.logpdf(y, rho * x, sd) - stats.norm.logpdf(y)
    log_ratio[(x == 0) & (y > 0)] = np.log(stats.norm.cdf(-rho * y / sd) / 0.5)[(x == 0) & (y > 0)]
    log_ratio[(y == 0) & (x > 0)] = np.log(stats.norm.cdf(-rho * x / sd) / 0.5)[(y == 0) & (x > 0)]
    log_ratio[(x == 0) & (y == 0)] = np.log(pair.cdf([0, 0]) / 0.25)
    return log_ratio


def cosine_fork(x, y, noise):
    nodes, weights = hermegauss(180)
    mean, weights = np.cos(2 * nodes), weights / np.sqrt(2 * np.pi)
    from_x, from_y = (stats.norm.pdf(v[:, None], mean, noise) for v in (x, y))
    return np.log((from_x * from_y) @ weights / (from_x @ weights) / (from_y @ weights))


LOG_RATIOS = {
    "sine:periods=2,noise=0.3": (
        lambda x, y: regression(lambda t: np.sin(2 * np.pi * t))(x, y, 0.3),
        2000,
    ),
    "quadratic:noise=0.1": (lambda x, y: regression(np.square)(x, y, 0.1), 2000),
    "absolute-value:noise=0.1": (lambda x, y: regression(np.abs)(x, y, 0.1), 2000),
    "step:noise=0.3": (lambda x, y: regression(np.sign)(x, y, 0.3), 2000),
    "heteroscedastic:noise=0.1": (
        lambda x, y: regression(np.zeros_like, lambda t: 0.1 + np.abs(t))(x, y, 0.1),
        2000,
    ),
    "x-shape:rho=0.9": (lambda x, y: x_shape(x, y, 0.9), 50_000),
    "circle:noise=0.2": (lambda x, y: circle(x, y, 0.2), 2000),
    "blobs:n_blobs=4,noise=0.3": (lambda x, y: blobs(x, y, 0.3), 4000),
    "student:dof=1": (lambda x, y: student(x, y, 1), 50_000),
    "student:dof=2.5,rho=0.5": (lambda x, y: student(x, y, 2.5, 0.5), 50_000),
    "zero-inflated-poisson:inflation=0": (lambda x, y: zero_inflated(x, y, 0.0), 100_000),
    "zero-inflated-poisson:inflation=0.15": (lambda x, y: zero_inflated(x, y, 0.15), 100_000),
    "zero-inflated-poisson:inflation=0.5": (lambda x, y: zero_inflated(x, y, 0.5), 100_000),
    "product-noise": (product, 4000),
    "clayton:theta=2": (lambda u, v: clayton(u, v, 2.0), 50_000),
    "gumbel:theta=2.5": (lambda u, v: gumbel(u, v, 2.5), 50_000),
    "frank:theta=5": (lambda u, v: frank(u, v, 5.0), 50_000),
    "frank:theta=-5": (lambda u, v: frank(u, v, -5.0), 50_000),
    "gamma-exponential:shape=0.5": (lambda x, y: gamma_exponential(x, y, 0.5), 50_000),
    "labelled-normal:n_levels=3,separation=1": (lambda x, y: labelled(x, y, 1.0), 4000),
    "rounded:rho=0.6,grid_x=0.5,grid_y=0.5": (lambda x, y: rounded(x, y, 0.6, 0.5), 50_000),
    "censored:rho=0.6": (lambda x, y: censored(x, y, 0.6), 50_000),
}


@pytest.mark.parametrize("label", TRUTHS)
def test_truth_is_the_closed_form(label):
    assert parse(label).truth == pytest.approx(TRUTHS[label], abs=1e-12)


@pytest.mark.parametrize("label", LOG_RATIOS)
def test_truth_is_the_mean_log_density_ratio_of_its_own_samples(label, rng):
    ratio, n = LOG_RATIOS[label]
    distribution = parse(label)
    sample = distribution.sample(n, rng)
    terms = ratio(sample.x[:, 0], sample.y[:, 0])
    assert abs(terms.mean() - distribution.mi) < N_SIGMA * terms.std() / np.sqrt(n)


# integrals and sums done elsewhere, on other grids and other rules
QUADRATURES = {
    "sine:periods=2,noise=0.3": 0.86163210,
    "x-shape:rho=0.9": 0.40844255,
    "product-noise": 0.42034132,
    "censored:rho=0.6": 0.15284368,
    "rounded:rho=0.6,grid_x=0.1,grid_y=0.1": 0.22267561,
    "rounded:rho=0.9,grid_x=0,grid_y=0.5": 0.78865623,
    "labelled-cloud:noise=0.7": 1.00389317,
    "zero-inflated-poisson:inflation=0": 0.30124477,
    "student:dof=3,dim_x=3,dim_y=3": 0.17871185,
    "asinh-student:dof=2,dim_x=3,dim_y=3": 0.29092192,
}


@pytest.mark.parametrize("label", QUADRATURES)
def test_truth_agrees_with_a_quadrature_done_elsewhere(label):
    assert parse(label).mi == pytest.approx(QUADRATURES[label], abs=1e-7)


def test_zero_inflated_poisson_is_not_the_published_upper_bound():
    """(1 - p)·0.3012 counts what no one sees: which zeros were inflated."""
    assert create("zero-inflated-poisson", {"inflation": 0.15}).mi == pytest.approx(
        0.229776, abs=1e-6
    )
    assert create("zero-inflated-poisson", {"inflation": 0.5}).mi == pytest.approx(
        0.11638, abs=1e-5
    )


@pytest.mark.parametrize("label", ["cosine-fork:noise=0.5", "label-fork:n_levels=3"])
def test_a_common_cause_makes_x_and_y_share_its_information(label, rng):
    distribution = parse(label)
    x, y, _ = distribution.sample(20_000, rng)
    if label.startswith("cosine"):
        terms = cosine_fork(x[:, 0], y[:, 0], 0.5)
    else:
        means = 2.0 * np.arange(3)
        a, b = (stats.norm.pdf(v, means) for v in (x, y))
        terms = np.log((a * b).mean(axis=1) / a.mean(axis=1) / b.mean(axis=1))
    assert abs(terms.mean() - distribution.mi) < N_SIGMA * terms.std() / np.sqrt(len(x))


@pytest.mark.parametrize("label", ["chain", "direct:partial=0.5", "collider", "transfer:drive=0.5"])
def test_gaussian_samples_have_the_partial_correlation_of_their_truth(label, rng):
    distribution = parse(label)
    n = 40_000
    rows = np.hstack(distribution.sample(n, rng))
    precision = np.linalg.inv(np.cov(rows.T))
    partial = -precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1])
    truth = np.sqrt(1 - np.exp(-2 * distribution.truth))
    assert abs(abs(partial) - truth) < N_SIGMA / np.sqrt(n)


@pytest.mark.parametrize(
    "label",
    ["random-table:n_levels=5", "symmetric-channel", "erasure-channel", "xor", "label-chain"],
)
def test_labels_occur_as_often_as_their_table_says(label, rng):
    distribution = parse(label)
    sample = distribution.sample(100_000, rng)
    pair = np.column_stack([sample.x, sample.y])

    def entropy(columns):
        counts = np.unique(columns, axis=0, return_counts=True)[1] / len(pair)
        return -counts @ np.log(counts)

    dx = sample.x.shape[1]
    plain = entropy(pair[:, :dx]) + entropy(pair[:, dx:]) - entropy(pair)
    assert plain == pytest.approx(distribution.mi, abs=0.008)


@pytest.mark.parametrize("label", sorted(BUILTIN))
def test_samples_have_the_shapes_and_kinds_they_declare(label, rng):
    distribution = create(label)
    sample = distribution.sample(50, rng)
    kinds = (distribution.kinds_x, distribution.kinds_y, distribution.kinds_z)
    for values, declared in zip(sample, kinds, strict=True):
        if values is None:
            assert declared == ()
            continue
        assert values.shape == (50, len(declared))
        assert values.dtype == np.float64
        assert np.isfinite(values).all()
        for column, kind in zip(values.T, declared, strict=True):
            if kind == "discrete":
                assert (column == np.floor(column)).all()
            if kind == "continuous":
                assert len(np.unique(column)) == 50
    assert (sample.z is None) == (distribution.cmi is None)


@pytest.mark.parametrize("label", sorted(BUILTIN))
def test_a_seed_gives_the_same_sample_again(label):
    first, second = (create(label).sample(20, np.random.default_rng(7)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True) if a is not None)


@pytest.mark.parametrize("name", SUITES)
def test_every_label_of_a_suite_stands_for_a_distribution_with_a_truth(name):
    for label in suite(name).labels:
        assert -1e-12 <= parse(label).truth < 4.0


def test_the_24_families_are_24_and_the_tables_make_36_cells():
    assert len(set(suite("continuous-24").labels)) == 24
    tables = suite("discrete-36")
    assert len(tables.labels) * len(tables.sizes) == 36


def test_margins_are_strictly_increasing():
    from mitool.simulate.margins import MARGINS

    z = np.linspace(-6.0, 6.0, 20_001)
    for name, function in MARGINS.items():
        assert (np.diff(function(z)) > 0).all(), name


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("gausian", "no distribution 'gausian'; did you mean 'gaussian'? there are: absolute"),
        ("gaussian:rho=1", "gaussian: rho must be between -1 and 1, both excluded, got 1.0"),
        ("gaussian:rho=high", "gaussian.rho takes number, got 'high'"),
        ("gaussian:rh=0.5", "gaussian has no parameter 'rh'; did you mean 'rho'?"),
        ("gaussian:rho", "parameters look like KEY=VALUE, got 'rho' in 'gaussian:rho'"),
        ("gaussian:n_pairs=2", "gaussian: n_pairs must be between 0 and 1, got 2"),
        ("gaussian:margins=odd", "gaussian: no margins 'odd'; there are: none, normal-cdf"),
        ("gaussian:dim_x=0", "gaussian: dim_x must be at least 1, got 0"),
        ("student:dof=0", "student: dof must be above 0, got 0.0"),
        (
            "zero-inflated-poisson:inflation=1",
            "zero-inflated-poisson: inflation must be at least 0 and below 1, got 1.0",
        ),
        ("rounded:grid_x=0.001", "rounded: grid_x must be 0 or at least 0.02, got 0.001"),
        ("xor:flip=2", "xor: flip must be between 0 and 1, got 2.0"),
        ("frank:theta=0", "frank: theta must be between -300 and 300 and not 0, got 0.0"),
        ("independent:margin_x=odd", "independent: no margin 'odd'; there are: normal, uniform"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(label, message):
    with pytest.raises(UsageError) as caught:
        parse(label)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_an_unknown_suite_names_those_there_are():
    with pytest.raises(UsageError, match="no suite 'x'; there are: continuous-24, discrete-36"):
        suite("x")


def test_the_listing_names_every_distribution_and_its_truth():
    from mitool.simulate.listing import description, listing

    lines = listing()
    assert [line.split()[0] for line in lines[1:]] == list(BUILTIN)
    assert next(line for line in lines if line.startswith("gaussian ")).split()[3] == "0.2231"
    text = "\n".join(description("student"))
    assert "I(x;y) at the defaults: 0.0424114 nats" in text
    assert "dof        degrees of freedom (number; default 3.0)" in text
    assert description("product-noise")[-1].startswith("I(x;y) at the defaults: 0.420341")
