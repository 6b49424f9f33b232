"""What a run that chooses its pairs will take: looking at all, then estimating at most so many."""

from __future__ import annotations

import time
from dataclasses import replace

from mitool.kernels.counts.sketches import TILE, Tables
from mitool.limits import resident
from mitool.tasks.best_partners import ListedPairs
from mitool.tasks.forecast import Forecast, forecast
from mitool.tasks.pairs import Pairs
from mitool.tasks.prescreening import Prescreen, bytes_of_sketches, parts, sketches
from mitool.tasks.shards import Shard
from mitool.tasks.work import PairBatch
from mitool.variables import Rows

SAMPLE = 10 * TILE  # columns on each side that are timed


def forecast_of_chosen(batch: PairBatch, plan: Prescreen, shard: Shard, n_jobs: int) -> Forecast:
    """Predict a run by some columns and pairs; every shard looks at all pairs by itself."""
    choosing, reporting = parts(batch, plan)
    seconds = _seconds_of_looking(batch, choosing, n_jobs)
    kept = tuple(v if reporting is None else v.take(reporting) for v in batch.variables)
    most = replace(batch, variables=kept, pairs=_most(batch.pairs, plan.n_partners))
    predicted = forecast(most, shard, n_jobs)
    looking = resident() + bytes_of_sketches(batch, choosing)
    return replace(
        predicted,
        seconds=predicted.seconds + seconds,
        memory_bytes=max(predicted.memory_bytes, looking),
        looked_at=len(batch.pairs),
    )


def _seconds_of_looking(batch: PairBatch, rows: Rows | None, n_jobs: int) -> float:
    """Time some columns and a band of them; packing columns is done by one thread."""
    columns, against = batch.pairs.columns, batch.pairs.against
    some = Pairs(columns[:SAMPLE], None if against is None else against[:SAMPLE])
    start = time.thread_time()
    sides = list(sketches(replace(batch, pairs=some), rows))
    packed, n_packed = time.thread_time() - start, sum(len(side or ()) for side in _sides(some))
    tables = Tables(sides[0], sides[-1])
    tables.scores(0)  # compiles
    start = time.thread_time()
    n_looked_at = tables.scores(0).size
    looked = (time.thread_time() - start) / n_looked_at
    n_columns = sum(len(side or ()) for side in _sides(batch.pairs))
    return packed / n_packed * n_columns + looked * len(batch.pairs) / n_jobs


def _sides(pairs: Pairs) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    return pairs.columns, pairs.against


def _most(pairs: Pairs, n_partners: int) -> ListedPairs:
    """Give as many pairs as may be chosen: of each column, with those that follow it."""
    listed = [pairs.partners(row)[:n_partners] for row in range(len(pairs.columns))]
    flat = tuple(other for some in listed for other in some)
    return ListedPairs(pairs.columns, pairs.against, flat, tuple(map(len, listed)))
