"""Other frameworks, each in a virtual environment of its own, and the same agent as a program of theirs."""
