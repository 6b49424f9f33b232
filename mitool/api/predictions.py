"""What class probabilities, ensembles and token distributions tell, from Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from mitool.api.door import door
from mitool.api.entering import warn_of
from mitool.api.pictured import Origin
from mitool.api.results import Results
from mitool.choices import ConformalScore, Unit
from mitool.errors import UsageError
from mitool.models.classes.answering import Answer, PredictionQuestion, form_of, refuse_idle
from mitool.models.classes.calibration import Calibration, first_share
from mitool.models.classes.class_findings import ClassRequest
from mitool.models.classes.prediction_files import Given, given_of_table, is_class_table
from mitool.models.classes.token_findings import TokenRequest
from mitool.models.finding import Finding
from mitool.report import Run
from mitool.tables import from_python
from mitool.tables.pythonarrays import arrayed

WINDOW, DELTA, SHARE = 16, 0.05, 0.5


@door
def predictions(
    probs: Any,
    labels: Any = None,
    *,
    logits: bool = False,
    log_probs: bool = False,
    truth: bool = False,
    axes: str | None = None,
    as_tokens: bool = False,
    window: int = WINDOW,
    threshold: float | None = None,
    alpha: float | None = None,
    score: ConformalScore = "both",
    split: Any = None,
    calibration: str | None = None,
    delta: float = DELTA,
    prior: Any = None,
    interval: float | None = 0.95,
    seed: int = 0,
    unit: Unit = "nats",
) -> Results[Finding]:
    """Bound mutual information by the class probabilities of a model, or split an ensemble's.

    Parameters
    ----------
    probs
        An array of rows and classes; of members, items and classes with ``axes``; of tokens and
        words with ``as_tokens``; or a frame of the columns ``p_…`` and ``label``, perhaps
        ``split``.
    labels
        The class of each row: its number, from 0.
    logits
        Whether the numbers are logits.
    log_probs
        Whether the numbers are log-probabilities.
    truth
        Whether the numbers are truths from 0 that need not sum to 1: for ``semantic`` alone.
    axes
        What the axes of an ensemble are, such as ``member,item,class``.
    as_tokens
        Whether each row is the distribution of a token of one sequence.
    window
        Tokens of a rolling mean.
    threshold
        Tokens are counted whose rolling mean entropy is above it, in ``unit``.
    alpha
        The one level of conformal sets; None tries several, and the likeliest 1 to 5 classes, on
        the rows that calibrate.
    score
        What conformal sets are made by: ``lac``, ``aps`` or ``both``.
    split
        The share of the rows that calibrate conformal sets, drawn by the seed; or a value a row,
        that says ``cal`` or ``test``, or the name of such a column of a frame.
    calibration
        ``first:SHARE`` lets the first rows calibrate.
    delta
        The guarantee holds with confidence 1 - ``delta``.
    prior
        Known probabilities of the classes, or with ``axes`` of the members.
    interval
        Level of a confidence interval, such as 0.95; where it may be None, that makes none.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.

    Returns
    -------
    Results
        A finding for each number: ``value``, ``kind`` (lower or estimate), ``interval``.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import mitool
    >>> members = [[[0.9, 0.1]], [[0.1, 0.9]], [[0.6, 0.4]]]
    >>> found = mitool.predictions(members, axes="member,item,class")
    >>> [(each.estimator, round(each.value, 4)) for each in found]
    [('total', 0.6909), ('aleatoric', 0.4411), ('gain', 0.2499)]
    """
    shares = (alpha is not None, score != "both", split is not None, calibration is not None)
    of_sets = dict(zip(("alpha", "score", "split", "calibration"), shares, strict=True))
    of_sets["delta"] = delta != DELTA
    _refuse_idle(as_tokens, truth, of_sets, axes, prior, (window, threshold))
    share, marks = _divided(split, calibration)
    calibrated = Calibration(share, calibration is not None, alpha, score, seed)
    question = PredictionQuestion(
        form_of(logits=logits, log_probs=log_probs, truth=truth),
        axes,
        ClassRequest(calibrated, delta, None, interval),
        TokenRequest(window, threshold, unit),
        prior,
        tuple(name for name, is_given in of_sets.items() if is_given),
    )
    given = _given(probs, labels, marks, splits_itself=split is None and calibration is None)
    answer = question.of_tokens(given) if as_tokens else question.of(given)
    return _results(answer, unit)


def _refuse_idle(
    as_tokens: bool,
    truth: bool,
    of_sets: dict[str, bool],
    axes: str | None,
    prior: Any,
    of_tokens: tuple[int, float | None],
) -> None:
    window, threshold = of_tokens
    if as_tokens:
        others = {"axes": axes is not None, "prior": prior is not None}
        refuse_idle({**of_sets, **others}, "tokens have entropies alone")
    else:
        of_tokens_given = {"window": window != WINDOW, "threshold": threshold is not None}
        refuse_idle(of_tokens_given, "for as_tokens=True alone")
    if truth:
        refuse_idle({**of_sets, "prior": prior is not None}, "truth=True is for semantic")


def _divided(split: Any, calibration: str | None) -> tuple[float, Any]:
    """Give the share of rows that calibrate, and what says it of each row."""
    if calibration is not None:
        if split is not None:
            raise UsageError("calibration and split cannot both be meant")
        return first_share(calibration), None
    if isinstance(split, int | float) and not isinstance(split, bool):
        return float(split), None
    return SHARE, split


def _given(probs: Any, labels: Any, marks: Any, *, splits_itself: bool) -> Given:
    if hasattr(probs, "columns") and is_class_table(table := from_python(probs, "probs")):
        if labels is not None:
            raise UsageError("the frame holds its labels in the column 'label'; leave out labels")
        named = marks if isinstance(marks, str) else None
        given = given_of_table(table, named, splits_itself=splits_itself)
        return given if marks is None or isinstance(marks, str) else given.divided(marks)
    array = arrayed(probs, "probs")
    if array.dtype.kind not in "iufb":
        raise UsageError(f"probs must be numbers, got an array of {array.dtype}")
    if isinstance(marks, str):
        raise UsageError(f"split={marks!r} names a column of a frame, and probs is an array")
    given = Given("probs", array, None if labels is None else np.asarray(labels))
    return given if marks is None else given.divided(marks)


def _results(answer: Answer, unit: Unit) -> Results[Finding]:
    found = [finding.to(unit) for finding in answer.findings]
    run = Run("predictions")
    warn_of([note for finding in found for note in finding.notes], run)
    return Results(found, Origin(run, Finding.fields))
