"""Published datasets, one file each: how to recognise one, read it, reconcile it and keep it in the lake."""

from . import organisations

__all__ = ["organisations"]
