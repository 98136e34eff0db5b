"""What a contract reverts with becomes an exception with its figures in one sentence, whoever wrote the contract."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from unittest import mock

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from dcai import artifacts, errors, plugins
from dcai.chain import reverts
from dcai.chain.addresses import checked_address
from dcai.chain.codec import Codec, ErrorType, codec
from dcai.chain.reverts import decode_error, explained
from dcai.incentives.deposit_refund_take.errors import Underpaid
from dcai.incentives.gamified.errors import TooLate

UNREACHABLE = {"RLPInvalidEncoding", "FieldNotPresentInBlockHeader"}
"""Of a library: what hashes to a block's hash is its header."""

NOT_OURS = {"Spam"}
"""Of the contract that shows how to ask a trainer, which isn't part of one."""

ERRORS = {
    error.name: (selector, error)
    for contract in artifacts.names()
    for selector, error in codec(contract).errors.items()
    if error.name not in UNREACHABLE | NOT_OURS
}
UNTOLD = {
    "NoneRefundable": {"positions"},  # up to 256 of them: the question is known to who asked it
    "NoneToSplit": {"positions"},
    "NoneToReport": {"positions"},
    "BadPositions": {"positions"},  # in binary digits
    "TooEarly": {"time"},  # the wait is in the text, if there is one
    "TooLate": {"time"},
}


TYPES = ["uint256", "uint8", "int128", "bool", "address", "bytes32", "bytes", "string", "uint256[]", "(bool,string)[2]"]

# what an attacker would write: offsets and lengths that point anywhere
words = st.lists(st.sampled_from([0, 1, 2, 31, 32, 64, 255, 2**32, 2**255, 2**256 - 1]), max_size=8).map(
    lambda numbers: b"".join(number.to_bytes(32, "big") for number in numbers)
)


def figure_of(kind, position):
    """Return a recognizable value: as the ABI encodes it, as an attribute, as text."""
    if kind == "address":
        address = "0x" + f"{0xA11CE + position:040x}"
        return address, checked_address(address), checked_address(address)
    if kind == "bytes32":
        return b"minimum".ljust(32, b"\0"), "minimum", "minimum"
    number = (3 if kind == "uint8" else 1_000_000_007) + position
    return number, number, str(number)


# From the ABI


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_each_error_of_the_contracts_is_an_exception_with_its_figures_in_one_sentence(name):
    selector, error = ERRORS[name]
    figures = [figure_of(kind, position) for position, kind in enumerate(error.types)]
    data = encode(error.types, [encoded for encoded, _, _ in figures])

    raised = decode_error(selector + data)

    assert isinstance(raised, errors.ContractError)
    assert type(raised).__name__ == name
    assert [getattr(raised, figure) for figure in error.names] == [value for _, value, _ in figures]
    sentence = str(raised)
    assert sentence.endswith(".")
    assert "{" not in sentence
    for figure, (_, value, text) in zip(error.names, figures, strict=True):
        if figure in ("earliest", "end"):
            text = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
        assert text in sentence or figure in UNTOLD.get(name, ())


def test_every_exception_declares_an_error_that_some_contract_of_ours_has():
    for incentive in plugins.incentives().values():
        plugins.room(incentive, "errors")
    ours = {kind.__name__ for kind in plugins.subclasses(errors.ContractError) if kind.__module__.startswith("dcai.")}

    assert ours == ERRORS.keys()


def test_the_time_errors_say_from_or_until_when():
    assert str(errors.TooEarly(earliest=3600, time=0)) == "Too early: allowed from 1970-01-01 01:00:00 UTC, in 1 hour."
    assert str(errors.TooEarly(earliest=3600, time=3600)) == "Too early: allowed from 1970-01-01 01:00:00 UTC."
    assert str(errors.TooEarly(earliest=2**255, time=0)).startswith(f"Too early: allowed from second {2**255}, in ")
    assert str(TooLate(end=3600, time=7200)).startswith("Too late: allowed until 1970-01-01 01:00:00 UTC. ")


# Of other people's contracts


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """Return a function that makes a contract known which has an error, and gives the error's selector."""
    monkeypatch.setattr(artifacts, "_files", {})

    def make(name, *figures):
        inputs = [{"type": type_, "name": figure} for type_, figure in figures]
        abi = [{"type": "error", "name": name, "inputs": inputs}]
        contract = f"{tmp_path.name}{name}"
        (tmp_path / f"{contract}.json").write_text(json.dumps({"abi": abi, "bytecode": "0x00"}))
        artifacts.add(tmp_path)
        return next(iter(Codec(abi).errors))

    yield make
    artifacts._all.cache_clear()


