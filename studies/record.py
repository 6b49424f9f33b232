"""What every study leaves behind: tables with the command, the seed and the time they took."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

HERE = Path(__file__).parent


def options(about: str, repeats: int) -> argparse.Namespace:
    """Read how often to repeat, how many processes, and where the tables go."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--repeats", type=int, default=repeats)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, default=None)
    parser.add_argument("--estimator", default="auto", help="for pairs of numbers")
    parser.add_argument("--only", default="", help="only the tasks whose name holds this text")
    return parser.parse_args()


def over(function: Callable[[Any], Any], jobs: Sequence[Any], n_processes: int) -> Iterator[Any]:
    """Yield the results of all jobs in order, and tell on standard error how far it is."""
    start = time.monotonic()
    with ProcessPoolExecutor(n_processes) as pool:
        for done, (job, result) in enumerate(zip(jobs, pool.map(function, jobs), strict=True), 1):
            print(f"{done}/{len(jobs)} {job} {time.monotonic() - start:.0f} s", file=sys.stderr)
            yield result


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Draw a Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in rows)


def write(name: str, asked: argparse.Namespace, seed: int, parts: Sequence[str]) -> None:
    """Write ``name.md`` beside the studies, headed by how to make it again."""
    title, *rest = parts
    only = f" --only {asked.only}" if asked.only else ""
    head = (
        f"# {title}\n\nMade by `python -m studies.{name} --repeats {asked.repeats}{only}` "
        f"(seed {seed}) in {time.monotonic() - STARTED:.0f} s on "
        f"{asked.jobs} processes. MI in nats.\n"
    )
    path = asked.output or HERE / f"{name}.md"
    path.write_text("\n".join([head, *rest]).rstrip() + "\n", encoding="utf-8")


STARTED = time.monotonic()
