"""No test finds a user's data or waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from tenacity import wait_none

from dcai.datasets import download, store


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start with an empty cache, without a user's folder, and without waiting between attempts."""
    monkeypatch.setattr(store, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.setattr(download, "WAIT", wait_none())
    monkeypatch.delenv("DCAI_DATA_DIR", raising=False)
    return tmp_path / "cache"
