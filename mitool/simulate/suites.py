"""Named sets of distributions: what ``mitool benchmark --suite`` and the accuracy study run."""

from __future__ import annotations

from dataclasses import dataclass

from mitool.errors import UsageError


@dataclass(frozen=True)
class Suite:
    """Labels that ``mitool.simulate.parse`` reads, and the numbers of rows to draw of each."""

    about: str
    labels: tuple[str, ...]
    sizes: tuple[int, ...] = (100, 300, 1000)


SUITES = {
    "continuous-24": Suite(
        "24 pairs of numbers, from independent to nearly functional",
        (
            *(f"gaussian:rho={rho}" for rho in (0, 0.3, 0.6, 0.9, 0.99)),
            "lognormal:rho=0.8",
            "cubed:rho=0.8",
            *(f"student:dof={dof}" for dof in (1, 2, 3)),
            *(f"additive-uniform:width={width}" for width in (0.05, 0.1, 0.5)),
            "sine:periods=1,noise=0.3",
            "sine:periods=2,noise=0.3",
            "sine:periods=3,noise=0.1",
            "quadratic:noise=0.1",
            "quadratic:noise=0.3",
            "absolute-value:noise=0.1",
            "step:noise=0.3",
            "heteroscedastic:noise=0.1",
            "x-shape:rho=0.9",
            "blobs:n_blobs=4,noise=0.3",
            "circle:noise=0.1",
        ),
    ),
    "discrete-36": Suite(
        "12 tables of labels, 2 to 20 levels, from independent to strongly dependent",
        tuple(
            f"random-table:n_levels={levels},strength={strength}"
            for levels in (2, 5, 10, 20)
            for strength in (0, 1, 2)
        ),
        (30, 100, 1000),
    ),
    "tied": Suite(
        "rounded, censored, zero-inflated and half-discrete columns, and labels beside numbers",
        (
            "rounded:rho=0.6,grid_x=0.1,grid_y=0.1",
            "rounded:rho=0.6,grid_x=1,grid_y=1",
            "rounded:rho=0.9,grid_x=0,grid_y=0.5",
            "rounded:rho=0,grid_x=0.25,grid_y=0.25",
            "censored:rho=0.6",
            "censored:rho=0",
            "gaussian-atoms:rho=0.9,flip=0.2",
            "zero-inflated-poisson:inflation=0",
            "zero-inflated-poisson:inflation=0.15",
            "zero-inflated-poisson:inflation=0.5",
            "uniform-steps:n_levels=5",
            "labelled-cloud:noise=0.7",
            "labelled-normal:n_levels=3,separation=1",
            "independent:margin_x=atoms,margin_y=normal",
            "independent:margin_x=poisson,margin_y=normal",
            "independent:margin_x=rare,margin_y=normal",
        ),
        (300, 1000),
    ),
    "high-dim": Suite(
        "vectors of 2 to 50 columns: Gaussian, heavy-tailed, turned, rolled, nonlinear",
        (
            "gaussian:rho=0.5,dim_x=2,dim_y=2,structure=dense",
            "gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2",
            "gaussian:rho=0.8,dim_x=5,dim_y=5,n_pairs=2",
            "gaussian:rho=0.8,dim_x=25,dim_y=25,n_pairs=2",
            "gaussian:rho=0.2,dim_x=50,dim_y=50",
            "gaussian:rho=0,dim_x=3,dim_y=3",
            "gaussian:rho=0,dim_x=10,dim_y=10",
            "half-cube:rho=0.8,dim_x=3,dim_y=3,n_pairs=2",
            "spiral:rho=0.8,dim_x=3,dim_y=3,n_pairs=2",
            "swiss-roll:rho=0.75",
            "student:dof=3,dim_x=3,dim_y=3",
            "asinh-student:dof=2,dim_x=3,dim_y=3",
            "scale-mismatch:rho=0.6",
            "redundant:rho=0.9",
            "quadratic:noise=0.3,copies=2",
            "quadratic:noise=0.3,copies=5",
            "sine:noise=0.3,copies=2",
        ),
        (300, 1000),
    ),
    "conditional": Suite(
        "chains, forks and colliders, of numbers and of labels",
        (
            "chain:rho_x=0.8,rho_y=0.8",
            "fork:rho_x=0.6,rho_y=0.9",
            "cosine-fork:noise=0.5",
            "label-fork:n_levels=3",
            "label-chain:flip=0.1",
            "direct:rho_x=0.6,rho_y=0.6,partial=0.5",
            "collider:noise=0.5",
            "xor-given:flip=0.1",
        ),
        (300, 1000),
    ),
    "time": Suite(
        "autocorrelated series, alone, together and driving one another",
        (
            "ar1:phi=0.9,rho=0",
            "ar1:phi=0.5,rho=0.6",
            "ar1:phi=0.9,rho=0.6",
            "transfer:phi=0.5,drive=0",
            "transfer:phi=0.5,drive=0.5",
        ),
        (300, 1000),
    ),
    "others": Suite(
        "copulas, channels and other pairs that no other suite holds",
        (
            "gaussian:rho=0.75",
            "normal-cdf:rho=0.75",
            "half-cube:rho=0.75",
            "wiggly:rho=0.75",
            "bimodal:rho=0.75",
            "asinh-student:dof=1",
            "lognormal:rho=0.6,sigma=3",
            "gamma-exponential:shape=0.5",
            "product-noise",
            "clayton:theta=2",
            "gumbel:theta=2",
            "frank:theta=5",
            "independent:margin_x=cauchy,margin_y=cauchy",
            "independent:margin_x=uniform,margin_y=exponential",
            "random-table:n_levels=4,strength=1",
            "random-table:n_levels=6,strength=0",
            "symmetric-channel:n_levels=4,flip=0.2",
            "erasure-channel:n_levels=4,erased=0.3",
            "xor:flip=0.1",
        ),
        (300, 1000),
    ),
}


def suite(name: str) -> Suite:
    """Give the suite of a name."""
    if name not in SUITES:
        raise UsageError(f"no suite {name!r}; there are: {', '.join(SUITES)}")
    return SUITES[name]
