"""Nearest neighbours: every way of counting is the slow twin, and the estimators are the peers'."""

from __future__ import annotations

import subprocess
import sys

import ennemi
import npeet_plus
import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import psi
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from mitool import parallel
from mitool.errors import MitoolError
from mitool.estimators.ksg import KSG
from mitool.estimators.ross import Ross
from mitool.kernels.digamma import integer_digammas
from mitool.kernels.neighbors import counting, dense, squares, strips, structures
from mitool.kernels.neighbors.margin import FAR, Margin
from mitool.kernels.neighbors.steps import Pairs
from mitool.kernels.neighbors.tree import Tree
from mitool.parallel import threads_inside
from mitool.variables import Variable
from tests.make import variable

ENNEMI = {k: 1e-6 if k > 2 else 2e-5 for k in range(1, 11)}
"""How near ennemi can come: its digamma is an approximation, 1.2e-5 off at 2."""
SPACES = {2: ((0,), (1,)), 3: ((0, 1, 2), (0, 2), (1, 2), (2,))}


def correlated(n, rho=0.6, seed=0, n_dims=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, n_dims))
    return x, rho * x + np.sqrt(1 - rho**2) * rng.standard_normal((n, n_dims))


@pytest.fixture(params=["trees", "pairs"])
def compiled(monkeypatch, request):
    """Take the compiled kernels, however small the job."""
    monkeypatch.setattr(counting.UNCOMPILED, "limit", -1)
    for limit in ("PAIRS_TO_SEARCH", "PAIRS_TO_COUNT"):
        monkeypatch.setattr(structures, limit, 0 if request.param == "trees" else 10**6)


@st.composite
def tied_blocks(draw, n_blocks):
    """Blocks of 1 to 3 columns of the same rows, whose values hardly differ."""
    n = draw(st.integers(3, 60))
    values = st.integers(0, draw(st.sampled_from([1, 4, 30, 10_000]))).map(float)
    return tuple(
        draw(arrays(np.float64, (n, draw(st.integers(1, 3))), elements=values))
        for _ in range(n_blocks)
    )


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("ball", ["open", "closed", "box"])
@settings(deadline=None, max_examples=25)
@given(tied_blocks(2), st.integers(1, 6))
def test_counts_of_two_blocks_are_the_slow_twins(ball, blocks, k):
    k = min(k, len(blocks[0]) - 1)
    expected = reference.neighbor_counts(blocks, SPACES[2], k, ball)
    margins = [Margin(block) for block in blocks]
    assert (counting.neighbor_counts(margins, SPACES[2], k, ball) == expected).all()
    assert (dense.neighbor_counts(blocks, SPACES[2], [(k, ball)])[0] == expected).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("ball", ["open", "closed"])
@settings(deadline=None, max_examples=15)
@given(tied_blocks(3), st.integers(1, 6))
def test_counts_of_three_blocks_are_the_slow_twins(ball, blocks, k):
    k = min(k, len(blocks[0]) - 1)
    expected = reference.neighbor_counts(blocks, SPACES[3], k, ball)
    margins = [Margin(block) for block in blocks]
    assert (counting.neighbor_counts(margins, SPACES[3], k, ball) == expected).all()
    assert (dense.neighbor_counts(blocks, SPACES[3], [(k, ball)])[0] == expected).all()


@pytest.mark.usefixtures("compiled")
@settings(deadline=None, max_examples=15)
@given(tied_blocks(1), st.integers(1, 6))
def test_kth_distance_of_one_margin_is_the_slow_twins(blocks, k):
    (values,) = blocks
    k = min(k, len(values) - 1)
    expected = reference.kth_distance(reference.chebyshev(values), k)
    assert (counting.kth_distance(Margin(values), k) == expected).all()
    assert (Tree.over(Margin(values)).kth_distance(k) == expected).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("ball", ["open", "closed", "box"])
@settings(deadline=None, max_examples=25)
@given(tied_blocks(2), st.sets(st.integers(1, 8), min_size=1, max_size=3))
def test_one_search_for_several_scales_counts_as_one_for_each(ball, blocks, sizes):
    sizes = sorted({min(k, len(blocks[0]) - 1) for k in sizes})
    x, y = (Margin(block) for block in blocks)
    wanted = [(k, each) for k in sizes for each in (ball, "open")]
    for (k, each), found in zip(wanted, counting.counts_at_scales(x, y, wanted), strict=True):
        assert (found == counting.neighbor_counts((x, y), SPACES[2], k, each)).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("ball", ["open", "closed", "box"])
