"""What makes the manual and the tables of the README."""
