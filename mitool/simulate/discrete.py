"""Labels and nothing else: truths by enumerating the joint table."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np
from scipy.special import ndtri

from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import Distribution, Sample, check_share, column
from mitool.simulate.quadrature import table_information
from mitool.variables import Kind, Matrix


def binary_entropy(p: float) -> float:
    """Give the entropy of one of two outcomes, in nats."""
    return -sum(q * log(q) for q in (p, 1.0 - p) if q > 0.0)


class Table(Distribution):
    """Base of two label columns with a known joint table."""

    def joint(self) -> Matrix:
        """Give the probabilities, one row a label of x."""
        raise NotImplementedError

    @property
    def mi(self) -> float:
        """Enumeration."""
        return table_information(self.joint())

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """A label."""
        return ("discrete",)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """A label."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        joint = self.joint()
        edges = np.cumsum(joint.ravel())[:-1]  # a rounding error in the total falls to the last
        x, y = np.divmod(np.searchsorted(edges, rng.uniform(size=n), side="right"), joint.shape[1])
        return Sample(column(x), column(y))


@dataclass(frozen=True)
class SymmetricChannel(Table):
    """x one of equally likely labels, y the same but for a share replaced by any other."""

    n_levels: int = field(default=4, metadata={"help": "how many labels"})
    flip: float = field(default=0.2, metadata={"help": "share of wrong labels"})

    def __post_init__(self) -> None:
        check_at_least("n_levels", self.n_levels, 2)
        check_share("flip", self.flip)

    def joint(self) -> Matrix:
        """Give the probabilities."""
        k = self.n_levels
        wrong = np.full((k, k), self.flip / (k - 1) / k)
        np.fill_diagonal(wrong, (1.0 - self.flip) / k)
        return wrong


@dataclass(frozen=True)
class ErasureChannel(Table):
    """x one of equally likely labels, y the same or, for a share of rows, one more label."""

    n_levels: int = field(default=4, metadata={"help": "how many labels of x"})
    erased: float = field(default=0.3, metadata={"help": "share of lost labels"})

    def __post_init__(self) -> None:
        check_at_least("n_levels", self.n_levels, 1)
        check_share("erased", self.erased)

    def joint(self) -> Matrix:
        """Give the probabilities; the last column is the lost label."""
        k = self.n_levels
        kept = (1.0 - self.erased) / k * np.eye(k)
        return np.hstack([kept, np.full((k, 1), self.erased / k)])


@dataclass(frozen=True)
class RandomTable(Table):
    """A table with log-normal cells, exp(strength·(normal + 1 on the diagonal)), summing to one.

    The normals come from the raw bits of PCG64, which numpy keeps the same for ever, so a table
    is the same everywhere. ``strength`` 0 is independence with uniform margins.
    """

    n_levels: int = field(default=5, metadata={"help": "labels of x, and of y"})
    strength: float = field(default=1.0, metadata={"help": "sd of the cells' logarithms"})
    table: int = field(default=0, metadata={"help": "which of the random tables"})

    def __post_init__(self) -> None:
        check_at_least("n_levels", self.n_levels, 1)
        check_at_least("strength", self.strength, 0.0)
        check_at_least("table", self.table, 0)

    def joint(self) -> Matrix:
        """Give the probabilities."""
        k = self.n_levels
        bits = np.random.PCG64(self.table).random_raw(k * k) >> np.uint64(11)
        normals = ndtri((bits.astype(np.float64) + 0.5) * 2.0**-53)
        logs = normals.reshape(k, k) + np.eye(k)
        cells = np.exp(self.strength * logs)
        return np.asarray(cells / cells.sum())


@dataclass(frozen=True)
class Xor(Distribution):
    """x two fair bits, y their exclusive or but for a share of flips; either bit alone tells none.

    I = log 2 - H(flip).
    """

    flip: float = field(default=0.1, metadata={"help": "share of wrong y"})

    def __post_init__(self) -> None:
        check_share("flip", self.flip)

    @property
    def mi(self) -> float:
        """Closed form."""
        return log(2.0) - binary_entropy(self.flip)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """Two bits."""
        return ("discrete", "discrete")

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """One bit."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        bits = rng.integers(2, size=(n, 2))
        wrong = rng.uniform(size=n) < self.flip
        y = (bits.sum(axis=1) + wrong) % 2
        return Sample(bits.astype(np.float64), column(y))
