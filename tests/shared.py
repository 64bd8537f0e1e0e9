"""Where the real NHS data and the reference results lie, and how a test skips where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATA = SHARED / "data"
ORACLE = SHARED / "oracle"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real NHS data (../shared/data) is not here")
needs_oracle = pytest.mark.skipif(not ORACLE.is_dir(), reason="the reference results (../shared/oracle) are not here")
