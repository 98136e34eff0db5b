"""Run the checks of a model, one by one or all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sklearn.base import clone

from dcai.chain import Chain, local_chain
from dcai.models import Model
from dcai.testing import contract, twin
from dcai.testing.pair import naming
from dcai.testing.subject import States, Subject, no_more

_CHECKS: tuple[Callable[[Subject, Chain], None], ...] = (
    twin.the_constructor_stores_parameters_untouched,
    twin.a_model_that_is_not_fitted_says_so,
    twin.the_same_data_give_the_same_model,
    twin.rows_and_samples_are_learnt_and_scored_alike,
    twin.settings_and_parameters_come_back,
    twin.a_model_file_comes_back,
    twin.explanations_add_up,
    twin.invalid_samples_are_refused_by_the_twin,
    contract.it_learns_and_answers_what_the_twin_does,
    contract.invalid_samples_are_refused_by_the_contract,
    contract.classes_can_be_added_while_there_is_room,
    contract.batches_fit_into_transactions,
)


@dataclass(frozen=True)
class Check:
    """One check of one model: call it with a chain to run it; its text is its name."""

    function: Callable[[Subject, Chain], None]
    subject: Subject

    def __str__(self) -> str:
        return self.function.__name__

    def __call__(self, chain: Chain) -> None:
        """Run the check.

        Raises
        ------
        AssertionError
            If the model fails; the message names the check, the model, the seed and the case.
        """
        # scikit-learn prints a long model on several lines
        model = " ".join(repr(self.subject.model).split())
        with naming(f"{self} ({model}, seed {self.subject.seed})"):
            self.function(self.subject, chain)


def model_checks(model: Model, *, cases: int = 200, seed: int = 0, states: States = no_more) -> list[Check]:
    """Return the checks of a model, so that a test framework can run them one by one.

    Parameters
    ----------
    model : Model
        One that isn't fitted, whose contracts are known (`dcai.artifacts.add`); without `classes` it is
        checked with two.
    cases : int
        Learnings of the contract to compare with the twin's, at least.
    seed : int
        Seed of everything random.
    states : callable, optional
        ``states(fitted, random)`` returns more twins to start from, with the classes and the number of features
        of `fitted`: twins at the edges of their range, which learning takes long to reach.

    Returns
    -------
    list of Check
        Call each with a chain.

    Examples
    --------
    >>> import pytest
    >>> from dcai.models import NaiveBayes
    >>> from dcai.testing import model_checks
    >>> @pytest.mark.parametrize("check", model_checks(NaiveBayes()), ids=str)
    ... def test_naive_bayes_conforms(check, chain):
    ...     check(chain)
    """
    if model.classes is None:
        model = clone(model).set_params(classes=("no", "yes"))
    subject = Subject(model, cases, seed, states)
    return [Check(function, subject) for function in _CHECKS]


def check_model(
    model: Model, *, chain: Chain | None = None, cases: int = 200, seed: int = 0, states: States = no_more
) -> None:
    """Check that a model's contract and twin agree, and that the model is a scikit-learn classifier.

    Parameters
    ----------
    model, cases, seed, states
        See `model_checks`.
    chain : Chain, optional
        A local chain with two accounts or more; by default a new one. The checks take minutes on py-evm and seconds on
        anvil.

    Raises
    ------
    AssertionError
        If the model fails a check; the message names the check, the model, the seed and the case.

    Examples
    --------
    >>> from dcai.models import NaiveBayes
    >>> from dcai.testing import check_model
    >>> check_model(NaiveBayes(classes=("ham", "spam"), smoothing=0.5), cases=20)
    """
    if chain is None:
        with local_chain() as started:
            check_model(model, chain=started, cases=cases, seed=seed, states=states)
        return
    for check in model_checks(model, cases=cases, seed=seed, states=states):
        check(chain)
