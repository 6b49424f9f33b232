"""One file a command: the function of its name, and its examples."""
