"""SEE: where do decisions vary, and how much of it is unwarranted?"""

from .case_mix import by_case_mix
from .european import european_population
from .funnel import funnel
from .inequality import Inequality, inequality
from .mean import means
from .opportunity import opportunity
from .outliers import Outliers, outliers
from .peers import peers
from .persistent import Persistent, persistent
from .rates import Rates, rates
from .shrink import shrink
from .shrink_normal import shrink_known, shrink_moments, shrink_rows
from .standardised import Standardised, direct, indirect
from .union import Union, union

__all__ = [
    "Inequality", "Outliers", "Persistent", "Rates", "Standardised", "Union", "by_case_mix", "direct",
    "european_population", "funnel", "indirect", "inequality", "means", "opportunity", "outliers", "peers",
    "persistent", "rates", "shrink", "shrink_known", "shrink_moments", "shrink_rows", "union",
]  # fmt: skip
