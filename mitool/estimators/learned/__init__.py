"""What ``mist`` was taught: the statistics it looks at, and the network that reads them."""
