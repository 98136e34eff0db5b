"""Whatever a stranger feeds to a parser takes linear time, and ends in an answer or in an error of ours."""

from __future__ import annotations

import os
import re
import resource
import unicodedata
import zlib
from tempfile import NamedTemporaryFile

import pytest
from rich.table import Table

from dcai.amounts import wei
from dcai.chain.addresses import checked_address
from dcai.chain.nodes.remote import connect
from dcai.chain.reverts import decode_error, explained
from dcai.chain.rpc import to_bytes, to_int
from dcai.durations import seconds
from dcai.encoders import TextEncoder, encoder_from_spec, unpack_spec
from dcai.encoders.codings.text import split_words
from dcai.errors import DcaiError, InvalidInput
from dcai.incentives import HiddenTestSet
from dcai.models import load
from dcai.simulation.report.page import escape
from dcai.simulation.report.picture import plain
from dcai.simulation.scenario.scenario import load_scenario
from dcai.terminal import Console
from dcai.trainer.settings import distinct
from dcai.untrusted import MAX_NESTING, one_line, parse, parse_toml, printable, shortened

LENGTH = 2**17
SECONDS = 8
"""Of processor time: a parser of quadratic time needs more for a text of this length, one of linear time a tenth."""

STRUCTURE = ['"', '\\"', "\\", "[", "{", '{"a":', "[],", "1", "1e", " ", "\n", "a.", "'"]
MARKS = ["\u0315\u0300", "\u0f73\u0f71", "\u0344", "\u202e", "\ud800", "\U0001f468\u200d", "\uac00\u11a8"]
WORDS = ["a", "a'", "a-", "_", "$", "<", "&", "[link=", "\x1b[", "\x1b]8;;", "\x00", "\t"]
REVERTS = ["execution reverted: b'", 'execution reverted: b"', "execution reverted: b'\\", "Reverted 0x", "0x", "b'"]
FIGURES = ["1", "1.", "1e", "-", "_", ",", "0x", " ", "ether", "\u0661", *MARKS]
URLS = ["/", "//", "@", "://", ":", "%", ".", "a.", "[", *MARKS]


SPEC = {"version": 1}
TABLE = {**SPEC, "kind": "tabular"}


def bytes_of(text):
    return text.encode(errors="replace")


