"""``mitool layers``: the information plane of a network, from its saved activations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.named_files import NamedFile, Role, check_files
from mitool.cli.options import Reduce, report_settings
from mitool.cli.options.activations import ActivationOptions
from mitool.cli.options.batch import BatchOptions
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.output import OutputOptions

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.networks.layerbatch import LayerBatch
    from mitool.report import Run

EXAMPLES = (
    (
        "The plane of a small network over its training, and a picture of it.",
        "mitool layers sample_data/digits_layers --plot plane.svg -q -o plane.csv",
    ),
    (
        "What each layer tells of the labels, by bins of distinct values, in bits.",
        "mitool layers sample_data/digits_layers -e ebab --no-spectra -u bits --format csv",
    ),
    (
        "The term of the generalisation bound for each layer, the noise found on a grid.",
        "mitool layers sample_data/digits_layers -e ebab --gap-bound --format csv",
    ),
)

Activations = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE|DIR]...",
        help="NPZ, NPY, HDF5, safetensors or Parquet files of activations, or folders of them.",
        show_default=False,
    ),
    Role.READ,
]


def layers(
    context: typer.Context,
    files: Activations = None,
    *,
    reading: ActivationOptions,
    estimators: EstimatorOptions,
    reduce: Reduce = None,
    batching: BatchOptions,
    outputs: OutputOptions,
) -> int:
    """Give the information plane of a network: what each layer keeps of inputs, tells of labels.

    A row for each epoch, layer, quantity and estimator: I(X;T), I(T;Y), H(T), I(X;T|Y), the
    effective rank, and with each its ceiling. Epoch and layer are read from the names of files,
    folders and keys. Labels and inputs are arrays called labels or y, and inputs or x, in the same
    files, or --labels and --inputs. Without -e the estimators are ebab and kde-bounds.

    A network without noise has an infinite I(X;T): what is shown is that of the bins, or of the
    noise that is added, and rows are compared within one estimator only.
    """
    from mitool.cli.messages import Messages
    from mitool.report import Run

    batching.check(outputs)
    output = batching.output(outputs)
    if not estimators.estimator:
        estimators = replace(estimators, estimator=["ebab", "kde-bounds"])
    request = reading.request(estimators.parse(reduce=reduce), output.unit)
    settings = report_settings(reading, estimators, reduce=reduce, units=outputs.units)
    run = Run("layers", context.obj, settings, n_threads=batching.n_threads())
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        batch = request.batch(files or [])
        run.inputs = batch.inputs_read
        _keep_inputs(batch, outputs, batching)
    return _write(batch, batching, outputs, run, messages)


def _keep_inputs(batch: LayerBatch, outputs: OutputOptions, batching: BatchOptions) -> None:
    """Refuse to write over a file that a folder holds."""
    read = [NamedFile("", str(entry["path"]), Role.READ) for entry in batch.inputs_read]
    written = {
        "-o": outputs.output,
        "--checkpoint": batching.checkpoint,
        "--plot": outputs.plot,
        "--html": outputs.html,
    }
    named = [NamedFile(o, str(path), Role.WRITTEN) for o, path in written.items() if path]
    check_files([*named, *read])


def _write(
    batch: LayerBatch,
    batching: BatchOptions,
    outputs: OutputOptions,
    run: Run,
    messages: Messages,
) -> int:
    """Run the layers and write their rows."""
    from mitool.cli.batch_reports import run_batch, written_forecast
    from mitool.networks.layerforecast import layer_forecast

    if batching.dry_run:
        predicted = layer_forecast(batch, batching.share(outputs), run.n_threads)
        return written_forecast(predicted, batching.output(outputs))
    with messages.capture(), run.phase("estimate"):
        return run_batch(batch, batching, outputs, run, messages)
