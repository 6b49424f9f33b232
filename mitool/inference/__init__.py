"""Resampling, intervals, tests and multiplicity, on numbers and callables: no estimator by name."""
