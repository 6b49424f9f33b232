"""Ince et al. (2017), doi:10.1002/hbm.23471, for labels: a Gaussian of the scores in each level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators import load
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.kernels.counts.coded import Coded, code_rows
from mitool.kernels.types import Counts
from mitool.variables import Matrix, Rows, Variable, Vector

DEPENDENT = 1e-10


@dataclass(frozen=True)
class GaussianMixture(Estimator):
    """Information of labels about numbers that are Gaussian within each label, by normal scores.

    The mean log of the fitted density within the label over that of the mixture: never above the
    entropy of the labels but for the correction.

    The paper has two others: entropies of one Gaussian and of one a label (a lower bound for one
    column of numbers), and a Gaussian mixture by medians of the numbers as they are. On 15 mixtures
    of 2 to 5 labels with 1 to 3 columns, root mean square errors are 0.07, 0.10 and 0.11 nats with
    100 rows and 0.04, 0.08 and 0.08 with 1000 for this one, the first and the second; labels that
    turn the sign of a correlation of 0.9 are found 0.40 nats too high by the first.
    """

    bias_correction: bool = field(
        default=True,
        metadata={"help": "subtract parameters / 2n, the expected bias of independent rows"},
    )

    accepts: ClassVar[Accepted] = frozenset({("continuous", "discrete")})
    default_transform: ClassVar[str] = "normal"
    replacement: ClassVar[bool] = True
    family: ClassVar[str] = "gaussian"
    bibtex: ClassVar[str] = load("gcmi").bibtex
    cost: ClassVar[str] = "O(n d² levels) time, O(n (d + levels)) memory"

    def prepare(self, x: Variable) -> Variable | Coded:
        """Code labels; leave numbers as they are."""
        return code_rows(x.values) if x.kind == "discrete" else x

    def join(self, x: Variable, y: Coded) -> Value:
        """Estimate from prepared numbers and prepared labels of the same rows."""
        facts = {"levels": y.n_seen, "smallest_level": int(y.counts[y.counts > 0].min())}
        return Value(float(self.local(x, y).mean()), facts=facts)

    def local(self, x: Variable, y: Coded) -> Vector:
        """Give the local terms, shape (n,): log density ratios, less the share of the bias."""
        n, d = x.values.shape
        if y.n_seen < 2:
            return np.zeros(n)
        counts, (_, level) = y.counts[y.counts > 0], np.unique(y.codes, return_inverse=True)
        log_densities = self._log_densities(x, level, counts)
        within = log_densities[np.arange(n), level]
        weighted = log_densities + np.log(counts / n)
        top = weighted.max(axis=1)
        terms: Vector = within - top - np.log(np.exp(weighted - top[:, None]).sum(axis=1))
        n_parameters = (len(counts) - 1) * d * (d + 3) / 2.0
        return terms - n_parameters / (2.0 * n) if self.bias_correction else terms

    def _log_densities(self, x: Variable, level: Rows, counts: Counts) -> Matrix:
        """Give the log density of each row under each level's Gaussian, up to a constant."""
        out = np.empty((len(x), len(counts)))
        scale = np.abs(x.values).max(axis=0, initial=0.0)
        values = x.values / np.where(scale > 0.0, scale, 1.0)  # units must not matter
        for k, count in enumerate(counts):
            own = values[level == k]
            if count < x.n_dims + 2:
                raise MitoolError(
                    f"a level has {count} rows, and a Gaussian of {x.name!r} needs at least "
                    f"{x.n_dims + 2}; group rare levels, or use -e ross"
                )
            factor = _factor(own - own.mean(axis=0), x.name)
            away = np.linalg.solve(factor, (values - own.mean(axis=0)).T)
            out[:, k] = -0.5 * (away**2).sum(axis=0) - np.log(np.diag(factor)).sum()
        return out


def _factor(centred: Matrix, name: str) -> Matrix:
    """Give the lower triangle whose square is the covariance of the columns, of shape (d, d)."""
    triangle = np.linalg.qr(centred).R.T / np.sqrt(len(centred))
    sizes = np.abs(np.diag(triangle))
    if sizes.min() <= DEPENDENT:
        raise MitoolError(
            f"within a level, columns of {name!r} are constant or follow from others: their "
            "mutual information is infinite under a Gaussian; use -e ross"
        )
    lower: Matrix = triangle * np.sign(np.diag(triangle))
    return lower
