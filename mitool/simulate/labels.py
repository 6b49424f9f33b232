"""Numbers whose law a label decides, and columns that have nothing to do with one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mitool.errors import UsageError
from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import Distribution, Sample, check_positive, column
from mitool.simulate.quadrature import REACH, even_grid, normal_density, sum_p_log_p
from mitool.variables import Kind, Vector

PER_SD = 8.0  # grid points in one sd
CENTRES = np.array([[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0], [1.5, 1.5]])


@dataclass(frozen=True)
class LabelledCloud(Distribution):
    """x in the plane, y which of four round Gaussian clouds it is from.

    Quadrature on a grid of the plane, to 1e-8.
    """

    noise: float = field(default=0.7, metadata={"help": "sd of a cloud"})

    def __post_init__(self) -> None:
        check_positive("noise", self.noise)

    @property
    def mi(self) -> float:
        """Quadrature."""
        reach = REACH * self.noise
        grid, step = even_grid(-1.0 - reach, 1.5 + reach, self.noise / PER_SD)
        planes = [normal_density((grid - c[0]) / self.noise)[:, None] for c in CENTRES]
        lines = [normal_density((grid - c[1]) / self.noise)[None, :] for c in CENTRES]
        parts = np.array([p * q for p, q in zip(planes, lines, strict=True)])
        return mixture_information(parts.reshape(len(CENTRES), -1) * (step / self.noise) ** 2)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """Two coordinates."""
        return ("continuous", "continuous")

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """A label."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        label = rng.integers(len(CENTRES), size=n)
        x = CENTRES[label] + self.noise * rng.standard_normal((n, 2))
        return Sample(x, column(label))


@dataclass(frozen=True)
class LabelledNormal(Distribution):
    """x a label, y normal around ``separation`` times the label.

    Quadrature on a grid, to rounding.
    """

    n_levels: int = field(default=3, metadata={"help": "how many labels"})
    separation: float = field(default=1.0, metadata={"help": "distance of the means, in sds"})

    def __post_init__(self) -> None:
        check_at_least("n_levels", self.n_levels, 1)

    @property
    def mi(self) -> float:
        """Quadrature."""
        means = self.separation * np.arange(self.n_levels)
        grid, step = even_grid(means.min() - REACH, means.max() + REACH, 1.0 / PER_SD)
        return mixture_information(normal_density(grid - means[:, None]) * step)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """A label."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        label = column(rng.integers(self.n_levels, size=n))
        return Sample(label, self.separation * label + rng.standard_normal((n, 1)))


def mixture_information(parts: Vector) -> float:
    """Give the information on which of equally likely parts, (n_parts, n_cells), a cell is of."""
    return sum_p_log_p(parts) / len(parts) - sum_p_log_p(parts.mean(axis=0))


MARGINS: dict[str, tuple[Kind, Callable[[np.random.Generator, int], Vector]]] = {
    "normal": ("continuous", lambda rng, n: rng.standard_normal(n)),
    "uniform": ("continuous", lambda rng, n: rng.uniform(size=n)),
    "exponential": ("continuous", lambda rng, n: rng.standard_exponential(n)),
    "cauchy": ("continuous", lambda rng, n: rng.standard_cauchy(n)),
    "poisson": ("discrete", lambda rng, n: rng.poisson(1.0, n).astype(np.float64)),
    "rare": ("discrete", lambda rng, n: (rng.uniform(size=n) < 0.01).astype(np.float64)),
    "atoms": ("mixed", lambda rng, n: np.maximum(rng.standard_normal(n), 0.0)),
    "constant": ("discrete", lambda _, n: np.zeros(n)),
}


@dataclass(frozen=True)
class Independent(Distribution):
    """Two columns that have nothing to do with one another: I = 0."""

    margin_x: str = field(default="uniform", metadata={"help": f"of x: {', '.join(MARGINS)}"})
    margin_y: str = field(default="exponential", metadata={"help": "of y: the same"})

    def __post_init__(self) -> None:
        for name in (self.margin_x, self.margin_y):
            if name not in MARGINS:
                raise UsageError(f"no margin {name!r}; there are: {', '.join(MARGINS)}")

    @property
    def mi(self) -> float:
        """By construction."""
        return 0.0

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """As the margin says."""
        return (MARGINS[self.margin_x][0],)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """As the margin says."""
        return (MARGINS[self.margin_y][0],)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y = (column(MARGINS[name][1](rng, n)) for name in (self.margin_x, self.margin_y))
        return Sample(x, y)
