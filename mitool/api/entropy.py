"""The entropy of a variable, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mitool.api.door import door
from mitool.api.entering import Columns, variables_of, warn_of
from mitool.choices import Missing, Transform, Unit
from mitool.measure.entropy import measure_entropy
from mitool.measure.settings import Settings
from mitool.result import Estimate


@door
def entropy(
    x: Any,
    estimator: str = "auto",
    *,
    params: Mapping[str, Any] | None = None,
    transform: Transform | None = None,
    missing: Missing = "drop",
    discrete: Columns = (),
    continuous: Columns = (),
    reduce: str | None = None,
    seed: int = 0,
    unit: Unit = "nats",
) -> Estimate:
    """Estimate the entropy of a variable, joint over its columns.

    Of labels it is Shannon's, of numbers the differential entropy, which may be negative;
    ``estimand`` says which.

    Parameters
    ----------
    x
        An array of shape (n,) or (n, d), a list, Series or DataFrame of n rows; several columns
        are one joint variable. Text and booleans are discrete.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    missing
        ``drop`` leaves out rows with a missing value in any variable, ``error`` refuses them.
    discrete, continuous
        Names of columns whose kind you decide; of plain arrays that of the argument, as ``"x"``.
    reduce
        ``pca:K`` or ``cca:K``: variables of more than K columns are projected to K first, by
        principal components, or by canonical directions fitted on one half of the rows.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.

    Returns
    -------
    Estimate
        ``value`` is the entropy; ``y`` is None.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import mitool
    >>> found = mitool.entropy(list("aabc") * 100, unit="bits")
    >>> found.estimand, round(found.value, 2)
    ('entropy', 1.5)
    """
    settings = Settings(estimator, params or {}, transform, missing, seed, reduce=reduce)
    variable = variables_of({"x": x}, discrete, continuous)["x"]
    measured = measure_entropy(variable, settings).to(unit)
    warn_of(measured.notes)
    return measured
