"""The data of the cases, and what estimates from it: mitool, and other programs as their makers
would use them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable

import numpy as np

RHO = 0.6
TRUTH = -0.5 * np.log(1 - RHO**2)
MILCA = "MILCA"
"""The environment variable that names the library of MILCA, where somebody has compiled it."""


def correlated(n: int, d: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """d independent pairs of correlation 0.6, scaled to unit variance, as scikit-learn would."""
    rng = np.random.default_rng(n + d)
    x = rng.standard_normal((n, d))
    y = RHO * x + np.sqrt(1 - RHO**2) * rng.standard_normal((n, d))
    return x / x.std(axis=0), y / y.std(axis=0)


def variable(values: np.ndarray):
    from mitool.variables import Variable

    names = tuple(f"c{j}" for j in range(values.shape[1]))
    return Variable(names, np.ascontiguousarray(values), ("continuous",) * len(names))


def hard(name: str, n: int = 10_000) -> tuple[np.ndarray, np.ndarray]:
    """Two columns in which neighbours are as near in some places as they are far in others."""
    rng = np.random.default_rng(n)
    normal, centres = rng.standard_normal((2, n)), rng.standard_normal((2, 20))
    x, y = {
        "Cauchy": lambda: rng.standard_cauchy((2, n)),
        "lognormal(4)": lambda: np.exp(4 * normal),
        "20 clusters": lambda: 1e-4 * normal + centres[:, rng.integers(0, 20, n)],
    }[name]()
    return (x / x.std())[:, None], (y / y.std())[:, None]


def mitool_ksg(
    x: np.ndarray, y: np.ndarray, k: int = 3, given: np.ndarray | None = None, **more: object
) -> float:
    import mitool

    how = {"params": {"n_neighbors": k}, "transform": "none", "n_jobs": 1} | more
    return mitool.estimate(x, y, "ksg", given=given, **how).mi


def bare_ksg(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    """The estimator itself: no checks of the data, no notes."""
    from mitool.estimators.ksg import KSG

    return KSG(k)(variable(x), variable(y)).mi


# The other programs, each as its makers would use it


def of_sklearn(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    from sklearn.feature_selection import mutual_info_regression

    return mutual_info_regression(x, y[:, 0], n_neighbors=k, random_state=0)[0]


def of_ennemi(x: np.ndarray, y: np.ndarray, k: int = 3, z: np.ndarray | None = None) -> float:
    import ennemi

    found = ennemi.estimate_mi(y[:, 0], x, k=k, cond=z, preprocess=False, max_threads=1)
    return found.item()


def of_npeet(x: np.ndarray, y: np.ndarray, k: int = 3, z: np.ndarray | None = None) -> float:
    import npeet_plus

    return npeet_plus.mi(x, y, z=z, k=k, base=np.e)


def _from_counts(n_x: np.ndarray, n_y: np.ndarray, k: int) -> float:
    from scipy.special import psi

    return psi(k) + psi(len(n_x)) - np.mean(psi(n_x) + psi(n_y))


def by_sklearn_trees(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    from sklearn.neighbors import KDTree

    both = np.hstack((x, y))
    far = KDTree(both, metric="chebyshev").query(both, k=k + 1)[0][:, -1]
    within = np.nextafter(far, 0)
    counts = (
        KDTree(v, metric="chebyshev").query_radius(v, within, count_only=True) for v in (x, y)
    )
    return _from_counts(*counts, k)


def by_scipy_trees(x: np.ndarray, y: np.ndarray, k: int = 3) -> float:
    from scipy.spatial import cKDTree

    both = np.hstack((x, y))
    far = cKDTree(both).query(both, k=[k + 1], p=np.inf)[0][:, 0]
    within = np.nextafter(far, 0)
    counts = (cKDTree(v).query_ball_point(v, within, p=np.inf, return_length=True) for v in (x, y))
    return _from_counts(*counts, k)


def milca(x: np.ndarray, y: np.ndarray, k: int = 3) -> Callable[[], float]:
    """The estimator of MILCA by algorithm 1, in this process.

    Columns are scaled and digammas tabulated beforehand, as its own program does; each run has a
    copy of the columns, which it puts into another order.
    """
    from scipy.special import digamma

    library = ctypes.CDLL(os.environ[MILCA])
    estimate = library._Z8mic_xnynPPdiiiiS_S_S_  # mic_xnyn, under its name in C++
    columns = np.hstack((x, y)).T
    columns = (columns - columns.mean(1, keepdims=True)) / columns.std(1, ddof=1, keepdims=True)
    columns -= columns.min(1, keepdims=True)
    n = len(x)
    scale, psi = (n - 5) / columns.max(1), digamma(np.arange(n + 1))  # psi[0] is not read
    numbers = ctypes.POINTER(ctypes.c_double)

    def at(array: np.ndarray) -> object:
        return array.ctypes.data_as(numbers)

    def program() -> float:
        ordered, mi = np.array(columns, order="C"), ctypes.c_double()
        rows = (numbers * len(ordered))(*map(at, ordered))
        dims = x.shape[1], y.shape[1]
        estimate(rows, *dims, n, k, at(psi), at(scale), ctypes.byref(mi))
        return mi.value

    return program
