"""The page of a report: one file that reads without a network, without scripts and on paper."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from importlib import resources
from pathlib import Path
from typing import IO, Any

from mitool.errors import ExitStatus, MitoolError
from mitool.pages.answers import answer
from mitool.pages.inlined import Inlined, inlined
from mitool.pages.methods import citations, methods
from mitool.pages.warned import grouped
from mitool.plots import Illustrated
from mitool.plots.of_rows import compared_in
from mitool.plots.picture import Row
from mitool.printable import printable
from mitool.report import Field
from mitool.report.places import check_writable
from mitool.report.shown import shown_columns

MOST_ROWS = 500
"""Rows of a page; of more, those with the largest estimates are shown."""


@dataclass(frozen=True)
class Page(Illustrated):
    """The file of ``--html``; with ``has_details`` it also says when and where it was made."""

    has_details: bool = False

    @staticmethod
    def checked(path: Path, *, has_details: bool = False) -> Page:
        """Refuse a file to which no page could be written in the end."""
        if str(path) == "-":
            raise MitoolError("a page goes to a file, not to -; name one, such as page.html")
        check_writable(path)
        _template()
        return Page(path, has_details=has_details)

    def write(
        self,
        file: IO[bytes],
        rows: Sequence[Row],
        fields: Sequence[Field],
        record: Mapping[str, Any],
    ) -> None:
        """Write the page."""
        file.write(rendered(rows, fields, record, self._inlined(rows, record), self.has_details))

    def _inlined(self, rows: Sequence[Row], record: Mapping[str, Any]) -> list[Inlined]:
        """Give the pictures; none without matplotlib, which a page can do without."""
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            return []
        return inlined(self.pictures(rows, record))


def rendered(
    rows: Sequence[Row],
    fields: Sequence[Field],
    record: Mapping[str, Any],
    pictures: Sequence[Inlined],
    has_details: bool = False,
) -> bytes:
    """Give the page of a report as HTML.

    ``record`` is what a JSON report holds besides its results: tool, input, settings, warnings and,
    for ``has_details``, runtime.
    """
    tool, settings = record["tool"], record["settings"]
    shown = _best(rows)
    text: str = _template().render(
        title=f"mitool {tool['command']}",
        files=[entry["path"] for entry in record["input"]],
        answer=answer(tool["command"], rows, compared_in(record["warnings"])),
        columns=shown_columns(fields, shown),
        n_rows=len(rows),
        n_shown=len(shown),
        pictures=pictures,
        warnings=grouped(record["warnings"]),
        methods=methods(rows, settings, tool["version"]),
        bibtex="\n\n".join(citations(rows, tool["version"])),
        again=shlex.join(["mitool", *tool["argv"]]),
        input=record["input"],
        settings=_chosen(settings),
        version=tool["version"],
        runtime=record.get("runtime") if has_details else None,
        style=_asset("page.css"),
        script=_asset("page.js"),
    )
    return text.encode()


def _best(rows: Sequence[Row]) -> Sequence[Row]:
    if len(rows) <= MOST_ROWS:
        return rows
    lowest = float("-inf")
    return nlargest(MOST_ROWS, rows, key=lambda row: lowest if row["mi"] is None else row["mi"])


def _chosen(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings that say something."""
    nothing: tuple[Any, ...] = (None, False, [], "", {})
    return {name: value for name, value in settings.items() if value not in nothing}


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _template() -> Any:
    try:
        from jinja2 import Environment
    except ImportError as error:
        raise MitoolError(
            "pages need jinja2; install it with: pip install 'mitool[plot]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.finalize = _visible
    return environment.from_string(_asset("page.html"))


def _visible(value: Any) -> Any:
    """Show controls, marks of direction and line ends of plain text by their codes."""
    if type(value) is str and "\n" not in value:  # markup of our own is of another type
        return printable(value)
    return value
