"""How far the work is, on standard error: a bar on a terminal, else a line a minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 60.0


def followed(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Pass items on and show how many of ``total`` there were."""
    return (_barred if sys.stderr.isatty() else _lined)(items, total, what)


def _barred(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, what, total=total, console=console, transient=True)


def _lined(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    start = last = time.monotonic()
    for n_done, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last, left = now, (now - start) / n_done * (total - n_done)
            tell(f"{n_done} of {total} {what}, about {left:.0f} s left")


def tell(text: str) -> None:
    """Write a line of progress."""
    sys.stderr.write(f"mitool: {text}\n")
    sys.stderr.flush()
