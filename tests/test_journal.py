"""What is finished is kept: a file cut at any byte goes on, and parts become the whole again."""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitool.errors import MitoolError
from mitool.report import Run
from mitool.result import Note
from mitool.result.fields import Field
from mitool.tasks import Outline, Record, Runner
from mitool.tasks.batch import OUTLINES, outline_of
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.keptfile import kept_file
from mitool.tasks.matrix import MatrixOutline
from mitool.tasks.merging import merged, opened
from mitool.tasks.shards import Shard

numbers = (
    st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
)
cells = (
    numbers | st.text(max_size=8) | st.booleans() | st.dictionaries(st.text(max_size=3), numbers)
)
rows = st.dictionaries(st.text(max_size=5), cells, max_size=4)
notes = st.builds(
    Note,
    st.text(max_size=5),
    st.text(max_size=12),
    st.lists(st.text(max_size=4), max_size=2).map(tuple),
    st.sampled_from(["note", "warning"]),
)


@dataclass(frozen=True, eq=False)
class Given:
    """A batch whose results are known beforehand; it remembers which tasks it has run."""

    records: list[Record]
    digest: str = "d"
    n_run: list[int] = field(default_factory=list)

    @property
    def outline(self) -> Outline:
        n_rows = len(self.records[0].rows) if self.records else 1
        fields = (Field("x"), Field("mi", "number"))
        return Outline(
            item_name="things", n_tasks=len(self.records), n_rows=n_rows, fields=fields, unit="bits"
        )

    def run(self, numbers: range) -> list[Record]:
        self.n_run.extend(numbers)
        return [self.records[number] for number in numbers]


@st.composite
def batches(draw: st.DrawFn, max_tasks: int = 12) -> Given:
    """Draw a batch: each task has as many rows as any other, and notes that no other has."""
    n_rows = draw(st.integers(1, 2))
    n_tasks = draw(st.integers(1, max_tasks))
    results = draw(st.lists(st.lists(rows, min_size=n_rows, max_size=n_rows), max_size=n_tasks))
    said = draw(st.lists(notes, max_size=n_tasks))
    said = [replace(note, message=f"{i} {note.message}") for i, note in enumerate(said)]
    return Given([Record(i, r, said[i : i + 1]) for i, r in enumerate(results)])


def run_of() -> Run:
    return Run("invented", settings={"seed": 0, "level": 0.95}, inputs=[{"path": "d.csv"}])


def kept(batch: Given, path: Path, shard: Shard | None = None) -> list[Record]:
    """Run a batch, or go on with it, in a file."""
    return list(Runner(shard or Shard(), path).records(batch, run_of()))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@given(st.integers(0, 10**9), st.lists(rows, max_size=3), st.lists(notes, max_size=3))
def test_a_record_is_the_same_after_its_line(number, some_rows, some_notes) -> None:
    record = Record(number, some_rows, some_notes)
    line = record.line().encode()
    assert b"\n" not in line
    assert Record.parse(line) == record


@settings(deadline=None, max_examples=40)
@given(batch=batches(), data=st.data())
def test_a_file_cut_at_any_byte_goes_on_to_the_same_whole(folder, batch, data) -> None:
    path = folder / "kept"
    path.unlink(missing_ok=True)
    assert kept(batch, path) == batch.records
    whole = path.read_bytes()
    head = whole.index(b"\n") + 1
    size = data.draw(st.just(0) | st.integers(head, len(whole)))  # the header is there at once
    path.write_bytes(whole[:size])
    n_lines = max(whole[:size].count(b"\n") - 1, 0)  # the first is the header
    again = Given(batch.records)
    assert kept(again, path) == batch.records
    assert path.read_bytes() == whole
    assert again.n_run == list(range(n_lines, len(batch.records)))  # nothing is done twice


@settings(deadline=None, max_examples=25)
@given(batch=batches(), data=st.data())
def test_a_piece_of_a_header_is_not_taken_for_a_checkpoint(folder, batch, data) -> None:
    path = folder / "kept"
    path.unlink(missing_ok=True)
    kept(batch, path)
    head = path.read_bytes().splitlines(keepends=True)[0]
    piece = head[: data.draw(st.integers(1, len(head) - 1))]
    path.write_bytes(piece)
    with pytest.raises(MitoolError, match="line 1"):
        kept(batch, path)
    assert path.read_bytes() == piece


