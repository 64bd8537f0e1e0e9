"""The command line: a thin mirror of the library, one file a step. `main.py` is the way in."""
