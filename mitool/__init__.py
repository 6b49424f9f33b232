"""Mutual information of the columns of a file."""

__version__ = "0.1.0"
