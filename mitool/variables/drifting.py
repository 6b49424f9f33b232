"""Series that drift, made into series that stay: by steps from row to row, or less a trend.

Made of the columns of numbers before missing rows are dropped; labels keep their rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.choices import Order
from mitool.errors import MitoolError, UsageError
from mitool.variables.variable import Matrix, Variable

MOST_DEGREES = 3


@dataclass(frozen=True)
class Steadying:
    """What is done to rows in time: ``difference`` them, or subtract a trend of a degree."""

    difference: bool = False
    detrend: int | None = None

    def __post_init__(self) -> None:
        if self.difference and self.detrend is not None:
            raise UsageError("--difference and --detrend cannot both be meant")
        if self.detrend is not None and not 1 <= self.detrend <= MOST_DEGREES:
            raise UsageError(
                f"--detrend takes the degree of a trend, 1 to {MOST_DEGREES}, got {self.detrend}"
            )

    @classmethod
    def of_rows(cls, order: Order, difference: bool, detrend: int | None) -> Steadying:
        """Give what is asked for, which rows in time alone can have."""
        steadying = cls(difference, detrend)
        if steadying and order != "time":
            option = "--difference" if difference else "--detrend"
            raise UsageError(f"{option} is for rows in time; add --order time")
        return steadying

    def __bool__(self) -> bool:
        return self.difference or self.detrend is not None

    @property
    def name(self) -> str:
        """What a report calls it, in front of the transform; empty where nothing is done."""
        if self.difference:
            return "difference+"
        return "" if self.detrend is None else f"detrend{self.detrend}+"

    def __call__(self, variable: Variable) -> Variable:
        """Give the steadied variable (kept with the variable, since many pairs ask)."""
        if not self:
            return variable
        steadied: Variable = variable.remember(("steadied", self), lambda: self._made(variable))
        return steadied

    def _made(self, variable: Variable) -> Variable:
        if self.detrend is None:
            return differenced(variable)
        return detrended(variable, self.detrend)


def differenced(variable: Variable) -> Variable:
    """Give the step from the row before, for all rows but the first."""
    if len(variable) < 2:
        raise MitoolError(f"differences of {variable.name!r} need at least 2 rows")
    numeric, values = _numeric(variable), variable.values[1:].copy()
    values[:, numeric] -= variable.values[:-1, numeric]
    missing = variable.missing
    if missing is not None and numeric:
        missing = missing[1:] | missing[:-1]
    elif missing is not None:
        missing = missing[1:]
    return variable.with_values(values, missing)


def detrended(variable: Variable, degree: int) -> Variable:
    """Give what a polynomial in time, fitted by least squares, leaves of each column."""
    present = np.ones(len(variable), bool) if variable.missing is None else ~variable.missing
    if np.count_nonzero(present) < degree + 2:
        raise MitoolError(
            f"a trend of degree {degree} in {variable.name!r} needs at least {degree + 2} rows"
        )
    time = np.linspace(-1.0, 1.0, len(variable))
    design, numeric = np.polynomial.legendre.legvander(time, degree), _numeric(variable)
    values: Matrix = variable.values.copy()
    fitted = np.linalg.lstsq(design[present], values[present][:, numeric], rcond=None)[0]
    values[:, numeric] -= design @ fitted
    return variable.with_values(values, variable.missing)


def _numeric(variable: Variable) -> list[int]:
    return [j for j, kind in enumerate(variable.kinds) if kind != "discrete"]
