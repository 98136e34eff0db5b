"""Nodes behind a line that may fail."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from dcai.chain.nodes import http
from tests.support.faults import faulty
from tests.support.lines import Line, serving


@pytest.fixture(autouse=True)
def _put_back(request):
    if "node" in request.fixturenames:
        request.getfixturevalue("node_chain")


@pytest.fixture
def line(node):
    """Return a line to the node, and its URL."""
    line = Line()
    with serving(line.handler(node)) as url:
        yield line, url


@pytest.fixture
def faults(node):
    """Return what goes wrong between a client and the node: at first nothing."""
    with faulty(node) as faults:
        yield faults


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """Return the waits between attempts, none of which takes its time."""
    waits, step = [], http.Node._wait

    def wait(node, state):
        waits.append(step(node, state))
        return 0

    monkeypatch.setattr(http.Node, "_wait", wait)
    return waits


@pytest.fixture
def temporary(monkeypatch):
    """Return a folder for temporary files; its path is short enough for sockets and marks our processes."""
    folder = tempfile.mkdtemp(prefix="dcai-test-")
    monkeypatch.setenv("TMPDIR", folder)
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield Path(folder)
    shutil.rmtree(folder)
