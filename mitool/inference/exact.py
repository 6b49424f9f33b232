"""Tests of independence in a table of counts, without resampling."""

from __future__ import annotations

import numpy as np

from mitool.errors import MitoolError
from mitool.inference.contingency import Table, plugin_mi
from mitool.inference.permutation import TIE
from mitool.result import Test
from mitool.variables import Rows, Vector

MAX_TABLES = 2_000_000
FEW, LEAST, FEW_SHARE = 5, 1, 0.2
"""Cochran (1954), doi:10.2307/3001616: χ² holds where at most a fifth of the cells expect fewer
than 5 rows, and none fewer than 1. Where this fails, tests at level .05 rejected from .00 (12 × 12
levels by Zipf's law, 60 rows) to .27 (10 × 10 even levels, 200 rows) of independent tables, and
.03 to .09 where it holds."""


def g_test(table: Table) -> Test:
    """Likelihood-ratio test: 2 n I is asymptotically χ² under independence."""
    from scipy.special import chdtrc

    if table.degrees == 0:
        return Test(1.0, "g-test")
    return Test(float(chdtrc(table.degrees, 2.0 * table.n * plugin_mi(table))), "g-test")


def few_expected(table: Table) -> tuple[int, int] | None:
    """Give how many cells of how many expect too few rows for χ²; None where it holds."""
    n_few, n_cells = table.n_expecting_fewer(FEW)
    holds = n_few <= FEW_SHARE * n_cells and not table.n_expecting_fewer(LEAST)[0]
    return None if holds else (n_few, n_cells)


def exact_test(table: Table) -> Test:
    """Sum the probabilities of all tables of these margins whose MI is at least the observed.

    Freeman & Halton (1951), ordered by MI instead of by probability; for a table of 2 × 2 it is
    Fisher's exact test in that order.
    """
    from scipy.special import gammaln

    n_x, n_y = table.n_xz, table.n_yz
    if len(n_y) > len(n_x):
        n_x, n_y = n_y, n_x
    log_factorials = gammaln(np.arange(table.n + 1) + 1.0)
    constant = log_factorials[n_x].sum() + log_factorials[n_y].sum() - log_factorials[table.n]
    sums, log_weights = _all_tables(n_x, n_y, log_factorials)
    observed = float(np.sum(_xlogx(table.n)[table.counts]))
    reached = sums >= observed - TIE * max(1.0, observed)
    p = float(np.exp(log_weights[reached] + constant).sum())
    return Test(min(p, 1.0), "exact")


def _xlogx(largest: int) -> Vector:
    values = np.arange(largest + 1.0)
    values[1:] *= np.log(values[1:])
    return values


def _all_tables(n_x: Rows, n_y: Rows, log_factorials: Vector) -> tuple[Vector, Vector]:
    """Σ n log n and -Σ log n! of every table of the margins, built cell by cell."""
    xlogx = _xlogx(int(n_x.sum()))
    left = n_y[None, :]  # what each column still has to give, one partial table a row
    sums, weights = np.zeros(1), np.zeros(1)
    for total in n_x[:-1]:
        row_left = np.full(len(left), total)
        for column in range(len(n_y)):
            last = column == len(n_y) - 1
            room = left[:, column + 1 :].sum(axis=1)
            fewest = row_left if last else np.maximum(row_left - room, 0)
            most = row_left if last else np.minimum(left[:, column], row_left)
            parent, count = _expanded(fewest, most)
            left, row_left = left[parent], row_left[parent] - count
            left[:, column] -= count
            sums = sums[parent] + xlogx[count]
            weights = weights[parent] - log_factorials[count]
    return sums + xlogx[left].sum(axis=1), weights - log_factorials[left].sum(axis=1)


def _expanded(fewest: Rows, most: Rows) -> tuple[Rows, Rows]:
    """Every partial table with every count its next cell may take."""
    choices = most - fewest + 1
    n_tables = int(choices.sum())
    if n_tables > MAX_TABLES:
        raise MitoolError(
            f"an exact test of this table would visit more than {MAX_TABLES} tables; "
            "use --permutations 999"
        )
    parent = np.repeat(np.arange(len(choices)), choices)
    ends = np.cumsum(choices)
    return parent, fewest[parent] + np.arange(n_tables) - np.repeat(ends - choices, choices)
