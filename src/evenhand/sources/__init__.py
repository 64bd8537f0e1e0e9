"""Published datasets, one file each: how to recognise one, read it, reconcile it and keep it in the lake."""

from . import organisations
from .keep import month_in
from .load import abandon, begin, known, load, recognise
from .source import Loaded, Options, Source

__all__ = ["Loaded", "Options", "Source", "abandon", "begin", "known", "load", "month_in", "organisations", "recognise"]
