"""The contracts' promises about initial parameters, which arrive in chunks."""

from __future__ import annotations

import numpy as np
import pytest

import dcai
from dcai import errors
from dcai.chain.codec import codec
from dcai.samples import pack_batch, pack_sparse
from dcai.trainer import products
from dcai.trainer.settings import Settings
from tests.support import binary

TRAINER = "SparsePerceptronDRT"
HEAD_BYTES = 16


@pytest.fixture
def unfinished(chain, people):
    """Return a function that creates a trainer with the first chunk of its parameters and sends more chunks."""

    def create(features, chunk):
        given = binary.settings(features)
        settings = Settings(dcai.DepositRefundTake(), given, "Large", ("no", "yes")).packed()
        factory, implementation = (products.address_of(name) for name in ("TrainerFactory", TRAINER))
        receipt = chain.invoke(
            "TrainerFactory", factory, "create", implementation, settings, bytes(32), chunk, sender=people[0]
        )
        trainer = codec("TrainerFactory").event(receipt.logs[0]).args["trainer"]

        def add(chunk, sender=people[0]):
            return chain.invoke(TRAINER, trainer, "initialize", chunk, sender=sender)

        return trainer, add

    return create


@pytest.fixture
def packed(chain):
    """Return a function that reads a trainer's bytes behind its head, up to one slot after the last."""

    def read(trainer, length):
        words = chain.read(TRAINER, trainer, "words", 0, (HEAD_BYTES + length + 31) // 32 + 1)
        return b"".join(word.to_bytes(32, "big") for word in words)[HEAD_BYTES:]

    return read


def random_parameters(features, seed=0):
    return np.random.default_rng(seed).integers(1, 256, 2 + features, dtype=np.uint8).tobytes()


@pytest.mark.parametrize("features", [1, 13, 14, 15, 30, 45, 46, 47, 78, 1000])
def test_parameters_fill_their_bytes_and_nothing_after_them(launch, packed, perceptron, features):
    parameters = random_parameters(features)
    bias = int.from_bytes(parameters[:2], "big", signed=True)

    trainer = launch(np.frombuffer(parameters[2:], dtype=np.int8), bias)

    found = packed(trainer.address, len(parameters))
    assert found == parameters + bytes(len(found) - len(parameters))


def test_a_model_too_large_for_one_transaction_arrives_in_chunks(launch, chain, packed):
    weights = np.frombuffer(random_parameters(40_000)[2:], dtype=np.int8)

    trainer = launch(weights, bias=-7)

    events = [codec(TRAINER).event(log).name for log in chain.logs(trainer.address)]
    assert events == ["Loaded", "Loaded", "Loaded", "Initialized"]
    assert trainer.model().parameters() == (-7).to_bytes(2, "big", signed=True) + weights.tobytes()
    assert trainer.contribute([0, 39_999], "yes").entry.slot == 1
    assert trainer.audit().ok


@pytest.mark.parametrize("cuts", [(16,), (48,), (80,), (16, 48), (48, 80), (16, 48, 80)])
def test_parameters_can_be_cut_at_the_end_of_any_slot(unfinished, packed, cuts):
    parameters = random_parameters(110)
    trainer, add = unfinished(110, parameters[: cuts[0]])

    for start, end in zip(cuts, (*cuts[1:], len(parameters)), strict=True):
        add(parameters[start:end])

    assert packed(trainer, len(parameters)) == parameters + bytes(32)


@pytest.mark.parametrize("wrong", [0, 1, 15, 31, 33, 63, 65, 97])
def test_a_chunk_that_does_not_fill_its_last_slot_or_is_too_long_is_refused(unfinished, refused, wrong):
    parameters = random_parameters(110)
    _, add = unfinished(110, parameters[:16])

    with refused(errors.BadChunk, f"{wrong} bytes", "byte 16", "112"):
        add(bytes(wrong))
    add(parameters[16:])


def test_only_the_creator_adds_chunks_and_none_after_the_last(unfinished, refused, people):
    parameters = random_parameters(110)
    _, add = unfinished(110, parameters[:16])

    with refused(errors.NotCreator, people[0], people[1]):
        add(parameters[16:], sender=people[1])
    add(parameters[16:])
    for person in people[:2]:
        with refused(errors.AlreadyInitialized):
            add(parameters[16:], sender=person)


def test_nothing_works_before_the_last_chunk_is_loaded(unfinished, refused, chain, people):
    parameters = random_parameters(110)
    trainer, add = unfinished(110, parameters[:16])
    sample = pack_sparse([1])

    for function, args in (
        ("contribute", (sample, 1, 0)),
        ("contributeBatch", (pack_batch([sample], [1]), 0)),
        ("predict", (sample,)),
        ("score", (sample,)),
        ("price", (1, 1, 1)),
        ("progress", ()),
    ):
        with refused(errors.NotInitialized, "can't be used yet"):
            chain.call(trainer, codec(TRAINER).call(function, *args), sender=people[1])
    add(parameters[16:])
    assert chain.read(TRAINER, trainer, "progress")[0] == 1


def test_calldata_after_the_parameters_is_not_loaded(unfinished, packed, chain, people):
    parameters = random_parameters(19)
    trainer, _ = unfinished(19, parameters[:16])
    calldata = codec(TRAINER).call("initialize", parameters[16:])
    end = 4 + 64 + len(parameters) - 16

    chain.send(trainer, calldata[:end] + b"\xff" * 64, sender=people[0])

    found = packed(trainer, len(parameters))
    assert found == parameters + bytes(len(found) - len(parameters))


def test_the_implementation_itself_is_not_a_trainer(chain, people, refused):
    with refused(errors.BadSetting):
        chain.invoke(TRAINER, products.address_of(TRAINER), "initialize", bytes(3), sender=people[0])
