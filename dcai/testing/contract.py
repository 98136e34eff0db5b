"""The conformance checks of a contract against its twin."""

from __future__ import annotations

from dcai.chain import Chain
from dcai.errors import BadName, ContractReverted, InvalidInput, NotCreator, TooManyClasses, UnknownLabel
from dcai.samples import MAX_BATCH, pack_batch
from dcai.testing.pair import Pair, naming, refusing
from dcai.testing.subject import Subject
from dcai.trainer.batches import estimate

# With these, lanes and samples end within a slot, end with a slot, and fill several slots.
_FEATURES = (1, 2, 3, 7, 8, 9, 15, 16, 17, 21, 32, 33, 40, 64)

_STEPS = 10
_BATCHED = 0.4
_LARGEST_BATCH = 8

_SIZES = (1, 16, 64)

# An estimate that is too high by this factor makes batches too small by the same factor.
_GENEROUS = 5


def it_learns_and_answers_what_the_twin_does(subject: Subject, chain: Chain) -> None:
    """Compare the packed state and the answers after each step, with random samples one by one and in batches.

    The models have learnt nothing, are fitted, have arbitrary parameters, or are the given states. The number of
    features varies.
    """
    random = subject.random()
    learnt = 0
    while learnt < subject.cases:
        samples = subject.samples(int(random.choice(_FEATURES)), random)
        for name, start in (*subject.starts(samples), *subject.loaded(samples)):
            with naming(f"{samples.n_features} features, {name}, learning {learnt}"):
                pair = Pair(chain, start)
                pair.compare([start.pack(samples.features())])
                classes = len(start.classes)
                for step in range(_STEPS):
                    if random.random() < _BATCHED:
                        size = int(random.integers(1, _LARGEST_BATCH + 1))
                        labels = random.integers(classes, size=size).tolist()
                        pair.contribute_many([samples.features() for _ in labels], labels, quoted=step == 0)
                        learnt += size
                    else:
                        pair.contribute(samples.features(), int(random.integers(classes)), quoted=step == 0)
                        learnt += 1
                pair.audit()


def invalid_samples_are_refused_by_the_contract(subject: Subject, chain: Chain) -> None:
    """Refuse them as a contribution, in a batch, and as a question; nothing is paid or learnt."""
    random = subject.random()
    for n_features in (1, 2, 21):
        samples = subject.samples(n_features, random)
        pair = Pair(chain, subject.fitted(samples).twin)
        features = samples.features()
        good, classes = pair.twin.pack(features), len(pair.twin.classes)
        balances = _balances(pair)
        with naming(f"{n_features} features"):
            for what, wrong in samples.wrong_bytes().items():
                named = f"a sample {what} (0x{wrong.hex()})"
                for function, *args in (
                    ("contribute", wrong, 0, 0),
                    ("contributeBatch", pack_batch([wrong], [0]), 0),
                    ("contributeBatch", pack_batch([good, wrong], [0, 0]), 0),
                ):
                    with refusing(f"{function} of {named}", ContractReverted):
                        _send(pair, function, *args)
                for function in ("predict", "score"):
                    with refusing(f"{function} of {named}", ContractReverted):
                        chain.read(pair.contract, pair.address, function, wrong)
            for label in (classes, 255, 256, 2**256 - 1):
                with refusing(f"label {label} of {classes} classes", UnknownLabel):
                    _send(pair, "contribute", good, label, 0)
            for label in (classes, 255):
                with refusing(f"label {label} of {classes} classes, in a batch", UnknownLabel):
                    _send(pair, "contributeBatch", pack_batch([good, good], [0, label]), 0)
            assert _balances(pair) == balances, "a refused call was paid for"
            pair.compare([good])
            pair.contribute(features, 0)


def classes_can_be_added_while_there_is_room(subject: Subject, chain: Chain) -> None:
    """Let the creator add named classes. A new class is empty and never wins, and then it learns."""
    random = subject.random()
    samples = subject.samples(21, random)
    for name, start in subject.starts(samples):
        with naming(name):
            pair = Pair(chain, start)
            room = start.settings()[3]
            while (label := len(pair.twin.classes)) < room:
                with naming(f"class {label} of {room}"):
                    _add_class(pair, f"new class {label}")
                    for _ in range(3):
                        pair.contribute(samples.features(), int(random.integers(label)))
                        sample = pair.twin.pack(samples.features())
                        pair.compare([sample])
                        score, predicted = pair.twin.scores_of(sample)[label], pair.twin.label_of(sample)
                        assert score == -(2**255), f"the score of a class without a sample is {score}"
                        assert predicted != label, "a class without a sample wins"
                    labels = [label, *random.integers(label + 1, size=5).tolist()]
                    pair.contribute_many([samples.features() for _ in labels], labels)
                    pair.contribute(samples.features(), label)
            with refusing(f"class {room} of {room}, by the twin", InvalidInput):
                pair.twin.add_class("one too many")
            with refusing(f"class {room} of {room}, by the contract", TooManyClasses):
                _send(pair, "addClass", "one too many", sender=pair.creator, value=0)
            pair.compare([pair.twin.pack(samples.features())])
            pair.audit()


def _add_class(pair: Pair, name: str) -> None:
    with refusing("a class added by a stranger", NotCreator):
        _send(pair, "addClass", name, value=0)
    for wrong in ("", "two\nlines"):
        with refusing(f"the name {wrong!r}, by the contract", BadName):
            _send(pair, "addClass", wrong, sender=pair.creator, value=0)
        with refusing(f"the name {wrong!r}, by the twin", InvalidInput):
            pair.twin.add_class(wrong)
    with refusing("the name of another class", InvalidInput):
        pair.twin.add_class(pair.twin.classes[0])
    pair.trainer.add_class(name)
    pair.twin.add_class(name)
    assert pair.trainer.labels == tuple(pair.twin.classes), f"the trainer's classes are {pair.trainer.labels}"


def batches_fit_into_transactions(subject: Subject, chain: Chain) -> None:
    """Compare gas with its estimate, for more of the largest samples than a batch holds: never more, not far less."""
    random = subject.random()
    for n_features in _SIZES:
        samples = subject.samples(n_features, random)
        pair = Pair(chain, subject.blank(samples))
        features = [samples.largest() for _ in range(MAX_BATCH + 1)]
        labels = random.integers(len(pair.twin.classes), size=len(features)).tolist()
        with naming(f"{n_features} features"):
            for number, made in enumerate(pair.contribute_many(features, labels)):
                assert made.receipt is not None
                batch = made.entry.samples()
                slots = {slot for sample, label in batch for slot in pair.twin.touched(sample, label)}
                expected = estimate(pair.twin, [sample for sample, _ in batch], slots)
                used = made.receipt.gas_used or 0
                found = f"batch {number}, of {len(batch)} samples, takes {used:,} gas; the estimate is {expected:,}"
                assert used <= expected, found
                # the last batch may be small, and later ones find used slots
                assert number or used * _GENEROUS >= expected, found


def _send(pair: Pair, function: str, *args: object, sender: str | None = None, value: int = MAX_BATCH) -> None:
    pair.chain.invoke(pair.contract, pair.address, function, *args, sender=sender or pair.contributor, value=value)


def _balances(pair: Pair) -> list[int]:
    return [pair.chain.balance(person) for person in (pair.address, pair.creator, pair.contributor)]