def test_an_error_that_no_contract_of_ours_has_is_reported_by_its_name_and_figures(foreign):
    raised = decode_error(foreign("Paused", ("uint256", "until")) + encode(["uint256"], [7]))

    assert type(raised) is errors.ContractReverted
    assert str(raised) == "The contract refuses: Paused (until 7)."


def test_an_error_named_as_one_of_ours_with_other_figures_is_another_error(foreign):
    selector = foreign("TooEarly", ("uint256", "deadline"))

    raised = explained("execution reverted", "0x" + (selector + encode(["uint256"], [7])).hex())

    assert type(raised) is errors.ContractReverted
    assert str(raised) == "The contract refuses: TooEarly (deadline 7)."


def test_figures_of_strangers_are_short_and_cannot_steer_a_terminal(foreign):
    types = ["string", "bytes", "uint256[]"]
    selector = foreign("Odd", *zip(types, ("text", "data", "numbers"), strict=True))

    raised = str(decode_error(selector + encode(types, ["\x1b[31mred\n" * 99, b"\7" * 999, [7] * 999])))

    assert raised.isprintable()
    assert len(raised) < 400


def test_an_error_that_no_contract_here_has_is_reported_by_its_bytes():
    assert decode_error(b"\1\2\3\4\5") is None
    assert str(explained("execution reverted", "0x0102030405")) == "The contract refuses, with 0x0102030405."


SELECTORS = [selector for selector, _ in ERRORS.values()]


@settings(max_examples=1_000, deadline=None)
@given(selector=st.sampled_from(SELECTORS), figures=st.one_of(st.binary(max_size=200), words))
def test_whatever_bytes_follow_a_selector_there_is_an_exception_with_a_sentence(selector, figures):
    raised = decode_error(selector + figures)

    assert isinstance(raised, errors.ContractReverted)
    assert str(raised).endswith(".")
    assert str(raised).isprintable()


@settings(max_examples=300, deadline=None)
@given(types=st.lists(st.sampled_from(TYPES), max_size=4), figures=st.one_of(st.binary(max_size=300), words))
def test_whatever_bytes_a_strangers_error_has_there_is_a_sentence(types, figures):
    declared = ErrorType("Foreign", tuple(f"figure{at}" for at in range(len(types))), tuple(types))

    with mock.patch.object(reverts, "_in_artifacts", return_value=declared):
        raised = decode_error(b"\1\2\3\4" + figures)

    assert str(raised).startswith("The contract refuses")
    assert str(raised).isprintable()


@settings(max_examples=300, deadline=None)
@given(
    message=st.one_of(st.text(), st.text().map(lambda text: f"execution reverted: b'{text}'")),
    data=st.none() | st.text(),
)
def test_whatever_a_node_answers_is_one_of_our_errors(message, data):
    assert isinstance(explained(message, data), errors.DcaiError)


def test_an_error_has_no_figures_but_its_own():
    error = Underpaid(required=5, sent=3)

    with pytest.raises(AttributeError, match="deposit"):
        _ = error.deposit
    assert error.figures == {"required": 5, "sent": 3}


def test_an_error_can_be_sent_to_another_process():
    error = Underpaid(required=5, sent=3)

    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), copy.required) == (Underpaid, str(error), 5)


def test_a_contract_or_node_that_answers_megabytes_gets_a_sentence():
    long = explained("execution reverted", "0x08c379a0" + 4_000_000 * "ab")
    assert len(str(long)) < 1_100
    assert str(long).startswith("The contract refuses, with 0x08c379a0abab")
    assert len(str(explained(4_000_000 * "x", None))) < 1_100


def test_an_error_of_somebody_elses_that_is_wrong_breaks_no_decoding():
    class Misprinted(errors.ContractError):
        declaration = "uint256 id"
        sentence = "There is no {number}."

    with pytest.raises(TypeError, match="declaration of Undeclared must hold types and names"):

        class Undeclared(errors.ContractError):
            declaration = "uint256"

    data = keccak(text="Misprinted(uint256)")[:4] + bytes(31) + b"\7"
    assert str(decode_error(data)) == "The contract refuses: Misprinted (id 7)."
