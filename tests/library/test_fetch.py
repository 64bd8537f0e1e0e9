"""Fetch: what a publisher offers comes whole and known, or not at all, however badly its server answers."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.fetch import FEEDS, Fetched, Shelf, Web, feed, fetch
from evenhand.fetch.addresses import Addresses
from evenhand.lake import Lake
from evenhand.sources import known
from published import bytes_of, list_sizes, month_of_prescribing, prescribing_columns, rtt_extract, write_csv
from publishers import Asked, Publisher, Reply, a_file, ckan, in_turn, publishing

EPD = "english-prescribing-data-epd"
SNOMED = "english-prescribing-dataset-epd-with-snomed-code"
RTT = "/statistics/statistical-work-areas/rtt-waiting-times"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as made:
        yield made


class Waiting:
    """Waits that take no time, and are remembered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def month_zip(folder: Path, month: str, layout: str = "icb", again: int = 1) -> bytes:
    rows = prescribing_columns(month_of_prescribing(month) * again, layout)
    return zipped(f"EPD_{month}.csv", write_csv(folder / f"{month}.csv", rows).read_bytes())


def fetched(
    publisher: Publisher, folder: Path, *names: str, months: int = 24, waiting: Callable[[float], None] | None = None,
    discard: bool = False,
) -> tuple[Fetched, ...]:  # fmt: skip
    lake = Lake.create(folder / "lake")
    web = Web(base_url=publisher.url, sleep=waiting or Waiting())
    return fetch(lake, names, months=months, shelf=Shelf(folder / "files"), web=web, discard=discard)


def parts_left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part*")]


@pytest.mark.parametrize("nested", [1, 2, 3])
def test_the_latest_months_load_from_two_packages_whose_answers_are_nested(
    publisher: Publisher, tmp_path: Path, nested: int
) -> None:
    ckan(publisher, EPD, {f"EPD_{m}": month_zip(tmp_path, m) for m in ("201708", "201709", "202506")}, nested=nested)
    ckan(publisher, SNOMED, {"EPD_SNOMED_202507": month_zip(tmp_path, "202507", "snomed")}, nested=nested)

    done = fetched(publisher, tmp_path, "prescribing", months=3)

    assert [(one.month, one.state, one.rows) for one in done] == [
        ("2017-09", "loaded", 6), ("2025-06", "loaded", 6), ("2025-07", "loaded", 6)
    ]  # fmt: skip
    assert not parts_left(tmp_path)


def test_a_second_run_asks_for_no_file_and_changes_nothing(publisher: Publisher, tmp_path: Path) -> None:
    ckan(publisher, EPD, {"EPD_201709": month_zip(tmp_path, "201709")})
    fetched(publisher, tmp_path, "prescribing", discard=True)
    before = bytes_of(tmp_path / "lake")

    again = fetched(publisher, tmp_path, "prescribing")

    assert [one.state for one in again] == ["held"]
    assert publisher.times("/storage/EPD_201709.zip") == 1
    assert bytes_of(tmp_path / "lake") == before


def test_the_final_release_of_a_month_takes_the_place_of_the_first(publisher: Publisher, tmp_path: Path) -> None:
    ckan(publisher, EPD, {"EPD_201709": b"never asked", "EPD_201709_FINAL": month_zip(tmp_path, "201709")})

    done = fetched(publisher, tmp_path, "prescribing")

    assert [one.file for one in done] == ["prescribing/EPD_201709_FINAL.zip/EPD_201709.csv"]


def test_a_dropped_connection_is_resumed_from_the_byte_where_it_stopped(publisher: Publisher, tmp_path: Path) -> None:
    content = month_zip(tmp_path, "201709")
    assert len(content) > 500
    ckan(publisher, EPD, {"EPD_201709": a_file(content, cut=200)})

    done = fetched(publisher, tmp_path, "prescribing")

    assert [one.state for one in done] == ["loaded"]
    ranges = [a.headers.get("Range") for a in publisher.asked if a.path.startswith("/storage")]
    assert ranges[:3] == [None, "bytes=200-", "bytes=400-"]
    assert done[0].sha256 == hashlib.sha256(content).hexdigest()


