"""Large answers are packed as Django packs small ones, only quicker."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from evenhand_web.site.packing import LARGE, Packing

WORDS = b"<circle cx='1' cy='2'/> " * (LARGE // 12)


def answered(content: bytes, accepts: str = "br, gzip", **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    return Packing(lambda _: HttpResponse(content, headers=headers))(request)


@pytest.mark.parametrize("content", [WORDS, WORDS[: LARGE // 2]])
def test_an_answer_is_packed_whole_and_said_to_be(content):
    answer = answered(content, ETag='"abc"')
    assert gzip.decompress(answer.content) == content
    assert len(answer.content) == int(answer["Content-Length"]) < len(content) / 10
    assert (answer["Content-Encoding"], answer["Vary"], answer["ETag"]) == ("gzip", "Accept-Encoding", 'W/"abc"')


def test_the_same_answer_has_no_one_length():
    assert len({len(answered(WORDS).content) for _ in range(20)}) > 1


def test_who_does_not_take_packed_answers_or_has_one_already_gets_it_as_it_is():
    plain = answered(WORDS, accepts="identity")
    assert (plain.content, plain["Vary"], plain.has_header("Content-Encoding")) == (WORDS, "Accept-Encoding", False)
    assert answered(WORDS, **{"Content-Encoding": "br"}).content == WORDS
