"""Mutual information of all pairs of columns, from Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mitool.api.entering import warn_of
from mitool.choices import Missing, Normalization, Unit
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.tables import from_python
from mitool.tasks import planned, stretches


def matrix(
    data: Any,
    columns: str | None = None,
    against: str | None = None,
    estimator: str = "auto",
    *,
    params: Mapping[str, Any] | None = None,
    transform: str | None = None,
    missing: Missing = "drop",
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
    normalize: Normalization = "none",
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: int = 1,
) -> list[Estimate]:
    """Estimate the mutual information of all pairs of columns, x-major.

    Parameters
    ----------
    data
        A pandas or Arrow table, a mapping of names to arrays, or an array of shape (n, d).
    columns, against
        Which columns: a name, a list ``a,b``, a glob ``gene_*``, a range ``first..last``; None is
        all. With ``against`` each of ``columns`` is paired with each of those.
    n_jobs
        Threads; the estimates are the same bits for any number.

    Returns
    -------
    list of Estimate
        A pair that cannot be estimated has ``status`` ``failed`` and a ``message``. Identifiers
        and constant columns are left out with a warning. All else is as in ``estimate``.

    Examples
    --------
    >>> import mitool
    >>> table = {"a": [0, 0, 1, 1] * 9, "b": [0, 1, 0, 1] * 9, "c": [0, 1, 1, 0] * 9}
    >>> rows = mitool.matrix(table, estimator="plugin")
    >>> [(row.x, row.y, round(row.mi, 9)) for row in rows]
    [('a', 'b', 0.0), ('a', 'c', 0.0), ('b', 'c', 0.0)]
    """
    settings = Settings(estimator, params or {}, transform, missing, seed, normalize)
    table = from_python(data, "data")
    chosen = list(table.names) if columns is None else table.select(columns)
    others = None if against is None else table.select(against)
    batch, notes = planned(table, chosen, others, [settings], decided=(discrete, continuous))
    warn_of(notes)
    done = stretches(batch.estimates, [range(len(batch.pairs))], n_jobs)
    return [estimate.to(unit) for stretch in done for estimate in stretch.results]
