"""Interrupted runs keep their results, and say why they ended in one sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from itertools import repeat

import pandas as pd
import pytest
from typer.testing import CliRunner

from dcai.chain.nodes.anvil import local_chain
from dcai.cli import app
from dcai.errors import InvalidInput
from dcai.simulation import Ask, Claim, Contribute, simulate
from dcai.simulation.agents import Honest
from tests.support.simulation import scenario

pytestmark = pytest.mark.usefixtures("anvil")

SCENARIO = """
title = "Breaking off"
[data]
name = "breast-cancer"
samples = 40
initial = 10
[incentive]
kind = "DepositRefundTake"
refund_after = "1 hour"
[[agents]]
kind = "Breaker"
name = "it"
eagerness = 1
"""

opened = []


class Breaker(Honest):
    """Contributes, and ends the run at its fifth turn."""

    how: str = "raise"
    seeds: list[int] = [0, 1]  # noqa: RUF012

    _turns: int = 0

    def act(self, rng, view):
        self._turns += 1
        if self._turns == 5 and rng.bit_generator.seed_seq.entropy[0] in self.seeds:
            match self.how:
                case "raise":
                    raise ZeroDivisionError("bad luck")
                case "nonsense":
                    yield Contribute(b"12", 2**300, 10**16)
                case "interrupt":
                    signal.raise_signal(signal.SIGINT)
                case "end the chain":
                    opened[-1].close()
        yield from super().act(rng, view)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "breaking.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs the command line on chains that the agent can reach."""

    def open_chain(backend):
        opened.append(local_chain(backend))
        return opened[-1]

    monkeypatch.setattr("dcai.simulation.run.local_chain", open_chain)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("how", "words", "audited"),
    [
        ("raise", "agents[0], the Breaker 'it', raised ZeroDivisionError in act: bad luck", []),
        ("nonsense", "agents[0], the Breaker 'it', did Contribute(", []),
        ("interrupt", "Interrupted with 25 of 30 samples left.", []),
        ("end the chain", "The local chain", None),
    ],
)
def test_what_was_found_is_reported_and_written(run, file, tmp_path, how, words, audited):
    out = tmp_path / "out"

    answer = run("simulate", file, "--set", f"agents.0.how={how}", "--out", out, "--json")

    assert answer.exit_code == 1
    assert "The run ended early. " in answer.stderr
    assert words in answer.stderr
    assert "Traceback" not in answer.output
    told = json.loads(answer.stdout)
    assert told["audit_problems"] == audited
    # Ctrl-C waits for the block that is being made; what was sent to a chain that is gone counts as contributed
    assert told["contributed"] == (4 if how in ("raise", "nonsense") else 5)
    assert len(pd.read_parquet(out / "actions.parquet")) >= 4
    assert "The run ended early." in (out / "report.html").read_text()
    assert (out / "report.png").is_file()
    assert json.loads((out / "result.json").read_text()) == told


def test_where_the_chain_was_gone_nobody_says_that_it_was_audited(run, file, tmp_path):
    out = tmp_path / "out"

    answer = run("simulate", file, "--set", "agents.0.how=end the chain", "--out", out)

    assert "Audit" not in answer.stdout
    assert "Audit" not in (out / "report.html").read_text()


def test_ctrl_c_is_the_terminals_again_after_a_run(run, file):
    before = signal.getsignal(signal.SIGINT)

    run("simulate", file, "--set", "agents.0.how=interrupt")

    assert signal.getsignal(signal.SIGINT) is before


def test_anvil_is_not_in_the_group_that_ctrl_c_of_a_terminal_ends(monkeypatch):
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr("subprocess.Popen", lambda *a, **more: started.append(popen(*a, **more)) or started[-1])

    with local_chain("anvil"):
        groups = {os.getpgid(child.pid) for child in started}

    assert groups
    assert os.getpgrp() not in groups


def test_a_run_of_a_sweep_that_broke_off_has_failed_with_the_agents_traceback(run, file, tmp_path):
    out = tmp_path / "sweep"

    answer = run("sweep", file, "--set", "agents.0.seeds=[1]", "--seeds", 3, "--out", out)

    assert answer.exit_code == 1
    assert "1 of 3 runs failed" in answer.stderr
    assert "seed 1: dcai.simulation.engine.AgentFailed: agents[0], the Breaker 'it', raised" in answer.stderr
    failures = [json.loads(path.read_text())["failure"] for path in (out / "runs").glob("*.json")]
    (failure,) = filter(None, failures)
    assert 'raise ZeroDivisionError("bad luck")' in failure


