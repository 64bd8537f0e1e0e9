"""SEE: where do decisions vary, and how much of it is unwarranted?"""

from .funnel import funnel
from .opportunity import opportunity
from .peers import peers
from .shrink import shrink

__all__ = ["funnel", "opportunity", "peers", "shrink"]
