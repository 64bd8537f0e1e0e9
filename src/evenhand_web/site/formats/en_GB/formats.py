"""Dates and numbers as the NHS service manual writes them: 5 March 2026, 14:05, 12,345."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_FORMAT = "F Y"
