"""The markets of docs/market.md are computed as the contract computes them."""

import numpy as np
import pytest

import dcai
from scripts.studies.market import turns
from scripts.studies.market.attacks import ATTACKS
from scripts.studies.market.chain import both_ways
from scripts.studies.market.claims import check
from scripts.studies.market.course import HOSTILE, Gains, Order, Steps, hidden, learn, mistakes
from scripts.studies.market.provider import (
    FILLED_HONEST,
    FIRST,
    NOTHING,
    POISON,
    ROUNDS,
    Filled,
    Trial,
    filled,
    poisoned,
)
from scripts.studies.market.settings import CASES, SETTINGS
from scripts.studies.market.turns import MODELS, ROOM, Deal, Held, hold
from scripts.studies.reviews import Data, Reviews
from tests.support.market_rule import gains as by_the_rule

WORDS, TESTS = 60, 50


@pytest.fixture
def reviews():
    """Return a function that draws a number of samples, labelled by a hyperplane."""
    rng = np.random.default_rng(0)
    truth = rng.normal(size=WORDS)

    def drawn(count):
        words = (rng.random((count, WORDS)) < 0.2).astype(np.uint8)
        words[~words.any(axis=1), 0] = 1
        return Reviews(words, (words @ truth > 0).astype(np.int64))

    return drawn


@pytest.fixture
def start(reviews):
    return dcai.SparsePerceptron(("no", "yes")).fit(*reviews(10)).twin


@pytest.mark.parametrize("turn", [1, 5])
def test_the_contract_pays_what_is_computed_to_the_wei(reviews, start, chain, turn):
    told = reviews(60)
    authors = Order(5, 5).authors(np.random.default_rng(1), 60)
    told.labels[HOSTILE[authors]] ^= 1
    some = [told.take(np.arange(at, at + turn)) for at in range(0, 60, turn)]

    paid, computed = both_ways(chain, start, some, authors[::turn], reviews(TESTS), rounds=1_000)

    assert paid == computed
    assert len(set(paid)) > 1


def test_the_mistakes_counted_together_are_those_of_the_twin_after_each_sample(reviews, start):
    told, tests = reviews(700), reviews(TESTS)
    states, places = learn(start, told.samples(), told.labels)
    twin = type(start).from_parameters(start.settings(), start.parameters(), start.classes)
    counts = []
    for row, label in zip(told.words, told.labels, strict=True):
        twin.learn_rows(twin.rows([row]), np.array([label]))
        wrong = twin.predict(tests.words) != tests.labels
        counts.append((wrong[:20].sum(), wrong.sum()))

    counted = mistakes(states, tests, [20, TESTS])

    assert np.array_equal(np.column_stack((counted[20], counted[TESTS]))[places[1:]], counts)


def test_participants_contribute_at_their_rates_however_many_samples_at_a_time():
    for order in (Order(), Order(honest=10, hostile=5), Order(first="hostile")):
        counts = np.bincount(order.authors(np.random.default_rng(0), 13_000))

        assert counts == pytest.approx([6_000, 3_000, 2_000, 1_000, 1_000], abs=20)


def test_those_who_are_first_contribute_all_of_theirs_before_the_others():
    authors = Order(first="honest").authors(np.random.default_rng(0), 130)

    assert np.array_equal(HOSTILE[authors], np.sort(HOSTILE[authors]))


@pytest.fixture
def deal(reviews, monkeypatch):
    """Return the reviews of a seed, in a market with fewer."""
    for name, few in (("SAMPLES", 90), ("_SPARE", 200), ("_OPENED", 10)):
        monkeypatch.setattr(turns, name, few)
    return Deal(3, Data(reviews(310), reviews(TESTS + 10)))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_turns_are_paid_by_the_rule_whoever_attacks(deal, model, attack):
    held = hold(deal, model, attack, 9, (20, TESTS))

    assert held.mistakes.shape == (11, 2)
    assert len(held.authors) == 10
    for at, tests in enumerate((20, TESTS)):
        course, size = held.mistakes[:, at].tolist(), hidden(tests)
        assert max(course) <= size
        rule = np.array(by_the_rule(course, size, 30, [9] * 10)) / size
        assert held.gains(30, tests, fees=False) == pytest.approx(rule)
        assert held.gains(30, tests).sum() == pytest.approx(rule.sum() - 30 * (90 / ROOM) ** 2)


def test_those_who_know_what_they_send_leave_other_models_behind(deal):
    held = [hold(deal, "SparsePerceptron", attack, 9, (TESTS,)).mistakes.tobytes() for attack in ATTACKS]

    assert len(set(held)) > len(ATTACKS) // 2


def harm(start, before, one, tests):
    """Return the increase of a model's mistakes by a sample that it learns after others."""
    told = Reviews(*(np.concatenate(part) for part in zip(*before, one, strict=True)))
    states, places = learn(start, told.samples(), told.labels)
    course = mistakes(states, tests, [TESTS])[TESTS][places]
    return course[-1] - course[-2]


def test_poison_never_helps_the_honest_sample_after_it(reviews, start):
    honest, tests = reviews(6), reviews(TESTS)

    sent = poisoned(start, honest, tests, np.random.default_rng(0))

    assert np.array_equal(np.concatenate([one.words for _, one in sent]), honest.words)
    assert {len(poison.labels) for poison, _ in sent} <= {0, 1}
    assert sum(len(poison.labels) for poison, _ in sent) > 0
    so_far = []
    for poison, one in sent:
        assert harm(start, [*so_far, poison], one, tests) >= harm(start, so_far, one, tests)
        so_far += [poison, one]


def test_a_provider_that_fills_its_market_and_withholds_the_test_set_burns_two_bounties(start, chain):
    outcome = filled(chain, start)

    assert outcome.samples + FILLED_HONEST == 10_000
    assert outcome.fees == pytest.approx(ROUNDS * (1 - (FILLED_HONEST / 10_000) ** 2))
    assert outcome.back == 0


def test_a_page_that_concludes_what_its_figures_do_not_show_is_not_written():
    gains = {setting: Gains(2 + np.linspace(-0.1, 0.1, 5), 1 + np.linspace(-0.1, 0.1, 5)) for setting in SETTINGS}
    steps = [Steps(np.array([-2, 2, 3]), np.array([0, 3, 4]), 10)] * 5
    trials = {name: [Trial(1, 5.0, -1.0 - seed / 10) for seed in range(5)] for name in (NOTHING, FIRST, POISON)}
    # every turn brings the error down, whoever sends it
    course = 900 - np.arange(11)[:, np.newaxis] * np.ones(4, dtype=np.int64)
    sizes = tuple(map(hidden, (100, 300, 1_000, 5_000)))
    held = {case: [Held(course, sizes, np.arange(10) % 5, case.turn)] * 5 for case in CASES}

    with pytest.raises(RuntimeError) as refused:
        check(gains, steps, trials, held, Filled(samples=9_970, fees=500.0, back=1.0, gas=0))

    for claim in (
        "after all others the hostile lose",
        "without the provider they gain",
        "every attack but the provider's loses",
        "filling a market costs its bounty in fees",
        "nothing of a failed market's bounty comes back",
    ):
        assert claim in str(refused.value)
    for claim in ("the hostile gain by the talk's rule", "the honest lose when poisoned"):
        assert claim not in str(refused.value)
