"""Matrices of pairs beside other programs, and beside their pairs one by one."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from benchmarks.cases import Case, Programs

N_PAIRS = 44_850  # of 300 columns
N_SAMPLED = 100  # of them: what the slower program is timed on


def table_of_numbers() -> np.ndarray:
    rng = np.random.default_rng(5)
    table = rng.standard_normal((1000, 40)) + rng.standard_normal((1000, 1))
    return table / table.std(axis=0)


def matrix_of_numbers(n_jobs: int = 1) -> np.ndarray:
    import mitool

    found = mitool.matrix(table_of_numbers(), estimator="ksg", transform="none", n_jobs=n_jobs)
    return np.array([estimate.mi for estimate in found])


def pairs_of_numbers() -> Programs:
    table = table_of_numbers()

    def ennemi_matrix() -> np.ndarray:
        import ennemi

        found = ennemi.pairwise_mi(table, k=3, preprocess=False, max_threads=1)
        return found[np.triu_indices(table.shape[1], 1)]

    return {"mitool": matrix_of_numbers, "ennemi": ennemi_matrix}


def sampled_pairs(n_columns: int) -> tuple[range, list[tuple[int, int]]]:
    """The places of some pairs of columns among all, and those pairs."""
    pairs = list(combinations(range(n_columns), 2))
    places = range(0, len(pairs), len(pairs) // N_SAMPLED)[:N_SAMPLED]
    return places, [pairs[place] for place in places]


def all_and_each(estimator: str) -> Programs:
    """All pairs of 300 columns together, against a sample of them one by one."""
    import mitool

    table = np.random.default_rng(8).standard_normal((300, 300))
    places, pairs = sampled_pairs(table.shape[1])

    def mitool_matrix() -> np.ndarray:
        found = mitool.matrix(table, estimator=estimator, n_jobs=1)
        return np.array([found[i].mi for i in places])

    def one_by_one() -> np.ndarray:
        each = ((table[:, column] for column in pair) for pair in pairs)
        return np.array([mitool.estimate(x, y, estimator).mi for x, y in each])

    return {"mitool": mitool_matrix, "estimate, pair by pair": one_by_one}


@cache
def table_of_labels(n_rows: int, n_levels: int) -> np.ndarray:
    rng = np.random.default_rng(6)
    shared = rng.integers(0, n_levels, (n_rows, 1))
    noise = rng.integers(0, n_levels, (n_rows, 300))
    return np.where(rng.random((n_rows, 300)) < 0.3, shared, noise)


def sklearn_pairs_of_labels(table: np.ndarray) -> np.ndarray:
    """A sample of all pairs of columns, in a loop."""
    from sklearn.metrics import mutual_info_score

    _, pairs = sampled_pairs(table.shape[1])
    return np.array([mutual_info_score(*(table[:, column] for column in pair)) for pair in pairs])


def pairs_of_labels(n_rows: int, n_levels: int) -> Programs:
    """All pairs of 300 columns, against a sample of them."""
    import mitool

    table = table_of_labels(n_rows, n_levels)
    places, _ = sampled_pairs(table.shape[1])

    def mitool_matrix() -> np.ndarray:
        found = mitool.matrix(table, estimator="plugin", n_jobs=1)
        return np.array([found[i].mi for i in places])

    return {"mitool": mitool_matrix, "scikit-learn": lambda: sklearn_pairs_of_labels(table)}


def counted_pairs_of_labels(n_rows: int, n_levels: int) -> Programs:
    """The contingency tables of all pairs, and nothing else, against estimates of a sample."""
    from mitool.estimators.plugin import Plugin
    from mitool.kernels.counts.crossings import tables_with_each
    from mitool.variables import Variable

    table = table_of_labels(n_rows, n_levels).astype(float)
    columns = [
        Plugin().prepare(Variable((f"c{j}",), np.ascontiguousarray(column[:, None]), ("discrete",)))
        for j, column in enumerate(table.T)
    ]

    def mitool_counts() -> float:
        for j in range(len(columns) - 1):
            for _ in tables_with_each(columns[j], columns[j + 1 :]):
                pass
        return np.nan

    return {"mitool": mitool_counts, "scikit-learn": lambda: sklearn_pairs_of_labels(table)}


SAMPLED_LABELS = {"scikit-learn": N_PAIRS / N_SAMPLED}

MATRICES = [
    Case("matrix of 780 pairs", "n = 1,000", pairs_of_numbers, 7, n_pairs=780),
    *(
        Case(
            f"matrix of 300 columns, `{estimator}`",
            "n = 300",
            lambda estimator=estimator: all_and_each(estimator),
            3,
            scale={"estimate, pair by pair": N_PAIRS / N_SAMPLED},
            n_pairs=N_PAIRS,
        )
        for estimator in ("ksg", "auto", "bins")
    ),
    *(
        Case(
            f"matrix of 300 columns, `plugin`, {n_levels} levels",
            f"n = {n:,}",
            lambda n=n, n_levels=n_levels: pairs_of_labels(n, n_levels),
            repeats,
            scale=SAMPLED_LABELS,
            n_pairs=N_PAIRS,
        )
        for n, n_levels, repeats in ((1000, 7, 3), (100_000, 16, 1))
    ),
    Case(
        "the same, counting alone, 7 levels",
        "n = 1,000",
        lambda: counted_pairs_of_labels(1000, 7),
        scale=SAMPLED_LABELS,
        n_pairs=N_PAIRS,
        new=True,
    ),
]
