"""What the API says when it cannot answer: RFC 9457 problem details, one clear sentence each."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse

TYPE = "application/problem+json"
SAYS = {
    400: "This request cannot be read; check its address and its headers.",
    401: "Sign in, or send an access token as `Authorization: Bearer ...`; one is made on the page of access tokens.",
    403: "You may not see this.",
    404: "There is nothing at this address; the endpoints are listed at /api/.",
    405: "The API is read with GET; nothing is changed through it.",
    422: "A parameter is not what it should be.",
    429: "Too many requests; wait as long as the header Retry-After says.",
    500: "Something went wrong here; it is not your fault, and it is kept in our log.",
}


def problem(status: int, detail: str = "") -> HttpResponse:
    """An error as a problem document; `detail` says in one sentence what was found and what would be right."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status,
            "detail": detail or SAYS.get(status, HTTPStatus(status).description)}  # fmt: skip
    return JsonResponse(said, status=status, content_type=TYPE, json_dumps_params={"ensure_ascii": False})
