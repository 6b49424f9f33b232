"""Files made to crash, hang or fill the memory: each is refused in one line, within limits."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import resource
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest
import zstandard

from mitool.errors import MitoolError
from mitool.tables import ReadOptions, open_table
from mitool.tables.arrowmessages import packed_bytes
from mitool.tables.jsondepth import is_too_deep

ROOT = Path(__file__).parent.parent
GIGABYTE = 1 << 30
MOST_MEMORY = 2 * GIGABYTE  # of addresses, most of which compiled libraries only reserve
MOST_SECONDS = 60  # of a processor, mostly 10: a gigabyte is unpacked, and thrown away
PATIENCE = 4 * MOST_SECONDS  # by the clock, of a machine that does other things too
TABLE = b"a,b\n" + b"".join(b"%d,%d\n" % (i * 37 % 41, i * 71 % 43) for i in range(60))
NUMBERS = pa.table({"a": [i * 37 % 41 / 41 for i in range(60)], "b": [i / 60 for i in range(60)]})
LABELS = pa.table({"a": ["red", "green", "blue"] * 20, "b": [i / 60 for i in range(60)]})


def limits() -> None:
    """Bound the memory and the time of a process; it leaves no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(*arguments: object, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, within limits."""
    return subprocess.run(
        [sys.executable, "-m", "mitool", *map(str, arguments)],
        capture_output=True,
        cwd=ROOT,
        timeout=PATIENCE,
        preexec_fn=limits,
        check=False,
        **more,  # type: ignore[arg-type]
    )


def refused(*arguments: object, **more: object) -> str:
    """Give the one line by which a run refuses its input."""
    outcome = run(*arguments, **more)
    err = outcome.stderr.decode()
    assert (outcome.returncode, outcome.stdout) == (3, b""), err
    assert err.startswith("mitool: error: ")
    assert err.count("\n") == 1
    return err


def arrow_file(path: Path, table: pa.Table) -> bytes:
    feather.write_feather(table, path, compression="uncompressed")
    return path.read_bytes()


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Overwrite the only place of some bytes."""
    assert data.count(old) == 1
    assert len(old) == len(new)
    return data.replace(old, new)


def offsets(*values: int) -> bytes:
    return np.array(values, dtype="<i4").tobytes()


class TestCorruptArrow:
    """Arrow trusts the offsets and indices of a file: unchecked, they end the process."""

    def test_offsets_out_of_bounds(self, tmp_path):
        path = tmp_path / "d.feather"
        data = arrow_file(path, pa.table({"a": ["red", "green", "blue"], "b": [1.0, 2.0, 3.0]}))
        path.write_bytes(replaced(data, offsets(0, 3, 8, 12), offsets(0, 3, 1 << 30, 1 << 30)))
        assert "is cut short or damaged" in refused("matrix", path)

    @pytest.mark.parametrize("stream", [(), ("--stream", "-e", "plugin")], ids=["whole", "stream"])
    def test_indices_out_of_bounds(self, stream, tmp_path):
        indices = pa.array([0, 1, 1, 0, 0, 1, 1, 1] * 5, pa.int32())
        table = pa.table({"a": pa.DictionaryArray.from_arrays(indices, ["u", "v"]), "b": indices})
        path = tmp_path / "d.arrow"
        with pa.ipc.new_file(str(path), table.schema) as file:
            file.write_table(table)
        good = indices.to_numpy().tobytes()
        bad = np.where(np.arange(40) == 7, 8765952, indices.to_numpy()).astype("<i4").tobytes()
        path.write_bytes(path.read_bytes().replace(good, bad))
        assert "is cut short or damaged" in refused("estimate", path, "-x", "a", "-y", "b", *stream)

    @pytest.mark.parametrize("stream", [(), ("--stream", "-e", "bins")], ids=["whole", "stream"])
    def test_text_that_is_no_text(self, stream, tmp_path):
        path = tmp_path / "d.feather"
        words = ["red", "greenish", "blue", *["red", "blue"] * 10]
        data = arrow_file(path, pa.table({"a": words, "b": np.arange(23) / 7}))
        path.write_bytes(replaced(data, b"greenish", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"))
        assert "is cut short or damaged" in refused("estimate", path, "-x", "a", "-y", "b", *stream)

    def test_offsets_that_go_back(self, tmp_path):
        path = tmp_path / "d.feather"
        data = arrow_file(path, pa.table({"a": ["red", "green", "blue"], "b": [1.0, 2.0, 3.0]}))
        path.write_bytes(replaced(data, offsets(0, 3, 8, 12), offsets(0, 8, 3, 12)))
        assert "is cut short or damaged" in refused("matrix", path)

    @pytest.mark.parametrize("name", ["segv.feather", "badindex.arrow.bz2"])
    def test_files_that_crashed_it(self, name):
        assert "is cut short or damaged" in refused("matrix", ROOT / "tests" / "data" / name)

    def test_a_good_file_is_read_as_before(self, tmp_path):
        path = tmp_path / "d.feather"
        arrow_file(path, LABELS)
        a, b = open_table([str(path)]).read(["a", "b"])
        assert a.labels == ("blue", "green", "red")
        assert b.values.tolist() == LABELS["b"].to_pylist()


class TestCutWhileRead:
    """A memory map of a file that shrinks ends the process by SIGBUS: nothing is mapped."""

    @pytest.mark.parametrize("suffix", [".feather", ".parquet", ".npy", ".csv"])
    def test_cut_while_read(self, suffix, tmp_path):
        path, values = tmp_path / f"d{suffix}", np.random.default_rng(1).normal(size=(100_000, 2))
        table = pa.table({"c1": values[:, 0], "c2": values[:, 1]})
        if suffix == ".feather":
            feather.write_feather(table, path, compression="uncompressed")
        elif suffix == ".parquet":
            parquet.write_table(table, path, use_dictionary=False, compression="none")
        elif suffix == ".npy":
            np.save(path, values)
        else:
            np.savetxt(path, values, delimiter=",", header="c1,c2", comments="")
        opened = open_table([str(path)])
        os.truncate(path, path.stat().st_size // 2)
        try:
            opened.read(["c1", "c2"])
        except MitoolError as error:
            assert "cut short" in str(error) or suffix == ".csv"
        else:
            assert suffix == ".csv"  # half a text may be a text

    @pytest.mark.parametrize("order", ["C", "F"])
    def test_arrays_are_read_piece_by_piece(self, order, tmp_path):
        path, values = tmp_path / "d.npy", np.arange(30_000.0).reshape(10_000, 3)
        np.save(path, np.asarray(values, order=order))
        table = open_table([str(path)], ReadOptions(rows=(100, 9000)))
        last, first = table.read(["c3", "c1"])
        assert np.array_equal(last.values, values[100:9000, 2])
        assert np.array_equal(first.values, values[100:9000, 0])
        pieces = [batch()[0].values for batch in open_table([str(path)]).batches(["c2"])]
        assert np.array_equal(np.concatenate(pieces), values[:, 1])

    def test_records_are_read_by_field(self, tmp_path):
        path = tmp_path / "d.npy"
        records = np.zeros(50, dtype=[("u", "f8"), ("v", "i4"), ("w", "U3")])
        records["u"], records["v"], records["w"] = np.arange(50) / 3, np.arange(50), "abc"
        np.save(path, records)
        u, v, w = open_table([str(path)]).read(["u", "v", "w"])
        assert np.array_equal(u.values, records["u"])
        assert np.array_equal(v.values, records["v"])
        assert w.labels == ("abc",)


class TestNestedJson:
    @pytest.mark.parametrize("opening", ['{"a":', "[", '{"}":', '{"a\\"}":\n', '[\n{"\\\\":'])
    def test_json_100000_deep(self, opening, tmp_path):
        path = tmp_path / "d.jsonl"
        path.write_text('{"a": 1}\n{"b":' + opening * 100_000 + "\n")
        assert "200 deep" in refused("matrix", path)

    @pytest.mark.parametrize(
        "row",
        [
            {"a": "[" * 300, "b": "{" * 300},
            {"a": '"' * 300 + "[" * 300},
            {"a": "\\" * 301 + "[" * 300},
            {"a": "}" * 300},
            {"a": [[1] * 300] * 3},
        ],
    )
    def test_brackets_in_text_are_no_depth(self, row):
        text = (json.dumps(row) + "\n").encode() * 300
        assert not is_too_deep(io.BytesIO(text))

    def test_depth_is_exact(self):
        for depth, deep in ((199, False), (200, True)):
            text = b'{"x": 1}\n' + b'{"a":' * depth + b"1" + b"}" * depth
            assert is_too_deep(io.BytesIO(text)) is deep

    def test_depth_over_blocks(self):
        nested = b"".join(b'{"a": "%s",\n"b":\n' % (b"x" * 20_000) for _ in range(250))
        assert is_too_deep(io.BytesIO(nested))


def packed(compress: Callable[[bytes], bytes], n_bytes: int) -> bytes:
    """Give lines of 8 bytes packed, 16 MB a member: members may follow one another."""
    return compress(b"1234567\n" * (1 << 21)) * (n_bytes >> 24)


PACKED = {".csv.bz2": bz2.compress, ".csv.xz": lzma.compress, ".csv.zst": zstandard.compress}
OTHERS = {
    "words": b"alpha\n",
    "one line": b"x" * 64,
    "records": b'{"a": 1.5}\n',
    "two columns": b"1,2\n",
}


class TestBombs:
    @pytest.mark.parametrize("suffix", PACKED)
    def test_packed_text(self, suffix, tmp_path):
        path = tmp_path / f"d{suffix}"
        path.write_bytes(packed(PACKED[suffix], GIGABYTE + (1 << 26)))
        assert path.stat().st_size * 1000 < GIGABYTE
        err = refused("matrix", path, "--no-header")
        assert "grows more than 1000-fold" in err
        assert "--allow-expansion" in err

    @pytest.mark.parametrize("kind", OTHERS)
    def test_packed_text_of_any_kind_in_little_memory(self, kind, tmp_path):
        """The limits of this file hold; of the gigabyte that is unpacked nothing is kept."""
        block = OTHERS[kind] * ((1 << 24) // len(OTHERS[kind]))
        path = tmp_path / ("d.jsonl.zst" if kind == "records" else "d.csv.zst")
        path.write_bytes(
            b"".join(
                map(zstandard.compress, [b"1,2\n" * 1000 * (kind == "two columns"), *[block] * 66])
            )
        )
        command = (
            "import os, resource, sys; from mitool.cli.app import main; code = main(sys.argv[1:]); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, flush=True); "
            "os._exit(code)"  # as the program leaves: Arrow's threads may abort a usual end
        )
        outcome = subprocess.run(
            [sys.executable, "-c", command, "matrix", path, "--no-header"],
            capture_output=True,
            cwd=ROOT,
            timeout=PATIENCE,
            preexec_fn=limits,
            check=False,
        )
        assert outcome.returncode == 3, outcome.stderr
        assert b"grows more than 1000-fold" in outcome.stderr
        assert int(outcome.stdout) < 500  # MB

    @pytest.mark.parametrize("how", ["file", "stream", "old"])
    def test_one_packed_text_of_arrow(self, how, tmp_path):
        """pyarrow makes room for as many bytes as a packed buffer says that it holds."""
        path, n_bytes = tmp_path / "d.arrow", 40 << 20
        table = pa.table({"b": [1.0], "a": pa.array(["x" * n_bytes])})
        options = pa.ipc.IpcWriteOptions(compression="zstd", use_legacy_format=how == "old")
        opener = pa.ipc.new_stream if how == "stream" else pa.ipc.new_file
        with opener(str(path), table.schema, options=options) as file:
            file.write_table(table)
        data = path.read_bytes()
        said, more = ((n).to_bytes(8, "little") for n in (n_bytes, 3 << 30))
        with pa.OSFile(str(path)) as file:
            assert n_bytes < packed_bytes(file) < n_bytes + 100
        path.write_bytes(replaced(data, said + b"\x28\xb5\x2f\xfd", more + b"\x28\xb5\x2f\xfd"))
        assert "grows more than 1000-fold" in refused("matrix", path)

    def test_packed_buffers_of_good_files_are_added_up(self, tmp_path):
        path, values = tmp_path / "d.feather", np.zeros(1000)
        words = pa.array(["u", "v"] * 500).dictionary_encode()
        feather.write_feather(pa.table({"a": values, "b": words}), path, compression="lz4")
        with pa.OSFile(str(path)) as file:  # indices and offsets have 32 bits
            assert 8000 + 4000 <= packed_bytes(file) <= 8000 + 4000 + 64

    def test_archive(self, tmp_path):
        """The directory of an archive says how large its members are; nothing is unpacked."""
        path = tmp_path / "d.npz"
        np.savez_compressed(path, a=np.zeros(1000))
        data = path.read_bytes()
        said = (8 * 1000 + 128).to_bytes(4, "little")
        path.write_bytes(data.replace(said, (3 << 30).to_bytes(4, "little")))
        assert data.count(said) > 1
        assert "grows more than 1000-fold" in refused("matrix", path)

    def test_parquet_pages(self, tmp_path):
        path = tmp_path / "d.parquet"
        column = pa.array(np.zeros(1 << 20))
        schema = pa.schema([("a", pa.float64()), ("b", pa.float64())])
        how = {"compression": "zstd", "use_dictionary": False}
        with parquet.ParquetWriter(path, schema, **how) as file:
            for _ in range(130):
                file.write_table(pa.table([column, column], schema=schema))
        assert path.stat().st_size * 1000 < 2 * 130 * (8 << 20)
        assert "grows more than 1000-fold" in refused("matrix", path)

    def test_rows_that_take_no_room(self, tmp_path):
        path = tmp_path / "d.arrow"
        schema = pa.schema([("a", pa.null())])
        with pa.ipc.new_file(str(path), schema) as file:
            file.write_batch(pa.record_batch([pa.nulls(123_457)], schema=schema))
        said, more = ((n).to_bytes(8, "little") for n in (123_457, 1 << 40))
        assert said in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(said, more))
        assert "grows more than 1000-fold" in refused("matrix", path)

    def test_what_is_meant_is_read(self, tmp_path, monkeypatch):
        monkeypatch.setattr("mitool.tables.compression.FREE_BYTES", 1000)
        path = tmp_path / "d.csv.gz"
        path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 100_000, mtime=0))
        monkeypatch.setattr("mitool.tables.compression.MOST_FOLD", 10)
        monkeypatch.setattr("mitool.tables.compression.STRETCH", 1000)
        monkeypatch.setattr("mitool.tables.compression.SUSPECT_FOLD", 5)
        with pytest.raises(MitoolError, match="10-fold"):
            open_table([str(path)]).read(["a"])
        (column,) = open_table([str(path)], ReadOptions(allow_expansion=True)).read(["a"])
        assert len(column) == 100_000

    def test_the_command_line_takes_the_option(self, mitool, tmp_path):
        path = tmp_path / "d.csv.gz"
        path.write_bytes(gzip.compress(TABLE, mtime=0))
        assert mitool("matrix", path, "-q", "--allow-expansion").code == 0


def fed(path: Path, data: bytes) -> threading.Thread:
    """Write to a pipe in the background, as another process would."""
    thread = threading.Thread(target=path.write_bytes, args=(data,), daemon=True)
    thread.start()
    return thread


class TestPipes:
    """What can be read once only is read like ``-``."""

    @pytest.mark.parametrize(
        "asked",
        [
            ("estimate", "-x", "a", "-y", "b", "--value"),
            ("matrix", "--format", "csv"),
            ("matrix", "--stream", "-e", "gaussian", "--format", "csv"),
        ],
        ids=["estimate", "matrix", "stream"],
    )
    @pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
    def test_named_pipe(self, asked, pack, mitool, tmp_path):
        command, *options = asked
        path, pipe = tmp_path / "d.csv", tmp_path / "pipe"
        path.write_bytes(TABLE)
        os.mkfifo(pipe)
        writer = fed(pipe, pack(TABLE))
        outcome = mitool(command, pipe, "-q", *options)
        writer.join(timeout=10)
        assert outcome == mitool(command, path, "-q", *options)
        assert outcome.code == 0

    @pytest.mark.parametrize("spooled", [False, True], ids=["held", "spooled"])
    def test_pipe_of_any_format(self, spooled, tmp_path, monkeypatch):
        if spooled:
            monkeypatch.setattr("mitool.tables.stdin.MOST_HELD", 16)
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for write in (feather.write_feather, parquet.write_table):
            file = io.BytesIO()
            write(NUMBERS, file)
            fed(pipe, file.getvalue())
            (column,) = open_table([str(pipe)]).read(["b"])
            assert column.values.tolist() == NUMBERS["b"].to_pylist()

    @pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/0"])
    def test_standard_input_by_its_path(self, path):
        asked = ("estimate", path, "-x", "a", "-y", "b", "-e", "gaussian", "--value", "-q")
        outcome = run(*asked, input=TABLE)
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout == run("estimate", "-", *asked[2:], input=TABLE).stdout

    def test_process_substitution(self, tmp_path):
        (tmp_path / "d.csv.gz").write_bytes(gzip.compress(TABLE))
        command = f"{sys.executable} -m mitool matrix <(gzip -dc {tmp_path}/d.csv.gz) -q --value"
        outcome = subprocess.run(
            ["bash", "-c", command], capture_output=True, cwd=ROOT, timeout=60, check=False
        )
        assert outcome.returncode == 0, outcome.stderr
        float(outcome.stdout)

    @pytest.mark.parametrize("path", ["/dev/zero", "/dev/urandom"])
    def test_devices_without_end(self, path, mitool):
        outcome = mitool("matrix", path)
        assert outcome.err == f"mitool: error: {path} is a device; name a file or a pipe\n"

    def test_the_empty_device(self, mitool):
        assert mitool("matrix", "/dev/null").err == "mitool: error: /dev/null is empty\n"


class TestPaths:
    def test_long_name(self, mitool):
        assert "file name too long" in mitool("matrix", "x" * 300).err
        outcome = mitool("matrix", "x/" * 5000)
        assert outcome.code == 3
        assert "file name too long" in outcome.err

    def test_links_in_a_circle(self, mitool, tmp_path):
        (tmp_path / "a").symlink_to(tmp_path / "b")
        (tmp_path / "b").symlink_to(tmp_path / "a")
        outcome = mitool("matrix", tmp_path / "a")
        assert outcome.err == (
            f"mitool: error: {tmp_path}/a cannot be read: too many levels of symbolic links\n"
        )

    def test_nul_in_a_path(self, mitool):
        outcome = mitool("matrix", "a\0b.csv")
        assert outcome.code == 3
        assert outcome.err.startswith("mitool: error: no file 'a\\x00b.csv'")


def npy(descr: str, shape: str, *, order: str = "False") -> bytes:
    """Give a .npy file whose header says what it is told, over 80 bytes of data."""
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    padded = header.encode() + b" " * (117 - len(header)) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + bytes(80)


HEADERS = {
    "too many rows": npy("'<f8'", "(10000000000000,)"),
    "more than any machine": npy("'<f8'", "(9223372036854775807, 9)"),
    "beyond any integer": npy("'<f8'", f"(1{'0' * 40},)"),
    "negative": npy("'<f8'", "(-10,)"),
    "no shape": npy("'<f8'", "'x'"),
    "no type": npy("'<q9'", "(10,)"),
    "values of no bytes": npy("'<U0'", "(1000000000000,)"),
    "code": npy("__import__('os')", "(10,)"),
    "nested": npy("(" * 40 + ")" * 40, "(10,)"),
    "half a bracket": npy("'<f8'", "(10,"),
    "cut": npy("'<f8'", "(10,)")[:20],
    "only magic": b"\x93NUMPY",
    "version 9": b"\x93NUMPY\x09\x00" + npy("'<f8'", "(10,)")[8:],
}


@pytest.mark.parametrize("kind", HEADERS)
@pytest.mark.parametrize("place", ["d.npy", "d.npz", "d.npy.gz"])
def test_damaged_numpy_header(kind, place, mitool, tmp_path):
    path = tmp_path / place
    if place == "d.npz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.npy", HEADERS[kind])
    else:
        path.write_bytes(gzip.compress(HEADERS[kind]) if place.endswith("gz") else HEADERS[kind])
    outcome = mitool("matrix", path)
    assert (outcome.code, outcome.out) == (3, ""), outcome.err
    assert outcome.err.startswith(f"mitool: error: {path}")


ARCHIVE = io.BytesIO()
np.savez_compressed(ARCHIVE, a=np.arange(10.0), b=np.arange(10.0))


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_damaged_archive(at, mitool, tmp_path):
    data = bytearray(ARCHIVE.getvalue())
    for place in (at, at + 120, len(data) - 1 - at):
        data[place] ^= 0xFF
    path = tmp_path / "d.npz"
    path.write_bytes(bytes(data))
    outcome = mitool("matrix", path)
    assert outcome.code in (0, 3), outcome.err
    assert outcome.err.count("mitool: error:") == (outcome.code == 3)


@pytest.mark.parametrize("at", range(20))
def test_damaged_gzip(at, mitool, tmp_path):
    data = bytearray(gzip.compress(TABLE, mtime=0))
    data[at] ^= 0xFF
    path = tmp_path / "d.csv.gz"
    path.write_bytes(bytes(data))
    outcome = mitool("matrix", path, "-q", "-e", "gaussian")
    assert outcome.code in (0, 3), outcome.err
    assert outcome.err.count("\n") == (outcome.code == 3)


class TestEncodings:
    @pytest.mark.parametrize(
        "name", ["rot13", "zlib", "bz2", "hex", "base64", "uu", "quopri", "idna", "punycode"]
    )
    def test_codecs_that_are_no_encodings(self, name, mitool, tmp_path):
        path = tmp_path / "d.csv"
        path.write_bytes(TABLE)
        outcome = mitool("matrix", path, "--encoding", name)
        assert outcome.code == 3
        assert f"{name!r} is no encoding of text" in outcome.err

    @pytest.mark.parametrize("name", ["undefined", "", "a\0b", "x" * 1000, "../utf-8"])
    def test_encodings_that_are_unknown(self, name, mitool, tmp_path):
        path = tmp_path / "d.csv"
        path.write_bytes(TABLE)
        outcome = mitool("matrix", path, "--encoding", name)
        assert outcome.code == 3
        assert outcome.err.startswith("mitool: error: ")
        assert outcome.err.count("\n") == 1

    @pytest.mark.parametrize(
        "name", ["latin-1", "cp1252", "shift_jis", "utf-16", "utf-32", "utf-7", "ascii", "cp037"]
    )
    def test_encodings_of_text(self, name, tmp_path):
        path = tmp_path / "d.csv"
        path.write_bytes(TABLE.decode().encode(name))
        (column,) = open_table([str(path)], ReadOptions(encoding=name)).read(["a"])
        assert column.values.tolist() == [i * 37 % 41 for i in range(60)]

    @pytest.mark.parametrize("n_lost", [1, 2, 3])
    def test_utf_16_cut_short(self, n_lost, mitool, tmp_path):
        path = tmp_path / "d.csv"
        path.write_bytes(TABLE.decode().encode("utf-16")[:-n_lost])
        outcome = mitool("matrix", path, "-q", "-e", "gaussian")
        assert outcome.code in (0, 3)
        assert outcome.err.count("\n") == (outcome.code == 3)


def test_a_field_longer_than_any_line(mitool, tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes(b"a,b\n" + b"x" * 300_000 + b",2\n3,4\n")
    outcome = mitool("matrix", path)
    assert outcome.code == 3
    assert outcome.err.startswith(f"mitool: error: {path} cannot be read (field larger than")
