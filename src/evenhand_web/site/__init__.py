"""The look and the frame of every page."""
