"""What the story is told with: its record, the people's files beside a lake, one file a step for its words."""

from . import (
    changing,
    counting,
    deciding,
    forecast_words,
    forecasting,
    judge,
    listening,
    proving,
    reaching,
    seeing,
    tracking,
    waiting,
    watch_words,
    watching,
)
from .book import book
from .chapter import Chapter, Figure, Source, Story
from .looking import look
from .people import Kept, People
from .place import Place
from .sight import Sight, sight_of
from .trail import figures_date, files_behind, rows_behind, sources

__all__ = [
    "Chapter", "Figure", "Kept", "People", "Place", "Sight", "Source", "Story", "book", "changing", "counting",
    "deciding", "figures_date", "files_behind", "forecast_words", "forecasting", "judge", "listening", "look",
    "proving", "reaching", "rows_behind", "seeing", "sight_of", "sources", "tracking", "waiting",
    "watch_words", "watching",
]  # fmt: skip
