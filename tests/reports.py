"""Reports as tests read them: the schema that all obey, and the results in one."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema

if TYPE_CHECKING:
    from tests.conftest import Outcome

SCHEMA = json.loads(resources.files("mitool.report").joinpath("report.schema.json").read_text())


def results(outcome: Outcome) -> list[dict[str, Any]]:
    """Give the results that a command printed as JSON, once they are found to obey the schema."""
    document = json.loads(outcome.out)
    jsonschema.validate(document, SCHEMA)
    return list(document["results"])
