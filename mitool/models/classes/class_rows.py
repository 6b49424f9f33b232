"""What a model said of rows, and what their labels were: checked once, where it enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.variables import Matrix, Rows, Vector

Form = Literal["probabilities", "logits", "log-probs", "truth"]
"""How the numbers are to be read; truth functions are from 0 and need not sum to 1."""

SUM_ERROR = 1e-3
"""How far from 1 the probabilities of a row may sum: what half precision leaves of a softmax."""


@dataclass(frozen=True, eq=False)
class ClassRows:
    """Log-probabilities (n, K) and the number of each row's class (n,), 0 … K - 1.

    Of truth functions they are logs of truths. ``calibrates`` (n,) marks the rows that calibrate
    conformal sets, where the user says which.
    """

    name: str
    log_probs: Matrix
    labels: Rows
    is_normalised: bool = True
    calibrates: NDArray[np.bool_] | None = None

    @property
    def n_classes(self) -> int:
        """How many classes the model knows."""
        return int(self.log_probs.shape[1])


def log_probabilities(values: Any, form: Form, name: str) -> Matrix:
    """Give the logs of what a model put out for each row, normalised unless they are truths."""
    given = np.asarray(values)
    if given.dtype.kind not in "fiub":
        raise MitoolError(f"{name} needs real numbers, got an array of {given.dtype}")
    numbers = given.astype(np.float64, copy=False)
    if numbers.ndim < 2 or numbers.shape[-1] < 2:
        raise MitoolError(
            f"{name} needs a column for each of two classes or more, got shape {numbers.shape}"
        )
    if not numbers.size:
        raise MitoolError(f"{name} has no rows")
    _refuse(np.isnan(numbers) | (numbers == np.inf), numbers, name, "a finite number")
    logs: Matrix = READ[form](numbers, name)
    return logs


def labels_among(
    values: Any, n_rows: int, n_classes: int, name: str, classes: tuple[str, ...] | None = None
) -> Rows:
    """Give the number of each row's class; ``classes`` are their names, where they have any."""
    found = np.asarray(values)
    if found.ndim == 2 and 1 in found.shape:
        found = found.reshape(-1)
    if found.shape != (n_rows,):
        raise MitoolError(
            f"the labels of {name} need one value for each of its {n_rows} rows, got shape "
            f"{found.shape}"
        )
    numbered = found.dtype.kind in "iufb"
    known = {str(i): i for i in range(n_classes)} if classes is None else _numbers_of(classes)
    numbers = np.array([known.get(_label(value, numbered), -1) for value in found.tolist()])
    if (numbers < 0).any():
        row = int(np.argmax(numbers < 0))
        shown = ", ".join(list(known)[:5]) + (", …" if len(known) > 5 else "")
        raise MitoolError(
            f"the label of row {row} of {name} is {found[row]!s}, which is none of its {n_classes} "
            f"classes ({shown})"
        )
    return numbers.astype(np.int64)


def _numbers_of(classes: tuple[str, ...]) -> dict[str, int]:
    return {label: number for number, label in enumerate(classes)}


def _label(value: Any, numbered: bool) -> str:
    return f"{float(value):g}" if numbered else str(value)


def _refuse(wrong: NDArray[np.bool_], numbers: Matrix, name: str, what: str) -> None:
    """Refuse the first number that is wrong, by its place."""
    if wrong.any():
        place = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
        shown = ", ".join(map(str, place))
        raise MitoolError(f"{name} needs {what} at [{shown}], got {numbers[place]}")


def _of_probabilities(numbers: Matrix, name: str) -> Matrix:
    sums = numbers.sum(axis=-1)
    worst = tuple(int(i) for i in np.unravel_index(int(np.abs(sums - 1.0).argmax()), sums.shape))
    off = float(sums[worst] - 1.0)
    if abs(off) > SUM_ERROR or (numbers < 0.0).any():
        reason = (
            f"row {worst[-1]} sums to {sums[worst]:.6g}, {abs(off):.3g} from 1"
            if abs(off) > SUM_ERROR
            else "some are below 0"
        )
        raise MitoolError(
            f"{name} holds no probabilities: {reason}; use --logits, --log-probs, or --truth for "
            "truths that need not sum to 1"
        )
    return _logs(numbers / sums[..., None])


def _of_logits(numbers: Matrix, name: str) -> Matrix:
    top = numbers.max(axis=-1, keepdims=True)
    if (top == -np.inf).any():
        raise MitoolError(f"{name} has a row whose logits are all -inf; leave it out")
    less = numbers - top
    logs: Matrix = less - np.log(np.exp(less).sum(axis=-1, keepdims=True))
    return logs


def _of_log_probs(numbers: Matrix, name: str) -> Matrix:
    logs = _of_logits(numbers, name)
    off = float(np.nanmax(np.abs(np.exp(numbers).sum(axis=-1) - 1.0)))
    if off > SUM_ERROR:
        raise MitoolError(
            f"{name} holds no log-probabilities: the probabilities of a row sum to 1 but for "
            f"{off:.3g}; use --logits, which are not normalised"
        )
    return logs


def _of_truths(numbers: Matrix, name: str) -> Matrix:
    _refuse(numbers < 0.0, numbers, name, "a truth of at least 0")
    return _logs(numbers)


def _logs(numbers: Matrix) -> Matrix:
    with np.errstate(divide="ignore"):
        logs: Matrix = np.log(numbers)
    return logs


READ = {
    "probabilities": _of_probabilities,
    "logits": _of_logits,
    "log-probs": _of_log_probs,
    "truth": _of_truths,
}


def check_prior(prior: Any, n: int, what: str) -> Vector:
    """Give known probabilities of ``n`` classes or members; refuse those that do not sum to 1."""
    shares = np.asarray(prior, dtype=np.float64).reshape(-1)
    if len(shares) != n:
        raise MitoolError(
            f"the prior needs one probability for each of {n} {what}, got {len(shares)}"
        )
    total = float(shares.sum())
    if not (shares >= 0.0).all() or not abs(total - 1.0) <= SUM_ERROR:
        raise MitoolError(f"the prior of the {what} must sum to 1, it sums to {total:.6g}")
    return shares / total