@settings(deadline=None, max_examples=25)
@given(tied_blocks(2), st.sets(st.integers(1, 8), min_size=1, max_size=3), st.randoms())
def test_orders_of_y_taken_together_are_tallied_as_each_by_itself(ball, blocks, sizes, random):
    n = len(blocks[0])
    wanted = [(k, each) for k in sorted({min(k, n - 1) for k in sizes}) for each in (ball, "open")]
    x, y = (Margin(block) for block in blocks)
    orders = [np.array(random.sample(range(n), n)) for _ in range(5)]
    together = list(counting.permuted_tallies(x, y, iter(orders), wanted))
    assert len(together) == len(orders)
    for rows, tallies in zip(orders, together, strict=True):
        moved = Margin(np.ascontiguousarray(blocks[1][rows]))
        for (k, each), tally in zip(wanted, tallies, strict=True):
            counts = counting.neighbor_counts((x, moved), SPACES[2], k, each)
            assert tally.tolist() == np.bincount(counts.reshape(-1)).tolist()


def test_values_far_apart_are_counted_like_others():
    x = np.random.default_rng(2).standard_cauchy(500) ** 9
    x[:2] = -8e307, 8e307
    y = np.append(np.zeros(200), np.linspace(0.0, 1e-310, 300))
    blocks = x[:, None], y[:, None]
    for ball in ("open", "closed", "box"):
        (found,) = strips.neighbor_counts(*map(Margin, blocks), [(3, ball)])
        assert (found == reference.neighbor_counts(blocks, SPACES[2], 3, ball)).all()


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("narrowest", [0, 1, 2, 5])
@settings(deadline=None, max_examples=25)
@given(st.data())
def test_counts_in_squares_are_the_slow_twins_however_wide_the_strips(narrowest, closed, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(squares, "NARROWEST", narrowest)
        n = data.draw(st.integers(1, 80))
        values = st.integers(0, data.draw(st.sampled_from([1, 4, 30, 10_000]))).map(float)
        points = data.draw(arrays(np.float64, (n, 2), elements=values))
        radius = data.draw(arrays(np.float64, n, elements=values | st.just(np.inf)))
        distances = reference.chebyshev(points)
        within = distances <= radius[:, None] if closed else distances < radius[:, None]
        np.fill_diagonal(within, False)
        found = Margin(points).kept(squares.Squares).count(radius, closed=closed)
        assert (found == within.sum(axis=1)).all()


HOSTILE = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "lattice": lambda rng, shape: rng.integers(0, 4, shape).astype(float),
    "copies": lambda rng, shape: rng.permutation(np.repeat(rng.random((shape[0], 1)), shape[1], 1)),
    "heavy tails": lambda rng, shape: rng.standard_cauchy(shape) ** 3,
    "clusters": lambda rng, shape: rng.integers(0, 9, shape) * 1e6 + rng.random(shape),
    "one far off": lambda rng, shape: np.where(rng.random(shape) < 0.004, 1e200, rng.random(shape)),
    "huge": lambda rng, shape: rng.standard_normal(shape) * 1e307,
    "tiny": lambda rng, shape: rng.standard_normal(shape) * 1e-310,
    "labels": lambda rng, shape: FAR * rng.integers(0, 5, shape),
    "many labels": lambda rng, shape: FAR * rng.permutation(np.prod(shape)).reshape(shape),
    "constant": lambda rng, shape: np.ones(shape),
}


@pytest.mark.parametrize("n_rows", [7, 64, 65, 300])
@pytest.mark.parametrize("second", ["normal", "labels"])
@pytest.mark.parametrize("first", HOSTILE)
def test_pairs_in_steps_are_the_slow_twins_to_the_last_bit(first, second, n_rows):
    rng = np.random.default_rng(n_rows)
    blocks = [HOSTILE[name](rng, (n_rows, n_dims)) for name, n_dims in ((first, 3), (second, 2))]
    pairs = Pairs.over(Margin(np.hstack(blocks)))
    apart = [reference.chebyshev(block) for block in blocks]
    joint = np.maximum(*apart)
    for k in (1, 4, n_rows - 1):
        radius = reference.kth_distance(joint, k)
        assert (pairs.kth_distance(k) == radius).all()
        held = joint <= radius[:, None]
        reach = [np.where(held, distances, 0.0).max(axis=1) for distances in apart]
        assert (pairs.extents(radius, 3) == reach).all()
        for others in (radius, rng.permutation(radius), np.full(n_rows, np.inf), 0.0 * radius):
            for closed, within in (
                (True, joint <= others[:, None]),
                (False, joint < others[:, None]),
            ):
                np.fill_diagonal(within, False)
                assert (pairs.count(others, closed=closed) == within.sum(axis=1)).all()


