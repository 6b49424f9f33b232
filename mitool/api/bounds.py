"""Bounds of information from the scores of a model, from Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mitool.api.door import door
from mitool.api.entering import warn_of
from mitool.api.results import Origin, Results
from mitool.choices import ContextAxis, Critic, Densities, ScoreAxis, Unit
from mitool.errors import MitoolError, UsageError
from mitool.models.belonging import Belonging
from mitool.models.bound_finding import BoundFinding
from mitool.models.long_scores import is_long
from mitool.models.measured_bounds import requested
from mitool.models.score_question import ScoreQuestion
from mitool.report import Run
from mitool.tables import from_python
from mitool.variables import Matrix


@door
def bounds(
    scores: Any = None,
    *,
    gaussian: Sequence[Any] | None = None,
    embeddings: Sequence[Any] | None = None,
    temperature: float | None = None,
    fit: Critic = "none",
    log_probs: bool = False,
    densities: Densities = "model",
    contexts: ContextAxis = "rows",
    direction: ScoreAxis = "both",
    samples: int = 1,
    positives: Any = None,
    by: Any = None,
    tokens: Any = None,
    bound: str | Iterable[str] = (),
    clip: float = 5.0,
    interval: float = 0.95,
    seed: int = 0,
    unit: Unit = "nats",
) -> Results[BoundFinding]:
    """Bound mutual information by the scores that a model gave to pairs.

    Parameters
    ----------
    scores
        A matrix, rows the contexts and columns the samples, pairs on its diagonal (a memory map is
        read a few rows at a time); or a data frame in long form, with the columns ``ctx_sampled``,
        ``ctx_scored``, ``logprob`` and perhaps ``sample``, ``n_tokens`` and ``group``.
    gaussian
        ``(mu, logvar)`` or ``(mu, logvar, z)`` of a Gaussian encoder, instead of ``scores``.
    embeddings
        Two matrices with the same rows, instead of ``scores``.
    temperature
        What the cosines of two embeddings are divided by.
    fit
        ``temperature`` or ``bilinear``: fit it on one half of the rows, evaluate it on the other,
        and back.
    log_probs
        Whether scores are log-densities of samples under contexts.
    densities
        ``true`` if these are what the samples were drawn from, which makes ``leave-one-out`` and
        ``club`` upper bounds; ``model`` if they are a model's.
    contexts
        Where the contexts of log-densities stand: ``rows`` or ``columns``.
    direction
        What ``infonce`` normalises over: ``rows``, ``columns`` or ``both``.
    samples
        Samples a context; theirs stand together.
    positives
        The row, from 0, that each column belongs to; None is the diagonal.
    by
        A label for each context: bounds are then given the group; the name of a column of a frame
        in long form.
    tokens
        The length of each sample, for bits a token.
    bound
        Names of bounds; all if empty.
    clip
        What ``smile`` cuts scores at.
    interval
        Level of a confidence interval, such as 0.95; where it may be None, that makes none.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.

    Returns
    -------
    Results
        A finding for each bound: ``value``, ``kind`` (lower, upper or estimate), ``interval``,
        ``ceiling``, and the value from half and a quarter of the contexts.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import mitool
    >>> found = mitool.bounds([[2, 0, -1], [0, 2, 0], [-1, 0, 2]], bound="infonce")
    >>> [(each.form, each.kind, round(each.value, 4)) for each in found]
    [('both', 'lower', 0.9055), ('rows', 'lower', 0.9055), ('columns', 'lower', 0.9055)]
    """
    request = requested(
        bound,
        log_probs=log_probs,
        contexts=contexts,
        direction=direction,
        clip=clip,
        level=interval,
    )
    table = _long(scores)
    belonging = Belonging(
        samples,
        _array(positives, "positives"),
        None if table is not None else _array(by, "by"),
        None if by is None else by if isinstance(by, str) else "by",
        _array(tokens, "tokens"),
    )
    question = ScoreQuestion(request, belonging, densities, temperature, fit, seed)
    found = [finding.to(unit) for finding in _answer(question, scores, table, gaussian, embeddings)]
    run = Run("bounds")
    warn_of([note for finding in found for note in finding.notes], run)
    return Results(found, Origin(run, BoundFinding.fields))


def _answer(
    question: ScoreQuestion,
    scores: Any,
    table: Any,
    gaussian: Sequence[Any] | None,
    embeddings: Sequence[Any] | None,
) -> list[BoundFinding]:
    if sum(given is not None for given in (scores, gaussian, embeddings)) != 1:
        raise UsageError("give one of scores, gaussian and embeddings")
    if table is not None:
        return question.of_long(table, question.belonging.group_name)
    if gaussian is not None:
        mu, logvar, *rest = _several(gaussian, "gaussian", (2, 3))
        return question.of_encoder("gaussian", mu, logvar, rest[0] if rest else None)
    if embeddings is not None:
        a, b = _several(embeddings, "embeddings", (2,))
        return question.of_embeddings("embeddings", a, b)
    return question.of_scores("scores", _array(scores, "scores"))


def _long(scores: Any) -> Any:
    """Give the table of data in long form; None of anything else."""
    if not hasattr(scores, "columns"):
        return None
    table = from_python(scores, "scores")
    return table if is_long(table) else None


def _several(given: Sequence[Any], name: str, lengths: tuple[int, ...]) -> list[Matrix]:
    if not isinstance(given, tuple | list) or len(given) not in lengths:
        several = " or ".join(map(str, lengths))
        raise UsageError(f"{name} takes {several} arrays in a tuple")
    return [_matrix(each, name) for each in given]


def _matrix(given: Any, name: str) -> Matrix:
    array = _array(given, name)
    if array is None or array.dtype.kind not in "fiub":
        raise MitoolError(f"{name} must be arrays of numbers")
    return np.asarray(array[:, None] if array.ndim == 1 else array, dtype=np.float64)


def _array(given: Any, name: str) -> Any:
    """Take what is an array, or can be one, of numbers or labels; a memory map stays one."""
    if given is None or isinstance(given, np.ndarray):
        return given
    try:
        return np.asarray(given)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise MitoolError(f"{name} cannot be taken as an array: {reason}") from error
