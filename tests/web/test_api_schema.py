"""The API keeps to its own description: made-up questions never break it, and every answer is as its document says.

Seeded and bounded: so many questions an endpoint, the same in every run.
"""

from __future__ import annotations

import functools
import json

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import cast
from evenhand_web.site import limits

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUESTIONS = 4  # of each endpoint, beside those with what is really there
REAL = {
    "code": "DEMO-I1", "measure": "diabetes_sglt2", "number": 1, "scheme": "diabetes_dpp4",
    "key": {"surveys": "awareness-1", "rounds": "diabetes-first", "schemes": "diabetes_dpp4",
            "campaigns": "diabetes_dpp4"},
}  # fmt: skip


@functools.cache
def document() -> dict:
    """What /api/openapi.json says."""
    from evenhand_web.api import api

    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/")))


def names() -> list[str]:
    return [operation["operationId"] for path in document()["paths"].values() for operation in path.values()]


@pytest.fixture(scope="module")
def schema():
    return schemathesis.openapi.from_dict(document())


@pytest.mark.parametrize("name", names())
def test_an_endpoint_never_breaks_and_answers_as_it_says(name, schema, as_demo, demo_lake, settings_of, monkeypatch):
    monkeypatch.setattr(limits, "LIMITS", ())
    headers = {"Cookie": f"sessionid={as_demo(cast.FINANCE_DIRECTOR).cookies['sessionid'].value}"}
    operation = schema.find_operation_by_id(name)

    @seed(20260401)
    @settings(max_examples=QUESTIONS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case):
        asked(case, headers)
        for parameter in list(case.path_parameters or {}):  # the same question about what is there
            real = REAL[parameter]
            named = real[operation.path.split("/{key}")[0].rsplit("/", 1)[1]] if isinstance(real, dict) else real
            case.path_parameters[parameter] = named
        if case.path_parameters:
            asked(case, headers)

    ask()


def asked(case, headers: dict[str, str]) -> None:
    """One question, put to the application itself, held against the document."""
    response = case.call(app=WSGIHandler(), headers=headers)
    case.validate_response(response, checks=CHECKS)


@pytest.fixture
def settings_of(settings, demo_lake):
    settings.EVENHAND_LAKE = demo_lake
    settings.ALLOWED_HOSTS = ["*"]
    return settings


def test_every_endpoint_can_be_asked():
    assert len(names()) == len(set(names())) > 30


def test_the_document_that_is_served_is_the_one_that_is_held_true(client, db):
    assert client.get("/api/openapi.json").json() == document()
