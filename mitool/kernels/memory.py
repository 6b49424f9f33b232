"""Memory is predicted and refused before it is taken, never met by the out-of-memory killer."""

from __future__ import annotations

import os
from pathlib import Path

from mitool.errors import MitoolError

SHARE = 0.9  # of what is free: the rest is for everything else the process does
CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None  # no such file, or "max": no limit


def _free_in_group() -> int | None:
    """Bytes left under the limit of the control group (a container, a batch job)."""
    root = Path("/sys/fs/cgroup")
    for limit_name, usage_name in CGROUPS:
        limit, usage = _number(root / limit_name), _number(root / usage_name)
        if limit is not None and usage is not None:
            return max(limit - usage, 0)
    return None


def _free_in_machine() -> int:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        table = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(table["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux: what the machine has in all
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def available() -> int:
    """Give the bytes that may be taken now, within the limits of the machine and of the job."""
    free = [_free_in_machine()]
    in_group = _free_in_group()
    return int(SHARE * min(free if in_group is None else [*free, in_group]))


def require(n_bytes: int, what: str) -> None:
    """Refuse an allocation that would not fit, and say what would."""
    free = available()
    if n_bytes > free:
        raise MitoolError(
            f"{what} needs {n_bytes / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; take a random "
            "subset with --sample N, a wider bandwidth, or a larger tolerance"
        )
