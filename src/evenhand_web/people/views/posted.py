"""What was sent with a form, also when nothing was filled in."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The fields of a POST, none of them too; None if the page was only opened."""
    return request.POST if request.method == "POST" else None
