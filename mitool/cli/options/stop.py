"""When to stop early: a time limit, or the signal that batch systems send before the end."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mitool.errors import UsageError

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "": 1}
LONGEST_TEXT = 30


def parse_duration(text: str) -> float:
    """Give the seconds of ``90``, ``90s``, ``45m``, ``2h``, ``1h30m``, ``1d`` or ``h:mm:ss``."""
    if re.fullmatch(r"\d{1,9}:\d\d(:\d\d)?", text):
        parts = [int(part) for part in text.split(":")]
        hours, minutes, seconds = parts if len(parts) == 3 else [0, *parts]
        return float(3600 * hours + 60 * minutes + seconds)
    if len(text) > LONGEST_TEXT or not re.fullmatch(r"(\d+(\.\d+)?[dhms])+|\d+(\.\d+)?", text):
        raise UsageError(
            f"--time-limit takes a duration such as 90s, 45m, 1h30m or 1:30:00, got {text!r}"
        )
    amounts = re.findall(r"(\d+(?:\.\d+)?)([dhms]?)", text)
    return sum(float(number) * UNITS[unit] for number, unit in amounts)


class Stop:
    """Tells when no more work is to be begun."""

    def __init__(self, seconds: float | None = None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._is_signalled = False

    def __call__(self) -> bool:
        """Whether the time is over or a signal came."""
        return self._is_signalled or (self._end is not None and time.monotonic() >= self._end)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGUSR1 as the wish to stop, where there is such a signal."""
        number = getattr(signal, "SIGUSR1", None)
        if number is None:
            yield
            return

        def ask(number: int, frame: FrameType | None) -> None:
            self._is_signalled = True

        before = signal.signal(number, ask)
        try:
            yield
        finally:
            signal.signal(number, before)