def test_what_one_run_left_the_next_takes_up(publisher: Publisher, tmp_path: Path) -> None:
    content = month_zip(tmp_path, "201709")
    ckan(publisher, EPD, {"EPD_201709": in_turn(a_file(content, cut=200), Reply(b"", 503))})
    assert fetched(publisher, tmp_path, "prescribing")[0].state == "refused"
    left = parts_left(tmp_path / "files")
    publisher.serve("/storage/EPD_201709.zip", a_file(content))

    done = fetched(publisher, tmp_path, "prescribing")

    assert sorted(left) == ["EPD_201709.part", "EPD_201709.part.json"]
    assert publisher.asked[-1].headers["Range"] == "bytes=200-"
    assert [one.state for one in done] == ["loaded"]
    assert not parts_left(tmp_path)


def test_a_file_that_changed_meanwhile_is_begun_again(publisher: Publisher, tmp_path: Path) -> None:
    old, new = month_zip(tmp_path, "201709", again=2), month_zip(tmp_path, "201709")
    ckan(publisher, EPD, {"EPD_201709": in_turn(a_file(old, cut=200), a_file(new, etag='"two"'))})

    done = fetched(publisher, tmp_path, "prescribing")

    assert done[0].sha256 == hashlib.sha256(new).hexdigest()


@pytest.mark.parametrize("status", [403, 410])
def test_an_expired_address_is_asked_for_again(publisher: Publisher, tmp_path: Path, status: int) -> None:
    content = month_zip(tmp_path, "201709")
    ckan(publisher, EPD, {"EPD_201709": in_turn(a_file(content, cut=200), Reply(b"expired", status), a_file(content))})

    done = fetched(publisher, tmp_path, "prescribing")

    signatures = [a.query["signature"] for a in publisher.asked if a.path.startswith("/storage")]
    assert signatures[0] == signatures[1] != signatures[2]
    assert publisher.asked[-1].headers["Range"] == "bytes=200-"
    assert [one.state for one in done] == ["loaded"]


def test_an_address_that_stays_closed_is_given_up(publisher: Publisher, tmp_path: Path) -> None:
    ckan(publisher, EPD, {"EPD_201709": lambda _: Reply(b"", 403)})

    done = fetched(publisher, tmp_path, "prescribing")

    assert done[0].state == "refused"
    assert "answered 403" in done[0].note
    assert publisher.times("/storage/EPD_201709.zip") == 4


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_given_the_time_it_asks_for(publisher: Publisher, tmp_path: Path, status: int) -> None:
    content, waiting = month_zip(tmp_path, "201709"), Waiting()
    busy = Reply(b"", status, {"Retry-After": "17"})
    ckan(publisher, EPD, {"EPD_201709": in_turn(busy, busy, a_file(content))})

    done = fetched(publisher, tmp_path, "prescribing", waiting=waiting)

    assert [one.state for one in done] == ["loaded"]
    assert [seconds for seconds in waiting.seconds if seconds >= 17] == [17, 17]


def test_waits_grow_with_jitter_from_a_seed_and_end(publisher: Publisher, tmp_path: Path) -> None:
    publisher.serve("/x", Reply(b"", 503))
    first, second = Waiting(), Waiting()
    for waiting in (first, second):
        with pytest.raises(InputError, match=r"answered 503 .* asked 6 times"):
            Web(base_url=publisher.url, sleep=waiting, seed=7).page(f"{publisher.url}/x")

    assert first.seconds == second.seconds
    assert first.seconds == sorted(first.seconds)
    assert len(first.seconds) == 5


def test_a_server_that_asks_for_hours_is_left_alone(publisher: Publisher) -> None:
    publisher.serve("/x", Reply(b"", 503, {"Retry-After": "Sun, 22 Nov 2099 03:00:00 GMT"}))

    with pytest.raises(InputError, match=r"asks to come again in [\d,]+ seconds"):
        Web(base_url=publisher.url, sleep=Waiting()).page(f"{publisher.url}/x")
    assert len(publisher.asked) == 1


