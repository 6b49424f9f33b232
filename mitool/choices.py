"""The choices that an option or an argument allows, each listed once.

The command line names them in its options and the library in its signatures. Nothing is imported
here but ``typing``, so that ``--help`` loads no library.
"""

from __future__ import annotations

from typing import Literal, get_args

# Work
Threads = int | Literal["auto"]

# Input
Missing = Literal["drop", "error"]
Transform = Literal["none", "standard", "rank", "normal"]
TargetKind = Literal["auto", "discrete", "continuous"]

# Estimators
Ties = Literal["break", "keep"]  # values that repeat are told apart, or taken as they are

# Information
Unit = Literal["nats", "bits"]
Normalization = Literal["none", "min", "max", "sqrt", "joint", "coupling", "r"]

# Uncertainty
IntervalMethod = Literal[
    "auto",
    "subsample",
    "jackknife",
    "group-jackknife",
    "studentised",
    "chi2",
    "hn",
    "bootstrap",
    "quantiles",
]
TestMethod = Literal["auto", "permutation", "g-test", "exact"]
Statistic = Literal["auto", "estimate", "max"]
Order = Literal["auto", "none", "time"]
Adjustment = Literal["bh", "by", "holm", "max", "none"]

# Ranking
Criterion = Literal["mi", "mrmr", "jmi", "cmim", "pursuit", "shapley"]
Holdout = Literal["auto", "none", "split", "reusable"]
PairHoldout = Literal["auto", "none", "split"]

# What a model put out
ConformalScore = Literal["both", "lac", "aps"]
FinalLoss = Literal["window", "last"]
ContextAxis = Literal["rows", "columns"]
ScoreAxis = Literal["both", "rows", "columns"]
Densities = Literal["model", "true"]
Critic = Literal["none", "temperature", "bilinear"]
# Layers of networks
Pooling = Literal["none", "mean", "max"]

# Output
FileFormat = Literal["table", "json", "jsonl", "csv", "tsv", "md", "tex", "parquet"]
Format = Literal[FileFormat, "value"]
FormatOption = Literal["auto", FileFormat]
Shell = Literal["bash", "zsh", "fish", "powershell", "pwsh"]

OF_ARGUMENTS: dict[str, tuple[str, ...]] = {
    name: get_args(allowed)
    for name, allowed in {
        "transform": Transform,
        "missing": Missing,
        "normalize": Normalization,
        "unit": Unit,
        "interval_method": IntervalMethod,
        "test": TestMethod,
        "statistic": Statistic,
        "order": Order,
        "adjust": Adjustment,
        "method": Criterion,
        "holdout": Holdout,
        "score": ConformalScore,
        "final": FinalLoss,
        "contexts": ContextAxis,
        "direction": ScoreAxis,
        "densities": Densities,
        "fit": Critic,
        "pool": Pooling,
    }.items()
}
"""What the arguments that are choices may be."""
