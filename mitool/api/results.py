"""Several results in order, as a table, a square or a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import asdict, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from mitool.api.arguments import shown
from mitool.api.door import door
from mitool.api.frames import frame_of, require_pandas
from mitool.api.pictured import SHOWN, Origin, Pictured
from mitool.choices import FormatOption
from mitool.errors import MitoolError, UsageError
from mitool.report import Output, Reportable, Run, open_report
from mitool.result import Note
from mitool.result.blocks import RowBlock
from mitool.result.fields import ESTIMATE_FIELDS
from mitool.result.wording import warnings_among

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from mitool.plots import Picture


Result = TypeVar("Result", bound=Reportable, covariant=True)

WIDTH = 100


def _required(results: Iterable[Result]) -> tuple[Result, ...]:
    """Give results one by one, and refuse what are none."""
    given = tuple(results) if isinstance(results, Iterable) else ()
    wrong = [each for each in given if not (hasattr(each, "fields") and hasattr(each, "row"))]
    if wrong or not isinstance(results, Iterable):
        raise UsageError(
            "results are a list of what mitool gives one by one, as mitool.estimate does; "
            f"got {shown(wrong[0] if wrong else results)}"
        )
    return given


class Results(Pictured, Sequence[Result], Generic[Result]):
    """Results in order: an immutable sequence, whose slices are ``Results`` too.

    Parameters
    ----------
    results
        Estimates, or what ``mitool.screen`` and ``mitool.diagnose`` give one by one.
    origin
        Where they are from, said by the functions of mitool.

    Examples
    --------
    >>> import mitool
    >>> x, y = list("aabb") * 50, list("ccdd") * 50
    >>> found = mitool.Results([mitool.estimate(x, y, name) for name in ("plugin", "nsb")])
    >>> found.to_frame()[["estimator", "unit", "n_used"]]
      estimator  unit  n_used
    0    plugin  nats     200
    1       nsb  nats     200
    """

    def __init__(self, results: Iterable[Result], origin: Origin | None = None) -> None:
        self._results = _required(results)
        first = self._results[0].fields if self._results else ESTIMATE_FIELDS
        self._origin = origin or Origin(Run("estimate"), first)

    @overload
    def __getitem__(self, place: int) -> Result: ...
    @overload
    def __getitem__(self, place: slice) -> Results[Result]: ...
    def __getitem__(self, place: int | slice) -> Result | Results[Result]:
        """Give a result, or several as ``Results``."""
        if isinstance(place, slice):
            return Results(self._results[place], replace(self._origin, outline=None))
        return self._results[place]

    def __len__(self) -> int:
        return len(self._results)

    def __eq__(self, other: object) -> bool:
        """Whether the other holds the same results in the same order."""
        return isinstance(other, Results) and self._results == other._results

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show the first of the results as the command line would."""
        from mitool.report.terminal import drawn

        more = len(self) - SHOWN
        head = f"{type(self).__name__} of {len(self)}"
        table = drawn(self.rows()[:SHOWN], self._origin.fields, WIDTH) if self else ""
        return f"{head}\n{table}{f'… and {more} more' if more > 0 else ''}".rstrip("\n")

    @property
    def warnings(self) -> tuple[Note, ...]:
        """All that the command line would warn of, each once: of the data, then of the results.

        Of one code at most 50; ``warning_codes`` of ``to_frame()`` says it of each result.
        """
        return warnings_among(self._noted().notes)

    def rows(self) -> list[dict[str, Any]]:
        """Give a mapping for each result, as a JSON report has it."""
        rows = (result.row() for result in self._results)
        return [{field.name: row.get(field.name) for field in self._origin.fields} for row in rows]

    def to_frame(self) -> pandas.DataFrame:
        """Give a pandas DataFrame of a row for each result, with the columns of a report.

        Whole numbers are ``Int64``, so that one may be missing; ``params`` and ``extras`` are
        mappings.
        """
        require_pandas("to_frame")
        return frame_of(self.rows(), self._origin.fields)

    def to_arrow(self) -> pyarrow.Table:
        """Give an Arrow table of a row for each result, as a Parquet report has it."""
        from mitool.report.parquet import arrow_table

        return arrow_table(self.rows(), self._origin.fields)

    def square(self) -> pandas.DataFrame:
        """Give the estimates of a matrix as a square: a row for each x, a column for each y.

        Where one set of columns was paired, it is symmetric, and its diagonal is NaN: the
        information of a number with itself is infinite. Where ``normalize`` was given it holds
        the normalised numbers.

        Raises
        ------
        MitoolError
            If these are not all results of one ``mitool.matrix``.
        """
        if self._origin.outline is None:
            raise MitoolError(
                "only the whole result of mitool.matrix has a square form; call its square() "
                "before cutting it, or pivot to_frame()"
            )
        require_pandas("square")
        import pandas

        square = self._origin.outline.square()
        square.put(range(len(self)), RowBlock.of(self.rows()))
        label, *names = (field.name for field in square.fields)
        frame = pandas.DataFrame(square.rows(), columns=[label, *names]).set_index(label)
        return frame.astype("float64")

    @door
    def save(self, path: str | PathLike[str], format: FormatOption = "auto") -> None:  # noqa: A002
        """Write the report that the command line would have written.

        Parameters
        ----------
        path
            A file, written whole or not at all.
        format
            ``json``, ``jsonl``, ``csv``, ``tsv``, ``parquet``, ``table``, ``md`` or ``tex``;
            ``auto`` is by the suffix.

        Raises
        ------
        MitoolError
            If there is no such format, or the file cannot be written.
        """
        output = Output.checked(Path(path), format)
        with open_report(output, self._noted(), self._origin.fields) as report:
            for row in self.rows():
                report.write(row)

    def _pictures(self) -> list[Picture]:
        from mitool.plots import pictures_of
        from mitool.plots.of_rows import compared_in

        notes = [asdict(note) for result in self._results for note in result.remarks]
        return pictures_of(self._origin.run.command, self.rows(), compared_in(notes))

    def _noted(self) -> Run:
        """Give the record of the run with the notes of these results, which others do not share."""
        run = deepcopy(self._origin.run)
        run.note(note for result in self._results for note in result.remarks)
        return run
