"""SEE: where do decisions vary, and how much of it is unwarranted?"""

from .case_mix import by_case_mix
from .european import european_population
from .funnel import funnel
from .inequality import Inequality, inequality
from .mean import means
from .opportunity import opportunity
from .peers import peers
from .rates import Rates, rates
from .shrink import shrink
from .shrink_normal import shrink_known, shrink_moments, shrink_rows
from .standardised import Standardised, direct, indirect

__all__ = [
    "Inequality", "Rates", "Standardised", "by_case_mix", "direct", "european_population", "funnel", "indirect",
    "inequality", "means", "opportunity", "peers", "rates", "shrink", "shrink_known", "shrink_moments", "shrink_rows",
]  # fmt: skip
