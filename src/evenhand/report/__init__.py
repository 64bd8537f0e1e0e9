"""The story as a report: one HTML page that stands alone, or a PDF of four A4 pages."""

from .html import html
from .pdf import pdf

__all__ = ["html", "pdf"]
