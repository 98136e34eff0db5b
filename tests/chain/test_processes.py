"""A chain in several processes and threads."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cloudpickle
import pytest

import dcai
from dcai import errors
from tests.support.node import KEYS, PEOPLE

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400

can_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts processes anew")

# The child ends as any program does, with everything that is to be done at the end.
FORK_AND_EXIT = """
import os, sys
import dcai
chain = dcai.local_chain("anvil")
child = os.fork()
if child == 0:
    assert chain.send(chain.accounts[1], sender=chain.accounts[0], value=5).ok
    sys.exit(7)
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 7
assert chain.socket.exists()
print(chain.block_number(), chain.send(chain.accounts[1], sender=chain.accounts[2], value=5).block_number)
folder = chain.socket.parent
chain.close()
assert not folder.exists()
"""


@can_fork
def test_a_child_process_shares_an_anvil_and_leaves_it_to_its_parent(anvil):
    done = subprocess.run([sys.executable, "-c", FORK_AND_EXIT], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr, done.returncode) == ("1 2\n", "", 0)


def _send_many(chain, pipe):
    """Send from a child process; answer with the hashes, or what went wrong."""
    try:
        pipe.send([chain.send(PEOPLE[1], sender=chain.accounts[0], value=1).transaction_hash for _ in range(5)])
    except BaseException as error:
        pipe.send(error)


@can_fork
def test_children_and_parent_send_with_one_key_over_connections_of_their_own(node, node_chain):
    chain = dcai.connect(node, account=KEYS[0])
    chain.block_number()  # over a connection that the children get
    context = multiprocessing.get_context("fork")
    pipes = [context.Pipe(duplex=False) for _ in range(2)]
    for _, writing in pipes:
        context.Process(target=_send_many, args=(chain, writing)).start()
    ours = [chain.send(PEOPLE[1], sender=PEOPLE[0], value=1).transaction_hash for _ in range(5)]

    sent = [*ours, *(one for reading, _ in pipes for one in reading.recv())]

    assert len(set(sent)) == 15
    assert int(chain.request("eth_getTransactionCount", [PEOPLE[0], "latest"]), 16) == 15


@can_fork
def test_a_chain_of_py_evm_is_not_copied_into_a_child():
    context = multiprocessing.get_context("fork")
    reading, writing = context.Pipe(duplex=False)
    with dcai.local_chain("py-evm") as chain:
        context.Process(target=_send_many, args=(chain, writing)).start()

        told = reading.recv()

    assert isinstance(told, errors.NodeError)
    assert "lives in the process that started it" in str(told)


@pytest.mark.parametrize("send", [pickle.dumps, cloudpickle.dumps, copy.copy, copy.deepcopy])
def test_what_holds_a_chain_is_not_sent_to_another_process(launch, chain, node, node_chain, send):
    trainer = launch()
    mine = trainer.contribute([1], "yes")
    signing = dcai.connect(node, account=KEYS[0])

    for one in (chain, signing) if send is copy.copy else (chain, signing, signing.account(), trainer, mine):
        with pytest.raises(errors.InvalidInput, match=r"another process: make one there, with dcai\.connect"):
            send(one)


@pytest.fixture(params=["py-evm", "anvil"])
def own_chain(request):
    if request.param == "anvil":
        request.getfixturevalue("anvil")
    with dcai.local_chain(request.param) as chain:
        yield chain


def test_threads_deploy_contribute_and_let_time_pass_on_one_chain(own_chain, perceptron):
    chain, terms = own_chain, dcai.DepositRefundTake(weight_wei=0, minimum_wei=10)

    with ThreadPoolExecutor(4) as threads:
        trainers = list(threads.map(lambda salt: dcai.deploy(chain, perceptron([1] * 40), terms, salt=salt), range(4)))
        made = list(
            threads.map(lambda at: trainers[0].contribute([at], "yes", sender=chain.accounts[at % 3]).id, range(8))
        )
        before = chain.now()
        list(threads.map(lambda _: chain.travel("1 day"), range(4)))

    assert len({trainer.address for trainer in trainers}) == 4
    assert sorted(made) == list(range(1, 9))
    assert chain.now() == before + 4 * DAY
    assert trainers[0].audit().ok
