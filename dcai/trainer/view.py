"""What anybody can ask a trainer, for free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dcai.chain.contract import Contract
from dcai.trainer.inputs import Inputs
from dcai.trainer.labels import Labels
from dcai.trainer.settings import Settings

if TYPE_CHECKING:
    from dcai.encoders import Coding
    from dcai.models.twins import Explanation, Twin


class TrainerView:
    """The side of a trainer that needs no account."""

    def __init__(self, contract: Contract, settings: Settings, inputs: Inputs, classes: Labels) -> None:
        self.contract: Final = contract
        self.inputs: Final = inputs
        self.classes: Final = classes
        self._settings: Final = settings

    @property
    def encoder(self) -> Coding | None:
        """The encoder that its creator published; None where there is none that can be used."""
        return self.inputs.encoder

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.classes.names

    def predict(self, data: object) -> str:
        """Return the class of an input, by a view call: free.

        Parameters
        ----------
        data
            A text or a row, whatever the encoder takes; feature indices or a vector of signed bytes where there is
            none.
        """
        label: int = self.contract.read("predict", self.inputs.question(data))
        return self.classes.of(label + 1)[label]

    def predict_many(self, data: Iterable[object]) -> list[str]:
        """Return the class of each of many inputs, computed here from the parameters read off the chain once."""
        model = self.model()
        return [self.labels[model.label_of(sample)] for sample in self.inputs.rows(data).samples]

    def score(self, data: object) -> dict[str, int]:
        """Return the score of each class; the largest wins, the first of two that are level. A view call: free."""
        scores = self.contract.read("score", self.inputs.question(data))
        return dict(zip(self.classes.of(len(scores)), scores, strict=True))

    def explain(self, data: object) -> Explanation:
        """Return what each feature of an input contributes to the score of each class, in the encoder's words.

        The base and the contributions of a class add up to its score, exactly. A view call: free.
        """
        explanation = self.model().explain(self.inputs.sample(data))
        if self.encoder is None:
            return explanation
        words = self.encoder.describe(data)
        return replace(explanation, names=tuple(words[feature] for feature in explanation.features))

    def model(self) -> Twin:
        """Return the model as it stands on the chain now, as a twin; its `estimator()` is scikit-learn's classifier."""
        from dcai.models.twins.state import HEAD

        twin, settings = self.inputs.twin, self._settings.model
        length = HEAD + twin.parameter_bytes(settings)
        words = self.contract.read("words", 0, -(-length // 32))
        state = b"".join(word.to_bytes(32, "big") for word in words)
        return twin.from_parameters(settings, state[HEAD:length], self.classes.of(state[HEAD - 1]))
