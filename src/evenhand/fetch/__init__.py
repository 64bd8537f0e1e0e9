"""Fetch: published files from their publishers into the lake, politely, resumed where they were left."""

from .feeds import FEEDS, feed
from .fetching import Fetched, fetch
from .offer import Feed, Offer
from .shelf import Shelf
from .web import Web

__all__ = ["FEEDS", "Feed", "Fetched", "Offer", "Shelf", "Web", "feed", "fetch"]
