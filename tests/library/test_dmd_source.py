"""dm+d: a release and its supplement become words, hold together, and are refused where they do not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from evenhand import sources
from evenhand.lake import Lake
from further import RELEASE, dmd_release, dmd_supplement, refused, rows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def test_a_dmd_release_becomes_words_and_every_reference_leads_somewhere(lake: Lake, tmp_path: Path) -> None:
    path = dmd_release(tmp_path / "nhsbsa_dmd_6.3.0_20260622000001.zip")
    done = sources.load(lake, [path, dmd_supplement(tmp_path / "bonus.zip")])

    assert [loaded.source for loaded in done] == ["dmd", "dmd_bnf"]
    assert {k: done[0].totals[k] for k in ("vtm", "vmp", "amp", "vmpp", "ampp")} == dict.fromkeys(
        ("vtm", "vmp", "amp", "vmpp", "ampp"), 1)  # fmt: skip
    products = {str(r["kind"]): r for r in rows(lake, "dmd_product")}
    assert [products["ampp"][k] for k in ("vtm", "vmp", "amp", "vmpp")] == [
        "777000001", "322000001", "933000001", "941000001"]  # fmt: skip
    assert (products["amp"]["supplier"], products["amp"]["licence"]) == ("Example Pharma", "Medicines - MHRA/EMA")
    assert [(r["kind"], r["quantity"], r["category"], r["price_pence"]) for r in rows(lake, "dmd_pack")] == [
        ("vmpp", 28.0, "Part VIIIA Category M", 123), ("ampp", 28.0, None, 456)]  # fmt: skip
    assert {(r["kind"], r["name"]) for r in rows(lake, "dmd_form")} == {
        ("form", "Tablet"), ("route", "Oral"), ("form_route", "tablet.oral")}  # fmt: skip
    (inside,) = rows(lake, "dmd_ingredient")
    assert (inside["name"], inside["base_name"], inside["strength"], inside["strength_unit"], inside["per"]) == (
        "Examplol hydrochloride", "Examplol", 50.0, "mg", None)  # fmt: skip
    assert [(r["bnf_code"], r["ddd"], r["ddd_unit"]) for r in rows(lake, "dmd_bnf")] == [
        ("0403030Q0BBAAAA", None, None), ("0403030Q0AAAAAA", 50.0, "mg")]  # fmt: skip


def with_cells(kind: str, place: int, **cells: str) -> dict[str, list[tuple[str, dict[str, str]]]]:
    release = {name: list(records) for name, records in RELEASE.items()}
    tag, held = release[kind][place]
    release[kind][place] = (tag, {**held, **cells})
    return release


@pytest.mark.parametrize(
    ("release", "message"),
    [
        (with_cells("amp", 0, VPID="322999999"), "VPID 322999999 is no VMP of this release"),
        (with_cells("vmp", 1, VPID="322999999"), "VPI of '322999999', no VMP of this release"),
        (with_cells("vmp", 1, STRNT_NMRTR_UOMCD="1"), "UNIT_OF_MEASURE '1' is not in the release's lookup"),
        (with_cells("vmp", 1, ISID="1"), "substance 1 is not in the release's ingredients"),
        (with_cells("vmp", 1, STRNT_NMRTR_VAL="strong"), "STRNT_NMRTR_VAL 'strong': expected a number"),
        (with_cells("vmp", 0, VPID="3.22E+08"), "expected a SNOMED code"),
        ({**RELEASE, "amp": RELEASE["amp"] * 2}, "AMP 933000001 is given twice"),
    ],
)
def test_a_release_that_does_not_hold_together_is_refused(
    lake: Lake, tmp_path: Path, release: dict[str, object], message: str
) -> None:
    assert message in refused(lake, dmd_release(tmp_path / "dmd.zip", release))


def test_a_release_cut_short_or_with_a_file_missing_is_refused(lake: Lake, tmp_path: Path) -> None:
    assert "cut short" in refused(lake, dmd_release(tmp_path / "cut.zip", cut="amp"))
    assert "no column f_amp*.xml" in refused(lake, dmd_release(tmp_path / "less.zip", without="amp"))
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w") as archive:
        for kind in ("vtm", "vmp", "amp", "vmpp", "ampp", "ingredient", "lookup"):
            archive.writestr(f"f_{kind}2.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><LOOKUP>&a;</LOOKUP>')
    assert "refused as unsafe" in refused(lake, tmp_path / "bomb.zip")


def test_an_older_release_does_not_take_the_place_of_a_newer(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, dmd_release(tmp_path / "nhsbsa_dmd_6.3.0_20260622000001.zip"))
    older = dmd_release(tmp_path / "nhsbsa_dmd_6.1.0_20260601000001.zip", with_cells("vtm", 0, NM="Old name"))

    assert "say --replace if the older is meant" in refused(lake, older)
