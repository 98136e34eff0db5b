"""A chain on this machine: what it can do, and that it leaves nothing behind."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import dcai
from dcai import errors
from dcai.incentives.deposit_refund_take.errors import Underpaid

ROOT = Path(__file__).resolve().parents[2]
BACKENDS = ("py-evm", "anvil")
SECONDS_TO_END = 10
PROCESSES = 4
"""An anvil, the one it is forked from, and a shell or more for each."""

OPEN_A_CHAIN = """
import sys
import dcai
chain = dcai.local_chain("anvil")
print(chain.block_number(), flush=True)
sys.stdin.read()
"""

linux_only = pytest.mark.skipif(
    not (Path("/proc/self/cmdline").exists() and hasattr(os, "pidfd_open")),
    reason="which processes there are is read from /proc, and their end awaited with pidfd_open",
)


@pytest.fixture(params=BACKENDS)
def own_chain(request):
    if request.param == "anvil":
        request.getfixturevalue("anvil")
    with dcai.local_chain(request.param) as chain:
        yield chain


def processes_of(folder):
    """Return a waitable descriptor of each process that has a file of the folder as an argument."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"{folder}/dcai-".encode() in (entry / "cmdline").read_bytes():
                found.append(os.pidfd_open(int(entry.name)))
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
    return found


def all_end(processes):
    for process in processes:
        with closing(os.fdopen(process)):
            ready, _, _ = select.select([process], [], [], SECONDS_TO_END)
            if not ready:
                return False
    return True


# Nothing stays behind