@pytest.mark.parametrize("name", ["normal", "lattice", "copies", "heavy tails", "labels"])
@pytest.mark.parametrize("k", [1, 4, 40])
def test_all_distances_at_once_are_the_slow_twins_in_every_block(name, k):
    points = HOSTILE[name](np.random.default_rng(k), (333, 3))
    assert 333 % (dense._BLOCK // 333)  # several blocks, of which the last is short
    radius = reference.kth_distance(reference.chebyshev(points), k)
    assert (dense.kth_distance(points, k) == radius).all()
    within = reference.chebyshev(points) < radius[:, None]
    np.fill_diagonal(within, False)
    assert (dense.count_within(points, radius, closed=False) == within.sum(axis=1)).all()


def test_pairs_of_permuted_rows_are_those_of_the_rows():
    rng = np.random.default_rng(4)
    points, rows = rng.standard_normal((150, 3)), rng.permutation(150)
    pairs = Pairs.over(Margin(points)).permuted(rows)
    radius = reference.kth_distance(reference.chebyshev(points[rows]), 5)
    assert (pairs.kth_distance(5) == radius).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("n_dims", [1, 2, 5])
@pytest.mark.parametrize("ball", ["open", "box"])
def test_counts_do_not_depend_on_the_number_of_threads(monkeypatch, n_dims, ball):
    x, y = correlated(3001, n_dims=n_dims)
    margins = Margin(x), Margin(y)
    alone = counting.neighbor_counts(margins, SPACES[2], 3, ball)
    (tally,) = counting.tallies_at_scales(*margins, [(3, ball)])
    monkeypatch.setattr(parallel, "ROWS_PER_SLICE", 700)
    with threads_inside(2):
        assert (counting.neighbor_counts(margins, SPACES[2], 3, ball) == alone).all()
        (sliced,) = counting.tallies_at_scales(*margins, [(3, ball)])
        assert (sliced == tally).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("n_dims", [1, 2, 3])
@pytest.mark.parametrize("n_taken", [300, 170])
def test_a_taken_margin_counts_as_a_new_one(n_dims, n_taken):
    x, y = correlated(300, n_dims=n_dims)
    rows = np.random.default_rng(3).permutation(300)[:n_taken]
    whole = Margin(x)
    whole.order if n_dims == 1 else whole.kept(Tree)
    other = Margin(np.ascontiguousarray(y[:n_taken]))
    taken = counting.neighbor_counts((whole.take(rows), other), SPACES[2], 3)
    fresh = counting.neighbor_counts((Margin(np.ascontiguousarray(x[rows])), other), SPACES[2], 3)
    assert (taken == fresh).all()


def test_digamma_of_integers():
    for n in (np.arange(1, 100_000), np.arange(1, 50), np.array([7, 60_000, 1])):
        off = np.abs(integer_digammas(n) - psi(n))
        assert (off <= 5e-16 * np.maximum(1, np.abs(psi(n)))).all()
    assert np.isnan(integer_digammas(np.array([0, 3]))).tolist() == [True, False]


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("n_dims", [1, 2, 4])
def test_ksg_is_the_slow_twin(algorithm, n_dims):
    x, y = correlated(300, n_dims=n_dims)
    for k in (1, 2, 5, 10):
        mi = KSG(k, algorithm)(variable(x), variable(y)).mi
        assert mi == pytest.approx(reference.ksg(x, y, k, algorithm), abs=1e-12)


@pytest.mark.parametrize("k", range(1, 11))
def test_ksg_is_the_peers(k):
    x, y = correlated(500)
    mi = KSG(k)(variable(x), variable(y)).mi
    assert mi == pytest.approx(npeet_plus.mi(x, y, k=k, base=np.e), abs=1e-8)
    peer = mutual_info_regression(x, y[:, 0], n_neighbors=k, random_state=0)[0]
    scaled = (x / x.std(), (y / y.std()))  # scikit-learn scales first
    assert KSG(k)(*map(variable, scaled)).mi == pytest.approx(peer, abs=1e-6)
    peer = ennemi.estimate_mi(y[:, 0], x, k=k, preprocess=False).item()
    assert mi == pytest.approx(peer, abs=ENNEMI[k])


def test_ksg_of_many_dimensions_is_npeets():
    x, y = correlated(300, n_dims=3)
    mi = KSG(4)(variable(x), variable(y)).mi
    assert mi == pytest.approx(npeet_plus.mi(x, y, k=4, base=np.e), abs=1e-8)


@pytest.mark.parametrize("k", [1, 3, 7])
def test_conditional_ksg_is_the_peers(k):
    x, y = correlated(400)
    z = x + y + correlated(400, seed=9)[0]
    ksg = KSG(k)
    mi = ksg.join_given(*(ksg.prepare(variable(v)) for v in (x, y, z))).mi
    assert mi == pytest.approx(npeet_plus.mi(x, y, z=z, k=k, base=np.e), abs=1e-8)
    peer = ennemi.estimate_mi(y[:, 0], x, cond=z, k=k, preprocess=False).item()
    assert mi == pytest.approx(peer, abs=ENNEMI[k])


@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("n_levels", [2, 7])
def test_ross_is_scikit_learns(k, n_levels):
    rng = np.random.default_rng(k)
    labels = rng.integers(0, n_levels, 400)
    labels[:7] = np.arange(100, 107)  # alone in their levels
    y = labels % n_levels + rng.standard_normal(400)
    y /= y.std()
    peer = mutual_info_classif(y[:, None], labels, n_neighbors=k, random_state=0)[0]
    value = Ross(k)(variable(labels, "discrete"), variable(y))
    assert value.mi == pytest.approx(peer, abs=1e-6)
    assert value.facts == {"n_singletons": 7.0}


@pytest.mark.parametrize("k", [1, 2, 5])
def test_ross_is_the_slow_twin_where_levels_are_small(k):
    rng = np.random.default_rng(k)
    labels = rng.integers(0, 40, 120)
    y = rng.standard_normal((120, 1))
    mi = Ross(k)(variable(labels, "discrete"), variable(y)).mi
    assert mi == pytest.approx(reference.ross(labels, y, k), abs=1e-12)


def test_ross_of_many_dimensions_is_its_one_dimensional_self_on_a_line():
    rng = np.random.default_rng(4)
    labels = variable(rng.integers(0, 3, 200), "discrete")
    y = labels.values + rng.standard_normal((200, 1))
    line, plane = variable(y), variable(np.hstack((y, y)))
    assert Ross()(labels, plane).mi == Ross()(labels, line).mi


@pytest.mark.parametrize("compile_", [False, True])
def test_ksg_2_of_four_diagonal_lines(monkeypatch, compile_):
    """Every point has 9 others in each of its half-widths: psi(4) - 1/4 - 2 psi(9) + psi(400)."""
    if compile_:
        monkeypatch.setattr(counting.UNCOMPILED, "limit", -1)
    t = np.arange(100.0)
    x = np.concatenate([t + 200 * rx for rx in (0, 1) for _ in (0, 1)])
    y = np.concatenate([t + 200 * ry for _ in (0, 1) for ry in (0, 1)])
    mi = KSG(n_neighbors=4, algorithm=2)(variable(x), variable(y)).mi
    assert mi == pytest.approx(2.71504874, abs=5e-9)


@pytest.mark.parametrize("estimator", [KSG(), KSG(5, 2), KSG(3, 1)])
def test_order_of_rows_and_of_variables_moves_no_bit(estimator):
    x, y = correlated(1000)
    rows = np.random.default_rng(5).permutation(1000)
    mi = estimator(variable(x), variable(y)).mi
    assert estimator(variable(x[rows]), variable(y[rows])).mi == mi
    assert estimator(variable(y), variable(x)).mi == mi


@pytest.mark.parametrize("algorithm", [1, 2])
def test_local_terms_of_ksg_average_to_the_estimate(algorithm):
    x, y = correlated(700)
    ksg = KSG(3, algorithm)
    pair = ksg.prepare(variable(x)), ksg.prepare(variable(y))
    assert ksg.local(*pair).mean() == pytest.approx(ksg.join(*pair).mi, abs=1e-12)


def test_small_jobs_load_no_compiler_and_yield_the_same_bits():
    code = (
        "import sys, numpy as np\n"
        "from mitool.estimators.ksg import KSG\n"
        "from mitool.variables import Variable\n"
        "v = np.random.default_rng(0).standard_normal((2, 800, 1))\n"
        "x, y = (Variable(('a',), np.ascontiguousarray(c), ('continuous',)) for c in v)\n"
        "print(KSG()(x, y).mi.hex(), 'numba' in sys.modules, 'scipy' in sys.modules)\n"
        "import mitool.kernels.compiled\n"
        "print(KSG()(x, y).mi.hex())\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (small, numba, scipy), (large,) = (line.split() for line in run.stdout.splitlines())
    assert (numba, scipy) == ("False", "False")
    assert small == large


def test_kernels_are_read_without_what_compiles_and_all_the_same_it_compiles():
    code = (
        "import sys, numba, numpy as np\n"
        "from mitool.kernels.neighbors import strips\n"
        "from mitool.kernels.neighbors.margin import Margin\n"
        "x = Margin(np.arange(9.0)[:, None])\n"
        "print(*strips.tallies(x, x, [(2, 'open')])[0])\n"
        "print({'numba.np.linalg', 'scipy.linalg'} & set(sys.modules))\n"
        "dot = numba.njit(lambda a, b: np.dot(a, b))\n"
        "print(dot(np.full((2, 3), 2.0), np.ones((3, 2)))[0, 0])\n"
    )
    for _ in range(2):  # the first may have to compile
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.splitlines() == ["14 4", "set()", "6.0"], found.stderr


def test_a_numba_with_other_private_names_reads_kernels_its_own_way(monkeypatch, tmp_path):
    from mitool.kernels.compiled import Kept

    monkeypatch.setattr(Kept.__base__, "load_overload", lambda *_: "read", raising=False)
    monkeypatch.delattr(Kept.__base__.__base__, "_load_overload")
    assert Kept(test_too_few_rows, str(tmp_path)).load_overload(None, None) == "read"


def test_too_few_rows():
    x, y = correlated(3)
    with pytest.raises(MitoolError, match="ksg with n_neighbors=3 needs more than 3 rows, got 3"):
        KSG()(variable(x), variable(y))
    with pytest.raises(MitoolError, match="each of 3 rows has one of its own"):
        Ross()(variable([0, 1, 2], "discrete"), variable(y))


@pytest.mark.parametrize("make", [lambda: KSG(0), lambda: Ross(0)])
def test_n_neighbors_is_at_least_one(make):
    with pytest.raises(MitoolError, match="n_neighbors must be at least 1, got 0"):
        make()


def test_a_margin_of_one_column_gives_its_values_back(rng) -> None:
    values = np.round(rng.normal(size=(200, 1)), 1)
    rows = rng.permutation(200)[:150]
    margin = Margin.of(Variable(("x",), values, ("continuous",)))
    assert margin.points is None
    assert (margin.values == values).all()
    assert (margin.take(rows).values == values[rows]).all()
    assert (margin.take(rows).ascending == np.sort(values[rows, 0])).all()


def test_columns_with_the_same_line_share_it(rng) -> None:
    columns = [Variable(("x",), rng.permutation(50.0 * np.arange(50))[:, None], ("continuous",))]
    columns.append(columns[0].permute(rng.permutation(50)))
    one, other = (Margin.of(column) for column in columns)
    assert one.ascending is other.ascending


def test_the_compiler_is_loaded_at_once_where_much_is_ahead(monkeypatch):
    monkeypatch.setattr(counting.UNCOMPILED, "spent", 0)
    counting.announce(50, 100)
    assert counting.UNCOMPILED.spent == 0
    counting.announce(999, 1000)
    assert counting.UNCOMPILED.spent == counting.UNCOMPILED.limit


@pytest.mark.parametrize("n", [40, 600])
def test_scales_under_a_condition_are_those_of_one_search_each(rng, n):
    """Without the compiler and with it."""
    parts = [KSG().prepare(variable(rng.standard_normal((n, d)))) for d in (1, 1, 2)]
    found = KSG().at_scales((3, 5, 9), *parts)
    assert found == tuple(KSG(k).join_given(*parts).mi for k in (3, 5, 9))
    assert KSG().at_scales((), *parts) == ()
