"""Which rows stay together in resamples and permutations: as the user says, or as data suggest."""

from __future__ import annotations

from mitool.choices import Order
from mitool.errors import UsageError
from mitool.inference.resampling import block_length
from mitool.inference.sampling_units import Units, blocks, groups, single_rows
from mitool.measure.measurement import Measurement


def units_of(measurement: Measurement, order: Order, block: int | None) -> Units:
    """Give single rows, blocks in time, or whole groups."""
    if measurement.groups is not None:
        if order == "time":
            raise UsageError("--groups and --order time exclude each other: leave out one")
        return groups(measurement.groups.codes)
    if order != "time":
        return single_rows(len(measurement.x))
    if block is not None:
        return blocks(len(measurement.x), block, fixed=True)
    columns = [v.values[:, j] for v in (measurement.x, measurement.y) for j in range(v.n_dims)]
    return blocks(len(measurement.x), block_length(*columns))
