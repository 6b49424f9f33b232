"""What a run over layers will take, from a few of them: ``--dry-run``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from mitool.limits import free_memory, one_blas_thread, resident
from mitool.networks.layerbatch import LayerBatch
from mitool.report.run import peak_memory
from mitool.tasks.forecast import Forecast
from mitool.tasks.shards import Shard

MOST = 6
SECONDS = 10.0


def layer_forecast(batch: LayerBatch, shard: Shard, n_jobs: int) -> Forecast:
    """Predict by layers spread over the shard; the first, which compiles and imports, counts not.

    Layers are weighed by their numbers times their rows, as pairs of rows are what takes long.
    """
    mine = [number for numbers in shard.ranges(batch.outline.n_tasks) for number in numbers]
    sizes = {number: _size(batch, number) for number in mine}
    with one_blas_thread():
        tried = list(_tried(batch, mine))
    weighed = sum(sizes[one.number] for one in tried)
    return Forecast(
        columns=len({layer.layer for layer in batch.layers}),
        rows=max((layer.n_rows for layer in batch.layers), default=0),
        pairs=len(mine),
        estimates=len(mine) * max((one.n_rows for one in tried), default=0),
        threads=n_jobs,
        seconds=sum(one.seconds for one in tried) * sum(sizes.values()) / (weighed or 1) / n_jobs,
        memory_bytes=max(peak_memory() or 0, resident()),
        free_memory_bytes=free_memory(),
        calibrated_on=len(tried),
        task_name="layers of all epochs",
        column_name="layers",
    )


@dataclass(frozen=True)
class _Try:
    """A task that was done: its number, its rows, and the processor's seconds that it took."""

    number: int
    n_rows: int
    seconds: float


def _tried(batch: LayerBatch, mine: Sequence[int]) -> Iterator[_Try]:
    """Do some tasks, evenly spaced, as long as time allows."""
    if not mine:
        return
    batch.run(range(mine[0], mine[0] + 1))
    begun = time.monotonic()
    for number in mine[:: max(1, len(mine) // MOST)]:
        start = time.thread_time()
        (record,) = batch.run(range(number, number + 1))
        yield _Try(number, len(record.rows), time.thread_time() - start)
        if time.monotonic() - begun > SECONDS:
            return


def _size(batch: LayerBatch, number: int) -> int:
    """Give the numbers of a layer times its rows."""
    if number >= len(batch.layers):
        return 1
    layer = batch.layers[number]
    return prod(layer.stored.shape) * layer.n_rows