def edited(data: st.DataObject, whole: bytes) -> bytes:
    """Change bytes or lines of a file at random."""
    lines = whole.splitlines(keepends=True)
    some_line, some_byte = st.integers(0, len(lines) - 1), st.integers(0, len(whole) - 1)
    what = data.draw(st.sampled_from(["byte", "drop", "insert", "delete", "twice", "swap", "move"]))
    at, i, j = data.draw(some_byte), data.draw(some_line), data.draw(some_line)
    new = data.draw(st.binary(min_size=1, max_size=3))
    if what in ("byte", "drop", "insert"):
        kept_from = {"byte": at + len(new), "drop": at + 1, "insert": at}[what]
        return whole[:at] + (b"" if what == "drop" else new) + whole[kept_from:]
    if what == "swap":
        lines[i], lines[j] = lines[j], lines[i]
    elif what == "twice":
        lines.insert(j, lines[i])
    else:
        line = lines.pop(i)
        if what == "move":
            lines.insert(j, line)
    return b"".join(lines)


@settings(deadline=None, max_examples=400)
@given(batch=batches(), data=st.data())
def test_an_edit_is_refused_by_its_line_or_changes_nothing(folder, batch, data) -> None:
    path = folder / "kept"
    path.unlink(missing_ok=True)
    kept(batch, path)
    whole = path.read_bytes()
    changed = edited(data, whole)
    path.write_bytes(changed)
    try:
        assert list(merged(opened([path]))) == batch.records
    except MitoolError as error:
        assert re.search(r" line \d+|is not complete: it has \d+ of \d+ things", str(error))
    assert path.read_bytes() == changed
    try:
        assert kept(batch, path) == batch.records
        assert path.read_bytes() == whole
    except MitoolError as error:
        assert re.search(r" line \d+", str(error))
        assert path.read_bytes() == changed


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        (2, lambda line: line.replace(b"2.0", b"2.5")),
        (2, lambda line: line.replace(b"2.0", b"NaN")),
        (4, lambda line: line + b'{"task": 3, "rows": [{"mi": 3.0}], "notes": []}\n'),
        (4, lambda line: line + b"by hand"),
        (4, lambda line: line + line),
    ],
    ids=["a number", "NaN", "a trailing record", "a trailing word", "a trailing copy"],
)
def test_the_line_that_was_edited_is_named(tmp_path, line, edit) -> None:
    batch, path = Given([Record(i, [{"mi": 2.0}], []) for i in range(3)]), tmp_path / "kept"
    kept(batch, path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = edit(lines[line - 1])
    path.write_bytes(b"".join(lines))
    number = 5 if line == 4 else line
    for act in (lambda: opened([path]), lambda: kept(batch, path)):
        with pytest.raises(MitoolError, match=f"is damaged at line {number}; remove it and run"):
            act()
    assert path.read_bytes() == b"".join(lines)


def test_a_line_of_another_run_is_refused(tmp_path) -> None:
    lines = []
    for name, mi in (("a", 1.0), ("b", 2.0)):
        batch = Given([Record(i, [{"mi": mi}], []) for i in range(3)], digest=name)
        kept(batch, tmp_path / name)
        lines.append((tmp_path / name).read_bytes().splitlines(keepends=True))
    (tmp_path / "b").write_bytes(b"".join([*lines[1][:2], lines[0][2], lines[1][3]]))
    with pytest.raises(MitoolError, match="damaged at line 3"):
        opened([tmp_path / "b"])


def test_zeros_that_a_power_cut_left_are_dropped(tmp_path) -> None:
    batch, path = Given([Record(i, [{"mi": 2.0}], []) for i in range(3)]), tmp_path / "kept"
    kept(batch, path)
    whole = path.read_bytes()
    for n_bytes in (5, 0):
        cut = whole.rstrip(b"\n").rindex(b"\n") + 1 + n_bytes
        path.write_bytes(whole[:cut] + bytes(100))
        assert kept(batch, path) == batch.records
        assert path.read_bytes() == whole


@pytest.mark.parametrize("name", ["folder", "no/such", "/dev/null", "/dev/full", "pipe"])
def test_what_cannot_keep_lines_is_refused_at_once(tmp_path, name) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MitoolError, match=r"which keeps nothing; name a file|cannot write"):
        kept(Given([Record(0, [{}], [])]), tmp_path / name)
    with pytest.raises(MitoolError, match=r"which keeps nothing; name a file|no such file"):
        opened([tmp_path / name])


