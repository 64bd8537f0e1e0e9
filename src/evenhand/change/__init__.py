"""CHANGE: who has seen it, promised, done it?"""

from .content import Block, Content, Facts, Question
from .content import load as load_content
from .content import load_all as load_all_content
from .content_figures import FIGURES, NOT_KNOWN
from .content_figures import fill as fill_content
from .content_links import Known, check_links
from .content_time import WORDS_PER_MINUTE, reading_minutes, reading_words, review_day
from .content_time import overdue as overdue_content
from .cycles import DECISIONS, Cycle, Signal, Studied, study
from .funnel import EXITS, STAGES, funnel
from .message import MessageCheck, Suggestion, filled_in, places, read_message
from .message import check as check_message
from .message_sending import Sending
from .moved import Moved, moved, suggested_size
from .power import Power, power, power_of_means
from .randomise import Allocation, randomise, seal
from .spread import Spread, spread

__all__ = [
    "DECISIONS", "EXITS", "FIGURES", "NOT_KNOWN", "STAGES", "WORDS_PER_MINUTE", "Allocation", "Block", "Content",
    "Cycle", "Facts", "Known", "MessageCheck", "Moved", "Power", "Question", "Sending", "Signal", "Spread", "Studied",
    "Suggestion", "check_links", "check_message", "fill_content", "filled_in", "funnel", "load_all_content",
    "load_content", "moved", "overdue_content", "places", "power", "power_of_means", "randomise", "read_message",
    "reading_minutes", "reading_words", "review_day", "seal", "spread", "study", "suggested_size",
]  # fmt: skip
