"""The NHS.UK frontend and Vega as we serve them: copied from node_modules, made fit for our policy.

The frontend points at a font on another server, licensed for nhs.uk alone, and at `/assets/`; our policy
loads nothing from elsewhere. Vega draws a chart that somebody wants to explore; its interpreter takes its
helpers from Vega itself. Nothing of the packages is kept in our repository.
"""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

FONT = re.compile(r"@font-face\{[^}]*\}")
COMMENT = re.compile(r"/[*/]# sourceMappingURL=.*")
HELPERS = re.compile(r"""import (\{[^}]*\}) from ['"]vega-util['"];""")


class NotInstalled(Exception):
    """A front-end package is not in node_modules."""


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
    _keep(out / "nhsuk.css", COMMENT.sub("", css))
    _keep(out / "nhsuk.js", COMMENT.sub("", (source / "nhsuk-frontend.min.js").read_text()))
    shutil.copytree(source / "assets" / "images", out / "images", dirs_exist_ok=True)
    return out


def prepare_vega(node_modules: Path, out: Path) -> Path:
    """Write vega.js and interpreter.js into `out`; the folder that was written.

    Raises
    ------
    NotInstalled
        If node_modules has no vega or vega-interpreter, or one that is put together in another way.
    """
    vega = node_modules / "vega" / "build" / "vega.min.js"
    interpreter = node_modules / "vega-interpreter" / "build" / "vega-interpreter.js"
    for source in (vega, interpreter):
        if not source.is_file():
            raise NotInstalled(f"{source}: not there; run `npm ci` first")
    text, found = HELPERS.subn(r"const \1 = globalThis.vega;", interpreter.read_text())
    if found != 1 or "import " in text:
        raise NotInstalled(f"{interpreter}: it should import from vega-util once, and from nowhere else")
    out.mkdir(parents=True, exist_ok=True)
    _keep(out / "vega.js", COMMENT.sub("", vega.read_text()))
    _keep(out / "interpreter.js", COMMENT.sub("", text))
    return out


def _keep(file: Path, text: str) -> None:
    """Write a file, and beside it packed: the demonstration's server hands that out, as production's does its own."""
    file.write_text(text, encoding="utf-8")
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
