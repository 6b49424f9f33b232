"""How often tests given z reject where nothing is there, in blocks that any run adds to.

``python -m studies.conditional_sizes --repeats 2000`` adds to conditional-sizes.csv what it lacks,
a block of each cell at a time, and draws conditional_sizes.md from it; it may be stopped and begun
again. The tests take 19 permutations: they are as exact as with 999.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mitool.kernels.neighbors import counting
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from studies.conditional import AUTO, CAUSES, DIMS, NOISES, OTHERS, RAW, SIZES, Common, Draw, drawn
from studies.record import HERE, options, over, table

LEVEL = 0.05
N_NULL = 19
BLOCK = 50
HEAD = ("cell", "n", "form", "first", "repeats", "rejected", "warned")
WARNINGS = {"common_cause", "cause_left_in"}


class Block(NamedTuple):
    """Some repeats of a cell: the first of them, and how many."""

    cell: str
    draw: Draw
    n: int
    settings: Settings
    first: int
    repeats: int = BLOCK

    def counted(self) -> tuple[object, ...]:
        """Count how many of the tests reject, and how many warn."""
        asked = Uncertainty(n_permutations=N_NULL)
        found = [
            assess(*drawn(self.cell, self.draw, self.n, repeat), self.settings, asked)
            for repeat in range(self.first, self.first + self.repeats)
        ]
        rejected = sum(one.test.p_value <= LEVEL for one in found)
        warned = sum(bool(WARNINGS & {note.code for note in one.notes}) for one in found)
        return (*self.key, self.repeats, rejected, warned)

    @property
    def key(self) -> tuple[str, int, str, int]:
        return self.cell, self.n, self.settings.estimator, self.first


def counted(block: Block) -> tuple[object, ...]:
    return block.counted()


def blocks(repeats: int) -> Iterator[Block]:
    """Give the blocks of all cells, those of the same repeats together."""
    for first in range(0, repeats, BLOCK):
        for n in SIZES:
            for cause in CAUSES:
                for d in DIMS:
                    for noise in NOISES:
                        cell = f"{cause} {d} {noise}"
                        yield Block(cell, Common(cause, d, noise), n, AUTO, first)
                        if n == 200 and first == 0:
                            yield Block(cell, Common(cause, d, noise), n, RAW, first)
        for n in (100, 200):
            yield from (Block(name, draw, n, AUTO, first) for name, draw in OTHERS.items())


def add(path: Path, repeats: int, n_processes: int) -> None:
    """Measure the blocks that the file lacks."""
    kept = set() if not path.exists() else set(pd.read_csv(path)[list(HEAD[:4])].itertuples(False))
    lacking = [block for block in blocks(repeats) if block.key not in set(map(tuple, kept))]
    counting.announce(10**6, 10**4)  # one path of the counts, whatever came before
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not kept:
            writer.writerow(HEAD)
        for line in over(counted, lacking, n_processes):
            writer.writerow(line)
            file.flush()


def tables(found: pd.DataFrame) -> Iterator[str]:
    """Give the text: the cells of the common causes, their means and worst, the other shapes."""
    cells = found.groupby(["cell", "n", "form"], sort=False)[
        ["repeats", "rejected", "warned"]
    ].sum()
    rates = cells.rejected / cells.repeats
    causes = [f"{c} {d} {noise}" for c in CAUSES for d in DIMS for noise in NOISES]
    least, most = cells.repeats.xs("auto", level="form").agg(["min", "max"])
    error = (LEVEL * (1 - LEVEL) / least) ** 0.5
    yield (
        "# Tests given z where nothing is there\n\n"
        "Drawn by `python -m studies.conditional_sizes` (seed 16) from conditional-sizes.csv.\n\n"
        f"Rejections at {LEVEL} of x and y that are the same function of z and noise of their own, "
        f"{N_NULL} permutations, {least} to {most} repeats a cell: the standard error of a rate "
        f"near .05 is at most {error:.3f}. auto takes off what z explains; raw is `-e ksg`, "
        f"{BLOCK} repeats.\n"
    )
    yield table(
        ("cause, columns of z, noise", *(f"n = {n}" for n in SIZES), "warned", "raw, n = 200"),
        (
            [
                cell,
                *(f"{rates.get((cell, n, 'auto'), float('nan')):.3f}" for n in SIZES),
                f"{cells.warned[cell, 200, 'auto'] / cells.repeats[cell, 200, 'auto']:.2f}",
                f"{rates.get((cell, 200, 'ksg'), float('nan')):.2f}",
            ]
            for cell in causes
        ),
    )
    yield from summaries(rates.xs("auto", level="form"))
    yield "## Other shapes\n"
    yield table(
        ("data", "n", "rejected", "warned"),
        (
            [name, n, f"{rates[name, n, 'auto']:.3f}", f"{line.warned / line.repeats:.2f}"]
            for (name, n, _), line in cells.iterrows()
            if name in OTHERS
        ),
    )


def summaries(rates: pd.Series) -> Iterator[str]:
    """Give the mean and the worst cell of each noise, and the means by n and columns of z."""
    means = []
    for noise in NOISES:
        here = rates[rates.index.get_level_values("cell").str.endswith(f" {noise}")]
        worst, at = here.idxmax()
        yield (
            f"Noise {noise}: mean {here.mean():.3f} of {len(here)} cells, worst {here.max():.3f} "
            f"({worst}, n = {at}).\n"
        )
        of_n = (here.xs(n, level="n").mean() for n in SIZES)
        names = here.index.get_level_values("cell")
        of_dims = (here[names.str.contains(f" {d} ")].mean() for d in DIMS)
        means.append([noise, *(f"{mean:.3f}" for mean in (*of_n, *of_dims))])
    heads = (*(f"n = {n}" for n in SIZES), *(f"{d} columns of z" for d in DIMS))
    yield table(("mean of", *heads), means)


if __name__ == "__main__":
    asked = options(__doc__.splitlines()[0], repeats=300)
    kept = asked.output or HERE / "conditional-sizes.csv"
    add(kept, asked.repeats, asked.jobs)
    text = "\n".join(tables(pd.read_csv(kept)))
    (kept.parent / "conditional_sizes.md").write_text(text, encoding="utf-8")
