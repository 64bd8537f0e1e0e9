"""Evenhand: save money by changing clinical decisions, with the clinicians who make them, and prove it.

The library behind the pages, the command line and the API. Start with `evenhand.flow`, which tells the
whole story in order: LISTEN, SEE, DECIDE, CHANGE, PROVE, ACCOUNT.
"""

__version__ = "0.1.0"
