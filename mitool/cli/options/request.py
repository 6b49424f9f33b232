"""What one run of ``mitool estimate`` is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from mitool.cli.options.comparison import ComparisonOptions
from mitool.cli.options.estimate_data import Data, StreamedData
from mitool.cli.options.input import InputOptions
from mitool.cli.options.times import Pairing, TimeOptions
from mitool.cli.options.variables import VariableOptions
from mitool.cli.panels import Panels
from mitool.errors import MitoolError, UsageError
from mitool.result.fields import ESTIMATE_FIELDS, ROWS_NEEDED_FIELDS, Field

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.report import Output, Run
    from mitool.streaming import Stream
    from mitool.tables import Table
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Variable


@dataclass(frozen=True)
class Request:
    """The parsed options of one run; ``pointwise`` is the file of local terms, if any."""

    variables: VariableOptions
    times: TimeOptions
    inputs: InputOptions
    comparison: ComparisonOptions
    groups: str | None
    output: Output
    pointwise: Output | None
    settings: Sequence[Settings]
    uncertainty: Uncertainty

    def check(self) -> None:
        """Refuse options that exclude each other."""
        in_time, compare = self.times.in_time, self.comparison.compare
        self.inputs.check_order("time" if in_time else self.uncertainty.order)
        if compare and (self.variables.given or in_time or self.groups):
            raise UsageError("--compare takes no -z, --lag, --transfer or --groups")
        if compare and any(settings.reduce for settings in self.settings):
            raise UsageError("--compare takes columns as they are; leave out --reduce")
        if compare and any(settings.normalize != "none" for settings in self.settings):
            raise UsageError(
                "--compare takes no --normalize: a difference is no share of an entropy"
            )
        if compare and self.uncertainty.rows_for is not None:
            raise UsageError("--compare takes no --rows-for: ask for the rows of each estimate")
        if self.pointwise and self.settings[0].steadying:
            raise UsageError(
                "--pointwise takes rows as they are; leave out --difference, --detrend"
            )
        if self.groups and in_time:
            raise UsageError("--groups and rows in time exclude each other: leave out one")

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the report."""
        return ESTIMATE_FIELDS + (() if self.uncertainty.rows_for is None else ROWS_NEEDED_FIELDS)

    def _is_streamed(self, stream: bool, tables: Sequence[Table]) -> bool:
        """Tell whether to read in batches: where --stream says so, or where memory is short."""
        blockers = self._needing_all_rows()
        if stream and len(tables) != 1:
            raise UsageError("--stream takes one table; name columns with -x and -y")
        if stream and blockers:
            raise UsageError(f"--stream gives estimates alone; leave out {', '.join(blockers)}")
        if stream or len(tables) != 1 or self.inputs.sample:
            return stream
        return self._is_larger_than_memory(tables[0], blockers)

    def read(self, tables: Sequence[Table], stream: bool, run: Run) -> Data:
        """Read the variables, in batches if need be; ``run`` records where they are from."""
        if self._is_streamed(stream, tables):
            return self._read_stream(tables[0], run)
        return self._read_whole(tables, run)

    def _read_whole(self, tables: Sequence[Table], run: Run) -> Data:
        run.inputs = [asdict(entry) for table in tables for entry in table.inputs]
        if len(tables) == 2:
            self._check_arrays()
        xs, ys, given = self.variables.read(tables, self.inputs)
        groups, by = (
            self.inputs.read_jointly(tables[0], spec) for spec in (self.groups, self.comparison.by)
        )
        compared = self.comparison.compared(tables, by, len(ys))
        pairings = [pairing for x in xs for y in ys for pairing in self.times.pairings(x, y, given)]
        return Data(xs, ys, pairings, groups, compared, Panels(tables))

    def work(self, data: Data) -> list[tuple[Pairing, Settings]]:
        """Give every pair of variables with every estimator."""
        return [(pairing, settings) for pairing in data.pairings for settings in self.settings]

    def illustrated(self, data: Data) -> Output:
        """Give where the report goes, with pictures of the columns where they are at hand."""
        if not self.output.companions or not data.has_rows:
            return self.output
        if self.comparison.compare:
            from mitool.plots.dots import difference

            return self.output.showing(partial(difference, names=data.compared_names))
        from mitool.plots.of_columns import Pair, pictures_of_pairs

        pairs = [Pair(each.x, each.y, settings) for each, settings in self.work(data)]
        act = partial(pictures_of_pairs, pairs=pairs, columns=data.panels.column)
        return self.output.showing(act)

    def _read_stream(self, table: Table, run: Run) -> StreamedData:
        """Survey the variables in one pass over the table."""
        from mitool.streaming import Stream, check_auto, first_counts

        x_names, y_names, _ = self.variables.column_names(table)
        counts = first_counts(self.settings, table, (*x_names[0], *y_names[0]))
        stream = Stream(table, self.inputs.declared(table.names), run.n_threads)
        stream.survey(list(product(x_names, y_names)), counts)
        run.inputs = [asdict(entry) for entry in table.inputs]
        xs, ys = (
            [self._streamed(stream, names, table.names) for names in side]
            for side in (x_names, y_names)
        )
        pairs = list(product(xs, ys))
        check_auto(self.settings, pairs, table)
        pairings = [pairing for x, y in pairs for pairing in self.times.pairings(x, y, None)]
        return StreamedData(xs, ys, pairings, None, None, Panels(()), stream)

    def _streamed(self, stream: Stream, names: Sequence[str], known: Sequence[str]) -> Variable:
        """Give a variable of a stream; columns that name rows are refused when estimated."""
        refusal = self.inputs.refusal_of([stream.surveys[name] for name in names], known)
        return replace(stream.variable(names), refusal=str(refusal) if refusal else None)

    def _check_arrays(self) -> None:
        specs = {"--groups": self.groups, "--by": self.comparison.by}
        self.variables.check_arrays([name for name, spec in specs.items() if spec])

    def _needing_all_rows(self) -> list[str]:
        """Name the options given that need all rows at once."""
        given: Mapping[str, object] = {
            "-z": self.variables.given,
            "--lag and --transfer": self.times.in_time,
            "--sample": self.inputs.sample,
            "--compare": self.comparison.compare,
            "--groups": self.groups,
            "--pointwise": self.pointwise,
            "--reduce": any(settings.reduce for settings in self.settings),
            "intervals": self.uncertainty.level,
            "tests": self.uncertainty.tests,
            "--difference and --detrend": self.settings[0].steadying,
        }
        return [name for name, value in given.items() if value]

    def _is_larger_than_memory(self, table: Table, blockers: Sequence[str]) -> bool:
        from mitool.limits import free_memory

        names = [
            name
            for variables in self.variables.column_names(table)
            for names in variables
            for name in names
        ]
        needed, free = table.bytes_when_read(names), free_memory()
        if needed > free and blockers:
            raise MitoolError(
                f"the columns need about {needed / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free; "
                f"--sample N takes fewer rows, or leave out {', '.join(blockers)}, which need them "
                "all"
            )
        return needed > free
