"""Principe, Xu, Zhao & Fisher (2000), doi:10.1023/A:1008143417156: Cauchy-Schwarz quadratic MI.

The estimator and its use: Yu, Yu, Løkse, Jenssen & Principe (2024), arXiv:2404.17951. HSIC from
the same sums: Gretton, Bousquet, Smola & Schölkopf (2005), doi:10.1007/11564089_7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log, log1p, sqrt
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.kernels.gram.bandwidth import Rule, check, check_tolerance
from mitool.kernels.gram.clouds import Cloud, together
from mitool.kernels.gram.moments import Moments, log_error, moments
from mitool.kernels.gram.side import Side, widths
from mitool.kernels.gram.sums import row_sums
from mitool.variables import Kind, Variable, Vector

BANDWIDTH = "kernel width, in the units after the transform: a number, median or silverman"
TOLERANCE = "largest certified error, in nats, of an approximation by low rank"
FEWEST_UNBIASED = 4


@dataclass(frozen=True)
class _KernelPair(Estimator):
    """What Cauchy-Schwarz MI and HSIC share: kernels, sums, exactness."""

    accepts: ClassVar[Accepted] = ANY
    joint_labels: ClassVar[bool] = True
    default_transform: ClassVar[str] = "standard"
    family: ClassVar[str] = "kernel"
    replacement: ClassVar[bool] = False
    cost: ClassVar[str] = "time n² d, or n r² by low rank r; memory n"

    bandwidth: float | Rule = field(default="median", metadata={"help": BANDWIDTH})
    unbiased: bool = field(default=False, metadata={"help": "the U-statistic, which can be < 0"})
    exact: bool = field(default=False, metadata={"help": "all pairs, never low rank"})
    tolerance: float = field(default=1e-6, metadata={"help": TOLERANCE})

    def __post_init__(self) -> None:
        check(self.bandwidth)
        check_tolerance(self.tolerance)

    def prepare(self, x: Variable) -> Side:
        """Choose the bandwidth, merge equal rows."""
        return Side.of(x, self.bandwidth)

    def _moments(self, x: Side, y: Side) -> Moments:
        if self.unbiased and len(x) < FEWEST_UNBIASED:
            raise MitoolError(f"the unbiased form needs at least 4 rows, got {len(x)}")
        return moments(x, y, None if self.exact else self.tolerance)


@dataclass(frozen=True)
class CSQMI(_KernelPair):
    """Cauchy-Schwarz divergence between p(x,y) and p(x)p(y), by kernels; not Shannon's MI.

    D = log ∫p² ∫q² / (∫pq)², without a factor ½; Gaussian kernels for numbers, equality for
    labels. Its value depends on the bandwidth, which is always reported.
    """

    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    estimand: ClassVar[str] = "cs_qmi"
    bibtex: ClassVar[str] = (
        "@article{yu2024cauchy, title={Cauchy-Schwarz Divergence Information Bottleneck for "
        "Regression}, author={Yu, Shujian and Yu, Xi and L{\\o}kse, Sigurd and Jenssen, Robert and "
        "Principe, Jose C.}, journal={ICLR}, year={2024}}"
    )

    def join(self, x: Side, y: Side) -> Value:
        """The V-statistic or the U-statistic; the other one is in ``extras``."""
        means = self._moments(x, y)
        v = _statistics(means, unbiased=False)
        values = {"v_statistic": _cauchy_schwarz(v)}
        if means.n >= FEWEST_UNBIASED:
            values["u_statistic"] = _cauchy_schwarz(_statistics(means, unbiased=True))
        chosen = "u_statistic" if self.unbiased else "v_statistic"
        mi = values.pop(chosen)
        facts = _facts(x, y, means) | _normalized(means) | {"hsic": v.hsic}
        bound = None
        if means.ranks is not None:
            bound = _statistics(means, unbiased=self.unbiased).log_error
        return Value(mi, extras=values, facts=facts, error_bound=bound)

    def join_given(self, x: Side, y: Side, z: Side) -> Value:
        """Cauchy-Schwarz divergence between p(x,y|z) and p(x|z)p(y|z), all weighted by p(z)²."""
        xz, yz = together(x.points, z.points), together(y.points, z.points)
        xyz = together(x.points, yz)
        m = _sums_at_rows(z.points) / len(x)
        a, b, e = (_sums_at_rows(c) / len(x) for c in (xz, yz, xyz))
        ab = a * b
        mi = log(e @ m**2) + log(np.sum(ab**2 / e)) - 2.0 * log(m @ ab)
        return Value(mi, facts=widths(x, y, z))


def _sums_at_rows(points: Cloud) -> Vector:
    return row_sums(points, points.counts)[points.index]


@dataclass(frozen=True)
class HSIC(_KernelPair):
    """Hilbert-Schmidt independence criterion s1 + s2 - 2 s3: a plain number, not information."""

    estimand: ClassVar[str] = "hsic"
    has_unit: ClassVar[bool] = False
    bibtex: ClassVar[str] = (
        "@inproceedings{gretton2005measuring, title={Measuring Statistical Dependence with "
        "Hilbert-Schmidt Norms}, author={Gretton, Arthur and Bousquet, Olivier and Smola, Alex and "
        'Sch{\\"o}lkopf, Bernhard}, booktitle={ALT}, year={2005}}'
    )

    def join(self, x: Side, y: Side) -> Value:
        """The V-statistic, or the U-statistic."""
        means = self._moments(x, y)
        s = _statistics(means, unbiased=self.unbiased)
        facts = _facts(x, y, means) | {"cs_qmi_nats": _cauchy_schwarz(s)}
        bound = None if means.ranks is None else s.error1 + s.error2 + 2.0 * s.error3
        return Value(s.hsic, facts=facts, error_bound=bound)


@dataclass(frozen=True)
class _Statistics:
    """s1, s2, s3 of the definition, and bounds on their errors."""

    s1: float
    s2: float
    s3: float
    error1: float
    error2: float
    error3: float

    @property
    def hsic(self) -> float:
        return self.s1 + self.s2 - 2.0 * self.s3

    @property
    def log_error(self) -> float:
        """A bound on the error of log s1 + log s2 - 2 log s3."""
        first, second = log_error(self.s1, self.error1), log_error(self.s2, self.error2)
        return first + second + 2.0 * log_error(self.s3, self.error3)


def _statistics(means: Moments, *, unbiased: bool) -> _Statistics:
    """Means with the diagonal (V), or sums over different indices only (U)."""
    n = float(means.n)
    error_t, error_k, error_q, error_kq = means.errors
    error2 = error_k * means.q + error_q * means.k + error_k * error_q
    if not unbiased:
        return _Statistics(means.kq, means.k * means.q, means.rc, error_t, error2, error_kq)
    two, three = n * (n - 1.0), n * (n - 1.0) * (n - 2.0)
    four = three * (n - 3.0)
    t = n**2 * means.kq - n
    k, q = n**2 * means.k - n, n**2 * means.q - n
    kq = n**3 * means.rc - k - q - n
    error_t *= n**2
    error_kq = n**3 * error_kq + n**2 * (error_k + error_q)
    return _Statistics(
        t / two,
        (k * q - 4.0 * kq + 2.0 * t) / four,
        (kq - t) / three,
        error_t / two,
        (n**4 * error2 + 4.0 * error_kq + 2.0 * error_t) / four,
        (error_kq + error_t) / three,
    )


def _cauchy_schwarz(s: _Statistics) -> float:
    """Give log s1 + log s2 - 2 log s3, without cancelling near independence; NaN if none."""
    if s.s1 <= 0 or s.s2 <= 0 or s.s3 <= 0:
        return float("nan")
    return log1p((s.s1 * s.s2 - s.s3 * s.s3) / (s.s3 * s.s3))


def _normalized(means: Moments) -> dict[str, float]:
    """I(x;y) / √(I(x;x) I(y;y)), of the V-statistics, where the sums of each alone are known."""
    if means.normalizers is None:
        return {}
    kk, rr, qq, cc = means.normalizers
    own_x = log(kk) + 2.0 * log(means.k) - 2.0 * log(rr)
    own_y = log(qq) + 2.0 * log(means.q) - 2.0 * log(cc)
    value = log(means.kq) + log(means.k * means.q) - 2.0 * log(means.rc)
    return {"normalized": value / sqrt(own_x * own_y)} if own_x > 0 and own_y > 0 else {}


def _facts(x: Side, y: Side, means: Moments) -> dict[str, float]:
    ranks = means.ranks or (len(x.points), len(y.points))
    return widths(x, y) | {"rank_x": float(ranks[0]), "rank_y": float(ranks[1])}
