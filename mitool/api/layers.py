"""The information plane of a network, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

import numpy as np

from mitool.api.arguments import shown
from mitool.api.door import door
from mitool.api.entering import columns_of, follow, threads, warn_of
from mitool.api.pictured import Origin
from mitool.api.results import Results
from mitool.choices import Pooling, Threads, Transform, Unit
from mitool.errors import UsageError
from mitool.limits import one_blas_thread
from mitool.measure.settings import Settings
from mitool.networks.companions import Labels, labels_from, labels_of, stored_inputs
from mitool.networks.inmemorylayers import layers_in_memory
from mitool.networks.layerbatch import LayerBatch
from mitool.networks.layeroutline import finished
from mitool.networks.layerplan import LayerRequest
from mitool.networks.quantities import LayerEstimate
from mitool.networks.storedarrays import InMemory, Stored
from mitool.report import Run
from mitool.tasks.running import stretches


@door
def layers(
    data: Any,
    labels: Any = None,
    inputs: Any = None,
    estimator: str = "auto",
    *,
    params: Mapping[str, Any] | None = None,
    transform: Transform | None = None,
    pattern: str | None = None,
    axes: str | None = None,
    pool: Pooling = "none",
    pool_epochs: bool = False,
    spectra: bool = True,
    gap_bound: bool = False,
    noise: float | None = None,
    weights: Any = (),
    reduce: str | None = None,
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: Threads | None = None,
    progress: bool = False,
) -> Results[LayerEstimate]:
    """Give the information plane of a network: what each layer keeps of inputs, tells of labels.

    A row for each epoch, layer, quantity and estimator, as ``mitool layers`` writes it. A network
    without noise has an infinite I(X;T): what is shown is that of the bins, or of the noise.

    Parameters
    ----------
    data
        Paths of files or folders of activations, or a mapping of layers to arrays (n, d), or of
        epochs to such mappings; an empty list where there are only ``weights``.
    labels
        Values of shape (n,), or a mapping of names to such; a text is FILE or FILE:KEY. None takes
        what is called labels or y beside the activations.
    inputs
        An array (n, d) of rows as in the layers, of which equal ones count as one; or a path.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    pattern
        How paths name epoch and layer, such as ``"epoch{epoch}_{layer}.npy"``.
    axes
        What the axes of larger arrays are: n rows, d units, s places of a map, layer, epoch; such
        as ``"n,layer,d"``.
    pool
        Flatten maps (``none``), or take the ``mean`` or ``max`` of each channel.
    pool_epochs
        Bins of ``ebab`` by all epochs of a layer together.
    spectra
        The effective rank of each layer.
    gap_bound
        I(X;Z|Y) with noise, and the term of the generalisation bound made of it.
    noise
        Standard deviation of the noise of ``gap_bound`` (None: found on a grid) and of the channels
        of ``weights`` (None: 1); that of ``kde-bounds``, one of its parameters, is a variance.
    weights
        Paths of files of matrices of weights.
    reduce
        ``pca:K`` or ``cca:K``: variables of more than K columns are projected to K first, by
        principal components, or by canonical directions fitted on one half of the rows.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.
    n_jobs
        Threads; None is MITOOL_THREADS or else ``auto``, as many as this process was granted. The
        numbers are the same bits for any.
    progress
        Show on standard error how far the work is.

    Returns
    -------
    Results of LayerEstimate
        Each with its ``epoch``, ``layer``, ``quantity``, ``estimate`` and ``ceiling``. A layer that
        cannot be measured has ``status`` ``failed`` and a ``message``.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import numpy as np, mitool
    >>> x = np.arange(64) % 8
    >>> found = mitool.layers({"fc": np.column_stack((x, x > 3))}, x > 3, unit="bits")
    >>> [(row.quantity, round(row.value, 2)) for row in found[:3]]
    [('I(X;T)', 3.0), ('H(T)', 3.0), ('I(T;Y)', 1.0)]
    """
    settings = Settings(estimator, params or {}, transform, seed=seed, reduce=reduce)
    n_threads = threads(n_jobs, 0, repeats=True)
    asked = (None, pattern, axes, pool, pool_epochs, spectra, gap_bound, noise)
    request = LayerRequest([settings], (), *asked, _paths(weights, "weights"), unit)
    batch = _batch(request, data, labels, inputs)
    run = Run("layers", inputs=batch.inputs_read, n_threads=n_threads)
    found = [one.to(unit) for one in _measured(batch, n_threads, progress)]
    warn_of([note for one in found for note in run.note(one.remarks)])
    return Results(found, Origin(run, LayerEstimate.fields))


def _measured(batch: LayerBatch, n_threads: int, progress: bool) -> list[LayerEstimate]:
    """Measure all layers in order, and choose the noise of the bound."""
    n_tasks = batch.outline.n_tasks
    with one_blas_thread():
        done = stretches(batch.all_estimates, [range(n_tasks)], n_threads)
        tasks = (found for stretch in done for found in stretch.results)
        return finished(follow(progress)(tasks, n_tasks, "layers"))


def _batch(request: LayerRequest, data: Any, labels: Any, inputs: Any) -> LayerBatch:
    """Find the layers in files or in memory, and plan what is done with them."""
    if isinstance(data, Mapping):
        found = layers_in_memory(data, request.layout)
    else:
        found = request.found(_paths(data, "data"))
    return request.planned(found, _labels(labels), _inputs(inputs))


def _paths(value: Any, argument: str) -> list[str]:
    """Give one path or several as texts; none where nothing is given."""
    given = [value] if isinstance(value, str | PathLike) else value
    known = isinstance(given, list | tuple)
    if not known or not all(isinstance(path, str | PathLike) for path in given):
        more = ", or a mapping of layers to arrays" if argument == "data" else ""
        raise UsageError(f"{argument} must be paths of files{more}; got {shown(value)}")
    return [fspath(path) for path in given]


def _labels(labels: Any) -> list[Labels]:
    """Read the sets of labels that are given."""
    if labels is None:
        return []
    if isinstance(labels, str | PathLike):
        return [labels_of(fspath(labels))]
    named = labels if isinstance(labels, Mapping) else {"labels": labels}
    sets = {str(name): columns_of(values, str(name)) for name, values in named.items()}
    for name, columns in sets.items():
        if len(columns) != 1:
            raise UsageError(f"labels {name!r} must be one value a row, got {len(columns)}")
    return [labels_from(name, columns[0], f"labels {name!r}") for name, columns in sets.items()]


def _inputs(inputs: Any) -> Stored | None:
    if inputs is None:
        return None
    if isinstance(inputs, str | PathLike):
        return stored_inputs(fspath(inputs))
    array = np.asarray(inputs)
    return InMemory("inputs", "", array.shape, array)
