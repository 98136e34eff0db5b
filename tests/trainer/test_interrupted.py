"""A deployment that is interrupted: the same call continues, and until then the trainer is unfinished."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dcai
from dcai import errors
from dcai.chain.codec import codec
from dcai.encoders import TextEncoder
from dcai.trainer import products
from tests.support.node import KEYS

ROOT = Path(__file__).resolve().parents[2]


class Stopped(Exception):
    """Stands for whatever ends a process."""


class Mortal:
    """An account that sends so many calls, and then stops: before the next one, or right after it was sent."""

    def __init__(self, account, sends, *, after=False):
        self.address, self._account, self._left, self._after = account.address, account, sends, after

    def send(self, call):
        if self._left == 0 and not self._after:
            raise Stopped
        receipt = self._account.send(call)
        if self._left == 0:
            raise Stopped
        self._left -= 1
        return receipt


@pytest.fixture(scope="module")
def words():
    """Return the words of an encoder that needs two parts to publish: random letters don't compress."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    return ["".join(letters[row]) for row in np.random.default_rng(3).integers(0, 26, (6_000, 12))]


@pytest.fixture(scope="module")
def wide(words):
    return TextEncoder(vocabulary_size=6_000).fit([" ".join(words)])


@pytest.fixture
def deploy(chain, perceptron):
    """Return a function that deploys a model, of 6,000 features by default."""

    def deployed(sender, encoder=None, *, weights=(1, -1), features=6_000, name="Wide", salt=0):
        twin = perceptron([*weights] * (features // 2))
        return dcai.deploy(chain, twin, dcai.DepositRefundTake(), encoder=encoder, name=name, salt=salt, sender=sender)

    return deployed


def small(features):
    return TextEncoder(vocabulary_size=features).fit([" ".join(f"w{at}" for at in range(features))])


def count(chain, person):
    answer = chain.request("eth_getTransactionCount", [person, "latest"])
    return answer if isinstance(answer, int) else int(answer, 16)


def last_created(chain):
    """Return the address of the trainer that was created last."""
    logs = chain.logs(products.address_of("TrainerFactory"))
    return [codec("TrainerFactory").event(log).args["trainer"] for log in logs][-1]


@pytest.mark.parametrize("features", [6_000, 40, 10])
def test_whenever_a_deployment_is_stopped_the_same_call_continues(chain, people, deploy, wide, features):
    encoder = wide if features == 6_000 else small(features)
    account, before = chain.account(people[3]), count(chain, people[3])
    whole = deploy(people[3], encoder, features=features)
    needed = count(chain, people[3]) - before

    for stops in range(needed):
        start = count(chain, people[3])
        with pytest.raises(Stopped):
            deploy(Mortal(account, stops, after=True), encoder, features=features, salt=1 + stops)
        assert count(chain, people[3]) == start + stops + 1
        if stops + 1 < needed:
            made = deploy(account, encoder, features=features, salt=1 + stops)
            assert dcai.attach(chain, made.address).encoder.spec() == encoder.spec()
            assert made.model().parameters() == whole.model().parameters()
            assert made.audit().ok
        assert count(chain, people[3]) == start + needed


def test_large_parameters_continue_chunk_by_chunk(chain, people, deploy):
    account = chain.account(people[3])
    with pytest.raises(Stopped):
        deploy(Mortal(account, 0, after=True), features=20_000)
    start = count(chain, people[3])

    made = deploy(account, features=20_000)

    assert count(chain, people[3]) == start + 1
    assert made.predict([0]) == "yes"
    assert made.audit().ok


def test_an_unfinished_trainer_says_so_and_takes_nothing(chain, people, deploy, wide):
    account = chain.account(people[3])
    with pytest.raises(Stopped):
        deploy(Mortal(account, 1), wide)
    address = last_created(chain)

    with pytest.raises(errors.UnfinishedTrainer, match=r"6,000 bytes of its parameters, and not all") as caught:
        dcai.attach(chain, address)

    assert caught.value.address == address


def test_another_model_or_encoder_does_not_continue_what_is_there(chain, people, deploy, wide, refused):
    account = chain.account(people[3])
    other = TextEncoder(vocabulary_size=6_000).fit([" ".join(f"other{at}" for at in range(6_000))])
    with pytest.raises(Stopped):
        deploy(Mortal(account, 2), wide)

    with refused(errors.InvalidInput, "another parameters", "choose another salt"):
        deploy(account, wide, weights=(2, -1))
    for encoder in (other, None):
        with refused(errors.InvalidInput, "another encoder", "choose another salt"):
            deploy(account, encoder)

    assert deploy(account, wide).encoder.spec() == wide.spec()


def test_what_goes_wrong_midway_names_the_address_and_the_way_out(chain, people, deploy, wide):
    account = chain.account(people[3])

    class Refusing(Mortal):
        def send(self, call):
            try:
                return super().send(call)
            except Stopped:
                raise errors.NodeError("The node is gone.") from None

    with pytest.raises(
        errors.UnfinishedTrainer, match=r"is unfinished\. The node is gone\. Deploy it once more"
    ) as caught:
        deploy(Refusing(account, 1), wide)

    assert deploy(account, wide).address == caught.value.address


def test_a_finished_one_is_not_deployed_again(chain, deploy, people, wide, refused):
    deploy(people[3], wide)

    for encoder in (wide, None):
        with refused(errors.FailedDeployment, "exists already"):
            deploy(people[3], encoder)


def test_one_that_people_have_used_already_gets_its_encoder(chain, people, deploy):
    account, encoder = chain.account(people[3]), small(10)
    with pytest.raises(Stopped):
        deploy(Mortal(account, 1), encoder, features=10)  # so few parameters are there at once
    theirs = dcai.attach(chain, last_created(chain))
    assert theirs.encoder is None
    theirs.contribute([1], "yes", sender=people[4])

    made = deploy(account, encoder, features=10)

    assert dcai.attach(chain, made.address).encoder.spec() == encoder.spec()
    assert made.audit().ok


KILLED = """
import os, signal, sys
import dcai
from dcai.accounts import LocalKey

class Killed(LocalKey):
    sends = int(sys.argv[3])
    def send(self, call):
        receipt = super().send(call)
        self.sends -= 1
        if self.sends < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt

words = [f"word{at}" for at in range(60)]
encoder = dcai.TextEncoder(vocabulary_size=60).fit([" ".join(words)])
model = dcai.SparsePerceptron(classes=("no", "yes")).fit(encoder.transform(words), ["no", "yes"] * 30)
chain = dcai.connect(sys.argv[1])
key = Killed(chain, sys.argv[2])
print(dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder, name="Killed", sender=key).address)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed like that there")
def test_a_killed_process_has_told_the_address_and_another_one_continues(node, node_chain):
    def start(sends):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, node, KEYS[0], str(sends)], cwd=ROOT, capture_output=True, text=True
        )
        return done.returncode, done.stdout.strip(), done.stderr

    # the factory, the implementation and the trainer; then the encoder with the rest of the parameters
    code, _, told = start(2)
    assert code == -signal.SIGKILL
    assert told.startswith("Deploying 'Killed' at 0x")
    address = told.split()[3]
    with pytest.raises(errors.UnfinishedTrainer):
        dcai.attach(node_chain, address)

    code, printed, told = start(9)

    assert (code, printed) == (0, address), told
    assert dcai.attach(node_chain, address).predict("word3") in ("no", "yes")