def test_a_file_without_locks_is_kept_all_the_same(tmp_path, monkeypatch) -> None:
    def no_locks(*words: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("fcntl.flock", no_locks)
    batch = Given([Record(0, [{"mi": 1.0}], [])])
    assert kept(batch, tmp_path / "kept") == batch.records


@pytest.mark.parametrize("exists", [True, False])
def test_of_many_that_begin_at_once_one_keeps_the_file(tmp_path, exists) -> None:
    path, head = tmp_path / "kept", b"head\n"
    if exists:
        path.touch()
    held: list[IO[bytes]] = []
    refused: list[MitoolError] = []
    barrier = threading.Barrier(8)

    def begin() -> None:
        barrier.wait()
        try:
            held.append(kept_file(path, head))
        except MitoolError as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (file,) = held
    assert len(refused) == 7
    assert os.path.samestat(os.fstat(file.fileno()), path.stat())
    assert path.read_bytes() == head
    assert [other.name for other in tmp_path.iterdir()] == ["kept"]
    file.close()


@settings(deadline=None, max_examples=25)
@given(batch=batches(80), count=st.integers(1, 6), data=st.data())
def test_parts_in_any_order_are_the_whole(folder, batch, count, data) -> None:
    paths = [folder / f"{index}.part" for index in range(1, count + 1)]
    for index, path in enumerate(paths, 1):
        path.unlink(missing_ok=True)
        kept(batch, path, Shard(index, count))
    parts = opened(data.draw(st.permutations(paths)))
    assert list(merged(parts)) == batch.records
    outline = parts[0].fingerprint.outline
    assert outline == batch.outline
    assert list(outline.finish(merged(parts))) == batch.records


@settings(deadline=None, max_examples=15)
@given(count=st.integers(2, 5), data=st.data())
def test_a_part_that_is_missing_or_there_twice_is_named(folder, count, data) -> None:
    batch = Given([Record(i, [{"mi": float(i)}], []) for i in range(7)])
    paths = [folder / f"{index}.part" for index in range(1, count + 1)]
    for index, path in enumerate(paths, 1):
        path.unlink(missing_ok=True)
        kept(batch, path, Shard(index, count))
    left = data.draw(st.integers(1, count))
    others = [path for index, path in enumerate(paths, 1) if index != left]
    with pytest.raises(MitoolError, match=rf"missing of {count} shards: {left};"):
        opened(data.draw(st.permutations(others)))
    with pytest.raises(MitoolError, match=rf"are both shard {left}/{count}; leave one out"):
        opened(data.draw(st.permutations([*paths, paths[left - 1]])))


OUTLINED = {
    "plain": Outline(item_name="things", n_tasks=3, n_rows=2, fields=(Field("mi", "number"),)),
    "matrix": MatrixOutline(
        item_name="pairs",
        n_tasks=2,
        n_rows=1,
        fields=(Field("x"),),
        names=("a", "b", "c"),
        columns=(0, 1),
        against=(2,),
        adjust="holm",
    ),
}


@pytest.mark.parametrize("kind", OUTLINES)
def test_an_outline_is_the_same_after_its_header(kind) -> None:
    if kind == "ranking":
        from mitool.screening.column_batch import RankingOutline

        common = {"item_name": "columns", "n_tasks": 4, "n_rows": 1, "fields": (Field("x"),)}
        outline: Outline = RankingOutline(**common, top=None, adjust="bh")
    elif kind == "layers":
        from mitool.networks.layeroutline import LayersOutline

        common = {"item_name": "layers", "n_tasks": 4, "n_rows": 0, "fields": (Field("x"),)}
        outline = LayersOutline(**common, unit="bits")
    elif kind == "prescreened":
        from mitool.tasks.prescreened import PrescreenedOutline

        common = {"item_name": "pairs", "n_tasks": 2, "n_rows": 1, "fields": (Field("x"),)}
        places = {"names": ("a", "b", "c"), "columns": (0, 1), "against": (2,), "adjust": "bh"}
        outline = PrescreenedOutline(**common, **places, listed=(2, 2), sizes=(1, 1), n_tests=2)
    else:
        outline = OUTLINED[kind]
    assert outline_of(json.loads(json.dumps(outline.header()))) == outline


class TestOtherFormats:
    def older(self, path: Path) -> None:
        """Write the first line of a part as mitool 0.1 did."""
        header = {"schema": "mitool.part/1", "version": "0.1.0", "command": "matrix"}
        path.write_text(json.dumps(header) + "\n")

    def message(self, path: Path) -> str:
        return (
            f"{path} has the format mitool.part/1 of mitool 0.1.0, this mitool reads "
            f"{Fingerprint.SCHEMA}; end it with the version that began it, or remove it and run "
            "again"
        )

    def test_are_refused_by_name(self, tmp_path) -> None:
        path = tmp_path / "old.part"
        self.older(path)
        before = path.read_bytes()
        for act in (lambda: opened([path]), lambda: kept(Given([]), path)):
            with pytest.raises(MitoolError) as caught:
                act()
            assert str(caught.value) == self.message(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("command", ["merge", "checkpoint"])
    def test_are_one_line_to_the_user(self, mitool, tmp_path, command) -> None:
        path = tmp_path / "old.part"
        self.older(path)
        wine = Path(__file__).parent.parent / "sample_data" / "wine.csv"
        words = {
            "merge": ("merge", path),
            "checkpoint": ("matrix", wine, "--cols", "alcohol,ash", "--checkpoint", path),
        }
        outcome = mitool(*words[command])
        assert (outcome.code, outcome.out) == (3, "")
        assert outcome.err == f"mitool: error: {self.message(path)}\n"