def shown(text):
    table = Table(title=text[: LENGTH // 2])
    table.add_column("name", overflow="fold")
    table.add_row(text[: LENGTH // 2])
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        Console(file=nowhere).print(table)


def from_file(read):
    def reading(text):
        with NamedTemporaryFile() as file:
            file.write(bytes_of(text))
            file.flush()
            read(file.name)

    return reading


PARSERS = {
    "JSON": (lambda text: parse(bytes_of(text)), STRUCTURE),
    "JSON within JSON": (lambda text: parse(b'{"a": ' + bytes_of(text) + b"}"), STRUCTURE),
    "TOML": (lambda text: parse_toml("a = " + text), STRUCTURE),
    "a key of TOML": (lambda text: parse_toml(text + " = 1"), STRUCTURE),
    "metadata": (lambda text: unpack_spec(zlib.compress(bytes_of(text), 1)), STRUCTURE),
    "words of an encoder": (lambda text: encoder_from_spec({**SPEC, "kind": "text", "words": [text, text]}), MARKS),
    "columns of an encoder": (lambda text: encoder_from_spec({**TABLE, "columns": [text], "edges": [[text]]}), MARKS),
    "a text for an encoder": (TextEncoder().fit(["a b"]).encode, ["a'", *MARKS]),
    "a message of a node": (lambda text: str(explained(8 * text, None)), REVERTS + WORDS),
    "data of a node": (lambda text: str(explained("reverted", text)), REVERTS),
    "data of a revert": (lambda text: str(decode_error(bytes_of(text))), REVERTS),
    "a number of a node": (to_int, FIGURES),
    "bytes of a node": (to_bytes, FIGURES),
    "an address of a node": (lambda text: connect("http://" + text, account="0x" + "1" * 40), URLS),
    "a duration": (seconds, FIGURES),
    "an amount": (lambda text: wei(text + " ether"), FIGURES),
    "an address": (checked_address, FIGURES),
    "a label": (lambda text: distinct([text, text, *text[:250]]), WORDS),
    "what is printed": (lambda text: [printable(text), one_line(text), shortened(text)], WORDS + MARKS),
    "a table": (shown, ["\\", "[link=", "\x1b[", "'"]),
    "a report": (escape, WORDS),
    "a picture": (plain, WORDS),
    "a model file": (from_file(load), STRUCTURE),
    "a hidden test set": (from_file(HiddenTestSet.load), STRUCTURE),
}


def outcome(parser, patterns):
    """Feed a parser with texts, in a process whose processor time is limited; return what went wrong, if anything."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        for text in (start + one * (LENGTH // len(one)) for one in patterns for start in ("", '"')):
            os.write(writing, repr(text[:30]).encode() + b"\n")
            try:
                parser(text)
            except (DcaiError, ValueError):
                continue
            except BaseException as error:
                os.write(writing, repr(error)[:200].encode(errors="replace"))
                os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        last = told.read().splitlines()[-2:]
    return None if os.waitpid(child, 0)[1] == 0 else last


@pytest.mark.parametrize(("parser", "patterns"), PARSERS.values(), ids=PARSERS.keys())
def test_a_parser_takes_linear_time(parser, patterns):
    assert outcome(parser, patterns) is None


def test_a_text_of_many_marks_has_the_words_that_its_canonical_form_has():
    marks = "\u0315\u0300\u0f73\u0344\u0301\u0327\u034f" * 20

    for text in (f"cafe{marks} e\u0301t\u00e9{marks}a", marks, "a" + marks[::-1] + "b c"):
        composed = unicodedata.normalize("NFC", text.lower())
        assert split_words(text) == re.findall(r"[^\W_]+", composed)


@pytest.mark.parametrize(
    "text",
    ["a = " + "1" * 5_000, "a = " + "[" * 500 + "]" * 500, "a." * 200 + "b = 1", "a = " + "{a=" * 30 + "1" + "}" * 30],
)
def test_toml_beyond_any_need_is_an_error_of_the_file(tmp_path, text):
    file = tmp_path / "scenario.toml"
    file.write_text(text)

    with pytest.raises(InvalidInput, match="is not TOML"):
        load_scenario(file)


def test_json_is_nested_up_to_a_limit():
    assert parse(b"[" * MAX_NESTING + b"]" * MAX_NESTING)
    assert parse(b'"' + b"[" * 99 + b'\\"["') == "[" * 99 + '"['
    with pytest.raises(ValueError, match="nested more than 20 deep"):
        parse(b"[" * (MAX_NESTING + 1) + b"]" * (MAX_NESTING + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("caf\u00e9 \u4f60\u597d \U0001f600", "caf\u00e9 \u4f60\u597d \U0001f600"),
        ("a\x1b[2J\x9b\x00\x7fb", "a\ufffd[2J\ufffd\ufffd\ufffdb"),
        ("\u202eabc\u2066\u200f\u200b\ufeff", "\ufffdabc\ufffd\ufffd\ufffd\ufffd"),
        ("a\u00a0b\tc\u2028\u2029\x85\r", "a b c\ufffd\ufffd\ufffd\ufffd"),
        ("\ud800", "\ufffd"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_people_can_read_stays_and_what_steers_a_terminal_does_not(text, expected):
    assert printable(text) == expected
    assert "\n" not in one_line(text)


def test_a_value_in_a_sentence_is_short():
    for value in ("a" * 9_999, 10**9_999, -(10**9_999), [10**9_999] * 99, b"a" * 9_999, {"a" * 9_999: 1}):
        assert len(shortened(value)) < 500
