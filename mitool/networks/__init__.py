"""Networks by their saved activations: layers of epochs in, their information plane out."""
