"""Accounts: whoever signs takes a call and returns its receipt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from eth_account import Account as EthAccount

import dcai
from dcai import errors
from dcai.accounts import LocalKey, Unlocked
from dcai.chain import Call, Chain, Receipt
from tests.support.node import KEYS

ENOUGH = 10**18


@pytest.fixture(params=["a local key", "an unlocked account"])
def account(request, chain):
    """Return an account with money."""
    if request.param == "an unlocked account":
        return chain.account(chain.accounts[3])
    key = LocalKey(chain, EthAccount.create().key.to_0x_hex())
    chain.send(key.address, sender=chain.accounts[0], value=ENOUGH)
    return key


def test_a_call_is_sent_by_whichever_account_takes_it(chain, account, people):
    before, used = chain.balance(people[1]), chain.gas_used[account.address]

    receipt = account.send(Call(people[1], value=7, what="Pay 7 wei"))

    assert receipt.ok
    assert receipt.gas_used == chain.gas_used[account.address] - used == 21_000
    assert chain.balance(people[1]) == before + 7


def test_an_account_is_a_sender_like_its_address(launch, chain, account):
    trainer = launch(weight_wei=0, minimum_wei=10)

    mine = trainer.contribute([1], "yes", sender=account)
    (batch,) = trainer.contribute_many([[1], [2]], ["yes"] * 2, sender=account, progress=False)
    chain.travel("1 day")

    assert mine.entry.author == batch.entry.author == account.address
    assert (mine.refund(sender=account), batch.refund(sender=account)) == (10, 20)


def test_an_account_deploys(chain, account, perceptron):
    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake(), sender=account)

    assert dcai.attach(chain, trainer.address).creator == trainer.creator == account.address


def test_only_the_authors_account_is_refunded(launch, chain, account, people):
    mine = launch().contribute([1], "yes", sender=account)
    chain.travel("1 day")

    with pytest.raises(errors.NotAuthor):
        mine.refund(sender=people[5])


def test_what_a_contract_refuses_is_not_sent(launch, chain, account):
    trainer = launch()
    block = chain.block_number()

    with pytest.raises(errors.ContractError):
        account.send(trainer.prepare.contribute([1], "yes", deposit_wei=1))

    assert chain.block_number() == block


def test_a_key_that_signs_tells_nobody_what_it_is(chain):
    key = EthAccount.create().key.to_0x_hex()

    assert key[2:] not in repr(LocalKey(chain, key))
    with pytest.raises(errors.InvalidInput) as caught:
        LocalKey(chain, key + "00")
    assert key[2:] not in str(caught.value)


def test_a_chain_names_the_account_of_an_address(chain, people):
    account = chain.account(people[2])

    assert isinstance(account, Unlocked)
    assert account.address == people[2]
    assert chain.account(account) is account
    assert chain.account().address == people[0]


def test_an_account_of_another_chain_does_not_send_money_where_no_trainer_is(launch, refused):
    trainer = launch()
    elsewhere = Chain(lambda method, params: "0x1", backend="elsewhere", accounts=[], account_of=Unlocked)

    for account in (LocalKey(elsewhere, KEYS[0]), Unlocked(elsewhere, trainer.creator)):
        with refused(errors.InvalidInput, "chain 1 (elsewhere)", "give an account of this chain"):
            trainer.contribute([1], "yes", sender=account)


@pytest.mark.parametrize("gas", [-1, 1.5, "x"])
def test_a_gas_limit_that_is_no_number_is_refused(launch, refused, gas):
    trainer = launch()

    with refused(errors.InvalidInput, "gas limit", repr(gas)):
        trainer.contribute([1], "yes", gas=gas)


class Odd:
    """An account of somebody else's, which returns what it likes."""

    def __init__(self, address, returned):
        self.address, self.returned = address, returned

    def send(self, call):
        return self.returned


def test_an_account_that_returns_nonsense_is_reported(launch, people):
    trainer = launch()
    done = Receipt("0x12", 1, 21_000, 0, (), None, ok=True)
    failed = Receipt("0x12", 1, 21_000, 0, (), None, ok=False)

    for returned, words in (
        (None, "returned None in place of a receipt"),
        (failed, "0x12 was sent and failed"),
        (done, r"0x12 succeeded\. Its receipt shows no Contributed"),
    ):
        with pytest.raises(errors.TransactionFailed, match=words):
            trainer.contribute([1], "yes", sender=Odd(people[1], returned))
    with pytest.raises(errors.InvalidInput, match="None is not an address"):
        trainer.contribute([1], "yes", sender=Odd(None, done))


@pytest.mark.parametrize("who", ["key", "unlocked"])
def test_threads_share_an_account_of_a_node(node, node_chain, perceptron, who):
    trainer = dcai.deploy(node_chain, perceptron([1] * 40), dcai.DepositRefundTake(weight_wei=0, minimum_wei=10))
    chains = [dcai.connect(node, account=KEYS[1]) for _ in range(2)] if who == "key" else [node_chain] * 2
    shared = [dcai.attach(chain, trainer.address) for chain in chains]
    sender = chains[0].accounts[0]

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda at: shared[at % 2].contribute([at], "yes", sender=sender).id, range(24)))

    assert sorted(made) == list(range(1, 25))
    assert [one.id for one in trainer.contributions()] == list(range(1, 25))
