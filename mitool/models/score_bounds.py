"""Bounds of I(X; Y) from scores of pairs, for some contexts and the samples they own.

``infonce``: van den Oord, Li & Vinyals (2018), arXiv:1807.03748. ``dv``: Donsker & Varadhan (1983),
doi:10.1002/cpa.3160360204. ``nwj``: Nguyen, Wainwright & Jordan (2010),
doi:10.1109/TIT.2010.2068870. ``tuba``, ``included`` and ``leave-one-out``: Poole et al. (2019),
arXiv:1905.06922. ``smile``: Song & Ermon (2020), arXiv:1910.06222. ``club``: Cheng et al. (2020),
arXiv:2006.12013.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np

from mitool.models.finding import NumberKind
from mitool.models.pairing import N_PARTS, Places
from mitool.models.score_sums import ScoreSums, log_sums
from mitool.variables import Vector


@dataclass(frozen=True, eq=False)
class Pool:
    """What is known of some contexts and their samples, of the pairs among them alone.

    ``positives`` (n_samples,) are the scores of the pairs; ``over_contexts`` and, where each
    context has one sample, ``over_samples`` the logs of the sums of exp over the other contexts of
    a sample and over the other samples of its context. ``log_total``, ``log_clipped`` and
    ``plain`` are the sums over all pairs of different contexts: the first two in logs.
    """

    n_contexts: int
    positives: Vector
    over_contexts: Vector
    over_samples: Vector | None
    log_total: float
    log_clipped: float
    plain: float

    @property
    def n_pairs(self) -> int:
        """How many pairs of a sample and another context there are."""
        return len(self.positives) * (self.n_contexts - 1)

    @property
    def mean(self) -> float:
        """The mean score of a pair."""
        return float(self.positives.mean())

    @classmethod
    def of(cls, sums: ScoreSums, parts: tuple[int, ...] = tuple(range(N_PARTS))) -> Pool:
        """Take the contexts of some parts, and all of them as they stand."""
        pairing, some = sums.pairing, list(parts)
        contexts, samples = pairing.members(parts)
        of_rows = log_sums(sums.rows[contexts][:, some], axis=1)
        square = pairing.is_square
        clipped = float(sums.clipped_rows[contexts][:, some].sum())
        return cls(
            len(contexts),
            sums.positives[samples],
            log_sums(sums.columns[some][:, samples], axis=0),
            of_rows[_places(contexts, pairing.owner[samples])] if square else None,
            float(log_sums(of_rows[None], axis=1)[0]),
            log(clipped) if clipped else -inf,
            float(sums.plain_rows[contexts][:, some].sum()),
        )


def _places(sorted_names: Places, wanted: Places) -> Places:
    return np.searchsorted(sorted_names, wanted)


def infonce_columns(pool: Pool) -> float:
    """Log N + mean of S_jj - log Σ_i exp S_ij."""
    own = pool.positives
    return log(pool.n_contexts) + float(np.mean(own - np.logaddexp(own, pool.over_contexts)))


def infonce_rows(pool: Pool) -> float:
    """Log N + mean of S_ii - log Σ_j exp S_ij."""
    assert pool.over_samples is not None
    own = pool.positives
    return log(pool.n_contexts) + float(np.mean(own - np.logaddexp(own, pool.over_samples)))


def leave_one_out(pool: Pool) -> float:
    """Mean of S_jj - log mean_{i≠j} exp S_ij."""
    return log(pool.n_contexts - 1) + float(np.mean(pool.positives - pool.over_contexts))


def leave_one_out_rows(pool: Pool) -> float:
    """Mean of S_ii - log mean_{j≠i} exp S_ij."""
    assert pool.over_samples is not None
    return log(pool.n_contexts - 1) + float(np.mean(pool.positives - pool.over_samples))


def dv(pool: Pool) -> float:
    """Mean S_ii - log mean_{i≠j} exp S_ij."""
    return pool.mean - (pool.log_total - log(pool.n_pairs))


def nwj(pool: Pool) -> float:
    """Mean S_ii - exp(-1) mean_{i≠j} exp S_ij."""
    return pool.mean - _exp(pool.log_total - log(pool.n_pairs) - 1.0)


def tuba(pool: Pool) -> float:
    """1 + mean S_ii - mean_{i≠j} exp S_ij: baseline 1."""
    return 1.0 + pool.mean - _exp(pool.log_total - log(pool.n_pairs))


def smile(pool: Pool) -> float:
    """Mean S_ii - log mean_{i≠j} exp clip(S_ij)."""
    return pool.mean - (pool.log_clipped - log(pool.n_pairs))


def club(pool: Pool) -> float:
    """Mean S_ii - mean_{i≠j} S_ij."""
    return pool.mean - pool.plain / pool.n_pairs


def _exp(power: float) -> float:
    return exp(power) if power < 709.0 else inf


@dataclass(frozen=True)
class Bound:
    """What a bound is: its formula, along the columns and, if it has an axis, along the rows.

    ``kind`` is what it is where the critic may be any; one of log-densities is an upper bound
    only if they are those that the samples were drawn from.
    """

    kind: NumberKind
    along_columns: Callable[[Pool], float]
    along_rows: Callable[[Pool], float] | None = None
    of_densities: bool = False
    has_ceiling: bool = False


BOUNDS = {
    "infonce": Bound("lower", infonce_columns, infonce_rows, has_ceiling=True),
    "dv": Bound("estimate", dv),
    "nwj": Bound("lower", nwj),
    "tuba": Bound("lower", tuba),
    "smile": Bound("estimate", smile),
    "included": Bound("lower", infonce_columns, infonce_rows, of_densities=True, has_ceiling=True),
    "leave-one-out": Bound("upper", leave_one_out, leave_one_out_rows, of_densities=True),
    "club": Bound("upper", club, of_densities=True),
}
"""Every bound by its name, in the order of the report."""
