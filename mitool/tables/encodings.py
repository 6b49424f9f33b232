"""Names of encodings: which of Python's codecs turn bytes into text, piece by piece."""

from __future__ import annotations

import codecs

from mitool.errors import MitoolError

PROBE = f"{'A' * 99},é\n1,2\n", f"{'A' * 99},e\n1,2\n"
"""Text of which any encoding of tables can write the one or the other."""


def require_text_encoding(name: str) -> None:
    """Refuse what is unknown, and codecs of other uses: zlib, rot13, names of hosts."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError) as error:  # ValueError: a NUL in it
        raise MitoolError(f"unknown encoding {name!r}; such as utf-8 or latin-1") from error
    if not any(_reads_back(codec, text) for text in PROBE):
        raise MitoolError(f"{name!r} is no encoding of text; name one such as utf-8 or latin-1")


def _reads_back(codec: codecs.CodecInfo, text: str) -> bool:
    """Whether a codec writes a text and reads it again from two pieces."""
    try:
        written, _ = codec.encode(text)
        if not isinstance(written, bytes):
            return False
        decoder = codec.incrementaldecoder()
        half = len(written) // 2
        return decoder.decode(written[:half]) + decoder.decode(written[half:], True) == text
    except Exception:  # a codec may raise anything over what it is not made for
        return False
