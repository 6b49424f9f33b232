"""The recipes of the chapter on clusters, exactly as it prints them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHAPTER = (
    (ROOT / "docs/cluster.md").read_text().partition("\n## On a cluster\n")[2].partition("\n## ")[0]
)
RECIPES = dict(re.findall(r"^\*\*(.+)\.\*\* .*\n\n```sh\n((?:.*\n)*?)```$", CHAPTER, re.M))
"""The script under each heading."""


def recipe(start: str) -> str:
    """Give the script whose heading begins so."""
    (found,) = (script for title, script in RECIPES.items() if title.startswith(start))
    return found
