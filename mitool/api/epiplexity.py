"""Structure and residual of learning curves, from Python."""

from __future__ import annotations

from typing import Any

from mitool.api.door import door
from mitool.api.entering import warn_of
from mitool.api.pictured import Origin
from mitool.api.results import Results
from mitool.choices import FinalLoss, Unit
from mitool.models.curve_files import LossCurve, of_table
from mitool.models.curve_findings import CurveRequest, curve_findings
from mitool.models.finding import Finding
from mitool.report import Run
from mitool.tables import from_python
from mitool.tables.pythonarrays import arrayed


@door
def epiplexity(
    losses: Any,
    *,
    final: FinalLoss = "window",
    loss_unit: Unit = "nats",
    tokens_per_step: float = 1.0,
    interval: float | None = 0.95,
    unit: Unit = "nats",
) -> Results[Finding]:
    """Split a learning curve into what a model took in and what it could not.

    Structure is what was paid above the final loss, residual the final loss on all tokens.

    Parameters
    ----------
    losses
        A frame with the columns ``tokens`` (or ``step``), ``loss`` and perhaps ``run`` and
        ``parameters``; or an array of two columns, the tokens seen and the loss a token since.
    final
        The final loss: ``window``, the mean beyond 0.95 of the tokens, or ``last``, the last row's.
    loss_unit
        Unit of the losses: ``nats`` or ``bits``.
    tokens_per_step
        Tokens of each step, where steps count.
    interval
        Level of a confidence interval, such as 0.95; where it may be None, that makes none.
    unit
        ``nats`` or ``bits``.

    Returns
    -------
    Results
        ``structure``, ``residual`` and ``total``: the mean of several runs first, then each run.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import mitool
    >>> found = mitool.epiplexity([[100, 3.0], [200, 2.0], [300, 2.0]])
    >>> [(each.estimator, each.value) for each in found]
    [('structure', 100.0), ('residual', 600.0), ('total', 700.0)]
    """
    request = CurveRequest(final, loss_unit, tokens_per_step, interval)
    found = [each.to(unit) for each in curve_findings("losses", _curves(losses), request)]
    run = Run("epiplexity")
    warn_of([note for finding in found for note in finding.notes], run)
    return Results(found, Origin(run, Finding.fields))


def _curves(losses: Any) -> list[LossCurve]:
    if not hasattr(losses, "columns") and not isinstance(losses, dict):
        array = arrayed(losses, "losses")
        if array.ndim == 2 and array.shape[1] == 2:
            return of_table(from_python({"tokens": array[:, 0], "loss": array[:, 1]}, "losses"))
    return of_table(from_python(losses, "losses"))
