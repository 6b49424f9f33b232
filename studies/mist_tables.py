"""Tables of known information as the network sees them: their statistics, kept in parts on disk.

Each table has a seed of its own, so that parts can be made in any order, by any number of
processes, and taken up again where a run was stopped.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mitool.api import estimate
from mitool.errors import MitoolError
from mitool.estimators.learned.statistics import NAMES, statistics_of
from studies.mist_families import ADDED, FAMILIES, Family, distribution, fits
from studies.mist_unlike import UNLIKE

SEED = 20_261_129
AT_ONCE = 100
"""Tables of a part."""
KINDS = {
    "training": 0,
    "fresh": 1,
    "unlike": 2,
    "training-added": 3,
    "fresh-added": 4,
    "training-alike": 5,
    "fresh-alike": 6,
}
RIVALS = ("ksg", "gcmi", "gcmi2", "knn-or-copula", "auto")
INDEPENDENT, ROUNDED, SINGLE = 0.25, 0.15, 0.3
FEWEST, MOST = 30, 3000

Table = dict[str, Any]
Columns = dict[str, np.ndarray]


def families(kind: str) -> dict[str, Family]:
    """The families that tables of a kind are drawn from."""
    if kind == "unlike":
        return UNLIKE
    own = ADDED.get(kind.partition("-")[2])
    later = [name for names in ADDED.values() for name in names]
    return {
        name: family
        for name, family in FAMILIES.items()
        if (name in own if own else name not in later)
    }


def shape(rng: np.random.Generator, most: int) -> tuple[int, int]:
    """Columns of x and y: often one each, else any up to so many, but that."""
    if rng.random() < SINGLE:
        return 1, 1
    while True:
        dx, dy = (int(d) for d in rng.integers(1, most + 1, size=2))
        if dx + dy > 2:
            return dx, dy


def even_shape(rng: np.random.Generator, most: int) -> tuple[int, int]:
    """Columns of x and y: two or more of the one, and mostly as many of the other."""
    dx = 2 if rng.random() < 0.15 else int(rng.integers(2, most + 1))
    return dx, dx if rng.random() < 0.7 else int(rng.integers(1, most + 1))


def table(kind: str, number: int) -> Table:
    """Draw one table and look at it; the rivals are asked where it is not for training."""
    rng = np.random.default_rng([SEED, KINDS[kind], number])
    known = families(kind)
    draw_shape = even_shape if kind.endswith("alike") else shape
    dx, dy = draw_shape(rng, 3 if kind == "unlike" else 5)
    able = [name for name in known if fits(known[name], dx, dy)]
    name = able[rng.integers(len(able))]
    n = int(np.exp(rng.uniform(np.log(FEWEST), np.log(MOST + 1))))
    independent = kind != "unlike" and rng.random() < INDEPENDENT
    x, y, mi = rows(known[name], rng, dx, dy, n, independent)
    plain = {"family": name, "dx": dx, "dy": dy, "n": n, "mi": mi, "independent": independent}
    rivals = {} if kind.startswith("training") else {rival: answer(rival, x, y) for rival in RIVALS}
    return {**plain, **rivals, "statistics": statistics_of(x, y)}


def rows(
    family: Family, rng: np.random.Generator, dx: int, dy: int, n: int, independent: bool
) -> tuple[np.ndarray, np.ndarray, float]:
    """Draw the rows; a table with a constant column is drawn anew."""
    while True:
        case = distribution(family, rng, dx, dy)
        x, y = case.draw(n, rng)
        if independent:
            y = case.draw(n, rng)[1]
        if (family.smooth or independent) and rng.random() < ROUNDED:
            x, y = (rounded(side, rng, case.mi, independent) for side in (x, y))
        if (np.ptp(x, axis=0) > 0).all() and (np.ptp(y, axis=0) > 0).all():
            return x, y, 0.0 if independent else case.mi


def rounded(side: np.ndarray, rng: np.random.Generator, mi: float, independent: bool) -> np.ndarray:
    """Round some columns: so finely that nothing is lost, unless there is nothing to lose."""
    spread = np.subtract(*np.quantile(side, [0.84, 0.16], axis=0)) / 2.0
    step = np.exp(rng.uniform(-3.0, 0.0)) if independent else 0.15 * np.exp(-mi)
    steps = np.where((rng.random(side.shape[1]) < 0.7) & (spread > 0.0), step * spread, 0.0)
    whole = np.where(steps > 0.0, steps, 1.0)
    return np.where(steps > 0.0, np.round(side / whole), side)


def answer(rival: str, x: np.ndarray, y: np.ndarray) -> float:
    """Ask an estimator; not a number where it refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(estimate(x, y, estimator=rival, continuous="*").mi)
        except MitoolError:
            return np.nan


def part(kind: str, folder: Path, first: int) -> Path:
    """Make the tables of one part, unless it is there."""
    path = folder / f"{kind}-{first:06d}.npz"
    if not path.exists():
        tables = [table(kind, number) for number in range(first, first + AT_ONCE)]
        columns = {name: np.array([one[name] for one in tables]) for name in tables[0]}
        unfinished = path.with_suffix(".unfinished.npz")
        np.savez(unfinished, names=np.array(NAMES), **columns)
        unfinished.replace(path)
    return path


def tables(kind: str, n_tables: int, folder: Path, n_processes: int) -> Columns:
    """Give so many tables of a kind, made now or before; a column each."""
    folder.mkdir(parents=True, exist_ok=True)
    firsts = range(0, n_tables, AT_ONCE)
    with ProcessPoolExecutor(n_processes) as pool:
        paths = list(told(pool.map(partial(part, kind, folder), firsts), kind, len(firsts)))
    loaded = [dict(np.load(path)) for path in paths]
    for one, path in zip(loaded, paths, strict=True):
        if tuple(one.pop("names")) != NAMES:
            raise SystemExit(f"{path} holds other statistics than are computed now; remove it")
    return {name: np.concatenate([one[name] for one in loaded])[:n_tables] for name in loaded[0]}


def of_all_families(kind: str, n_tables: int, folder: Path, n_processes: int) -> Columns:
    """Give so many tables of all families, as many of one as of another."""
    sizes = {
        f"{kind}-{added}": round(n_tables * len(names) / len(FAMILIES))
        for added, names in ADDED.items()
    }
    sizes = {kind: n_tables - sum(sizes.values()), **sizes}
    parts = [tables(each, n, folder, n_processes) for each, n in sizes.items()]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def told(paths: Iterator[Path], kind: str, n_parts: int) -> Iterator[Path]:
    """Say on standard error how far it is."""
    start = time.monotonic()
    for done, path in enumerate(paths, 1):
        print(f"{kind} {done}/{n_parts} {time.monotonic() - start:.0f} s", file=sys.stderr)
        yield path
