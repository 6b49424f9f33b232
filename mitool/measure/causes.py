"""What a condition explains of x and of y, and what it leaves of them.

I(X;Y|Z) = I(X - f(Z); Y - g(Z) | Z) for any f and g: given Z they only move X and Y. Nearest
neighbours in Z are not near enough where it moves them by more than their own spread; a smooth
function of all rows is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mitool.estimators.base import Estimator
from mitool.limits import one_blas_thread
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Matrix, Variable, Vector
from mitool.variables.transforms import transform

if TYPE_CHECKING:
    from mitool.kernels.smooth.choice import Smoother

MOST = 0.5
"""So large a share of both, and what is left of them depends on how it was taken off."""
ENOUGH = 0.9
"""So large a share of a standardised column, and its normal scores need not be tried."""
FEWEST_ROWS = 10
REMEDY = "use -e auto, or -e ksg -p residuals=true, which take it off first"
NO_REMEDY = (
    "it is not taken off beside labels, or of numbers that repeat: do not report it as direct"
)
FOR_A_LOOK = 300  # rows that show whether a share is large
FORMS = ("standard", "normal")


@dataclass(frozen=True, eq=False)
class Explained:
    """One side of a pair under a condition.

    ``left`` is the variable less what the condition explains, ``share`` how much that is, from 0
    to 1, of the column it explains best: the squared correlation of the normal scores of values
    and of predictions from all other rows.
    """

    left: Variable
    share: float


def explainable(x: Variable, y: Variable, given: Variable | None) -> bool:
    """Whether all are numbers without atoms, which functions of numbers may explain."""
    if given is None or "discrete" in given.kinds or len(x) < FEWEST_ROWS:
        return False
    return set(x.kinds) | set(y.kinds) == {"continuous"}


def unused_notes(
    estimator: Estimator, x: Variable, y: Variable, given: Variable | None
) -> Iterator[Note]:
    """Say that residuals, asked for by name, are not taken, and because of what."""
    if given is None or not estimator.takes_residuals or explainable(x, y, given):
        return
    labelled = [variable.name for variable in (given, x, y) if "discrete" in variable.kinds]
    repeating = [side.name for side in (x, y) if "mixed" in side.kinds]
    reason = f"there are fewer than {FEWEST_ROWS} rows"
    if labelled:
        reason = f"{labelled[0]!r} holds labels"
    elif repeating:
        reason = f"{repeating[0]!r} repeats some of its numbers"
    columns = (*x.names, *y.names, *given.names)
    yield note_of("residuals_unused", columns, x=x.name, y=y.name, given=given.name, reason=reason)


def explained(variable: Variable, given: Variable) -> Explained:
    """Take off what a condition explains (kept with the variable)."""
    made: Explained = variable.remember(("explained", given), lambda: _explained(variable, given))
    return made


def cause_notes(
    estimator: Estimator, x: Variable, y: Variable, given: Variable | None
) -> Iterator[Note]:
    """Warn where a condition explains most of both x and y.

    Gaussian estimators are not looked at: they take off what is linear, in a hundredth of the time.
    """
    if given is None or estimator.family == "gaussian" or not estimator.of_dependence:
        return
    numbers = _numbers_of(given)
    if numbers is None or "discrete" in (*x.kinds, *y.kinds) or len(x) < FEWEST_ROWS:
        return
    is_taken_off = estimator.takes_residuals and explainable(x, y, given)
    shares = []
    for side in (y, x):  # y first: a screen has one for all x
        shares.append(explained(side, given).share if is_taken_off else _share(side, numbers))
        if shares[-1] <= MOST:
            return
    words = {"given": numbers.name, "x": x.name, "y": y.name}
    code = "common_cause" if is_taken_off else "cause_left_in"
    if not is_taken_off:
        words["remedy"] = REMEDY if explainable(x, y, given) else NO_REMEDY
    columns = (*x.names, *y.names, *given.names)
    yield note_of(code, columns, share_y=shares[0], share_x=shares[1], **words)


def _numbers_of(given: Variable) -> Variable | None:
    """Give the columns of numbers of a condition (kept); None where it has but labels."""
    places = [j for j, kind in enumerate(given.kinds) if kind != "discrete"]
    if len(places) == given.n_dims:
        return given
    if not places:
        return None
    names, kinds = tuple(given.names[j] for j in places), tuple(given.kinds[j] for j in places)
    numbers: Variable = given.remember(
        "numbers", lambda: Variable(names, np.ascontiguousarray(given.values[:, places]), kinds)
    )
    return numbers


def _share(side: Variable, given: Variable) -> float:
    return float(side.remember(("share", given), lambda: _share_at_a_look(side, given)))


def _share_at_a_look(side: Variable, given: Variable) -> float:
    from mitool.kernels.smooth.choice import evenly

    few = evenly(given.values, FOR_A_LOOK)
    return _explained(side.take(few), given.take(few)).share


def _explained(variable: Variable, given: Variable) -> Explained:
    with one_blas_thread():
        columns = [_column(variable, j, given) for j in range(variable.n_dims)]
    left = np.column_stack([column for column, _ in columns])
    return Explained(variable.with_values(left), max(share for _, share in columns))


def _column(variable: Variable, j: int, given: Variable) -> tuple[Vector, float]:
    """Give what is left of one column, and the share explained, in the form that shows more."""
    alone = _alone(variable.names[j], variable.values[:, [j]])
    best: tuple[Vector, float] | None = None
    for form in FORMS:
        found = _smoothed(alone, given, form)
        if best is None or found[1] > best[1]:
            best = found
        if best[1] >= ENOUGH:
            break
    assert best is not None  # there are forms
    return best


def _smoothed(alone: Variable, given: Variable, form: str) -> tuple[Vector, float]:
    target = transform(alone, form).values[:, 0]
    smoother: Smoother | None = given.remember(("to explain", form), lambda: _smoother(given, form))
    if smoother is None or not np.ptp(target):
        return target - target.mean(), 0.0
    left = smoother(target).left
    return left, _agreement(target, target - left)


def _smoother(given: Variable, form: str) -> Smoother | None:
    """Give what smooths over a condition (kept with it); None where it does not vary."""
    from mitool.kernels.smooth.choice import Smoother

    z: Matrix = transform(given, form).values
    z = z[:, np.ptp(z, axis=0) > 0.0]
    return Smoother(z) if z.shape[1] else None


def _agreement(values: Vector, predictions: Vector) -> float:
    """Give the squared correlation of normal scores, or 0 where they do not rise together."""
    a, b = (transform(_alone("", v[:, None]), "normal").values[:, 0] for v in (values, predictions))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return max(float(a @ b) / size, 0.0) ** 2 if size > 0.0 else 0.0


def _alone(name: str, values: Matrix) -> Variable:
    return Variable((name,), values, ("continuous",))
