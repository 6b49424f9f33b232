"""Chat completions with the log-probabilities of the likeliest tokens, one JSON document a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.models.classes.sequences import entropies
from mitool.models.classes.token_findings import TokenSequence
from mitool.tables.source import Source
from mitool.tables.stdin import source_of

ASK = "ask for them with logprobs=true and top_logprobs=5"


def completions(path: str) -> tuple[dict[str, object], list[TokenSequence]]:
    """Read the sequences of a file, each line one completion of one or more choices.

    Gives what the report says of the file, too.
    """
    source = source_of(path)
    found = [
        sequence
        for number, line in enumerate(_lines(source), start=1)
        for sequence in _of_line(line, f"{source.name}, line {number}")
    ]
    if not found:
        raise MitoolError(f"{source.name} holds no completion")
    entry: dict[str, object] = {
        "path": source.name,
        "format": "jsonl",
        "bytes": source.n_bytes,
        "rows": len(found),
        "columns": 1,
    }
    return entry, found


def _lines(source: Source) -> Iterator[Any]:
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                raise MitoolError(
                    f"{source.name}, line {number}: no JSON; --tokens takes an array of NumPy or a "
                    "completion a line"
                ) from None


def _of_line(line: Any, place: str) -> Iterator[TokenSequence]:
    body = line.get("response", line) if isinstance(line, Mapping) else {}
    body = body.get("body", body) if isinstance(body, Mapping) else {}
    choices = body.get("choices") if isinstance(body, Mapping) else None
    if not isinstance(choices, list) or not choices:
        raise MitoolError(f"{place}: no 'choices'; --tokens takes a chat completion a line")
    for number, choice in enumerate(choices):
        name = place if len(choices) == 1 else f"{place}, choice {number}"
        logprobs = choice.get("logprobs") if isinstance(choice, Mapping) else None
        tokens = logprobs.get("content") if isinstance(logprobs, Mapping) else None
        if not isinstance(tokens, list) or not tokens:
            raise MitoolError(f"{name}: no 'top_logprobs'; {ASK}")
        values = np.array([_entropy(token, f"{name}, token {i}") for i, token in enumerate(tokens)])
        yield TokenSequence(name, values, is_truncated=True)


def _entropy(token: Any, place: str) -> float:
    """Give the entropy of the known tokens, the one that was taken among them, and of the rest."""
    top = token.get("top_logprobs") if isinstance(token, Mapping) else None
    if not isinstance(top, list) or not top:
        raise MitoolError(f"{place}: no 'top_logprobs'; {ASK}")
    try:
        known = {each["token"]: float(each["logprob"]) for each in top}
        known.setdefault(token["token"], float(token["logprob"]))
    except (KeyError, TypeError, ValueError):
        raise MitoolError(f"{place}: 'top_logprobs' lacks a token or its logprob; {ASK}") from None
    probs = np.exp(np.array(list(known.values())))
    if not probs.sum() <= 1.0 + 1e-3:
        raise MitoolError(f"{place}: the probabilities of its top tokens sum to {probs.sum():.6g}")
    return float(entropies(probs[None])[0])
