"""The table for papers and notes: what the terminal shows, as Markdown or LaTeX, by pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mitool.errors import ExitStatus, MitoolError
from mitool.report.shown import ShownColumn, shown_columns
from mitool.report.writers import Gathering

if TYPE_CHECKING:
    from pandas import DataFrame


class PaperTable(Gathering):
    """Writes once, because only columns with something to say are shown."""

    needs = ""  # what pandas writes the format with

    def close(self) -> None:
        """Write the table."""
        from pandas import DataFrame

        columns = shown_columns(self.fields, self.rows)
        cells = zip(*(map(self.escaped, column.cells) for column in columns), strict=True)
        frame = DataFrame(list(cells), columns=[self.escaped(each.head) for each in columns])
        try:
            self.put(self.laid_out(frame, columns))
        except ImportError as error:
            raise MitoolError(
                f"this format needs {self.needs}; install it with: pip install 'mitool[plot]'",
                exit_status=ExitStatus.MISSING_EXTRA,
            ) from error

    def escaped(self, text: str) -> str:
        """Give text as it is written where nothing in it is to be taken for a command."""
        return text

    def laid_out(self, frame: DataFrame, columns: Sequence[ShownColumn]) -> str:
        """Give the whole table."""
        raise NotImplementedError


class Markdown(PaperTable):
    """A pipe table, as GitHub, Pandoc and notebooks read it."""

    needs = "tabulate"

    def escaped(self, text: str) -> str:
        """Keep names from becoming borders, code or HTML."""
        for mark in ("\\", "|", "`", "*", "["):
            text = text.replace(mark, f"\\{mark}")
        return text.replace("&", "&amp;").replace("<", "&lt;")

    def laid_out(self, frame: DataFrame, columns: Sequence[ShownColumn]) -> str:
        """Give the table, its numbers as they are written and flush right."""
        sides = ["right" if column.is_number else "left" for column in columns]
        text = frame.to_markdown(index=False, disable_numparse=True, colalign=sides)
        return f"{text}\n"


class Latex(PaperTable):
    """A tabular with the rules of booktabs."""

    needs = "jinja2"

    def laid_out(self, frame: DataFrame, columns: Sequence[ShownColumn]) -> str:
        """Give the tabular; pandas escapes what TeX would take for a command."""
        sides = "".join("r" if column.is_number else "l" for column in columns)
        return str(frame.to_latex(index=False, escape=True, column_format=sides))
