"""From tables to weights: members, networks that lack a family each, and what these err by."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mitool.estimators.learned.network import (
    FARTHEST,
    LEVELS,
    Weights,
    averaged,
    checksum_of,
)
from mitool.estimators.learned.statistics import NAMES
from studies import mist_network
from studies.mist_calibration import DIMS, ROWS, corrections
from studies.mist_families import FAMILIES
from studies.mist_network import Examples, trained
from studies.mist_support import support
from studies.mist_tables import SEED

VERSION = 1
N_MEMBERS, N_MEMBERS_WITHOUT = 8, 2
EPOCHS, EPOCHS_WITHOUT = 90, 50
Tables = dict[str, np.ndarray]
Members = list[list[np.ndarray]]
"""The layers of several networks."""


class Scale(NamedTuple):
    """Means and spreads of the statistics of training."""

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, tables: Tables) -> Scale:
        statistics = tables["statistics"]
        spread = statistics.std(axis=0)
        mean, spread = statistics.mean(axis=0), np.where(spread > 0.0, spread, 1.0)
        return cls(mean.astype(np.float32), spread.astype(np.float32))

    def examples(self, tables: Tables) -> Examples:
        inputs = np.clip((tables["statistics"] - self.mean) / self.spread, -FARTHEST, FARTHEST)
        return Examples(inputs.astype(np.float32), tables["mi"].astype(np.float32))


def taken(tables: Tables, chosen: np.ndarray) -> Tables:
    return {name: column[chosen] for name, column in tables.items()}


def layers_of(members: Members) -> dict[str, np.ndarray]:
    """Name the layers of the members as the file does."""
    names = [f"{kind}{k}" for k in range(3) for kind in "wb"]
    return {
        f"{name}_{m}": part
        for m, member in enumerate(members)
        for name, part in zip(names, member, strict=True)
    }


def logs_of(members: Members, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give log quantiles (n, levels), not calibrated, and P(I < .01) of all members together."""
    layers = [
        tuple((np.float64(one[2 * k]), np.float64(one[2 * k + 1])) for k in range(3))
        for one in members
    ]
    empty = np.zeros(0)
    weights = Weights((), empty, empty, tuple(layers), empty, empty, empty, empty, empty, empty)
    return averaged(weights, inputs.astype(np.float64))


class Work(NamedTuple):
    """Tables for training, their scale, and where what was computed is kept."""

    tables: Tables
    scale: Scale
    folder: Path
    n_processes: int
    pace: float
    """What the numbers of epochs are multiplied by."""

    def epochs(self, n: int) -> int:
        return max(2, round(self.pace * n))

    def digest(self) -> str:
        code = Path(mist_network.__file__).read_bytes()
        content = self.tables["statistics"].tobytes() + self.tables["mi"].tobytes()
        return sha256(content + code + repr((EPOCHS_WITHOUT, self.pace)).encode()).hexdigest()[:12]


def members(work: Work) -> Members:
    """Train the members on all tables."""
    train = partial(trained, work.scale.examples(work.tables), n_epochs=work.epochs(EPOCHS))
    with ProcessPoolExecutor(work.n_processes) as pool:
        return list(pool.map(train, range(N_MEMBERS)))


def without(work: Work, digest: str, family: str) -> Members:
    """Train networks on all tables but those of a family, or read them if that was done."""
    path = work.folder / f"without-{family}-{digest}.npz"
    if not path.exists():
        others = work.scale.examples(taken(work.tables, work.tables["family"] != family))
        seeds = range(1000, 1000 + N_MEMBERS_WITHOUT)
        found = [trained(others, seed, work.epochs(EPOCHS_WITHOUT)) for seed in seeds]
        unfinished = path.with_suffix(".unfinished.npz")
        np.savez(unfinished, **layers_of(found))
        unfinished.replace(path)
    with np.load(path) as stored:
        return [
            [stored[f"{kind}{k}_{m}"] for k in range(3) for kind in "wb"]
            for m in range(N_MEMBERS_WITHOUT)
        ]


def networks_without(work: Work) -> dict[str, Members]:
    """For each family networks that have not seen it."""
    with ProcessPoolExecutor(work.n_processes) as pool:
        found = pool.map(partial(without, work, work.digest()), FAMILIES)
        return dict(zip(FAMILIES, found, strict=True))


def left_out(networks: dict[str, Members], scale: Scale, tables: Tables) -> np.ndarray:
    """Give the log quantiles of each table by the networks that have not seen its family."""
    inputs = scale.examples(tables).inputs
    logs = np.empty((len(inputs), len(LEVELS)))
    for family, own_members in networks.items():
        own = tables["family"] == family
        if own.any():
            logs[own] = logs_of(own_members, inputs[own])[0]
    return logs


class Residuals(NamedTuple):
    """Log quantiles of tables that were not trained on, and what they are to be compared with."""

    logs: np.ndarray
    mi: np.ndarray
    dims: np.ndarray
    n: np.ndarray
    family: np.ndarray

    @classmethod
    def of(cls, logs: np.ndarray, tables: Tables) -> Residuals:
        dims = tables["dx"] + tables["dy"]
        return cls(logs, tables["mi"], dims, tables["n"], tables["family"])

    def calibration(self, without: str = "") -> np.ndarray:
        """Give the corrections; ``without`` a family as if there were no tables of it."""
        kept = self.family != without
        return corrections(self.logs[kept], self.mi[kept], self.dims[kept], self.n[kept])


def residuals(work: Work, networks: dict[str, Members]) -> Residuals:
    """Of all tables, by networks that have not seen their family.

    So intervals are as wide as they must be where a table is of no family of training.
    """
    return Residuals.of(left_out(networks, work.scale, work.tables), work.tables)


def arrays_of(work: Work, layers: Members, calibration: np.ndarray) -> dict[str, Any]:
    """Give the arrays of the file."""
    tables = work.tables
    arrays: dict[str, Any] = {
        "names": np.array(NAMES),
        "families": np.array(list(FAMILIES)),
        "seed": np.array(SEED),
        "version": np.array(VERSION),
        "tables": np.array(len(tables["mi"])),
        "levels": np.array(LEVELS),
        "mean": work.scale.mean,
        "scale": work.scale.spread,
        "calibration": calibration.astype(np.float32),
        "calibration_dims": np.array(DIMS, dtype=np.float32),
        "calibration_n": np.array(ROWS, dtype=np.float32),
        **layers_of(layers),
        **support(work.scale.examples(tables).inputs, tables["dx"] + tables["dy"], tables["n"]),
    }
    return {**arrays, "checksum": np.array(checksum_of(arrays))}
