"""Numerics that two or more steps need, one file each: `from evenhand.stats.xmr import xmr`."""
