"""Saved activations: every layout of files, and one clear line for all that cannot be meant."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

import mitool as mi
from mitool.errors import MitoolError
from mitool.networks.collecting import collected
from mitool.networks.gapbound import GRID, with_one_noise
from mitool.networks.layernames import compiled_pattern, name_of
from mitool.networks.unitaxes import Layout
from mitool.tasks.records import Record
from tests.nets import save_epochs

PLAIN = ("-e", "ebab", "--no-spectra", "-q", "--format", "csv")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def layers(mitool):
    """Give the rows of a run over some files, which must succeed."""

    def run(*words: object) -> list[dict[str, str]]:
        done = mitool("layers", *words, *PLAIN)
        assert done.code == 0, done.err
        return rows_of(done.out)

    return run


def told(rows: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    return {(r["epoch"], r["layer"]): r["mi"] for r in rows if r["quantity"] == "I(T;Y)"}


@pytest.fixture
def as_npz(tmp_path: Path, layers):
    """Epochs as NPZ: their arrays, and what each layer tells of the labels."""
    folder = tmp_path / "npz"
    folder.mkdir()
    arrays = save_epochs(folder)
    return arrays, told(layers(folder))


def test_epochs_are_sorted_as_numbers_and_layers_stand_as_in_the_file(as_npz) -> None:
    _, expected = as_npz
    names = [(str(epoch), layer) for epoch in (1, 2, 10) for layer in ("fc1", "fc2")]
    assert list(expected) == names


def test_a_folder_of_npy_is_the_same(as_npz, tmp_path, layers) -> None:
    arrays, expected = as_npz
    for epoch, held in arrays.items():
        folder = tmp_path / "npy" / f"Epoch_{epoch}"
        folder.mkdir(parents=True)
        np.save(folder / "fc1.npy", held["act_fc1"])
        np.save(folder / "fc2.npy", np.asfortranarray(held["act_fc2"]))
        np.save(folder / "y.npy", held["labels"])
    assert told(layers(tmp_path / "npy")) == expected


def test_a_pattern_says_where_epoch_and_layer_stand(as_npz, tmp_path, layers) -> None:
    arrays, expected = as_npz
    folder = tmp_path / "named"
    folder.mkdir()
    for epoch, held in arrays.items():
        for layer in ("fc1", "fc2"):
            np.save(folder / f"run-{epoch:03d}--{layer}.npy", held[f"act_{layer}"])
    np.save(folder / "labels.npy", arrays[1]["labels"])
    assert told(layers(folder, "--pattern", "run-{epoch}--{layer}.npy")) == expected


@pytest.mark.parametrize("grouped", [True, False])
def test_hdf5_is_the_same(as_npz, tmp_path, layers, grouped) -> None:
    arrays, expected = as_npz
    with h5py.File(tmp_path / "acts.h5", "w") as file:
        for epoch, held in arrays.items():
            for layer in ("fc1", "fc2"):
                path = f"{epoch}/activations/{layer}" if grouped else f"epoch{epoch}_{layer}"
                file[path] = held[f"act_{layer}"]
        file["labels"] = arrays[1]["labels"]
    assert told(layers(tmp_path / "acts.h5")) == expected


def test_safetensors_are_the_same(as_npz, tmp_path, layers) -> None:
    arrays, expected = as_npz
    for epoch, held in arrays.items():
        save_file(dict(held), tmp_path / f"epoch{epoch}.safetensors")
    files = sorted(tmp_path.glob("*.safetensors"))
    assert told(layers(*files)) == expected


def test_parquet_of_numbered_columns_is_the_same(as_npz, tmp_path, layers) -> None:
    arrays, expected = as_npz
    for epoch, held in arrays.items():
        first = pd.DataFrame(held["act_fc1"]).add_prefix("fc1_")
        second = pd.DataFrame(held["act_fc2"]).add_prefix("fc2.")
        frame = pd.concat([first, second], axis=1).assign(label=held["labels"])
        frame.to_parquet(tmp_path / f"epoch{epoch}.parquet")
    # the names of layers end in a number themselves: the last one is that of the unit
    assert told(layers(*tmp_path.glob("*.parquet"))) == expected


@pytest.mark.parametrize("dtype", ["<f2", ">f4", ">f8", "<f4"])
def test_numbers_of_any_size_and_order_of_bytes_are_the_same(tmp_path, layers, dtype) -> None:
    t = np.round(np.random.default_rng(1).standard_normal((50, 3)), 1).astype("<f2")
    y = np.arange(50) % 2
    np.savez(tmp_path / "a.npz", act_fc=t.astype(np.float64), y=y)
    np.savez(tmp_path / "b.npz", act_fc=t.astype(dtype), y=y)
    assert told(layers(tmp_path / "a.npz")) == told(layers(tmp_path / "b.npz"))


@pytest.mark.parametrize("suffix", [".safetensors", ".npy"])
def test_brain_floats_are_read_by_their_bits(tmp_path, layers, suffix) -> None:
    t = np.random.default_rng(1).standard_normal((50, 3)).astype(ml_dtypes.bfloat16)
    np.save(tmp_path / "labels.npy", np.arange(50) % 2)
    np.savez(tmp_path / "b.npz", act_fc=t.astype(np.float32))
    if suffix == ".npy":
        np.save(tmp_path / "fc.npy", t)
    else:
        save_file({"fc": t}, tmp_path / "fc.safetensors")
    labels = ("--labels", tmp_path / "labels.npy")
    found = layers(tmp_path / f"fc{suffix}", *labels)
    assert told(found) == told(layers(tmp_path / "b.npz", *labels))


def test_axes_take_layers_and_epochs_out_of_one_array(as_npz, tmp_path, layers) -> None:
    rng = np.random.default_rng(2)
    whole = np.maximum(rng.standard_normal((2, 60, 3, 4)), 0)  # epochs, rows, layers, units
    np.savez(tmp_path / "whole.npz", act=whole, y=np.arange(60) % 3)
    found = told(layers(tmp_path / "whole.npz", "--axes", "epoch,n,layer,d"))
    for epoch in (0, 1):
        for at in range(3):
            np.savez(tmp_path / "one.npz", act_fc=whole[epoch, :, at], y=np.arange(60) % 3)
            (alone,) = told(layers(tmp_path / "one.npz")).values()
            assert found[str(epoch), f"act[{at}]"] == alone


@pytest.mark.parametrize(
    ("pool", "shape"), [("none", (60, 2 * 3 * 3)), ("mean", (60, 2)), ("max", (60, 2))]
)
def test_maps_are_flattened_or_pooled(tmp_path, layers, pool, shape) -> None:
    maps = np.random.default_rng(2).standard_normal((60, 2, 3, 3))
    plain = {"none": maps.reshape(60, -1), "mean": maps.mean((2, 3)), "max": maps.max((2, 3))}
    assert plain[pool].shape == shape
    y = np.arange(60) % 3
    np.savez(tmp_path / "maps.npz", act_c=maps, y=y)
    np.savez(tmp_path / "last.npz", act_c=np.moveaxis(maps, 1, 3), y=y)
    np.savez(tmp_path / "plain.npz", act_c=plain[pool], y=y)
    expected = told(layers(tmp_path / "plain.npz"))
    assert told(layers(tmp_path / "maps.npz", "--pool", pool)) == expected
    last = layers(tmp_path / "last.npz", "--pool", pool, "--axes", "n,s,s,d")
    assert last[0]["dim_x"] == str(shape[1])
    if pool != "none":
        assert told(last) == expected


def test_labels_may_be_several_sets_of_tables_and_arrays(as_npz, tmp_path, layers) -> None:
    arrays, expected = as_npz
    y = arrays[1]["labels"]
    words = np.array(["a", "b", "c"])[y]
    pd.DataFrame({"name": words, "half": y > 0}).to_csv(tmp_path / "l.csv", index=False)
    np.savez(tmp_path / "l.npz", fine=y)
    table, keyed = f"{tmp_path / 'l.csv'}:", f"{tmp_path / 'l.npz'}:fine"
    found = layers(
        tmp_path / "npz", "--labels", f"{table}name", "--labels", f"{table}half", "--labels", keyed
    )
    by_set = {name: told([r for r in found if r["y"] == name]) for name in ("name", "half", "fine")}
    assert by_set["name"] == by_set["fine"] == expected
    assert by_set["half"] != expected


def test_inputs_make_equal_ones_count_once(tmp_path, layers) -> None:
    x = np.repeat(np.arange(10.0), 6)[:, None]
    t = np.hstack((x, np.random.default_rng(0).standard_normal((60, 1))))
    np.savez(tmp_path / "a.npz", act_fc=t, y=np.arange(60) % 3)
    np.save(tmp_path / "x.npy", x)
    (without, *_), (within, *_) = (
        layers(tmp_path / "a.npz", *more) for more in ((), ("--inputs", tmp_path / "x.npy"))
    )
    assert float(without["ceiling"]) == pytest.approx(np.log(60))
    assert float(within["ceiling"]) == pytest.approx(np.log(10))
    assert float(within["mi"]) <= np.log(10) + 1e-12


@pytest.mark.parametrize(
    ("path", "key", "epoch", "layer"),
    [
        ("acts/epoch12.npz", "act_fc1", 12, "fc1"),
        ("acts/Epoch-3/conv.2.npy", "", 3, "conv.2"),
        ("epoch=4_fc1.npy", "", 4, "fc1"),
        ("run.h5", "7/activations/block/fc", 7, "block/fc"),
        ("run.h5", "epoch_7_fc", 7, "fc"),
        ("fc1.npy", "", None, "fc1"),
        ("acts/epoch5.npy", "", 5, "acts"),
    ],
)
def test_names_say_epoch_and_layer(path, key, epoch, layer) -> None:
    found = name_of(path, key, None)
    assert (found.epoch, found.layer) == (epoch, layer)


# What cannot be meant


def refused(mitool, *words: object) -> str:
    done = mitool("layers", *words)
    assert done.code != 0
    assert done.out == ""
    (line,) = done.err.splitlines()
    return line


def save(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)
    return path


T, Y = np.arange(12.0).reshape(6, 2), np.arange(6) % 2


def save_array(folder: Path) -> Path:
    np.save(folder / "x.npy", T)
    return folder / "x.npy"


NOT_MEANT = {
    "labels of another length": (
        lambda f: [save(f / "epoch1.npz", act_fc=T, labels=Y[:5])],
        "'labels' has 5 rows, but layer 'fc' of epoch 1 has 6; rows are matched by their order",
    ),
    "layers of different lengths": (
        lambda f: [save(f / "epoch1.npz", act_a=T, act_b=T[:4], y=Y)],
        "layer 'b' of epoch 1 has 4 rows, but layer 'a' of epoch 1 has 6",
    ),
    "a folder without arrays": (lambda f: [f], "holds no arrays: no file that ends in .npy"),
    "a folder of PyTorch": (
        lambda f: [(f / "net.pt").write_bytes(b"x") and f],
        "holds no arrays: is a file of PyTorch, a pickle that could run code; convert it",
    ),
    "a pickle": (
        lambda f: [(f / "a.pkl").write_bytes(b"x") and f / "a.pkl"],
        "import numpy, pickle; acts = pickle.load(open('a.pkl', 'rb')); numpy.savez('a.npz'",
    ),
    "a file of PyTorch": (
        lambda f: [(f / "a.pt").write_bytes(b"x") and f / "a.pt"],
        "import numpy, torch; acts = torch.load('a.pt', map_location='cpu'); numpy.savez('a.npz'",
    ),
    "objects": (
        lambda f: [save(f / "a.npz", act_fc=np.array([[1, None]], dtype=object), y=[0])],
        "'act_fc' holds Python objects, which are never loaded: they could run code",
    ),
    "words": (lambda f: [f / "no.npz"], "no file"),
    "two epochs without a name": (
        lambda f: [save(f / "a.npz", act_fc=T, y=Y), save(f / "b.npz", act_fc=T, y=Y)],
        "both hold layer 'fc' and neither name says an epoch; name files or folders epoch1",
    ),
    "a key that two layers share": (
        lambda f: [save(f / "epoch1.npz", act_fc=T), save(f / "b_epoch1.npz", act_fc=T)],
        "are both layer 'fc' of epoch 1; rename one, or tell them apart by --pattern",
    ),
    "no layers": (
        lambda f: [save(f / "a.npz", labels=Y)],
        "holds no layers: arrays of two axes or more, the first of rows",
    ),
    "one-hot labels": (
        lambda f: [save(f / "a.npz", act_fc=T), "--labels", save(f / "l.npz", y=np.eye(6))],
        "has shape (6, 6); labels are one number or word a row, so give class numbers",
    ),
    "labels that are no classes": (
        lambda f: [save(f / "a.npz", act_fc=T), "--labels", save(f / "l.npz", y=np.arange(6.0))],
        "has a different value in each of its 6 rows, which cannot be classes",
    ),
    "labels with gaps": (
        lambda f: [
            save(f / "a.npz", act_fc=T),
            "--labels",
            save(f / "l.npz", y=[0, 1, 0, 1, 0, np.nan]),
        ],
        "has no label in 1 of 6 rows",
    ),
    "a column that is not there": (
        lambda f: [
            save(f / "a.npz", act_fc=T),
            "--labels",
            f"{(f / 'l.csv').write_text('a,b' + chr(10) + '1,2' + chr(10)) and f / 'l.csv'}:c",
        ],
        "has no column 'c'",
    ),
    "axes of another number": (
        lambda f: [save(f / "a.npz", act_fc=T.reshape(6, 2, 1)), "--axes", "n,layer,d,d"],
        "has 3 axes, of shape (6, 2, 1), but --axes names 4: n,layer,d,d",
    ),
    "axes of no name": (
        lambda f: [save(f / "a.npz", act_fc=T), "--axes", "rows,d"],
        "--axes names each axis once by n (rows), layer or epoch",
    ),
    "a pattern without fields": (
        lambda f: [save(f / "a.npz", act_fc=T), "--pattern", "{run}.npz"],
        "--pattern names {epoch} or {layer} or both",
    ),
    "a pattern that does not fit": (
        lambda f: [save(f / "a.npz", act_fc=T), "--pattern", "e{epoch}.npz"],
        "does not fit --pattern",
    ),
    "a bound without labels": (
        lambda f: [save(f / "a.npz", act_fc=T), "--gap-bound"],
        "--gap-bound needs labels; give --labels FILE, or save them as 'labels'",
    ),
    "noise for nothing": (
        lambda f: [save(f / "a.npz", act_fc=T), "--noise", "1"],
        "--noise is for --gap-bound or --weights; kde-bounds has -p noise=X, a variance",
    ),
    "an estimator that needs labels": (
        lambda f: [save(f / "a.npz", act_fc=T), "-e", "dsmi"],
        "-e dsmi needs --labels to say anything of a layer",
    ),
    "an estimator of labels": (
        lambda f: [save(f / "a.npz", act_fc=T, y=Y), "-e", "plugin"],
        "-e plugin takes no numbers, which activations are; use -e ebab",
    ),
    "pooling without maps": (
        lambda f: [save(f / "a.npz", act_fc=T), "--pool", "mean"],
        "--pool mean is for maps",
    ),
    "pooling of weights": (
        lambda f: ["--weights", save(f / "w.npz", fc=T), "--pool", "max"],
        "--pool is for layers; --weights alone has none",
    ),
    "pooled epochs of other bins": (
        lambda f: [save(f / "a.npz", act_fc=T), "-e", "kde-bounds", "--pool-epochs"],
        "--pool-epochs is for the bins of -e ebab",
    ),
    "a transform of layers": (
        lambda f: [save(f / "a.npz", act_fc=T), "--transform", "rank"],
        "-e ebab takes layers as they are; drop --transform",
    ),
    "what is for layers beside weights": (
        lambda f: ["--weights", save(f / "w.npz", w=T), "--gap-bound"],
        "--gap-bound is for layers; --weights alone has none",
    ),
    "nothing": (lambda f: [], "name files or a folder of activations, or --weights"),
    "a broken file": (
        lambda f: [(f / "a.npz").write_bytes(b"PK\x03\x04 broken") and f / "a.npz"],
        "a.npz",
    ),
    "a key of an array without one": (
        lambda f: [save(f / "a.npz", act_fc=T, y=Y), "--inputs", f"{save_array(f)}:x"],
        "x.npy holds one array without a name; leave out ':x'",
    ),
    "two sets of one name": (
        lambda f: [
            save(f / "a.npz", act_fc=T),
            *("--labels", save(f / "l.npz", y=Y)) * 2,
        ],
        "two sets of labels are called 'y'",
    ),
}


@pytest.mark.parametrize("name", NOT_MEANT)
def test_what_cannot_be_meant_is_refused_in_one_line(mitool, tmp_path, name) -> None:
    make, said = NOT_MEANT[name]
    assert said in refused(mitool, *make(tmp_path))


def test_a_diverged_layer_fails_alone_and_is_counted(mitool, tmp_path) -> None:
    bad = T.copy()
    bad[0, 0], bad[1], bad[2, 1] = np.nan, np.inf, -np.inf
    save(tmp_path / "epoch3.npz", act_a=T, act_b=bad, y=Y)
    done = mitool("layers", tmp_path, *PLAIN)
    assert done.code == 4
    (lost,) = [row for row in rows_of(done.out) if row["layer"] == "b"]
    assert lost["status"] == "failed"
    expected = "layer 'b' of epoch 3 has 1 NaN and 3 infinite of 12 activations"
    assert lost["message"].startswith(expected)
    aloud = mitool("layers", tmp_path, "-e", "ebab", "--no-spectra", "--format", "csv")
    assert f"warning: b: {expected}" in aloud.err


def test_an_array_of_words_is_no_layer(mitool, tmp_path) -> None:
    save(tmp_path / "a.npz", act_fc=np.array([["a", "b"]] * 6), y=Y)
    done = mitool("layers", tmp_path, *PLAIN)
    assert done.code == 3
    assert "is an array of <U1; activations are numbers" in done.out


def test_an_input_in_a_folder_is_never_written_over(mitool, tmp_path) -> None:
    frame = pd.DataFrame({"fc_0": [1.0, 2.0], "fc_1": [3.0, 5.0]})
    path = tmp_path / "a.parquet"
    frame.to_parquet(path)
    before = path.read_bytes()
    done = mitool("layers", tmp_path, "-o", path)
    assert done.code == 2
    assert "are the same file; name another file" in done.err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("suffix", "package", "said"),
    [
        (".h5", "h5py", "needs h5py; install it with: pip install 'mitool[hdf5]'"),
        (".safetensors", "safetensors", "install it with: pip install 'mitool[safetensors]'"),
    ],
)
def test_a_missing_extra_is_named(mitool, tmp_path, monkeypatch, suffix, package, said) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"anything")
    monkeypatch.setitem(sys.modules, package, None)
    done = mitool("layers", path)
    assert (done.code, said in done.err) == (5, True)


# As all commands


def test_shards_and_checkpoints_give_the_same_bytes(mitool, tmp_path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    save_epochs(folder)
    words = ("layers", folder, "--gap-bound", "-q")
    assert mitool(*words, "-o", tmp_path / "whole.csv").code == 0
    for at in (1, 2):
        assert mitool(*words, "--shard", f"{at}/2", "-o", tmp_path / f"{at}.part").code == 0
    parts = (tmp_path / "1.part", tmp_path / "2.part")
    assert mitool("merge", *parts, "-q", "-o", tmp_path / "merged.csv").code == 0
    kept = ("--checkpoint", tmp_path / "c.part", "-o", tmp_path / "kept.csv")
    assert mitool(*words, *kept, "-j", 2).code == 0
    assert mitool(*words, *kept).code == 0  # all from the checkpoint
    whole = (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "merged.csv").read_bytes() == whole
    assert (tmp_path / "kept.csv").read_bytes() == whole


def test_workers_elsewhere_give_the_same_bytes(mitool, tmp_path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    save_epochs(folder)
    np.save(tmp_path / "x.npy", np.arange(60.0)[:, None] % 20)
    words = ("layers", folder, "--inputs", tmp_path / "x.npy", "--pool-epochs", "-q")
    words = (*words, "-e", "ebab", "-e", "ksg")
    assert mitool(*words, "-o", tmp_path / "here.csv").code == 0
    assert mitool(*words, "--scheduler", "local:2", "-o", tmp_path / "there.csv").code == 0
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


@pytest.mark.parametrize("estimator", ["dsmi", "csqmi", "compress-knn", "wkl", "kde-loo", "ross"])
def test_other_estimators_are_those_of_the_command_estimate(mitool, tmp_path, estimator) -> None:
    rng = np.random.default_rng(3)
    t, y = rng.standard_normal((80, 3)), np.arange(80) % 2
    t[:, 0] += y
    save(tmp_path / "epoch1.npz", act_fc=t, labels=y)
    done = mitool("layers", tmp_path, *PLAIN[2:], "-e", estimator)
    assert done.code == 0, done.err
    (row,) = (row for row in rows_of(done.out) if row["quantity"] == "I(T;Y)")
    frame = pd.DataFrame(t).add_prefix("t").assign(y=y)
    frame.to_csv(tmp_path / "t.csv", index=False)
    words = ("-x", "t0..t2", "-y", "y", "--discrete", "y", "-e", estimator, "--value", "-q")
    alone = mitool("estimate", tmp_path / "t.csv", *words).out
    assert float(row["mi"]) == pytest.approx(float(alone), abs=1e-12)


def test_a_checkpoint_of_other_activations_is_refused(mitool, tmp_path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    save_epochs(folder)
    words = ("layers", folder, "--checkpoint", tmp_path / "c.part", "-o", tmp_path / "o.csv", "-q")
    assert mitool(*words).code == 0
    save_epochs(folder, seed=1)
    assert "was made from other data than this run" in mitool(*words).err


def test_only_what_is_bounded_has_a_ceiling(tmp_path, layers) -> None:
    """The entropy of the labels bounds no Cauchy-Schwarz or kernel measure."""
    save_epochs(tmp_path)
    for name, bounded in (("csqmi", False), ("hsic", False), ("ross", True)):
        of_labels = (r for r in layers(tmp_path, "-e", name) if r["quantity"] == "I(T;Y)")
        found = [row for row in of_labels if row["estimator"] == name]
        assert found
        assert all(bool(row["ceiling"]) is bounded for row in found)


def test_bits_are_nats_by_log_two_and_ceilings_follow(mitool, tmp_path) -> None:
    save_epochs(tmp_path, [1])
    nats, bits = (
        rows_of(mitool("layers", tmp_path, "-u", unit, "-q", "--format", "csv").out)
        for unit in ("nats", "bits")
    )
    for row, other in zip(nats, bits, strict=True):
        factor = np.log(2) if row["unit"] == "nats" else 1.0
        for name in ("mi", "ceiling"):
            if row[name]:
                assert float(other[name]) * factor == pytest.approx(float(row[name]))


def test_a_dry_run_counts_layers(mitool, tmp_path) -> None:
    save_epochs(tmp_path)
    done = mitool("layers", tmp_path, "--dry-run", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert (told["pairs"], told["rows"], told["columns"]) == (6, 60, 2)
    assert told["estimates"] == 6 * 11
    table = mitool("layers", tmp_path, "--dry-run", "--format", "table").out
    assert table.startswith("6 layers of all epochs of 2 layers of 60 rows, 66 estimates")


def test_a_report_records_the_files_and_the_warnings(mitool, tmp_path) -> None:
    save_epochs(tmp_path, [1], act_dead=np.zeros((60, 3)))
    report = json.loads(mitool("layers", tmp_path, "-q", "--json").out)
    assert [entry["format"] for entry in report["input"]] == ["npz"]
    codes = {warning["code"] for warning in report["warnings"]}
    assert {"saturated", "dead_layer"} <= codes
    dead = [row for row in report["results"] if row["layer"] == "dead"]
    assert {row["mi"] for row in dead if row["mi"] is not None} == {0.0}
    assert [row["status"] for row in dead if row["mi"] is None] == ["skipped"]


def test_equal_rows_are_told_of_where_neighbours_are_sought(mitool, tmp_path) -> None:
    t = np.random.default_rng(0).standard_normal((30, 2)).repeat(2, axis=0)
    save(tmp_path / "epoch1.npz", act_fc=t, y=np.arange(60) % 2)
    done = mitool("layers", tmp_path, "-e", "ross", "--no-spectra", "--json")
    assert "30 of 60 rows of layer 'fc' of epoch 1 equal another" in done.err


def test_pooled_epochs_share_their_edges(mitool, tmp_path) -> None:
    """With one cell for all, epochs of different scale are told apart by common edges alone."""
    t = np.abs(np.random.default_rng(0).standard_normal((60, 1)))
    save(tmp_path / "epoch1.npz", act_fc=t)
    save(tmp_path / "epoch2.npz", act_fc=100.0 * t)
    words = ("layers", tmp_path, *PLAIN, "-p", "n_bins=4")
    for more, alike in (((), True), (("--pool-epochs",), False)):
        rows = rows_of(mitool(*words, *more).out)
        kept = [row["mi"] for row in rows if row["quantity"] == "I(X;T)"]
        assert (kept[0] == kept[1]) is alike
    together = np.unique(np.concatenate((t, 100.0 * t)))
    edges = [0.0, *together[np.arange(4) * len(together) // 4], together[-1]]
    counts = np.bincount(np.digitize(t[:, 0], edges))
    p = counts[counts > 0] / 60
    assert float(kept[0]) == pytest.approx(-(p @ np.log(p)))


def test_pooled_columns_of_different_layers_are_refused(mitool, tmp_path) -> None:
    save(tmp_path / "epoch1.npz", act_fc=T)
    save(tmp_path / "epoch2.npz", act_fc=T[:, :1].repeat(3, axis=1))
    done = mitool("layers", tmp_path, *PLAIN, "--pool-epochs", "-p", "scope=column")
    assert done.code == 3
    assert "has 3 units in one epoch and 2 in another" in done.out


def tried(layer: str, told: dict[float, float], epoch: int = 1) -> Record:
    """What a layer tells of the inputs under each noise, as a task gives it."""
    words = {"epoch": epoch, "given": "y", "status": "ok", "quantity": "I(X;Z|Y)", "layer": layer}
    rows = [
        words | {"mi": value / 2, "extras": {"noise_factor": factor, "information": value}}
        for factor, value in told.items()
    ]
    return Record(0, rows, [])


def test_the_smallest_noise_is_taken_under_which_no_layer_gains() -> None:
    first = tried("a", {0.01: 1.0, 0.02: 1.0, 0.05: 0.8})
    second = tried("b", {0.01: 1.2, 0.02: 0.9, 0.05: 0.7})
    rows = [row for record in with_one_noise([first, second]) for row in record.rows]
    assert [row["mi"] for row in rows] == [0.5, 0.45]


def test_where_every_noise_lets_a_layer_gain_it_must_be_said() -> None:
    lines = [tried(name, dict.fromkeys(GRID, told)) for name, told in (("a", 1.0), ("b", 1.5))]
    rows = [row for record in with_one_noise(lines) for row in record.rows]
    assert [row["status"] for row in rows] == ["failed", "failed"]
    assert rows[0]["message"].endswith("say the noise by --noise")


def test_weights_have_condition_volume_and_channels(mitool, tmp_path) -> None:
    """Singular values 3, 2 and 1 by construction."""
    rng = np.random.default_rng(0)
    u, v = (
        np.linalg.qr(rng.standard_normal((5, 3)))[0],
        np.linalg.qr(rng.standard_normal((3, 3)))[0],
    )
    w = u * [3.0, 2.0, 1.0] @ v
    save(tmp_path / "w.npz", fc=w, bias=np.ones(5), flat=np.ones((4, 2)))
    done = mitool("layers", "--weights", tmp_path / "w.npz", "--noise", 0.5, *PLAIN[3:])
    assert done.code == 0
    rows = {(r["layer"], r["quantity"]): r for r in rows_of(done.out)}
    values = [float(rows["fc", q]["mi"]) for q in ("condition_number", "log_volume")]
    assert values == pytest.approx([3.0, np.log(6.0)])
    in_bits = mitool("layers", "--weights", tmp_path / "w.npz", "-u", "bits", *PLAIN[3:])
    bits = {(r["layer"], r["quantity"]): r for r in rows_of(in_bits.out)}
    assert float(bits["fc", "log_volume"]["mi"]) == pytest.approx(np.log2(6.0))
    assert float(bits["fc", "condition_number"]["mi"]) == pytest.approx(3.0)
    units = {quantity: row["unit"] for (_, quantity), row in bits.items()}
    assert units == {"condition_number": "", "log_volume": "bits", "channel_information": "bits"}
    expected = 0.5 * sum(np.log1p((s / 0.5) ** 2) for s in (3, 2, 1))
    assert float(rows["fc", "channel_information"]["mi"]) == pytest.approx(expected)
    assert rows["flat", "log_volume"]["message"] == "the matrix has rank 1 of 2"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_picture_is_drawn(mitool, tmp_path, suffix) -> None:
    save_epochs(tmp_path)
    path = tmp_path / f"plane.{suffix}"
    assert mitool("layers", tmp_path, "--plot", path, *PLAIN).code == 0
    assert path.read_bytes()[:4] in (b"\x89PNG", b"<?xm", b"%PDF")


def test_the_picture_names_layers_and_axes(mitool, tmp_path) -> None:
    save_epochs(tmp_path)
    mitool("layers", tmp_path, "--plot", tmp_path / "plane.svg", "-q", "--format", "csv")
    text = (tmp_path / "plane.svg").read_text()
    for words in ("fc1", "fc2", "I(X;T) (nats)", "I(T;Y) (nats)", "epoch", "effective rank"):
        assert words in text


def test_no_library_of_arrays_is_loaded_for_others(tmp_path) -> None:
    save_epochs(tmp_path, [1])
    code = (
        "import sys; from mitool.cli.app import main; "
        f"main(['layers', {str(tmp_path)!r}, '-q', '-e', 'ebab', '--format', 'csv']); "
        "print({'h5py', 'safetensors', 'matplotlib', 'sklearn', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_shapes_alone_are_read_before_the_work(tmp_path, monkeypatch) -> None:
    save_epochs(tmp_path)
    monkeypatch.setattr(np.lib.format, "read_array", None)
    found = collected([str(tmp_path)], Layout(), compiled_pattern(None))
    assert [layer.n_rows for layer in found] == [60] * 6


def test_a_layer_is_named_in_messages() -> None:
    with pytest.raises(MitoolError, match=r"no file 'none[.]npz'"):
        collected(["none.npz"], Layout(), None)


# From Python


@pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")
def test_python_gives_the_rows_of_the_command(mitool, tmp_path) -> None:
    """Of files and of the same arrays in memory; with the noise of the bound chosen alike."""
    arrays = save_epochs(tmp_path)
    done = mitool("layers", tmp_path, "--gap-bound", "-q", "--format", "jsonl")
    expected = [json.loads(line) for line in done.out.splitlines()]
    from_files = mi.layers(tmp_path, gap_bound=True)
    assert from_files.rows() == expected
    epochs = {
        epoch: {name.removeprefix("act_"): held[name] for name in ("act_fc1", "act_fc2")}
        for epoch, held in arrays.items()
    }
    in_memory = mi.layers(epochs, arrays[1]["labels"], gap_bound=True, n_jobs=2)
    assert in_memory.rows() == expected
    in_memory.save(tmp_path / "rows.csv")
    assert len(rows_of((tmp_path / "rows.csv").read_text())) == len(expected)


def test_python_tells_of_saturated_layers_and_names_arguments() -> None:
    t = np.random.default_rng(0).standard_normal((40, 3))
    with pytest.warns(mi.MitoolWarning, match="of layer 'fc' by ebab is about as large"):
        mi.layers({"fc": t}, estimator="ebab")
    with pytest.raises(mi.MitoolError, match="gap_bound=True needs labels; give labels"):
        mi.layers({"fc": t}, gap_bound=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"fc": np.arange(3)}, r"layer 'fc' has shape \(3,\); a layer is rows of units"),
        ({1: {"fc": np.ones((3, 2))}, "b": np.ones((3, 2))}, "not both"),
        ({"one": {"fc": np.ones((3, 2))}}, "epochs are whole numbers, got 'one'"),
        ({}, "data holds no layers"),
        (3, "data must be paths of files, or a mapping of layers to arrays; got 3"),
        ({"a": np.ones((3, 2)), "b": np.ones((4, 2))}, "layer 'b' has 4 rows, but layer 'a' has 3"),
    ],
)
def test_what_is_no_layer_in_memory_is_refused(data, said) -> None:
    with pytest.raises(mi.MitoolError, match=said):
        mi.layers(data)


def test_rows_in_order_are_no_matter_for_layers(mitool, tmp_path) -> None:
    steps = np.cumsum(np.ones((300, 2)), axis=0)
    save(tmp_path / "a.npz", act_fc=np.sin(steps / 40), x=steps, y=np.arange(300) // 150)
    done = mitool("layers", tmp_path / "a.npz", "-e", "ksg", "--no-spectra", "--format", "csv")
    assert done.code == 0
    assert "--order" not in done.err
