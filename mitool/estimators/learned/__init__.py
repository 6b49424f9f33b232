"""What a network that was trained on simulated tables looks at, and the network."""
