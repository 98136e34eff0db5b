"""Compares a trainer with its own log, replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dcai.chain.contract import Contract
from dcai.trainer.log import History

if TYPE_CHECKING:
    from dcai.models.twins import Twin

# How many questions one call asks: 200 cold slots and their overhead stay far below any node's limit.
_CHUNK = 200


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    problems : tuple of str
        What differs, one sentence each; empty where everything is as it must be.
    contributions : int
        How many the log holds.
    owed_wei, balance_wei : int
        What the contract owes for all contributions, and its balance.
    """

    problems: tuple[str, ...]
    contributions: int
    owed_wei: int
    balance_wei: int

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.problems


def audit(contract: Contract, history: History, model: Twin, block: int) -> Audit:
    """Compare a trainer's packed state, records, balance and what its incentive counts with its log, word for word.

    All of it as of one block, the last of the history: others may contribute meanwhile.

    Parameters
    ----------
    model
        The twin, with the initial parameters and today's classes; it learns the log.
    """
    problems = [
        f"The initial parameters of class {name!r} cannot result from training: don't trust its answers."
        for name, possible in zip(model.classes, model.possible(), strict=True)
        if not possible
    ]
    for sample, label in history.learnt:
        model.learn(sample, label)

    head = history.next_id << 216 | history.counted << 136 | len(model.classes) << 128
    expected = head.to_bytes(32, "big")[:16] + model.parameters()
    expected += bytes(-len(expected) % 32)
    words = contract.read("words", 0, len(expected) // 32, block=block)
    found = b"".join(word.to_bytes(32, "big") for word in words)
    # before the first contribution the time is that of the last chunk of parameters, which is in no event
    time = history.last_time.to_bytes(5, "big") if history.entries else found[5:10]
    expected = expected[:5] + time + expected[10:]
    for slot in range(len(words)):
        ours, theirs = expected[32 * slot : 32 * slot + 32], found[32 * slot : 32 * slot + 32]
        if ours != theirs:
            problems.append(f"Slot {slot} holds 0x{theirs.hex()}, the log gives 0x{ours.hex()}.")

    # a slot that was used again holds the last of its contributions
    at_slot = {entry.slot: entry for entry in history.entries.values()}
    records = _ask_many(contract, [("record", slot) for slot in at_slot], block)
    for entry, record in zip(at_slot.values(), records, strict=True):
        expected_record = entry.record(contract.address)
        if record != expected_record:
            problems.append(
                f"The record of contribution {entry.id} is {record:#x}, the log gives {expected_record:#x}."
            )
    expectations = list(history.expectations())
    answers = _ask_many(contract, [one.question for one in expectations], block)
    for one, answer in zip(expectations, answers, strict=True):
        if answer != one.answer:
            problems.append(one.problem.format(found=answer))

    balance = contract.chain.balance(contract.address, block=block)
    if balance < history.owed_wei:
        problems.append(f"The contract has {balance} wei and owes {history.owed_wei}.")
    return Audit(tuple(problems), len(history.entries), history.owed_wei, balance)


def _ask_many(contract: Contract, questions: Sequence[tuple[Any, ...]], block: int) -> list[Any]:
    prepared = contract.codec
    answers: list[Any] = []
    for start in range(0, len(questions), _CHUNK):
        some = questions[start : start + _CHUNK]
        calls = [prepared.call(*question) for question in some]
        results = contract.read("multicall", calls, block=block)
        answers += [prepared.result(name, data) for (name, *_), data in zip(some, results, strict=True)]
    return answers
