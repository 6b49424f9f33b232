"""How much marginals could share, and maps of their levels, from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mitool.api.door import door
from mitool.api.entering import Columns, chosen
from mitool.api.results import Origin, Results
from mitool.choices import Unit
from mitool.errors import UsageError
from mitool.models.coupling_findings import CouplingFinding
from mitool.models.coupling_question import CouplingQuestion, of_arrays
from mitool.models.marginals import Marginals, of_columns
from mitool.report import Run
from mitool.tables import from_python


@door
def coupling(
    marginals: Any,
    columns: Columns | None = None,
    *,
    bottleneck: float | None = None,
    target: Columns | None = None,
    levels: int | None = None,
    loss: float | None = None,
    seed: int = 0,
    unit: Unit = "nats",
) -> Results[CouplingFinding]:
    """Bound what marginals could share, or map their levels to fewer.

    Parameters
    ----------
    marginals
        A data frame or mapping, whose ``columns`` of labels are counted; a list of probability
        vectors; or a matrix, the contingency table of two variables.
    columns
        Which columns of a data frame: a name, an expression, or a list of these; None is all.
    bottleneck
        Map the levels of each marginal so that the entropy of the map is this, in ``unit``.
    target
        The column by which the levels of another are merged.
    levels
        Merge down to so many levels.
    loss
        Merge as long as no more information is lost, in ``unit``.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.

    Returns
    -------
    Results
        Findings with their ``kind``; ``table`` of one holds the cells of the coupling and their
        masses, or where each level goes.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import mitool
    >>> found = mitool.coupling([[0.5, 0.25, 0.25], [0.5, 0.5]], unit="bits")
    >>> [(each.estimator, each.kind, round(each.value, 6)) for each in found]
    [('greedy-coupling', 'lower', 1.0), ('majorisation', 'upper', 1.0)]
    """
    question = CouplingQuestion(bottleneck, None, levels, loss, seed, unit)
    is_merging = question.merges()
    if target is not None and not is_merging:
        raise UsageError("--target is of merging: say how far, by --levels L or --loss X")
    given = _marginals(marginals, columns, target)
    found = [finding.to(unit) for finding in question.answer(given)]
    return Results(found, Origin(Run("coupling"), CouplingFinding.fields))


def _marginals(given: Any, columns: Columns | None, target: Columns | None) -> Marginals:
    if hasattr(given, "columns") or isinstance(given, Mapping):
        table = from_python(given, "marginals")
        names = table.names if columns is None else chosen(table, columns)
        others = [] if target is None else chosen(table, target, "target")
        kept = [*(name for name in names if name not in others), *others]
        return of_columns(table.read(kept))
    if columns is not None or target is not None:
        raise UsageError("columns and target are of a data frame; got arrays")
    if isinstance(given, Sequence) and not isinstance(given, str):
        return of_arrays([(f"marginal {k + 1}", _vector(p)) for k, p in enumerate(given)])
    return of_arrays([("marginals", _vector(given))])


def _vector(given: Any) -> Any:
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"marginals cannot be taken as numbers: {reason}") from error
