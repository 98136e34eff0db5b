"""Many rows at once: what is left out, what is refused before anything is sent, and what a failure tells."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import dcai
from dcai import errors
from dcai.trainer.errors import ContributingInterrupted, PartlyContributed

TEXTS = ["a wonderful film", "wonderful and moving", "dull and far too long", "far too dull"]
LABELS = ["positive", "positive", "negative", "negative"]
GIVEN = ["wonderful", "???", "dull film", "zzz qqq", "moving"]
GIVEN_LABELS = ["positive", "negative", "negative", "positive", "positive"]


@pytest.fixture
def films(chain, people):
    """Return a trainer of film reviews."""
    encoder = dcai.TextEncoder(vocabulary_size=20).fit(TEXTS)
    model = dcai.SparsePerceptron(classes=("negative", "positive")).fit(encoder.transform(TEXTS), LABELS)
    return dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder, name="Films", sender=people[0])


@pytest.fixture
def rows(chain):
    """Return a trainer of rows with two numbers."""
    table = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]])
    encoder = dcai.VectorEncoder().fit(table, feature_names=["age", "height"])
    model = dcai.DensePerceptron(classes=("low", "high")).fit(encoder.transform(table), [0, 0, 1, 1])
    return dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder)


@pytest.fixture
def in_pairs(monkeypatch):
    """Let a batch hold two samples."""
    monkeypatch.setattr("dcai.trainer.batches.MAX_BATCH", 2)


# Rows without a known word


def test_rows_without_a_known_word_are_left_out_and_listed(films, people):
    quoted = films.quote(many=GIVEN, skip_unknown=True)
    made = films.contribute_many(GIVEN, GIVEN_LABELS, sender=people[1], skip_unknown=True, progress=False)
    calls = films.prepare.contribute_many(GIVEN, GIVEN_LABELS, skip_unknown=True)

    assert made.skipped == quoted.skipped == calls.skipped == (2, 4)
    (batch,) = made
    assert [label for _, label in batch.entry.samples()] == [1, 0, 1]
    assert quoted.deposit_wei == calls[0].value == batch.entry.deposit_wei


def test_without_the_option_a_row_without_a_known_word_keeps_all_back(films, refused):
    for send in (
        lambda: films.contribute_many(GIVEN, GIVEN_LABELS, progress=False),
        lambda: films.quote(many=GIVEN),
    ):
        with refused(errors.InvalidInput, "Row 2 of 5: Nothing in '???'", "skip_unknown=True"):
            send()
    with refused(errors.InvalidInput, "Row 2 of 5: Nothing in '???'"):
        films.predict_many(GIVEN)


def test_where_nothing_is_left_it_is_refused(films, refused):
    for send in (
        lambda: films.contribute_many(["???", "!"], LABELS[:2], skip_unknown=True, progress=False),
        lambda: films.quote(many=["???", "!"], skip_unknown=True),
    ):
        with refused(errors.InvalidInput, "None of the 2 rows"):
            send()
    assert films.contribute_many([], [], progress=False) == []


def test_a_row_that_is_too_large_for_the_price_is_named(chain, perceptron, refused):
    trainer = dcai.deploy(chain, perceptron([1] * 40), dcai.Gamified(size_unit=3))

    with refused(errors.TooLarge, "Row 2 of 2: ", "count as 4 features"):
        trainer.contribute_many([[1], [1, 2, 3, 4]], ["yes"] * 2, progress=False)


def test_features_and_vectors_of_nothing_are_left_out_too(launch, rows):
    assert launch().contribute_many([[1], [], [2]], ["yes"] * 3, skip_unknown=True, progress=False).skipped == (2,)
    made = rows.contribute_many([[0.0, 0.0], [1.0, 2.0]], ["low", "high"], skip_unknown=True, progress=False)
    assert made.skipped == (1,)


@pytest.mark.parametrize("wrong", [None, float("nan"), 5, b"film"], ids=repr)
def test_what_is_not_a_text_is_named_by_its_row_and_not_left_out(films, refused, wrong):
    with refused(errors.InvalidInput, f"Row 2 of 2 must be a str, not {wrong!r}"):
        films.contribute_many(["film", wrong], LABELS[:2], skip_unknown=True, progress=False)


def test_a_missing_number_is_named_by_its_row_and_column(rows, refused):
    with refused(errors.InvalidInput, "Row 2 of 2, column 1 ('height') holds nan"):
        rows.contribute_many([[1.0, 2.0], [1.0, np.nan]], ["low", "high"], progress=False)
    with refused(errors.InvalidInput, "Row 1 of 1 is zero in all 2 columns"):
        rows.predict_many([[0.0, 0.0]])
    with refused(errors.InvalidInput, "Row 2 of 2 has 1 values"):
        rows.quote(many=[[1.0, 2.0], [1.0]])


# Labels, and what lists come in


@pytest.mark.parametrize("label", [True, np.True_, None, float("nan"), "meh", 7, [1]], ids=repr)
def test_what_is_not_a_label_is_named_by_its_row(films, refused, label):
    with refused(errors.DcaiError, "Row 2 of 2: ", "class", label):
        films.contribute_many(["film", "dull"], ["positive", label], progress=False)
    with refused(errors.DcaiError, "class", label):
        films.contribute("film", label)


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        ((text for text in TEXTS), (label for label in LABELS)),
        (pd.Series(TEXTS, index=[7, 8, 9, 7]), pd.Series(LABELS, index=[3, 2, 1, 0])),
        (np.array(TEXTS), map(str, LABELS)),
    ],
    ids=["generators", "series", "array and map"],
)
def test_texts_and_labels_come_in_whatever_gives_one_after_the_other(films, texts, labels):
    (batch,) = films.contribute_many(texts, labels)

    samples = [films.inputs.sample(text) for text in TEXTS]
    assert batch.entry.samples() == list(zip(samples, [1, 1, 0, 0], strict=True))


def test_many_is_quoted_and_predicted_from_a_generator_too(films):
    assert films.quote(many=(text for text in TEXTS)) == films.quote(many=TEXTS)
    assert films.predict_many(text for text in TEXTS) == films.predict_many(TEXTS)


def test_a_data_frame_gives_its_rows(rows):
    table = pd.DataFrame({"age": [1.0, 2.0, 9.0], "height": [5.0, 6.0, 1.0]})

    assert rows.predict_many(table) == rows.predict_many(table.to_numpy())
    (batch,) = rows.contribute_many(table, ["low", "low", "high"])
    assert len(batch.entry.samples()) == 3


@pytest.mark.parametrize("one", ["wonderful", b"wonderful", {"wonderful": 1}, {"wonderful"}, 5, None], ids=repr)
def test_one_text_or_what_has_no_order_is_not_taken_for_a_list(films, refused, one):
    with refused(errors.InvalidInput, "Many inputs are a list", repr(one)):
        films.contribute_many(one, ["positive"], progress=False)
    with refused(errors.InvalidInput, "Many labels are a list", repr(one)):
        films.contribute_many(["wonderful"], one, progress=False)
    with refused(errors.InvalidInput, "Many inputs are a list"):
        films.predict_many(one)
    if one is not None:
        with refused(errors.InvalidInput, "Many inputs are a list"):
            films.quote(many=one)


@pytest.mark.parametrize("positions", [[True], [True, False], np.array([True, False]), [], "01", 1], ids=repr)
def test_positions_in_a_batch_are_numbers(films, chain, refused, positions):
    (batch,) = films.contribute_many(TEXTS, LABELS, progress=False)
    chain.travel("1 day")

    for claim in (batch.refund, batch.split):
        with refused(errors.InvalidInput, "osition"):
            claim(positions)


def test_a_bool_is_neither_an_amount_nor_a_time_nor_a_number_of_anything(films, chain, perceptron, refused):
    films.contribute("film", "positive")
    for wrong in (
        lambda: films.contribute("film", "positive", deposit_wei=True),
        lambda: films.contribute_many(["film", "dull"], LABELS[:2], deposit_wei=True, progress=False),
        lambda: films.contribution(True),
        lambda: chain.travel(True),
        lambda: dcai.HiddenTestSet.of([b"ab"], [0], 1, seed=True),
        lambda: dcai.NaiveBayes(classes=("no", "yes")).fit(np.eye(2), [True, False]),
        lambda: dcai.DepositRefundTake(refund_after=True),
        lambda: dcai.deploy(chain, perceptron([1] * 40), dcai.DepositRefundTake(), salt=True),
    ):
        with refused(errors.InvalidInput, "True"):
            wrong()


# Money


def test_more_than_ten_times_the_quote_is_only_paid_when_forced(films, refused, people):
    quoted = films.quote("film").deposit_wei
    for send in (films.contribute, films.prepare.contribute):
        with refused(errors.InvalidInput, f"{10 * quoted + 1} wei", f"{quoted} wei", "force=True"):
            send("film", "positive", deposit_wei=10 * quoted + 1)
    for send in (films.contribute_many, films.prepare.contribute_many):
        with refused(errors.InvalidInput, "force=True"):
            send(["film", "dull"], LABELS[:2], deposit_wei=10 * quoted + 1)

    assert films.contribute("film", "positive", deposit_wei=10 * quoted).entry.deposit_wei == 10 * quoted
    forced = films.contribute("film", "positive", deposit_wei=11 * quoted, force=True)
    assert forced.entry.deposit_wei == 11 * quoted
    (batch,) = films.contribute_many(["film", "dull"], LABELS[:2], deposit_wei=11 * quoted, force=True)
    assert batch.entry.deposit_wei == 22 * quoted


@pytest.fixture(scope="module")
def poor(anvil):
    """Return a trainer, and a function that leaves somebody so much money."""
    with dcai.local_chain("anvil") as chain:
        encoder = dcai.TextEncoder(vocabulary_size=20).fit(TEXTS)
        model = dcai.SparsePerceptron(classes=("negative", "positive")).fit(encoder.transform(TEXTS), LABELS)
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(), encoder=encoder)

        def leave(wei):
            chain.request("anvil_setBalance", [chain.accounts[1], hex(wei)])
            return chain.accounts[1]

        yield trainer, leave


def test_too_little_money_for_all_batches_is_reported_before_the_first(poor, in_pairs):
    trainer, leave = poor
    deposits = sum(call.value for call in trainer.prepare.contribute_many(TEXTS * 2, LABELS * 2))
    for balance, needed in ((deposits - 1, f"({deposits} wei)"), (deposits + 10**13, "gas;")):
        author, block = leave(balance), trainer.chain.block_number()

        with pytest.raises(errors.InsufficientFunds) as caught:
            trainer.contribute_many(TEXTS * 2, LABELS * 2, sender=author, progress=False)

        assert needed in str(caught.value)
        assert f"({balance} wei)" in str(caught.value)
        assert caught.value.balance_wei == balance < caught.value.needed_wei
        assert trainer.chain.block_number() == block
    author = leave(caught.value.needed_wei)
    assert len(trainer.contribute_many(TEXTS * 2, LABELS * 2, sender=author, progress=False)) == 4


def test_too_little_money_for_one_is_said_in_wei(poor):
    trainer, leave = poor
    quoted = trainer.quote("film").deposit_wei
    author = leave(quoted + 1)

    with pytest.raises(errors.InsufficientFunds, match=rf"\({quoted + 1} wei\).*\({quoted} wei\).*gas"):
        trainer.contribute("film", "positive", sender=author)


# What stops half way


def test_the_money_of_an_account_that_somebody_else_pays_for_is_not_asked_for(poor):
    trainer, leave = poor
    free = dcai.deploy(trainer.chain, trainer.model(), dcai.Gamified(), name="Free")
    somebody = Stopping(trainer.chain.account(trainer.chain.accounts[2]), 1, KeyError())
    somebody.address = leave(0)

    assert len(free.contribute_many([[1], [2]], ["positive"] * 2, sender=somebody, progress=False)) == 1


class Stopping:
    """An account that sends so many calls, and then raises."""

    def __init__(self, account, count, error):
        self.account, self.count, self.error = account, count, error
        self.address = account.address

    def send(self, call):
        if self.count == 0:
            raise self.error
        self.count -= 1
        return self.account.send(call)


@pytest.mark.parametrize(
    ("error", "onward"),
    [
        (errors.ContractReverted("It refuses."), "go on with row 6."),
        (errors.TransactionFailed("Transaction 0xab was sent."), "look it up, then go on with row 6 or 8."),
        (ConnectionError("gone"), "look it up"),
    ],
    ids=repr,
)
def test_an_error_of_a_later_batch_has_what_was_made(films, chain, people, in_pairs, error, onward):
    given, labels = [*GIVEN, *TEXTS], [*GIVEN_LABELS, *LABELS]
    account = Stopping(chain.account(people[1]), 2, error)

    with pytest.raises(PartlyContributed) as caught:
        films.contribute_many(given, labels, sender=account, skip_unknown=True, progress=False)

    assert [one.id for one in caught.value.contributions] == [one.id for one in films.contributions()]
    assert caught.value.next_row == 7
    assert caught.value.__cause__ is error
    assert f"4 of 7 rows are contributed; the batch of rows 7 to 8 failed: {error}"[:-1] in str(caught.value)
    assert onward.replace("6", "7").replace("8", "9") in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value.__class__("text", (), 5))).next_row == 5
    assert str(pickle.loads(pickle.dumps(errors.InsufficientFunds("text", 5, 3)))) == "text"


def test_an_error_of_the_first_batch_comes_as_it_is(films, chain, people, in_pairs):
    error = errors.ContractReverted("It refuses.")

    with pytest.raises(errors.ContractReverted) as caught:
        films.contribute_many(TEXTS, LABELS, sender=Stopping(chain.account(people[1]), 0, error), progress=False)

    assert caught.value is error


def test_ctrl_c_tells_what_was_made_and_what_is_on_its_way(films, chain, people, in_pairs):
    account = Stopping(chain.account(people[1]), 1, KeyboardInterrupt("Transaction 0xab was sent and is on its way."))

    with pytest.raises(ContributingInterrupted) as caught:
        films.contribute_many(TEXTS, LABELS, sender=account, progress=False)

    assert len(caught.value.contributions) == 1
    assert caught.value.next_row == 3
    assert "2 of 4 rows are contributed; the batch of rows 3 to 4 was being sent: Transaction 0xab" in str(caught.value)


def test_ctrl_c_while_one_is_sent_says_so(films, chain, people):
    account = Stopping(chain.account(people[1]), 0, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt, match=r"Contribute 1 sample labelled 'positive'.*may be on its way"):
        films.contribute("film", "positive", sender=account)


def test_ctrl_c_while_a_receipt_is_awaited_names_the_transaction():
    from dcai.chain.receipts import wait_for

    def request(method, params):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="Transaction 0xab was sent and is on its way"):
        wait_for(request, "0xab")


# One input, or many


def test_a_quote_is_for_one_input_or_for_many_and_nothing_that_is_given_is_dropped(films):
    with pytest.raises(errors.InvalidInput, match=r"one input or many=…, not both: leave out 'dull', or many"):
        films.quote("dull", many=TEXTS)
    with pytest.raises(errors.InvalidInput, match="skip_unknown=True is for many"):
        films.quote("dull", skip_unknown=True)


def test_the_sentence_about_the_only_input_calls_it_the_input(films, rows):
    for ask in (films.predict, films.score, films.explain, films.quote, lambda one: films.contribute(one, "negative")):
        with pytest.raises(errors.InvalidInput, match=r"^The input must be a str, not 5\.") as refused:
            ask(5)
        assert "0" not in str(refused.value)
    for ask in (rows.predict, rows.quote, lambda one: rows.prepare.contribute(one, "low")):
        with pytest.raises(errors.InvalidInput, match=r"^The input has 1 values and this encoder 2 columns"):
            ask([1.0])
