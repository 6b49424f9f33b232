"""One path from variables to an estimate, or to an entropy."""
