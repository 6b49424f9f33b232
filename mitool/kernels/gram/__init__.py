"""Gram matrices: clouds of points under a kernel, sums, low rank, spectra and what they give."""
