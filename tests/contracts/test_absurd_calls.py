"""Every backend reports senseless claims and limits as such."""

from __future__ import annotations

import pytest

import dcai
from dcai import errors
from dcai.chain.codec import codec
from tests.support import binary

TRAINER = "SparsePerceptronDRT"


@pytest.fixture(params=["py-evm", "anvil"])
def trainer(request):
    if request.param == "anvil":
        request.getfixturevalue("anvil")
    with dcai.local_chain(request.param) as chain:
        model = binary.perceptron(bytes(2 + 40))
        yield dcai.deploy(chain, model, dcai.DepositRefundTake(weight_wei=0))


def refund_of(trainer, time):
    entry = trainer.contribute([1], "no").entry
    entry.time = time
    trainer.chain.send(
        trainer.address,
        codec(TRAINER).call("refund", entry.claim(), entry.slot),
        sender=entry.author,
    )


def test_a_claim_of_a_time_beyond_the_calendar_is_too_early(trainer):
    with pytest.raises(errors.TooEarly, match=f"second {2**255 + 86_400}"):
        refund_of(trainer, 2**255)


def test_a_claim_of_a_time_that_overflows_is_refused_by_the_contract(trainer):
    with pytest.raises(errors.ContractReverted):
        refund_of(trainer, 2**256 - 1)


def test_a_gas_limit_that_is_too_small_is_reported(trainer):
    with pytest.raises(errors.TransactionFailed, match="ran out of gas at its limit of 40,000"):
        trainer.contribute([1], "no", gas=40_000)
