"""Lines that carry a checksum, so that nothing else is taken for what was written there."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any, NoReturn

MARK = b', "check": "'
END = b'"}\n'
N_BYTES = 8


def sealed(text: str, under: bytes = b"") -> bytes:
    """Give a JSON object as a line that ends with its checksum; ``under`` is what it belongs to."""
    return _line(text.encode()[:-1], under)


def _line(body: bytes, under: bytes) -> bytes:
    check = blake2b(body, digest_size=N_BYTES, key=under).hexdigest()
    return body + MARK + check.encode() + END


def seal_of(line: bytes) -> bytes:
    """Give the checksum of a line, under which others are sealed; empty if it has none."""
    return line.rpartition(MARK)[2].removesuffix(END) if MARK in line else b""


def unsealed(line: bytes, under: bytes = b"") -> Any:
    """Give the text of the object of a line; ValueError if it is not what was sealed ``under``."""
    body = line.rpartition(MARK)[0]
    if not body or line != _line(body, under):
        raise ValueError("not what was written")
    return body + b"}"


def strict_json(text: bytes | str) -> Any:
    """Read JSON without NaN and infinities; ValueError if it is none."""
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
