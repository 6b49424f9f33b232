"""Smooth functions: features they are linear in, fits, and which of them to take."""
