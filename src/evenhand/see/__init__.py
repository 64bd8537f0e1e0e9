"""SEE: where do decisions vary, and how much of it is unwarranted?"""

from .funnel import funnel

__all__ = ["funnel"]
