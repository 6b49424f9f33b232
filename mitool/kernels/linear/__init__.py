"""Linear dependence: columns as directions, and what Gaussian scores share."""
