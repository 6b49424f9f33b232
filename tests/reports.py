"""What a run says, as tests read it: results that obey the schema, and errors of one line."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema

if TYPE_CHECKING:
    from tests.conftest import Outcome

SCHEMA = json.loads(resources.files("mitool.report").joinpath("report.schema.json").read_text())

ERROR = re.compile(r"mitool: error: ([^\n]{1,386})\n")
"""A message takes one line of at most 400 characters."""


def one_line(err: str) -> str:
    """Give the message of an error on standard error, which holds nothing else."""
    line = ERROR.fullmatch(err)
    assert line is not None, err
    return line[1]


def results(outcome: Outcome) -> list[dict[str, Any]]:
    """Give the results that a command printed as JSON, once they are found to obey the schema."""
    document = json.loads(outcome.out)
    jsonschema.validate(document, SCHEMA)
    return list(document["results"])
