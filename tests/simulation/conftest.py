"""What the tests of simulations share."""

from __future__ import annotations

import signal

import pytest
from typer.testing import CliRunner

from dcai.cli import app

SCENARIO = """
title = "Small"
[data]
name = "breast-cancer"
samples = 40
initial = 10
[incentive]
kind = "DepositRefundTake"
weight = 2e14
refund_after = "1 hour"
settle_after = "1 hour"
creator_take_after = "8 hours"
take_after = "9 hours"
[[agents]]
kind = "Honest"
name = "good"
[[agents]]
kind = "LabelFlipper"
name = "bad"
every = "1 hour"
"""


@pytest.fixture(autouse=True)
def interruptible():
    """Take Ctrl-C, even where the caller of the tests ignores it, as nohup does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def run():
    """Return a function that runs the command line."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])
