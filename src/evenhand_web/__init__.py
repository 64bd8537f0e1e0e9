"""The pages: Django, the NHS.UK frontend, and one folder a step. They hold no formula: the library does."""
