"""Nodes behind a line that may fail."""

from __future__ import annotations

import pytest

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