def test_ctrl_c_ends_a_sweep_and_the_run_that_it_met_is_made_again(run, file, tmp_path):
    out = tmp_path / "sweep"
    interrupted = ("--set", "agents.0.how=interrupt", "--set", "agents.0.seeds=[1]")

    answer = run("sweep", file, *interrupted, "--seeds", 3, "--out", out)

    assert answer.exit_code == 1
    assert f"Interrupted with 1 of 3 runs kept in {out}" in answer.stderr
    assert "Traceback" not in answer.output
    (kept,) = (out / "runs").glob("*.json")
    assert json.loads(kept.read_text())["summary"]["stopped"] is None


class Restless(Honest):
    """Has further turns for ever, or says nonsense about them."""

    mode: str

    def next_turn(self, rng, view):
        if self.mode == "for ever":
            return view.now + self.every
        return {"now": view.now, "nonsense": [view.now], "too late": 2**70}[self.mode]


class Wordy(Honest):
    mode: str

    def act(self, rng, view):
        return {"nothing": None, "a number": 5, "for ever": repeat(Ask(b"\0\0", 0))}[self.mode]


@pytest.mark.parametrize(
    ("kind", "mode", "words"),
    [
        ("Restless", "for ever", "it still had turns 1 day"),
        ("Restless", "now", "a turn comes later"),
        ("Restless", "nonsense", "a turn comes later"),
        ("Restless", "too late", "a turn comes later"),
        ("Wordy", "nothing", "no list of up to 10,000 actions"),
        ("Wordy", "a number", "no list of up to 10,000 actions"),
        ("Wordy", "for ever", "no list of up to 10,000 actions"),
    ],
)
def test_an_agent_cannot_make_a_run_endless(kind, mode, words):
    found = simulate(scenario({"kind": kind, "name": "it", "mode": mode}))

    assert words in found.stopped


class Muddled(Honest):
    """Does something that no agent can do."""

    how: str

    def act(self, rng, view):
        sample = view.sample()
        if sample is None:
            return
        good = Contribute(sample.data, sample.label, view.price(view.size_of(sample.data)))
        yield {
            "id": Claim("refund", [1], view.addresses[0]),
            "function": Claim(["refund"], 1, view.addresses[0]),
            "sample": good._replace(sample=bytearray(sample.data)),
            "label": good._replace(label=2**15),
            "deposit": good._replace(deposit_wei=1.5),
            "negative": good._replace(deposit_wei=-1),
            "address": good._replace(address=[]),
            "row": good._replace(row=sample.row + 1),
            "question": Ask(b"odd", 0),
            "wish": "refund",
        }[self.how]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("id", "which no transaction can hold: id must be int, not list"),
        ("function", "which no transaction can hold: function must be str, not list"),
        ("sample", "which no transaction can hold: sample must be bytes, not bytearray"),
        ("label", "which no transaction can hold: label must be 0 to 32,767"),
        ("deposit", "which no transaction can hold: deposit_wei must be int, not float"),
        ("negative", "which no transaction can hold: deposit_wei must be 0 to"),
        ("address", "which no transaction can hold: address must be str | None, not list"),
        ("row", "which isn't next: view.sample() gives it once"),
        ("question", "asked what the model has no answer to"),
        ("wish", "an action is a Contribute, a Claim or an Ask"),
    ],
)
def test_whatever_an_agent_does_ends_the_run_in_a_sentence_that_names_it(how, words):
    found = simulate(scenario({"kind": "Muddled", "name": "it", "how": how}))

    assert found.stopped.startswith("agents[0], the Muddled 'it', ")
    assert words in found.stopped
    assert found.problems == ()


class Twice(Honest):
    """Contributes the same sample two times in a turn."""

    def act(self, rng, view):
        for _ in range(2):
            yield from super().act(rng, view)


def test_a_sample_that_is_contributed_twice_takes_no_other_one_from_the_data():
    found = simulate(scenario({"kind": "Twice", "name": "it", "eagerness": 1}))

    assert "which isn't next" in found.stopped


class Purseless(Honest):
    @property
    def purses(self):
        return 0


def test_an_agent_without_an_address_is_refused():
    with pytest.raises(InvalidInput, match="the Purseless 'it', has 0 addresses; it needs at least one"):
        simulate(scenario({"kind": "Purseless", "name": "it"}))
