"""The NHS.UK frontend as we serve it: copied from node_modules, its font and its root addresses taken out.

The package points at a font on another server, licensed for nhs.uk alone, and at `/assets/`; our policy
loads nothing from elsewhere. Nothing of the package is kept in our repository.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

FONT = re.compile(r"@font-face\{[^}]*\}")
COMMENT = re.compile(r"/[*/]# sourceMappingURL=.*")


class NotInstalled(Exception):
    """nhsuk-frontend is not in node_modules."""


def prepare(node_modules: Path, out: Path) -> Path:
    """Write nhsuk.css, nhsuk.js and images into `out`; the folder that was written.

    Raises
    ------
    NotInstalled
        If node_modules has no nhsuk-frontend: `npm ci` brings it.
    """
    source = node_modules / "nhsuk-frontend" / "dist" / "nhsuk"
    if not (source / "nhsuk-frontend.min.css").is_file():
        raise NotInstalled(f"{source}: no nhsuk-frontend there; run `npm ci` first")
    out.mkdir(parents=True, exist_ok=True)
    css = (source / "nhsuk-frontend.min.css").read_text()
    css = FONT.sub("", css).replace("url(/assets/images/", "url(images/")
    (out / "nhsuk.css").write_text(COMMENT.sub("", css))
    (out / "nhsuk.js").write_text(COMMENT.sub("", (source / "nhsuk-frontend.min.js").read_text()))
    shutil.copytree(source / "assets" / "images", out / "images", dirs_exist_ok=True)
    return out
