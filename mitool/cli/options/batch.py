"""The options of long runs: threads, shards, checkpoints, limits of time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mitool.cli.named_files import Role
from mitool.cli.options import Threads, option
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.stop import Stop, parse_duration
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.report import Output, Run
    from mitool.tasks import Batch, Runner
    from mitool.tasks.remote import Cluster
    from mitool.tasks.shards import Shard

PART_SUFFIXES = ("", ".jsonl", ".part")


def whole_alone(option: str) -> UsageError:
    """Say that an option is for the whole, where a part of it is asked for."""
    return UsageError(
        f"a shard is written as a part; leave out {option} and give it to mitool merge"
    )


@dataclass(frozen=True)
class ShardOptions:
    """How a long run is cut into shares, and taken up again after a break."""

    shard: Annotated[
        str | None,
        option(
            "--shard",
            metavar="I/N",
            help="Do share I of N and write a part for mitool merge; auto asks the batch system.",
        ),
    ] = None
    checkpoint: Annotated[
        Path | None,
        option(
            "--checkpoint",
            metavar="FILE",
            help="Keep what is finished in FILE, and go on from there when run again.",
        ),
        Role.KEPT,
    ] = None
    time_limit: Annotated[
        str | None,
        option(
            "--time-limit",
            metavar="DURATION",
            help="Stop in time, such as 55m, with exit status 75; needs a checkpoint or shard.",
        ),
    ] = None

    def check(self, outputs: OutputOptions) -> None:
        """Refuse what cannot be meant, before anything is read."""
        self.share(outputs)
        self.stop()

    @property
    def is_batched(self) -> bool:
        """Whether tasks are run in shares, kept in a file, or run elsewhere."""
        return self.shard is not None or self.checkpoint is not None

    def share(self, outputs: OutputOptions) -> Shard:
        """Give the shard; all tasks if none is asked for."""
        from mitool.tasks.shards import Shard, parse_shard

        if self.shard is None:
            return Shard()
        shard = parse_shard(self.shard)
        if self.checkpoint is not None:
            raise UsageError("a part is its own checkpoint; leave out --checkpoint with --shard")
        if outputs.output is None or outputs.output == Path("-"):
            raise UsageError("a shard needs a file for its part; name it with -o")
        if outputs.output.suffix not in PART_SUFFIXES:
            raise UsageError(
                f"a shard is written as a part, not as {outputs.output.suffix or 'a report'}; use "
                "-o NAME.part, and choose the format of the whole in mitool merge"
            )
        if look := outputs.of_the_look():
            raise whole_alone(look)
        return shard

    def output(self, outputs: OutputOptions) -> Output:
        """Give where the report goes, or the part."""
        part = replace(outputs, format="jsonl") if self.shard is not None else outputs
        return part.parse()

    def journal(self, outputs: OutputOptions) -> Path | None:
        """Give the file that keeps finished tasks, if any."""
        return outputs.output if self.shard is not None else self.checkpoint

    @contextmanager
    def runner(self, outputs: OutputOptions, batch: Batch, run: Run) -> Iterator[Runner]:
        """Give what runs the batch; SIGUSR1 ends it early."""
        from mitool.tasks import Runner

        stop = self.stop()
        with stop.listening(), self._cluster(batch, run) as workers:
            share, journal = self.share(outputs), self.journal(outputs)
            submit = workers.submit if workers else None
            with closing(Runner(share, journal, run.n_threads, submit, stop)) as runner:
                yield runner

    def _cluster(self, batch: Batch, run: Run) -> AbstractContextManager[Cluster | None]:
        """Give the workers that run the batch in place of our own threads, if any."""
        return nullcontext()

    def stop(self) -> Stop:
        """Give what says when to stop early."""
        if self.time_limit is None:
            return Stop()
        if self.shard is None and self.checkpoint is None:
            raise UsageError("--time-limit needs --checkpoint, or what was done would be lost")
        return Stop(parse_duration(self.time_limit))


@dataclass(frozen=True)
class BatchOptions(ShardOptions):
    """The same, with threads or a cluster, and a forecast."""

    threads: Threads = None
    scheduler: Annotated[
        str | None,
        option(
            "--scheduler",
            metavar="WHERE",
            envvar="MITOOL_SCHEDULER",
            help="Work on a Dask cluster: tcp://HOST:PORT, a scheduler file, or local:N threads.",
        ),
        Role.READ,
    ] = None
    dry_run: Annotated[
        bool,
        option(
            "--dry-run",
            help="Only say how many pairs there are, and predict time and memory from a few.",
        ),
    ] = False

    @property
    def is_batched(self) -> bool:
        """Whether tasks are run in shares, kept in a file, or run elsewhere."""
        return super().is_batched or self.scheduler is not None

    def check(self, outputs: OutputOptions) -> None:
        """Refuse what cannot be meant, before anything is read."""
        super().check(outputs)
        if self.scheduler is not None and self.threads is not None:
            raise UsageError("the workers of --scheduler bring their own threads; leave out -j")

    def n_threads(self) -> int:
        """Give the number of threads."""
        from mitool.limits import n_threads

        return n_threads(self.threads)

    @contextmanager
    def _cluster(self, batch: Batch, run: Run) -> Iterator[Cluster | None]:
        if self.scheduler is None:
            yield None
            return
        from mitool.tasks.remote import cluster

        with cluster(self.scheduler, batch) as workers:
            run.engine, run.n_threads = "dask", workers.n_threads
            yield workers
