"""Files, data frames and arrays in, named columns out; ``formats`` lists what can be read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitool.tables.column import Column
    from mitool.tables.files import open_table
    from mitool.tables.inmemory import from_python
    from mitool.tables.opened import Input
    from mitool.tables.readoptions import ReadOptions, parse_rows
    from mitool.tables.table import Table

__all__ = [
    "Column",
    "Input",
    "ReadOptions",
    "Table",
    "from_python",
    "open_table",
    "parse_rows",
]

MODULE_OF = {
    "Column": "column",
    "Input": "opened",
    "ReadOptions": "readoptions",
    "Table": "table",
    "from_python": "inmemory",
    "open_table": "files",
    "parse_rows": "readoptions",
}


def __getattr__(name: str) -> object:
    """Import a module only when a name in it is used: options alone need no numpy."""
    if name not in MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULE_OF[name]}"), name)
