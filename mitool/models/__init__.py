"""Information from what a model put out: scores, log-probabilities, marginals, losses.

Every quantity is a ``Finding``: an estimate with its interval and its notes, in a row of the same
report as all others, and ``kind`` says what the number is: a lower bound, an upper bound, or an
estimate that is neither. A finding whose number says more than that (which axis, how many
contexts) is of a subclass with columns of its own.

Each quantity has a file of arithmetic on arrays, which knows nothing of files, and one that gives
findings. All is in nats until a report asks for bits.
"""
