"""What this process may use: the processors and the memory that the job was given."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from numbers import Integral
from pathlib import Path
from typing import Any

from mitool.errors import UsageError

GRANTS = ("SLURM_CPUS_PER_TASK", "NSLOTS", "NCPUS", "PBS_NCPUS")
"""What Slurm, Grid Engine and PBS say of the processors of a job."""
WISH = "MITOOL_THREADS"
CGROUP = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")
SHARE = 0.9  # of the free memory: the rest is for everything else the process does
BLAS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
MEBIBYTE = 1 << 20
MOST_THREADS = 4096
MOST_DIGITS = 15  # of a count: more would be a slip, and no integer type holds any number of them


def n_threads(wished: str | int | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Give the number of threads for ``-j``: what was asked, else ``MITOOL_THREADS``, else auto.

    ``auto`` is the least of what the affinity, the control group and the batch system grant;
    never the number of processors of the machine.
    """
    source, wish = "-j", wished
    if wish is None:
        source, wish = WISH, environment.get(WISH, "auto")
    if wish != "auto":
        return _positive(wish, source)
    grants = [affinity(), *(int(environment[n]) for n in GRANTS if _is_count(environment.get(n)))]
    quota = cgroup_processors()
    return max(1, min(grants if quota is None else [*grants, quota]))


def _positive(wish: str | int, source: str) -> int:
    if isinstance(wish, Integral) or _is_count(wish):
        count = int(wish)
        if count > MOST_THREADS:
            raise UsageError(f"{source} takes at most {MOST_THREADS} threads, but got {count}")
        if count > 0:
            return count
    raise UsageError(f"{source} takes a number of threads from 1, or auto, but got {wish!r}")


def _is_count(text: object) -> bool:
    if not isinstance(text, str) or len(text) > MOST_DIGITS:
        return False
    return text.isascii() and text.isdigit() and int(text) > 0


def affinity() -> int:
    """Give the processors that the system lets this process run on."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cgroup_processors(root: Path = CGROUP) -> int | None:
    """Give the processors that a control group's quota is worth, rounded up; None without one."""
    granted = []
    for folder in group_folders(root):
        v2 = _words(folder / "cpu.max")
        quota = v2 or [*_words(folder / "cpu.cfs_quota_us"), *_words(folder / "cpu.cfs_period_us")]
        if len(quota) == 2 and _is_count(quota[0]) and _is_count(quota[1]):
            granted.append(-(-int(quota[0]) // int(quota[1])))
    return min(granted, default=None)


def free_memory(root: Path = CGROUP, environment: Mapping[str, str] = os.environ) -> int:
    """Give the bytes that may be taken now, within the limits of the machine and of the job."""
    free = [_free_in_machine()]
    free += [left for folder in group_folders(root) for left in _left_in_group(folder)]
    granted = _granted_memory(environment)
    if granted is not None:
        free.append(max(granted - resident(), 0))
    return int(SHARE * min(free))


def _left_in_group(folder: Path) -> Iterator[int]:
    """Yield the bytes left under a limit; cached files that the system can drop do not count."""
    for limit_name, usage_name, cached_name in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit, usage = _words(folder / limit_name), _words(folder / usage_name)
        if usage and limit and _is_count(limit[0]):
            table = dict(line.split(" ", 1) for line in _lines(folder / "memory.stat"))
            used = int(usage[0]) - int(table.get(cached_name, 0))
            yield max(int(limit[0]) - used, 0)


def group_folders(root: Path = CGROUP) -> list[Path]:
    """Give the folders of this process's control group and of all around it (v2, then v1)."""
    folders = [root, root / "cpu", root / "memory"]
    for line in _lines(Path("/proc/self/cgroup")):
        _, controllers, path = line.split(":", 2)
        bases = [root / name for name in controllers.split(",")] if controllers else [root]
        inner = Path(path.lstrip("/"))
        folders += [base / part for base in bases for part in (inner, *inner.parents)]
    return list(dict.fromkeys(folders))


def _granted_memory(environment: Mapping[str, str]) -> int | None:
    """Give the bytes that Slurm grants on this node; its variables count in megabytes."""
    per_node, per_cpu = (environment.get(f"SLURM_MEM_PER_{what}") for what in ("NODE", "CPU"))
    if _is_count(per_node):
        return int(per_node or 0) * MEBIBYTE
    if _is_count(per_cpu):
        cpus = environment.get("SLURM_CPUS_PER_TASK", "1")
        return int(per_cpu or 0) * MEBIBYTE * (int(cpus) if _is_count(cpus) else 1)
    return None


def _free_in_machine() -> int:
    for line in _lines(MEMINFO):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")  # not Linux: all of it


def resident() -> int:
    """Give the bytes of memory that this process holds now; 0 where the system does not tell."""
    words = _words(Path("/proc/self/statm"))
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") if words else 0


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _words(path: Path) -> list[str]:
    lines = _lines(path)
    return lines[0].split() if lines else []


def ask_for_one_blas_thread() -> None:
    """Let BLAS have one thread once it is loaded, unless the user's environment says otherwise."""
    for name in BLAS:
        os.environ.setdefault(name, "1")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread inside: more of them disturb ours and change the last bits.

    Libraries that are loaded already are told; those that are not will read the environment.
    """
    ask_for_one_blas_thread()
    with _loaded_libraries(len(sys.modules)).limit(limits=1):
        yield


@lru_cache(maxsize=1)
def _loaded_libraries(n_modules: int) -> Any:
    """Give what tells the libraries that are loaded how many threads to use.

    Finding them reads all that is mapped, 1.7 ms, as long as three estimates of 1000 rows; no
    library comes without a module, so they are found anew once there are more modules.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
