"""LISTEN: surveys and their answers."""
