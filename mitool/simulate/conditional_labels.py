"""Three bits: a chain of copies, and an exclusive or."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np

from mitool.simulate.base import Distribution, Sample, check_share
from mitool.simulate.discrete import binary_entropy
from mitool.variables import Kind


@dataclass(frozen=True)
class LabelChain(Distribution):
    """x, z, y fair bits, each a copy of the one before but for a share of flips: I(X;Y|Z) = 0."""

    flip: float = field(default=0.1, metadata={"help": "share of flips at either step"})

    def __post_init__(self) -> None:
        check_share("flip", self.flip)

    @property
    def mi(self) -> float:
        """Closed form: two channels in a row flip 2p(1 - p)."""
        return log(2.0) - binary_entropy(2.0 * self.flip * (1.0 - self.flip))

    @property
    def cmi(self) -> float | None:
        """By construction."""
        return 0.0

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """A bit."""
        return ("discrete",)

    kinds_y = kinds_z = kinds_x

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x = rng.integers(2, size=(n, 1)).astype(np.float64)
        z = np.abs(x - (rng.uniform(size=(n, 1)) < self.flip))
        return Sample(x, np.abs(z - (rng.uniform(size=(n, 1)) < self.flip)), z)


@dataclass(frozen=True)
class XorGiven(LabelChain):
    """x and y independent fair bits, z their exclusive or but for a share of flips."""

    @property
    def mi(self) -> float:
        """By construction."""
        return 0.0

    @property
    def cmi(self) -> float | None:
        """Closed form."""
        return log(2.0) - binary_entropy(self.flip)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y = rng.integers(2, size=(2, n, 1)).astype(np.float64)
        z = np.abs(np.abs(x - y) - (rng.uniform(size=(n, 1)) < self.flip))
        return Sample(x, y, z)