def test_it_pauses_between_questions_and_says_who_asks(publisher: Publisher) -> None:
    waiting = Waiting()
    publisher.serve("/x", "y")
    web = Web(base_url=publisher.url, contact="analysts@example.nhs.uk\r\nX-Evil: 1", pause=2.5, sleep=waiting)
    web.page(f"{publisher.url}/x")
    web.page(f"{publisher.url}/x")

    assert waiting.seconds == [2.5]
    agent = publisher.asked[0].headers["User-Agent"]
    assert agent.startswith("evenhand/")
    assert "analysts@example.nhs.uk" in agent
    assert "X-Evil" not in publisher.asked[0].headers


HTML = b"<!DOCTYPE html><html><body>We are down for maintenance</body></html>"
WRONG: dict[str, tuple[Callable[[bytes], Reply | Callable[[Asked], Reply]], str]] = {
    "a page with status 200": (lambda _: Reply(HTML, headers={"Content-Type": "text/html; charset=utf-8"}), "web page"),
    "a page said to be a zip": (lambda _: Reply(HTML, headers={"Content-Type": "application/zip"}), "web page"),
    "a JSON error": (lambda _: Reply(b'{"error": 1}', headers={"Content-Type": "application/json"}), "application/"),
    "an XML error": (lambda _: Reply(b"<?xml version='1.0'?><Error>NoSuchKey</Error>"), "is not what was asked for"),
    "nothing": (lambda _: Reply(b""), "came empty|dropped"),
    "a file that is not there": (lambda _: Reply(b"", 404), "answered 404"),
    "a zip cut by the publisher": (lambda content: a_file(content[:-40]), "broken or cut short"),
    "another dataset": (lambda _: a_file(zipped("x.csv", b"PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,SEX,AGE_GROUP_5,"
                        b"NUMBER_OF_PATIENTS\nA,01SEP2017,GP,A1,ALL,ALL,3\n")), "it is list_size"),
    "an unknown table": (lambda _: a_file(zipped("x.csv", b"a,b\n1,2\n")), "not a known table"),
    "a zip of no table": (lambda _: a_file(zipped("x.pdf", b"%PDF")), "holds no CSV"),
    "always cut at the start": (lambda content: Reply(content, cut=0), "asked 6 times"),
    "more than was said": (lambda content: Reply(content + b"x" * 9, 206, {"Content-Range": "bytes 5-9/10"}), "asked"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_the_file_is_refused_and_nothing_of_it_is_kept(
    publisher: Publisher, tmp_path: Path, what: str
) -> None:
    make, words = WRONG[what]
    reply = make(month_zip(tmp_path, "201709"))
    ckan(publisher, EPD, {"EPD_201708": month_zip(tmp_path, "201708"),
                          "EPD_201709": reply if callable(reply) else lambda _: reply})  # fmt: skip

    done = fetched(publisher, tmp_path, "prescribing")

    assert [one.state for one in done] == ["loaded", "refused"]
    assert any(word in done[1].note for word in words.split("|")), done[1].note
    assert "\n" not in done[1].note
    assert [p.name for p in (tmp_path / "files").rglob("*.zip")] == ["EPD_201708.zip"]


def test_a_file_that_does_not_add_up_is_refused_by_the_lake_and_not_kept(publisher: Publisher, tmp_path: Path) -> None:
    lines = zipfile.ZipFile(io.BytesIO(month_zip(tmp_path, "201709"))).read("EPD_201709.csv").splitlines()
    ckan(publisher, EPD, {"EPD_201709": zipped("EPD_201709.csv", b"\n".join([*lines, b"201709,NORTH"]) + b"\n")})
    Lake.create(tmp_path / "lake")
    before = bytes_of(tmp_path / "lake")

    done = fetched(publisher, tmp_path, "prescribing")

    assert "expected 26 cells, found 2" in done[0].note
    assert bytes_of(tmp_path / "lake") == before
    assert [p.name for p in (tmp_path / "files").rglob("*") if p.is_file()] == ["fetched.json"]


@pytest.mark.parametrize("document", [
    '{"success": true}', "[]", "null", '{"result": {"result": {"records": []}}}', '{"result": "later"}', "<html>", "",
    '{"result": {"resources": [{"name": "EPD_201709"}]}}', '{"success": false, "error": {"message": "no such table"}}',
])  # fmt: skip
def test_an_answer_of_unknown_shape_is_refused_in_one_line(
    publisher: Publisher, tmp_path: Path, document: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.serve("/api/3/action/package_show", document)

    code = main(["fetch", "prescribing", "--lake", str(tmp_path / "lake"), "--base-url", publisher.url])

    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert not (tmp_path / "lake").exists()


def test_a_published_sha256_is_held_against_the_file(publisher: Publisher, tmp_path: Path) -> None:
    content = month_zip(tmp_path, "201709")
    right = hashlib.sha256(content).hexdigest()
    for digest, state in (("0" * 64, "refused"), (right, "loaded")):
        listed = {"id": "r", "name": "EPD_201709", "last_modified": "1", "hash": digest,
                  "url": f"{publisher.url}/x.zip"}  # fmt: skip
        publisher.serve("/api/3/action/package_show", json.dumps({"result": {"resources": [listed]}}))
        publisher.serve("/api/3/action/resource_show", json.dumps({"result": listed}))
        publisher.serve("/x.zip", a_file(content))

        assert fetched(publisher, tmp_path, "prescribing")[0].state == state


def test_files_behind_links_are_found_newest_first_and_no_page_is_read_in_vain(
    publisher: Publisher, tmp_path: Path
) -> None:
    def extract(period: str) -> bytes:
        return zipped("x.csv", write_csv(tmp_path / "x.csv", rtt_extract(period)).read_bytes())

    uploads = "/statistics/wp-content/uploads/sites/2"
    publisher.serve(f"{RTT}/", f"""<a href="{RTT}/rtt-data-2024-25/">RTT 2024-25</a> <a href='mailto:x@y'>write</a>
        <a href="{RTT}/rtt-data-2025-26/">RTT <b>2025-26</b></a> <a href="http://[broken">x</a> <a>none</a>""")
    publisher.serve(f"{RTT}/rtt-data-2025-26/", f"""
        <a href="{uploads}/2025/08/Full-CSV-data-file-Jun25-ZIP-4M-11111.zip">Full CSV data file Jun25</a>
        <a href="{uploads}/2025/07/Full-CSV-data-file-May25-ZIP-4M-22222.zip">Full CSV data file May25</a>
        <a href="{uploads}/2025/07/Incomplete-Provider-May25-XLSX-9M.xlsx">Incomplete</a>""")
    publisher.serve(f"{uploads}/2025/08/Full-CSV-data-file-Jun25-ZIP-4M-11111.zip", a_file(extract("RTT-June-2025")))
    publisher.serve(f"{uploads}/2025/07/Full-CSV-data-file-May25-ZIP-4M-22222.zip", a_file(extract("RTT-May-2025")))

    done = fetched(publisher, tmp_path, "rtt", months=2)

    assert [(one.month, one.state) for one in done] == [("2025-05", "loaded"), ("2025-06", "loaded")]


def test_a_file_whose_name_says_no_month_gets_the_one_of_its_page(publisher: Publisher, tmp_path: Path) -> None:
    base = "/data-and-information/publications/statistical/patients-registered-at-a-gp-practice"
    editions = {"september-2017": "01SEP2017", "october-2017": "01OCT2017"}
    publisher.serve(base, "".join(f'<a href="{base}/{edition}">{edition}</a>' for edition in editions))
    for place, (edition, day) in enumerate(editions.items()):
        file = f"/{place}/gp-reg-pat-prac-quin-age.csv"
        publisher.serve(f"{base}/{edition}", f'<a href="{file}">Five-year bands</a>')
        content = write_csv(tmp_path / "x.csv", list_sizes(day)).read_bytes()
        publisher.serve(file, a_file(content, kind="text/csv", cut=300))

    done = fetched(publisher, tmp_path, "list_size")

    assert [one.file for one in done] == [
        "list_size/2017-09_gp-reg-pat-prac-quin-age.csv", "list_size/2017-10_gp-reg-pat-prac-quin-age.csv"
    ]  # fmt: skip
    assert {one.state for one in done} == {"loaded"}


def test_a_site_that_changed_is_said_to_have(publisher: Publisher, tmp_path: Path) -> None:
    publisher.serve(f"{RTT}/", "<a href='/elsewhere'>Our new home</a>")

    assert "the site has changed" in fetched(publisher, tmp_path, "rtt")[0].note


@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "ftp://127.0.0.1/x", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/x",
    "http://user:secret@opendata.nhsbsa.net/x", "http://[::1", "gopher://x/", "http://intranet/x", "//x", "http:///x",
    "http://internal.local/x", "http://[fd00::1]/x", "http://0.0.0.0/x", "javascript:alert(1)", "http://a b/",
])  # fmt: skip
def test_only_public_web_addresses_or_the_mirror_are_asked(publisher: Publisher, tmp_path: Path, address: str) -> None:
    ckan(publisher, EPD, {"EPD_201709": lambda _: Reply(b"", 302, {"Location": address}),
                          "EPD_201710": b""})  # fmt: skip
    show = publisher._served["/api/3/action/resource_show"]
    given = json.dumps({"result": {"zip_url": address}})
    publisher.serve("/api/3/action/resource_show",
                    lambda asked: Reply(given.encode()) if "201710" in asked.query["id"] else show(asked))  # fmt: skip

    done = fetched(publisher, tmp_path, "prescribing")

    assert [one.state for one in done] == ["refused", "refused"]
    assert all("secret" not in one.note and "\n" not in one.note for one in done)


def test_without_a_mirror_this_machine_is_never_asked(publisher: Publisher) -> None:
    with pytest.raises(InputError, match="not public"):
        Web(sleep=Waiting()).page(f"{publisher.url}/x")
    assert not publisher.asked


@pytest.mark.parametrize("base", ["ftp://mirror/", "mirror", "", "http://", "file:///x", "http://u:p@mirror/"])
def test_a_mirror_is_a_web_address(base: str) -> None:
    with pytest.raises(InputError, match="--base-url"):
        Addresses(base)


@pytest.mark.parametrize("base", ["", "/", "/nhs", "/api/3/action", "/api/3/action/"])
def test_a_mirror_may_stand_anywhere(base: str) -> None:
    found = Addresses(f"http://127.0.0.1:1{base}").of("https://opendata.nhsbsa.net/api/3/action/package_show?id=x")

    assert found == f"http://127.0.0.1:1{'/nhs' if base == '/nhs' else ''}/api/3/action/package_show?id=x"


def test_the_command_says_what_it_did_as_json_and_what_failed_in_one_line(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ckan(publisher, EPD, {"EPD_201708": month_zip(tmp_path, "201708"), "EPD_201709": lambda _: Reply(HTML, 404)})
    words = ["fetch", "prescribing", "--lake", str(tmp_path / "lake"), "--base-url", publisher.url, "--json"]

    code = main(words)

    said = capsys.readouterr()
    assert code == 2
    assert [row["state"] for row in json.loads(said.out)["fetched"]] == ["loaded", "refused"]
    assert said.err.count("\n") == 1
    assert "answered 404" in said.err
    manifest = json.loads((tmp_path / "lake.fetched" / "fetched.json").read_text())
    assert [(row["name"], row["state"]) for row in manifest] == [("EPD_201708", "loaded")]
    assert "signature" not in manifest[0]["address"]


@pytest.mark.parametrize(("words", "message"), [
    (["prescriping"], "did you mean 'prescribing'"), (["dmd"], "at no open address"),
    (["prescribing", "--months", "0"], "expected a whole number of months"),
    (["prescribing", "--pause", "nan"], "expected seconds"), (["prescribing", "--base-url", "x"], "http or https"),
])  # fmt: skip
def test_what_cannot_be_fetched_is_refused_before_anything_is_asked(
    tmp_path: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["fetch", *words, "--lake", str(tmp_path / "lake")])

    said = capsys.readouterr()
    assert code == 2
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "lake").exists()


def test_every_feed_gives_known_sources_and_is_found_by_them() -> None:
    assert all(set(one.gives) <= set(known()) for one in FEEDS)
    assert feed("qof_achievement").name == "qof"


def test_the_page_describes_every_feed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "fetch.md").read_text(encoding="utf-8")

    assert [one.name for one in FEEDS if f"`{one.name}`" not in page] == []
