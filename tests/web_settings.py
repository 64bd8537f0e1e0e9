"""The settings that tests run with: the demonstration, a database in memory, a lake made by the tests themselves."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_VAR = Path(tempfile.mkdtemp(prefix="evenhand-tests-"))
atexit.register(shutil.rmtree, _VAR, ignore_errors=True)
os.environ.update(
    EVENHAND_DEMO="1",
    EVENHAND_VAR=str(_VAR),
    EVENHAND_LAKE=str(_VAR / "no-lake"),
    EVENHAND_NODE_MODULES=str(ROOT / "node_modules"),
    EVENHAND_DATABASE="sqlite:///:memory:",
    EVENHAND_SECRET_KEY="tests only, and never anywhere else; long enough that Django does not complain",
)

from evenhand_web.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; real ones are slow on purpose
