"""What the probabilities that a model gives to classes prove, or say, of information."""
