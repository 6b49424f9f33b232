"""What enters by a public function, and what its caller is warned of."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from mitool.errors import MitoolWarning
from mitool.parallel import map_over_rows
from mitool.result import Note
from mitool.tables import from_python
from mitool.variables import Variable, gather


def warn_of(notes: Iterable[Note]) -> None:
    """Raise the warnings among some notes at the line that called the public function."""
    for note in notes:
        if note.level == "warning":
            warnings.warn(MitoolWarning(note.code, note.message), stacklevel=3)


def variable_of(
    data: Any, name: str, discrete: Collection[str], continuous: Collection[str]
) -> Variable:
    """Take what a user gives as one variable, its columns joint."""
    return variables_of({name: data}, discrete, continuous)[0]


def variables_of(
    named: Mapping[str, Any], discrete: Collection[str], continuous: Collection[str]
) -> list[Variable]:
    """Take each of several by its name; all have the same rows."""
    tables = [from_python(data, name) for name, data in named.items()]
    columns = [table.read(table.names) for table in tables]
    gathered = partial(gather, discrete=discrete, continuous=continuous)
    return list(map_over_rows(gathered, columns, tables[0].n_rows))
