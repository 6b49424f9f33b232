"""Batches on the workers of a Dask cluster; the batch is sent to them once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mitool.errors import ExitStatus, MitoolError, UsageError
from mitool.limits import one_blas_thread
from mitool.tasks.batch import Batch
from mitool.tasks.records import Record
from mitool.tasks.running import Stretch, timed
from mitool.version import __version__

RETRIES = 10  # of a stretch whose worker is lost
SECONDS_TO_CONNECT = 10
MOST_WORKERS = 1024


@dataclass(frozen=True, eq=False)
class Cluster:
    """Workers that are connected and hold a batch; ``batch`` is Dask's handle of it."""

    batch: Any
    executor: Executor
    n_threads: int

    def submit(self, numbers: range) -> Future[Stretch[Record]]:
        """Have a worker run the tasks of these numbers."""
        return self.executor.submit(run_tasks, self.batch, numbers)


def run_tasks(batch: Batch, numbers: range) -> Stretch[Record]:
    """Run tasks of a batch; Dask calls it on a worker, with the batch in place of its handle."""
    _pin_blas()
    return timed(batch.run, numbers)


@cache
def _pin_blas() -> None:
    """Keep BLAS of this worker to one thread from now on."""
    one_blas_thread().__enter__()


def _version() -> str:
    return __version__


@contextmanager
def cluster(where: str, batch: Batch) -> Iterator[Cluster]:
    """Connect to ``tcp://host:port`` (or ``tls://``), a scheduler file, or start ``local:N``."""
    try:
        import distributed
    except ImportError as error:
        raise MitoolError(
            "--scheduler needs the package distributed; install it with pip install 'mitool[dask]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    for name in ("distributed", "distributed.client"):  # each has a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)  # lost workers are no news
    with _connected(distributed, where) as client:
        _require_workers(client, where)
        n_threads = sum(client.nthreads().values())
        sent = client.scatter(batch, broadcast=True, hash=False)
        with client.get_executor(pure=False, retries=RETRIES) as executor:
            yield Cluster(sent, executor, n_threads)


@contextmanager
def _connected(distributed: Any, where: str) -> Iterator[Any]:
    kind, _, rest = where.partition(":")
    if kind == "local":
        with _local(distributed, where, rest) as workers, distributed.Client(workers) as client:
            yield client
    else:
        with _client(distributed, where) as client:
            yield client


def _local(distributed: Any, where: str, n_workers: str) -> Any:
    """Start a cluster within this process: nothing listens where another user could connect.

    Its workers are threads, above loops that release the interpreter, as our own are.
    """
    if not (n_workers.isdecimal() and len(n_workers) < 5 and 0 < int(n_workers) <= MOST_WORKERS):
        raise UsageError(
            f"--scheduler local:N takes a number of processes from 1 to {MOST_WORKERS}, "
            f"got {where!r}"
        )
    options = {"protocol": "inproc://", "dashboard": False, "port": 0}
    node = {"nthreads": 1, "memory_limit": 0, "dashboard": False, "protocol": "inproc://"}
    scheduler, worker = _without_http(distributed)
    return distributed.SpecCluster(
        scheduler={"cls": scheduler, "options": options},
        workers={n: {"cls": worker, "options": node} for n in range(int(n_workers))},
        silence_logs=logging.CRITICAL,
    )


def _without_http(distributed: Any) -> tuple[Any, Any]:
    """Give a scheduler and a worker that open no port: Dask's do, even without a dashboard."""

    class Portless:
        def start_http_server(self, routes: Any, *arguments: Any, **more: Any) -> None:
            """Keep the pages, which other parts of Dask ask for, and serve them to nobody."""
            from distributed.http.routing import RoutingApplication

            self.http_application, self.http_server = RoutingApplication(routes), None

    class Scheduler(Portless, distributed.Scheduler):  # type: ignore[misc]
        pass

    class Worker(Portless, distributed.Worker):  # type: ignore[misc]
        pass

    return Scheduler, Worker


def _client(distributed: Any, where: str) -> Any:
    """Connect to a scheduler by its address, or by the file that names it."""
    options = {"address": where} if "://" in where else {"scheduler_file": where}
    if "scheduler_file" in options and not Path(where).is_file():
        raise UsageError(
            f"--scheduler takes tcp://HOST:PORT, a scheduler file, or local:N; there is no file "
            f"{where!r}"
        )
    try:
        return distributed.Client(**options, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError, KeyError) as error:  # TimeoutError is an OSError
        raise MitoolError(
            f"no Dask scheduler answers at {where}; start one, or check the address",
            exit_status=ExitStatus.BROKEN,
        ) from error


def _require_workers(client: Any, where: str) -> None:
    """Refuse a cluster without workers, or whose workers have no mitool or another one."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    except TimeoutError as error:
        raise MitoolError(
            f"the scheduler {where} has no workers", exit_status=ExitStatus.BROKEN
        ) from error
    try:
        versions = set(client.run(_version).values())
    except Exception as error:
        raise MitoolError(
            f"the workers of {where} cannot load this mitool ({type(error).__name__}: {error}); "
            "install the same version on all nodes",
            exit_status=ExitStatus.BROKEN,
        ) from error
    if versions != {__version__}:
        raise MitoolError(
            f"the workers of {where} have mitool {', '.join(sorted(versions))}, this is "
            f"{__version__}; install the same version on all nodes",
            exit_status=ExitStatus.BROKEN,
        )
