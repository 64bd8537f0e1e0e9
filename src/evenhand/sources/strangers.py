"""Strangers: tables that are known and do not belong in the lake, and what to do with each.

A study's answers, a model's inputs, votes or a survey are no publication of what happened: a load says so, in words,
rather than that it knows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from .unpack import Unpacked


@dataclass(frozen=True)
class Stranger:
    """A table by some of its columns, what it is, and what to do with it."""

    marks: tuple[str, ...]
    what: str


_KNOWN = (
    Stranger(("is_nbreak", "is_tfirst"), "the answers of a change-detection study, not a publication; "
             "`evenhand prove change` finds changes in a panel of your own"),
    Stranger(("practice", "bnf_code", "items", "quantity"), "an extract of single presentations without costs, not a "
             "month of prescribing; load the English Prescribing Dataset"),
    Stranger(("bnf_code", "lowest_decile", "possible_savings"), "the answers of a study of prices, not a publication; "
             "`evenhand see savings ppu` works them out"),
    Stranger(("generic_name", "possible_savings"), "the answers of a study of generics, not a publication; "
             "`evenhand see savings ghost` works them out"),
    Stranger(("target_cost", "saving", "quantity"), "the answers of a study of generics, not a publication; "
             "`evenhand see savings` works them out"),
    Stranger(("savings_10", "savings_50"), "a study's savings by decile, not a publication; "
             "`evenhand see opportunity` works them out"),
    Stranger(("numerator_items", "denominator_items", "measure_id"), "a study's yearly sums without months, not a "
             "publication; give `evenhand indicator` the months"),
    Stranger(("product", "level_1", "ppu"), "a study's deciles of prices, not a publication"),
    Stranger(("rx_merge_date", "3_m_additional_cost"), "the answers of a study of price concessions, not a "
             "publication; load the concession prices themselves"),
    Stranger(("value_imd", "mean_percentile"), "a study's practices with their covariates, not a publication; its "
             "parts (list sizes, QOF, deprivation) are"),
    Stranger(("gp_fte_per_10000", "single_handed"), "a study's practices with their covariates, not a publication; its "
             "parts (list sizes, QOF, deprivation) are"),
    Stranger(("allocation", "baseline"), "a trial's allocation, not a publication; `evenhand prove trial` reads it"),
    Stranger(("joint_team",), "a trial's units, not a publication; `evenhand prove trial` reads its outcomes"),
    Stranger(("joint_id", "date"), "a trial's visits, not a publication"),
    Stranger(("pageviews", "unique_pageviews"), "a website's page views, not a publication"),
    Stranger(("pct_id", "over_65"), "a study's denominators, not a publication"),
    Stranger(("pct_id", "list_size"), "a study's denominators, not a publication"),
    Stranger(("comment_id", "voter_id", "vote"), "votes, which `evenhand decide tally` reads"),
    Stranger(("participant", "group_id", "n_votes"), "a matrix of votes, which `evenhand decide groups` reads"),
    Stranger(("comment_id", "comment_body"), "statements, which `evenhand decide tally --statements` reads"),
    Stranger(("n_votes", "n_visitors", "n_voters"), "the history of a consultation, not a publication"),
    Stranger(("practice_code", "excess_cost"), "the answers of a study of branded generics, not a publication; "
             "`evenhand see savings ghost` works them out"),
    Stranger(("ccg_id", "code"), "a study's map of practices, not a publication; as a tree of your own it has code, "
             "name, level and parent"),
    Stranger(("bnf_code", "name"), "a list of codes, not a publication; a measure's YAML holds such lists"),
    Stranger(("dementia_register", "items"), "a numerator/denominator table under other column names; "
             "name them to `evenhand indicator`"),
    Stranger(("period", "pct", "all_items"), "a numerator/denominator table under other column names; "
             "name them to `evenhand indicator`"),
    Stranger(("topic",), "the title of a consultation, not data"),
    Stranger(("respondent_id",), "answers of a survey, which `evenhand listen` reads"),
    Stranger(("engagement_index", "year_index"), "a study of the staff survey by trust, not a publication; "
             "`evenhand listen` and `see` read such tables"),
    Stranger(("table_id", "measure_name"), "a list of measures, not data; `evenhand measures` holds ours"),
    Stranger(("numerator_type", "is_percentage"), "a list of measures, not data; `evenhand measures` holds ours"),
    Stranger(("pct", "month", "bnfcode", "totalitems"), "an extract of single presentations, not a publication; add "
             "them up for `evenhand indicator`"),
    Stranger(("pct", "month", "drug"), "an extract of single drugs, not a publication; give `evenhand indicator` one "
             "drug with a denominator"),
    Stranger(("ccg", "value"), "values without numerator and denominator, which cannot be pooled or tested"),
    Stranger(("calc_value", "numerator", "denominator"), "a numerator/denominator table under other column names; "
             "name them to `evenhand indicator`"),
    Stranger(("given_name", "surname", "gmc_reference_number"), "names of people, which the lake never holds"),
)  # fmt: skip


def what(file: Unpacked) -> str | None:
    """What a file is, if it is one that is known and does not belong; None if it is not known."""
    if sum(column.startswith("ratio_quantity.") for column in file.columns) > 1:
        return "a study's ratios by practice without numerators, not a publication; `evenhand prove change` reads them"
    return next((s.what for s in _KNOWN if all(file.column(mark) is not None for mark in s.marks)), None)
