"""Formats that nobody should parse by hand: how to turn each into one that can be read."""

from __future__ import annotations

from pathlib import Path

PANDAS = "python -c \"import pandas; pandas.read_{0}('{1}').to_csv('{2}.csv', index=False)\""

MAGIC = {
    b"\x89HDF": ".h5",
    b"MATLAB 5.0 MAT-file": ".mat",
    b"$FL2": ".sav",
    b"\xd0\xcf\x11\xe0": ".xls",
    b"\x80\x04": ".pkl",
    b"\x80\x05": ".pkl",
    b"SIMPLE  =": ".fits",
    b"CDF\x01": ".nc",
}

NAMES = {
    ".xlsx": ("an Excel workbook", "excel"),
    ".xls": ("an Excel workbook", "excel"),
    ".ods": ("a spreadsheet", "excel"),
    ".sav": ("an SPSS file", "spss"),
    ".dta": ("a Stata file", "stata"),
    ".sas7bdat": ("a SAS file", "sas"),
    ".pkl": ("a Python pickle", "pickle"),
    ".pickle": ("a Python pickle", "pickle"),
}

OTHER = {
    ".mat": (
        "is a MATLAB file; in MATLAB: writematrix(x, 'x.csv'), or in Python: "
        "numpy.savez('{stem}.npz', **scipy.io.loadmat('{name}'))"
    ),
    ".h5": (
        "is an HDF5 file; save one of its data sets as an array: "
        "python -c \"import h5py, numpy; numpy.save('{stem}.npy', h5py.File('{name}')['NAME'])\""
    ),
    ".rds": "is an R object; in R: write.csv(readRDS('{name}'), '{stem}.csv', row.names=FALSE)",
    ".rdata": "is an R workspace; in R: load('{name}'); write.csv(OBJECT, '{stem}.csv')",
    ".nc": (
        'is a NetCDF file; convert it: python -c "import xarray; '
        "xarray.open_dataset('{name}').to_dataframe().to_csv('{stem}.csv')\""
    ),
    ".fits": (
        'is a FITS file; convert a table in it: python -c "from astropy.table import Table; '
        "Table.read('{name}').write('{stem}.csv')\""
    ),
    ".zip": "is a zip archive; unpack it first: unzip '{name}'",
}
ALIASES = {".hdf5": ".h5", ".hdf": ".h5", ".rda": ".rdata"}


def conversion(path: str, head: bytes) -> str | None:
    """Say what the file is and how to convert it, or None if it is none of these."""
    file = Path(path)
    suffix = next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)
    if suffix is None and head.startswith(b"PK\x03\x04"):
        suffix = inside_zip(head)
    elif suffix is None:
        suffix = file.suffix.lower()
    suffix = ALIASES.get(suffix or "", suffix)
    words = {"name": file.name, "stem": file.stem}
    if suffix in OTHER:
        return OTHER[suffix].format(**words)
    if suffix in NAMES:
        what, reader = NAMES[suffix]
        return f"is {what}; convert it: {PANDAS.format(reader, file.name, file.stem)}"
    return None


PICKLES = {
    (".pt", ".pth", ".ckpt", ".bin"): (
        "is a file of PyTorch, a pickle that could run code; convert it where you trust it: "
        "import numpy, torch; acts = torch.load('{name}', map_location='cpu'); "
        "numpy.savez('{stem}.npz', **{{k: v.float().numpy() for k, v in acts.items()}})"
    ),
    (".pkl", ".pickle", ".joblib"): (
        "is a Python pickle, which could run code; convert it where you trust it: "
        "import numpy, pickle; acts = pickle.load(open('{name}', 'rb')); "
        "numpy.savez('{stem}.npz', **acts)"
    ),
}
"""Files of objects that are never loaded, and how to make arrays of what they hold."""


def pickled(path: str) -> str | None:
    """Say how a file of objects becomes one of arrays, or None if its name is of none."""
    file = Path(path)
    recipes = (recipe for suffixes, recipe in PICKLES.items() if file.suffix.lower() in suffixes)
    recipe = next(recipes, None)
    return recipe and recipe.format(name=file.name, stem=file.stem)


def inside_zip(head: bytes) -> str | None:
    """Tell a workbook and an archive from a NumPy .npz by the name of the first member."""
    name = head[30:].split(b"PK")[0][:200]
    if b"[Content_Types].xml" in head[:200] or b"xl/" in head[:200]:
        return ".xlsx"
    if b"opendocument" in head[:200]:
        return ".ods"
    return None if b".npy" in name else ".zip"
