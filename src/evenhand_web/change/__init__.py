"""CHANGE: content, campaigns and promises."""
