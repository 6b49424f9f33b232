"""How large the packed buffers of an Arrow file say that they are, before any is unpacked.

Arrow's columnar format 1.5: messages follow one another, each a flatbuffer and a body; a packed
buffer of the body begins with the number of its bytes unpacked. pyarrow makes room for as many
without a question.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from
from typing import Any

START = b"ARROW1\0\0"
END = 10  # bytes: the length of the footer, and ARROW1
MARK = b"\xff\xff\xff\xff"  # before the length of a message
DICTIONARY, RECORDS = 2, 3  # headers of messages
BUFFER = 16  # bytes: where one lies in the body, and how long it is


def packed_bytes(file: Any) -> int:
    """Give how many bytes all packed buffers of an Arrow file or stream say that they hold."""
    return sum(
        _bytes_said(file, body + place)
        for message, body in _messages(file)
        for place in _packed(message)
    )


def _bytes_said(file: Any, place: int) -> int:
    """Read what a packed buffer begins with; one that is not packed after all says -1."""
    file.seek(place)
    (n_bytes,) = unpack_from("<q", file.read(8))
    return max(0, int(n_bytes))


def _messages(file: Any) -> Iterator[tuple[bytes, int]]:
    """Yield the flatbuffer of each message, and where its body begins."""
    place, end = 0, file.size()
    if file.read(len(START)) == START:
        file.seek(end - END)
        place, end = len(START), end - END - unpack_from("<i", file.read(4))[0]
    while place + 8 <= end:
        file.seek(place)
        first, second = file.read(4), file.read(4)
        start = 8 if first == MARK else 4  # without the mark before Arrow 0.15
        (length,) = unpack_from("<i", second if first == MARK else first)
        if length <= 0:
            return
        file.seek(place + start)
        message = file.read(length)
        yield message, place + start + length
        place += start + length + _number(message, _root(message), 3)


def _packed(message: bytes) -> Iterator[int]:
    """Yield where the packed buffers of a message begin in its body."""
    root = _root(message)
    kind = _field(message, root, 1)
    header = message[kind] if kind else 0
    records = _table(message, root, 2) if header in (DICTIONARY, RECORDS) else 0
    if header == DICTIONARY and records:
        records = _table(message, records, 1)
    if not records or not _field(message, records, 3):  # nothing is packed
        return
    buffers = _table(message, records, 2)
    (count,) = unpack_from("<I", message, buffers)
    for i in range(count if buffers else 0):
        place, length = unpack_from("<qq", message, buffers + 4 + BUFFER * i)
        if length:
            yield place


def _root(message: bytes) -> int:
    """Give the place of the outermost table of a flatbuffer."""
    return int(unpack_from("<I", message)[0])


def _field(message: bytes, table: int, number: int) -> int:
    """Give the place of a field of a table, 0 where it has none."""
    fields = table - unpack_from("<i", message, table)[0]
    if 4 + 2 * number >= unpack_from("<H", message, fields)[0]:
        return 0
    (offset,) = unpack_from("<H", message, fields + 4 + 2 * number)
    return table + int(offset) if offset else 0


def _table(message: bytes, table: int, number: int) -> int:
    """Give the place of what a field refers to, a table or the length of a vector; 0 for none."""
    place = _field(message, table, number)
    return place + int(unpack_from("<I", message, place)[0]) if place else 0


def _number(message: bytes, table: int, number: int) -> int:
    """Give a field of 64 bits, 0 where it is left out."""
    place = _field(message, table, number)
    return int(unpack_from("<q", message, place)[0]) if place else 0
