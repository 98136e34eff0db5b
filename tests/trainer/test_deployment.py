"""Contracts have addresses that follow from their code, and a trainer's code identifies it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import dcai
from dcai import artifacts, errors
from dcai.chain.addresses import checked_address
from dcai.encoders import TextEncoder, pack_spec
from dcai.samples import pack_sparse
from dcai.trainer import products
from dcai.trainer.attach import read
from dcai.trainer.settings import Settings
from tests.support import binary

TRAINER = "SparsePerceptronDRT"
CONTRACTS = ("TrainerFactory", TRAINER)


@pytest.fixture(params=["py-evm", "anvil"])
def empty_chain(request):
    """Return an empty chain, without even (on py-evm) the deployment proxy."""
    if request.param == "anvil":
        request.getfixturevalue("anvil")
    with dcai.local_chain(request.param) as chain:
        yield chain


def test_our_contracts_are_deployed_once_at_the_addresses_known_before(empty_chain):
    for contract in CONTRACTS:
        assert empty_chain.code(products.address_of(contract)) == b""
        address = products.ensure(empty_chain, contract, sender=empty_chain.accounts[3])
        assert address == products.address_of(contract)
        assert empty_chain.code(address).hex() == artifacts.load(contract)["deployed_bytecode"][2:]

    block = empty_chain.block_number()
    for contract in CONTRACTS:
        products.ensure(empty_chain, contract, sender=empty_chain.accounts[4])
    assert empty_chain.block_number() == block


def test_the_factory_foretells_the_address_of_a_trainer(launch, chain, people):
    settings = Settings(dcai.DepositRefundTake(), binary.settings(40), "Test", ("no", "yes")).packed()
    factory, implementation = (products.address_of(name) for name in CONTRACTS)
    salt = (5).to_bytes(32, "big")
    foretold = chain.read("TrainerFactory", factory, "addressOf", people[2], implementation, settings, salt)

    assert launch(salt=5, sender=people[2]).address == checked_address(foretold)


def test_trainers_differ_by_creator_settings_name_labels_and_salt(launch, chain, perceptron, people):
    made = [
        launch(),
        launch(salt=1),
        launch(name="Other"),
        launch(sender=people[1]),
        launch(settle_after=0),
        dcai.deploy(chain, perceptron([1] * 40, classes=("good", "bad")), dcai.DepositRefundTake(), name="Test"),
    ]

    assert len({trainer.address for trainer in made}) == len(made)


def test_the_same_trainer_twice_is_refused_whatever_it_starts_with(launch, refused):
    launch()

    with refused(errors.FailedDeployment, "exists already"):
        launch([0] * 40)


@pytest.mark.parametrize(
    ("name", "labels"),
    [("", ("0", "1")), ("Größe 📏", ("klein", "groß")), ("a b", ("no", "")), ("x" * 1000, ("no", "yes"))],
    ids=["no name", "not ASCII", "an empty label", "a long name"],
)
def test_a_trainer_is_read_back_from_its_code(chain, perceptron, people, name, labels):
    incentive = dcai.DepositRefundTake(
        weight_wei=7, size_unit=3, refund_after=5, settle_after=6, creator_take_after=12, take_after=13
    )
    made = dcai.deploy(chain, perceptron([1] * 40, classes=labels), incentive, name=name, sender=people[2])

    found = read(chain, made.address)

    assert found.settings == Settings(incentive, binary.settings(40), name, labels)
    assert found.creator == people[2]
    assert chain.read(TRAINER, made.address, "names") == "\n".join((name, *labels))


@pytest.mark.parametrize(("name", "labels"), [("two\nlines", ("no", "yes")), ("Test", ("no", "y\nes"))])
def test_a_name_or_label_of_several_lines_is_refused(chain, perceptron, refused, name, labels):
    with refused(errors.InvalidInput, "one line", repr("two\nlines" if "\n" in name else "y\nes")):
        dcai.deploy(chain, perceptron([1] * 40, classes=labels), dcai.DepositRefundTake(), name=name)


def test_a_name_too_long_for_a_contracts_code_is_refused(launch, refused):
    with refused(errors.InvalidInput, "4,096"):
        launch(name="x" * 4_090)


@pytest.mark.parametrize("salt", [-1, 2**256, "x"], ids=repr)
def test_a_salt_is_a_number_of_32_bytes(launch, refused, salt):
    with refused(errors.InvalidInput, repr(salt)):
        launch(salt=salt)


def test_a_model_that_was_not_fitted_is_refused(chain, refused):
    with refused(NotFittedError, "fit"):
        dcai.deploy(chain, dcai.SparsePerceptron(), dcai.DepositRefundTake())


def test_an_encoder_of_another_width_than_the_model_is_refused(launch, refused):
    encoder = TextEncoder(vocabulary_size=3).fit(["one two three"])

    with refused(errors.InvalidInput, "40 features", "3"):
        launch(encoder=encoder)


def test_what_a_deployment_used_is_reported(launch, chain, people):
    words = [f"word{i:02}" for i in range(40)]
    start, balance = chain.block_number(), chain.balance(people[3])

    trainer = launch(sender=people[3], encoder=TextEncoder(vocabulary_size=40).fit([" ".join(words)]))

    paid = []
    for block in range(start + 1, chain.block_number() + 1):
        for sent in chain.request("eth_getBlockByNumber", [hex(block), False])["transactions"]:
            paid.append(chain.request("eth_getTransactionReceipt", [sent]))
    number = int if isinstance(paid[0]["gasUsed"], int) else lambda text: int(text, 16)
    assert trainer.deploy_gas == sum(number(receipt["gasUsed"]) for receipt in paid)
    fees = sum(number(receipt["gasUsed"]) * number(receipt["effectiveGasPrice"]) for receipt in paid)
    assert balance - chain.balance(people[3]) == fees


# The encoder travels along


@pytest.fixture(scope="module")
def wide_encoder():
    """Return an encoder whose spec needs several parts to publish: words of random letters don't compress."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = ["".join(letters[row]) for row in np.random.default_rng(3).integers(0, 26, (6_000, 12))]
    return TextEncoder(vocabulary_size=6_000).fit([" ".join(words)])


def test_an_encoder_larger_than_one_contract_is_published_in_parts_and_read_back(launch, chain, wide_encoder):
    trainer = launch([0] * 6_000, encoder=wide_encoder)
    assert len(pack_spec({"encoder": wide_encoder.spec()})) > 24_000
    word = wide_encoder.feature_names()[4_321]

    attached = dcai.attach(chain, trainer.address)

    assert attached.encoder.spec() == wide_encoder.spec()
    attached.contribute(f"a {word} b", "yes")
    assert attached.contributions()[0].entry.sample == pack_sparse([4_321])
    assert attached.predict(word) == "yes"


def test_an_encoder_that_is_not_complete_is_none(launch, chain, people):
    trainer = launch()
    chain.invoke(TRAINER, trainer.address, "publish", b"the first part", False, sender=people[0])

    assert dcai.attach(chain, trainer.address).encoder is None
