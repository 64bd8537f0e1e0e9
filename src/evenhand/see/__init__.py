"""SEE: where do decisions vary, and how much of it is unwarranted?"""

from .funnel import funnel
from .opportunity import opportunity
from .peers import peers
from .rates import Rates, rates
from .shrink import shrink

__all__ = ["Rates", "funnel", "opportunity", "peers", "rates", "shrink"]
