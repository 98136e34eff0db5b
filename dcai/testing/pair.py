"""A contract and its twin, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray

from dcai.accounts import Account
from dcai.chain import Chain
from dcai.chain.codec import codec
from dcai.incentives import DepositRefundTake
from dcai.models.twins import Twin
from dcai.models.twins.state import HEAD, MAX_PARAMETERS, SLOT
from dcai.testing.generous import Generous
from dcai.trainer.contribution import Contribution
from dcai.trainer.deploy import deploy
from dcai.trainer.products import product_of

# Every sample costs the same, whatever its size and time.
_FREE = DepositRefundTake(weight_wei=0, minimum_wei=1, size_unit=65_535)

# All slots of a trainer.
_SLOTS = (HEAD + MAX_PARAMETERS) // SLOT


class Pair:
    """A model on the chain and its twin, which learn the same samples and are compared after each step.

    Parameters
    ----------
    chain : Chain
        Its first account is the creator, its second contributes.
    model : Twin
        A fitted twin; it is not changed.
    """

    def __init__(self, chain: Chain, model: Twin) -> None:
        self.chain = chain
        self.twin = deepcopy(model)
        self.impossible = model.possible().count(False)
        self.contract = product_of(model, _FREE).contract
        self.creator, self.contributor = chain.accounts[:2]
        # no two trainers are made at the same height
        salt = chain.block_number()
        self.trainer = deploy(chain, model, _FREE, name="Conformance", salt=salt, sender=self.creator)
        self._codec = codec(self.contract)
        self._last: list[bytes] = []

    @property
    def address(self) -> str:
        """The trainer's address."""
        return self.trainer.address

    def contribute(self, features: NDArray[np.int64], label: int, *, quoted: bool = False) -> None:
        """Let both learn one sample, and compare.

        Parameters
        ----------
        features, label
        quoted
            Ask for price and gas as people do, which takes four times as long.
        """
        sender, deposit = self._payer(quoted)
        sample = self.twin.pack(features)
        with naming(f"after sample 0x{sample.hex()}, label {label}"):
            before, touched = self._slots(), set(self.twin.touched(sample, label))
            self.trainer.contribute(features, label, sender=sender, deposit_wei=deposit)
            self.twin.learn(sample, label)
            self.compare([sample])
            changed = {slot for slot, (old, new) in enumerate(zip(before, self._slots(), strict=True)) if old != new}
            assert changed <= touched, f"slots {sorted(changed)} change, the twin's touched says {sorted(touched)}"

    def contribute_many(
        self, samples: Sequence[NDArray[np.int64]], labels: Sequence[int], *, quoted: bool = False
    ) -> Sequence[Contribution]:
        """Let both learn samples, the contract in batches, and compare."""
        sender, deposit = self._payer(quoted)
        packed = [self.twin.pack(features) for features in samples]
        told = ", ".join(f"(0x{sample.hex()}, {label})" for sample, label in zip(packed[:8], labels, strict=False))
        with naming(f"after a batch of {len(labels)} samples and labels, {told}{', …' * (len(packed) > 8)}"):
            made = self.trainer.contribute_many(samples, labels, sender=sender, deposit_wei=deposit, progress=False)
            for sample, label in zip(packed, labels, strict=True):
                self.twin.learn(sample, label)
            self.compare(packed[-1:])
        return made

    def compare(self, samples: Sequence[bytes]) -> None:
        """Compare the packed state, slot by slot, and the answers to these samples and the previous ones."""
        samples, self._last = [*samples, *self._last], list(samples)
        state = bytes(15) + bytes([len(self.twin.classes)]) + self.twin.parameters()
        # with one slot more, which must be empty
        slots = min(-(-len(state) // 32) + 1, _SLOTS)
        expected = state.ljust(32 * slots, b"\0")
        questions: list[tuple[str, *tuple[object, ...]]] = [("words", 0, slots)]
        questions += [(function, sample) for sample in samples for function in ("score", "predict")]
        calls = [self._codec.call(*question) for question in questions]
        results = self.chain.read(self.contract, self.address, "multicall", calls)
        words, *answers = [self._codec.result(name, data) for (name, *_), data in zip(questions, results, strict=True)]
        found = bytes(15) + b"".join(word.to_bytes(32, "big") for word in words)[15:]
        for slot in range(slots):
            theirs, ours = found[32 * slot : 32 * slot + 32], expected[32 * slot : 32 * slot + 32]
            assert theirs == ours, f"slot {slot} holds 0x{theirs.hex()}, the twin has 0x{ours.hex()}"
        for sample, scores, label in zip(samples, answers[::2], answers[1::2], strict=True):
            own = self.twin.scores_of(sample)
            assert list(scores) == own, f"the contract scores 0x{sample.hex()} {list(scores)}, the twin {own}"
            told = self.twin.label_of(sample)
            assert label == told, f"the contract predicts {label} for 0x{sample.hex()}, the twin {told}"

    def _payer(self, quoted: bool) -> tuple[Account, int | None]:
        account = self.chain.account(self.contributor)
        return (account, None) if quoted else (Generous(account), 1)

    def _slots(self) -> list[bytes]:
        state = bytes(16) + self.twin.parameters()
        return [state[start : start + 32] for start in range(0, len(state), 32)]

    def audit(self) -> None:
        """Replay the log through a new twin."""
        problems = self.trainer.audit().problems
        # an audit reports each class that cannot result from training
        assert len(problems) == self.impossible, f"an audit finds: {' '.join(problems)}"


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Turn any failure within into an AssertionError that begins with its place."""
    try:
        yield
    except Exception as error:
        reason = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
        raise AssertionError(f"{where}: {reason}") from error


@contextmanager
def refusing(what: str, *kinds: type[Exception]) -> Iterator[None]:
    """Fail unless one of these errors is raised within."""
    try:
        yield
    except kinds:
        return
    raise AssertionError(f"{what} isn't refused")
