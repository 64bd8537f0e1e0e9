"""A user's own organisation tree: localities, federations, wards and teams, read beside the lake for one question."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .. import sources
from ..lake import Lake
from ..records import Organisations


def own_organisations(path: str | Path) -> Organisations:
    """The organisations in a file, as `evenhand load` would read it, without loading it into any lake.

    Raises
    ------
    InputError
        If the file cannot be read or is not a table of organisations.
    """
    with tempfile.TemporaryDirectory() as folder:
        aside = Lake.create(Path(folder) / "aside")
        sources.load(aside, path, "organisation_tree")
        return sources.organisations.read(aside)
