"""What a simulated distribution is: parameters, an exactly known truth, and samples of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mitool.errors import UsageError
from mitool.variables import Kind, Matrix


class Sample(NamedTuple):
    """Rows drawn from a distribution: ``x`` (n, dx), ``y`` (n, dy) and ``z`` (n, dz) or None.

    A discrete column holds the codes 0, 1, … of its labels, or counts.
    """

    x: Matrix
    y: Matrix
    z: Matrix | None = None


class Distribution:
    """Base of all simulated distributions: a frozen dataclass whose fields are its parameters.

    ``mi`` is I(X;Y) in nats, in closed form, by quadrature or by enumeration, as the docstring of
    each says; ``cmi`` is I(X;Y|Z), None where there is no z.
    """

    @property
    def mi(self) -> float:
        """The mutual information of x and y, in nats."""
        raise NotImplementedError

    @property
    def cmi(self) -> float | None:
        """The mutual information of x and y given z, in nats."""
        return None

    @property
    def truth(self) -> float:
        """What an estimate of a sample aims at: ``cmi`` where there is a z, else ``mi``."""
        return self.mi if self.cmi is None else self.cmi

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """The kinds of the columns of x."""
        return ("continuous",)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """The kinds of the columns of y."""
        return ("continuous",)

    @property
    def kinds_z(self) -> tuple[Kind, ...]:
        """The kinds of the columns of z, none where there is no z."""
        return ()

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        raise NotImplementedError


def check_between(name: str, value: float, low: float, high: float) -> None:
    """Refuse a parameter that is not strictly between two values."""
    if not low < value < high:
        raise UsageError(f"{name} must be between {low:g} and {high:g}, both excluded, got {value}")


def check_share(name: str, value: float) -> None:
    """Refuse a parameter that is no probability."""
    if not 0.0 <= value <= 1.0:
        raise UsageError(f"{name} must be between 0 and 1, got {value}")


def check_positive(name: str, value: float) -> None:
    """Refuse a parameter that is not a positive finite number."""
    if not 0.0 < value < float("inf"):
        raise UsageError(f"{name} must be above 0, got {value}")


def continuous(n_columns: int) -> tuple[Kind, ...]:
    """Give the kinds of that many columns of numbers."""
    kinds: tuple[Kind, ...] = ("continuous",)
    return kinds * n_columns


def column(values: NDArray[Any]) -> Matrix:
    """Give a vector as a matrix of one column."""
    return np.ascontiguousarray(values, dtype=np.float64).reshape(len(values), 1)
