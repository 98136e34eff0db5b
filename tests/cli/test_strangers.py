"""What strangers write steers no terminal, wherever it is printed; and what is printed fits any terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

import dcai
from dcai.chain.rpc import RpcFailure
from dcai.cli import app
from dcai.simulation.report.page import render
from dcai.simulation.report.picture import draw
from dcai.simulation.run import simulate
from dcai.simulation.scenario.scenario import load_scenario
from tests.support.node import PEOPLE

EVIL = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202eevil\u2066\u200f\u2028\x85\r\x7f[link=http://x]a[/link]"
WORST = EVIL + "\x00\ud800"
TOML = json.dumps(EVIL)

SCENARIO = f"""
title = {json.dumps(EVIL + " $x^$ costs $5 </script><b>")}
[data]
name = "breast-cancer"
samples = 60
[incentive]
kind = "DepositRefundTake"
[[agents]]
kind = "Honest"
name = {json.dumps(EVIL + "$_^$")}
"""


def steering(output):
    """Return the characters of what was printed that aren't for people to see."""
    return {one for one in output if one != "\n" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def printed(*arguments):
    """Run a command, and return what it printed: the bytes on both streams, as text."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.stdout_bytes.decode() + done.stderr_bytes.decode()


def test_labels_words_and_names_of_a_trainer_do_not(node_chain, node, tmp_path):
    encoder = dcai.TextEncoder().fit(["good film", "bad film"])
    encoder.coding.words[0] = WORST
    model = dcai.NaiveBayes(classes=("a" + EVIL.replace("\u2028", "").replace("\x85", "").replace("\r", ""), "[bold]b"))
    trainer = dcai.deploy(
        node_chain,
        model.fit(encoder.transform(["good film", "bad film"]), [0, 1]),
        dcai.DepositRefundTake(),
        name=EVIL,
        encoder=dcai.TextEncoder.from_spec({**encoder.spec(), "words": [EVIL, "bad", "good"]}),
    )

    for more in ([], ["--explain"], ["--json"], ["--explain", "--json"]):
        output = printed("predict", trainer.address, "good", "--url", node, *more)
        assert not steering(output)
        assert "[bold]b" in output or more == []
    assert steering(EVIL)
    assert not steering(repr(trainer))


def test_a_trainer_whose_encoder_cannot_be_used_says_so(node_chain, node, perceptron):
    trainer = dcai.deploy(node_chain, perceptron([1] * 40), dcai.DepositRefundTake())
    node_chain.invoke(
        "SparsePerceptronDRT", trainer.address, "publish", WORST.encode(errors="replace"), True, sender=PEOPLE[0]
    )

    assert printed("predict", trainer.address, "[1]", "--url", node) == "yes\n"
    output = printed("predict", trainer.address, WORST.replace("\x00", ""), "--url", node)
    assert "has no encoder for" in output
    assert not steering(output)


@pytest.mark.parametrize("data", [None, "Reverted 0x", "0x" + WORST.encode(errors="replace").hex()])
def test_messages_of_a_node_steer_no_terminal(monkeypatch, data):
    def answer(*_):
        raise RpcFailure("execution reverted: " + WORST + "\nNothing was sent.", data)

    monkeypatch.setattr("dcai.chain.nodes.http.Node.request", answer)
    output = printed("predict", PEOPLE[0], "hello")
    assert not steering(output)
    assert output.count("\n") == 1


def test_files_options_and_settings_do_not(tmp_path):
    scenario = tmp_path / f"a{EVIL.replace('/', '')}.toml"
    scenario.write_text(SCENARIO)
    table = tmp_path / "evil.csv"
    table.write_text(
        f'label,"x{EVIL}"\n' + "".join(f'"{name}{EVIL}",{number}\n' for name in "ab" for number in range(9))
    )

    for arguments in (
        ("fit", table, "-o", tmp_path / f"m{EVIL.replace('/', '')}.json"),
        ("fit", table, "-o", tmp_path / "m.json", "--json"),
        ("fit", EVIL, "-o", tmp_path / "m.json"),
        ("fit", table, "-o", tmp_path / EVIL / "m.json"),
        ("deploy", tmp_path / EVIL),
        ("simulate", tmp_path / EVIL),
        ("simulate", scenario, "--set", f"incentive.{EVIL}=3"),
        ("simulate", scenario, "--set", f"incentive.kind={EVIL}"),
        ("predict", EVIL, "hello"),
        ("predict", PEOPLE[0], "hello", "--url", EVIL),
        ("predict", "--" + EVIL),
        (EVIL,),
        ("data", "get", EVIL),
    ):
        output = printed(*arguments)
        assert output
        assert not steering(output), arguments


def test_reports_and_pictures_of_a_run_do_not(tmp_path):
    file = tmp_path / "evil.toml"
    file.write_text(SCENARIO)
    result = simulate(load_scenario(file))

    page = render(result)
    draw(result, tmp_path / "evil.svg")

    ours = page.split("<script", 1)[0] + page.rsplit("</script>", 1)[1]
    assert not steering(ours)
    assert "<b>" not in ours
    picture = (tmp_path / "evil.svg").read_text(encoding="utf-8")
    assert not steering(picture)
    ElementTree.fromstring(picture)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1", "TERM": "dumb", "COLUMNS": "20"},
    ],
    ids=lambda names: " ".join(names),
)
def test_any_terminal_shows_a_table(environment):
    done = subprocess.run(
        [sys.executable, "-m", "dcai", "data", "list"],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()
    assert b"breast-cancer" in done.stdout


def test_a_terminal_that_lacks_a_character_shows_its_number(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(
        "label,x\n" + "".join(f"caf\u00e9 \u732b {one},{one}\n" for one in (0, 1) for _ in range(9)), encoding="utf-8"
    )

    done = subprocess.run(
        [sys.executable, "-m", "dcai", "fit", str(table), "-o", str(tmp_path / "m.json")],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u732b" in done.stdout.replace(b"\n", b"").replace(b" ", b"").replace(b"|", b"")


@pytest.mark.parametrize("columns", ["1", "20", "80"])
def test_numbers_and_addresses_are_whole_in_the_narrowest_terminal(monkeypatch, capsys, columns):
    from rich.table import Table

    from dcai.terminal import Console

    monkeypatch.setenv("COLUMNS", columns)
    table = Table()
    for name in ("person", "wei"):
        table.add_column(name)
    table.add_column("what", overflow="fold")
    table.add_row(PEOPLE[0], f"{10**24:,}", "a long sentence that goes on in other lines, " * 3)
    Console().show(table)

    shown = capsys.readouterr().out
    assert PEOPLE[0] in shown
    assert f"{10**24:,}" in shown


def test_a_disk_without_room_for_the_output_is_one_sentence():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dcai", "data", "list"], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 1
    assert done.stderr == b"The output can't be written: No space left on device.\n"
