"""The edges of every request: what cannot be an address is refused, and the API answers in its own way.

Every error of the API is a problem document, whoever raised it; every answer has an ETag, is kept by nobody but its
reader, and is not sent again while it has not changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.cache import get_conditional_response, patch_vary_headers

from .problems import TYPE, problem

API = "/api/"
_CONVERTED = ("Content-Type", "Content-Length", "Content-Language")


class Edges:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            response: HttpResponse = HttpResponseBadRequest("An address holds no NUL.", content_type="text/plain")
        else:
            response = self.get_response(request)
        return _api(request, response) if request.path_info.startswith(API) else response


def _api(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(TYPE):
        told = problem(response.status_code)
        for name, value in response.headers.items():
            if name not in _CONVERTED:
                told.headers[name] = value
        response = told
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Evenhand"'
    patch_vary_headers(response, ("Authorization", "Cookie", "Accept"))
    response.headers["Cache-Control"] = "private, no-cache" if response.status_code == 200 else "no-store"
    if response.status_code != 200 or request.method not in ("GET", "HEAD") or response.streaming:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)
