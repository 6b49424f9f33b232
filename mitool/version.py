"""The version, which no other module is needed to know."""

__version__ = "0.2.0"
