"""Feeds: every publication that can be fetched, its publisher's pages, and the names of its files."""

from __future__ import annotations

from ..errors import InputError, did_you_mean
from ..sources import known
from .ckan import Packages
from .offer import Feed
from .pages import Site
from .reports import Report

_ENGLAND = "https://www.england.nhs.uk/statistics/statistical-work-areas"
_DIGITAL = "https://digital.nhs.uk/data-and-information/publications/statistical"
_TARIFF = (
    "https://www.nhsbsa.nhs.uk/pharmacies-gp-practices-and-appliance-contractors/drug-tariff/drug-tariff-part-viii"
)
_LIST = f"{_DIGITAL}/patients-registered-at-a-gp-practice"
_LIST_ONWARD = r"/patients-registered-at-a-gp-practice/[a-z]+-\d{4}/?$"
_GPAD = f"{_DIGITAL}/appointments-in-general-practice"
_GPAD_ONWARD = r"/appointments-in-general-practice/[a-z]+-\d{4}/?$"
_QOF = f"{_DIGITAL}/quality-and-outcomes-framework-achievement-prevalence-and-exceptions-data"

FEEDS = (
    Feed("prescribing", "English Prescribing Dataset (NHSBSA Open Data Portal)", ("prescribing",), Packages(
        ("english-prescribing-dataset-epd-with-snomed-code", "english-prescribing-data-epd"),
        r"EPD_(?:SNOMED_)?(?P<month>\d{6})_?(?P<state>FINAL)?").offers),
    Feed("pca", "Prescription cost analysis (NHSBSA Open Data Portal)", ("pca",), Packages(
        ("prescription-cost-analysis-pca-monthly-data",), r"PCA_(?P<month>\d{6})_?(?P<state>FINAL)?").offers),
    Feed("scmd", "Secondary care medicines (NHSBSA Open Data Portal)", ("scmd",), Packages(
        ("secondary-care-medicines-data-indicative-price",),
        r"SCMD_(?P<state>FINAL|PROVISIONAL|WIP)_(?P<month>\d{6})").offers),
    Feed("bnf_codes", "BNF code information (NHSBSA Open Data Portal)", ("bnf_codes",), Packages(
        ("bnf-code-information-current-year",),
        r"BNF_CODE_CURRENT_(?P<month>\d{6})_VERSION_(?P<version>\d+)_?(?P<state>FINAL)?").offers),
    Feed("drug_tariff", "Drug Tariff Part VIIIA (NHSBSA)", ("drug_tariff",), Site(
        _TARIFF, r"(?i)part.?viiia.*\.csv$").offers),
    Feed("rtt", "Referral-to-treatment waits, full extract (NHS England)", ("rtt",), Site(
        f"{_ENGLAND}/rtt-waiting-times/", r"(?i)full-csv-data-file.*\.zip$",
        r"/rtt-waiting-times/rtt-data-\d{4}-\d{2}/?$").offers),
    Feed("ae", "A&E attendances and emergency admissions (NHS England)", ("ae",), Site(
        f"{_ENGLAND}/ae-waiting-times-and-activity/", r"(?i)^(?!.*(quarter|time-?series|ecds|supplement)).*\.csv$",
        r"/ae-attendances-and-emergency-admissions-\d{4}-\d{2}/?$").offers),
    Feed("dm01", "Diagnostic waits and activity (NHS England)", ("dm01",), Site(
        f"{_ENGLAND}/diagnostics-waiting-times-and-activity/monthly-diagnostics-waiting-times-and-activity/",
        r"(?i)dm01.*full-extract.*\.(zip|csv)$", r"/monthly-diagnostics-data-\d{4}-\d{2}/?$").offers),
    Feed("list_size", "Patients registered at a GP practice, five-year bands (NHS England)", ("list_size",), Site(
        _LIST, r"(?i)gp-reg-pat\w*-prac-quin-age\.(zip|csv)$", _LIST_ONWARD).offers),
    Feed("list_size_map", "Practices, PCNs and their places (NHS England)", ("list_size_map",), Site(
        _LIST, r"(?i)gp-reg-pat\w*-prac-map\.(zip|csv)$", _LIST_ONWARD).offers),
    Feed("appointments", "Appointments in general practice, by sub-ICB location (NHS England)",
         ("appointments", "appointments_coverage"), Site(
             _GPAD, r"(?i)appointments_gp_daily.*\.zip$|annex.*\.zip$", _GPAD_ONWARD).offers),
    Feed("appointments_practice", "Appointments in general practice, by practice (NHS England)",
         ("appointments", "practice_places"), Site(
             _GPAD, r"(?i)practice.?level.*\.zip$", _GPAD_ONWARD).offers),
    Feed("qof", "Quality and Outcomes Framework (NHS England), one year a file",
         ("qof_achievement", "qof_prevalence", "qof_indicators", "qof_points", "practice_places"), Site(
             _QOF, r"(?i)qof_?\d{4}.*\.zip$", r"/\d{4}-\d{2}/?$").offers, every=12),
    Feed("ods_practices", "Practices and other prescribers (ODS epraccur)", ("ods_practices",),
         Report("epraccur").offers, every=0),
    Feed("ods_pcn", "Primary care networks (ODS ePCN)", ("ods_pcn",), Report("epcn").offers, every=0),
    Feed("ods_pcn_partners", "Practices and their PCN (ODS epcncorepartnerdetails)", ("ods_pcn_partners",),
         Report("epcncorepartnerdetails").offers, every=0),
)  # fmt: skip


def feed(name: str) -> Feed:
    """The feed of a name, or the one that gives a source of that name.

    Raises
    ------
    InputError
        If there is none; a source that is only loaded from a file says so.
    """
    found = next((f for f in FEEDS if f.name == name), None) or next((f for f in FEEDS if name in f.gives), None)
    if found is not None:
        return found
    if name in known():
        raise InputError(f"{name}: is at no open address that can be asked; download it and give it to evenhand load")
    names = [f.name for f in FEEDS]
    raise InputError(f"{name}: no such source{did_you_mean(name, names)}; there are: {', '.join(names)}")
