"""The API: the pages' numbers for programs, read with GET; its document is at /api/openapi.json.

Each step has its own part in `<step>/api.py`. Who may read what is decided by the same door and the same rights as on
pages; what is read is gathered by the same functions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from evenhand.errors import InputError

from .account.api import router as account
from .change.api import router as change
from .decide.api import router as decide
from .listen.api import router as listen
from .people.api import AccessToken, Session
from .people.api import router as people
from .prove.api import router as prove
from .see.api import router as see
from .site.problems import SAYS, TYPE, problem

ABOUT = (
    "The numbers of the pages, from the same functions, with the same rights. Read with GET; nothing is changed here. "
    "Lists come in parts (`limit`, `offset`, `next`) in an order that does not change. Errors are problem documents "
    "(RFC 9457). A missing number is null."
)
WHEN = {401: "Nobody is signed in, or the token opens nothing", 403: "You may not", 404: "It is not there",
        422: "A parameter is not what it should be", 429: "Too many requests; wait for Retry-After"}  # fmt: skip
PROBLEM = {
    "type": "object", "required": ["type", "title", "status", "detail"], "title": "Problem",
    "description": "RFC 9457: what was found and what would be right, in one sentence.",
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"},
        "status": {"type": "integer"}, "detail": {"type": "string"},
    },
}  # fmt: skip


class Api(NinjaAPI):
    """NinjaAPI whose addresses are named as its operations are, and whose document also says how it fails."""

    def get_operation_url_name(self, operation: Any, router: Any) -> str:
        return str(operation.operation_id)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Any:
        """Its document, kept by the process; to be read and not written, for every reader is given the same one."""
        return self._document(self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)

    @lru_cache(maxsize=4)  # noqa: B019  one Api a process; its parts do not change, and making it takes 150 ms
    def _document(self, path_prefix: str) -> Any:
        document = super().get_openapi_schema(path_prefix=path_prefix)
        document["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        content = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for path in document["paths"].values():
            for operation in path.values():
                for status, words in WHEN.items():
                    operation["responses"][status] = {"description": words, "content": content}
        return document


api = Api(
    title="Evenhand", version="1", description=ABOUT, urls_namespace="api", docs_url=None,
    auth=[AccessToken(), Session()],
)  # fmt: skip
for _router in (people, see, listen, decide, change, prove, account):
    api.add_router("", _router)


@api.exception_handler(HttpError)
def _told(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, SAYS.get(error.status_code, str(error)))


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, str(error))


@api.exception_handler(PermissionDenied)
def _not_allowed(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error))


@api.exception_handler(InputError)
def _mistaken(request: HttpRequest, error: InputError) -> HttpResponse:
    return problem(422, str(error))


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first parameter that is wrong: its name and what would be right."""
    first = error.errors[0]
    name = ".".join(str(word) for word in first["loc"][1:] if word not in ("paging", "asked"))
    return problem(422, f"{name}: {first['msg'][:1].lower()}{first['msg'][1:]}.")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Anyone: what can be read, and how. Next: make a token."""
    return render(request, "api.html", {"parts": parts(), "about": ABOUT})


def parts() -> dict[str, list[dict[str, str]]]:
    """Every endpoint by the part it belongs to: its path, what it answers, its name."""
    found: dict[str, list[dict[str, str]]] = {}
    for path, operations in api.get_openapi_schema(path_prefix="/api/")["paths"].items():
        for said in operations.values():
            row = {"path": path, "says": said["description"], "name": said["operationId"]}
            found.setdefault(said["tags"][0], []).append(row)
    return found


def not_there(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for below /api/."""
    return problem(404)


def listed() -> str:
    """Every endpoint as the tables of docs/reference/api.md."""
    lines = []
    for part, rows in parts().items():
        lines += [f"### {part.capitalize()}", "| endpoint | answers |", "|---|---|"]
        lines += [f"| `{row['path']}` | {' '.join(row['says'].split())} |" for row in rows] + [""]
    return "\n".join(lines).rstrip() + "\n"