@linux_only
def test_anvil_ends_when_our_process_is_killed(anvil, temporary):
    with subprocess.Popen(
        [sys.executable, "-c", OPEN_A_CHAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as ours:
        assert ours.stdout.readline() == b"0\n"
        processes = processes_of(temporary)
        assert len(processes) >= PROCESSES

        ours.send_signal(signal.SIGKILL)

    assert all_end(processes)


@linux_only
def test_anvil_ends_with_close_and_leaves_no_file(anvil, temporary):
    chain = dcai.local_chain("anvil")
    processes = processes_of(temporary)
    assert len(processes) >= PROCESSES

    chain.close()

    assert all_end(processes)
    assert list(temporary.iterdir()) == []
    chain.close()


@linux_only
def test_anvil_ends_at_the_end_of_a_with_block_that_fails(anvil, temporary):
    def fail():
        raise KeyError(processes_of(temporary))

    with pytest.raises(KeyError) as caught, dcai.local_chain("anvil"):
        fail()

    (processes,) = caught.value.args
    assert len(processes) >= PROCESSES
    assert all_end(processes)


@linux_only
def test_anvil_ends_when_its_chain_is_forgotten(anvil, temporary):
    chain = dcai.local_chain("anvil")
    processes = processes_of(temporary)

    del chain
    gc.collect()

    assert all_end(processes)


def test_a_chain_that_does_not_answer_in_time_says_so(anvil, monkeypatch):
    monkeypatch.setattr("dcai.chain.nodes.anvil._ANSWER_SECONDS", 1)

    with (
        dcai.local_chain("anvil") as chain,
        pytest.raises(errors.NodeError, match="hasn't answered anvil_mine within 1 s"),
    ):
        chain.request("anvil_mine", [hex(10**12)])


def test_a_chain_that_was_closed_says_so(anvil):
    chain = dcai.local_chain("anvil")
    chain.close()

    with pytest.raises(errors.NodeError):
        chain.block_number()


@pytest.mark.parametrize("wrong", [{"backend": "ganache"}, {"hardfork": "berlin"}])
def test_an_unknown_backend_or_hardfork_is_named_with_the_known_ones(wrong):
    (value,) = wrong.values()

    with pytest.raises(errors.InvalidInput, match=f"{value}.*choose"):
        dcai.local_chain(**wrong)


# What it can do


def test_ten_funded_accounts_can_send(own_chain):
    *_, last = own_chain.accounts
    assert len(set(own_chain.accounts)) == 10

    for person in own_chain.accounts[:9]:
        before = own_chain.balance(person)
        receipt = own_chain.send(last, sender=person, value=7)
        assert before - own_chain.balance(person) == 7 + receipt.fee_wei
        assert receipt.gas_used == 21_000


def test_a_block_takes_a_second_and_travel_as_long_as_one_likes(own_chain):
    times = [own_chain.now()]
    for _ in range(3):
        own_chain.send(own_chain.accounts[1], sender=own_chain.accounts[0])
        times.append(own_chain.now())
    assert times == [times[0] + i for i in range(4)]

    own_chain.travel("1 day")
    assert own_chain.now() == times[-1] + 86_400
    own_chain.send(own_chain.accounts[1], sender=own_chain.accounts[0])
    assert own_chain.now() == own_chain.time_of(own_chain.block_number()) == times[-1] + 86_401


def test_time_on_py_evm_is_that_of_its_blocks_however_late_it_is(monkeypatch):
    with dcai.local_chain("py-evm") as chain:
        monkeypatch.setattr("eth._utils.headers.eth_now", lambda: 2**40)
        before, snapshot = chain.now(), chain.snapshot()
        for _ in range(2):
            chain.revert(snapshot)
            snapshot = chain.snapshot()
            chain.send(chain.accounts[1], sender=chain.accounts[0])
            chain.travel(5)
            assert chain.now() == before + 6


@pytest.mark.parametrize("duration", ["-1 day", "yesterday", -5, 0, 2**70])
def test_nobody_travels_back_or_nowhere_or_beyond_what_a_clock_tells(own_chain, duration):
    now = own_chain.now()

    with pytest.raises(dcai.DcaiError):
        own_chain.travel(duration)

    assert own_chain.now() == now


def test_a_snapshot_brings_back_balances_blocks_and_time(own_chain):
    def world():
        return own_chain.block_number(), own_chain.now(), [own_chain.balance(person) for person in own_chain.accounts]

    before = world()
    snapshot = own_chain.snapshot()
    own_chain.send(own_chain.accounts[1], sender=own_chain.accounts[0], value=10**18)
    own_chain.travel("1 week")
    assert world() != before

    own_chain.revert(snapshot)

    assert world() == before
    own_chain.send(own_chain.accounts[1], sender=own_chain.accounts[0], value=10**18)
    assert own_chain.now() == before[1] + 1


def test_a_snapshot_that_was_never_made_is_reported(own_chain):
    with pytest.raises(dcai.DcaiError):
        own_chain.revert("0x99")


def test_a_transaction_that_is_sent_and_fails_tells_its_cause_and_its_gas(own_chain, perceptron):
    trainer = dcai.deploy(own_chain, perceptron([1] * 40), dcai.DepositRefundTake())

    with pytest.raises(errors.TransactionFailed) as failed:
        trainer.contribute([1], "yes", deposit_wei=5, gas=200_000)

    assert isinstance(failed.value.__cause__, Underpaid)
    assert failed.value.receipt.gas_used > 21_000
    assert failed.value.receipt.transaction_hash in str(failed.value)


def test_the_gas_limit_of_a_transaction_is_the_chains_at_most(own_chain, perceptron):
    trainer = dcai.deploy(own_chain, perceptron([1] * 40), dcai.DepositRefundTake())

    assert trainer.contribute([1], "yes", gas=10**9).receipt.gas_used < 100_000


def test_the_demo_library_needs_no_node_and_no_anvil(nowhere, perceptron):
    with dcai.local_chain() as chain:
        trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake())
        mine = trainer.contribute([1], "yes", sender=chain.accounts[1])
        chain.travel("1 day")

        assert mine.refund() == mine.entry.deposit_wei
        assert trainer.audit().ok
