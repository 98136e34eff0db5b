"""What can go wrong, as exceptions: one base class, one sentence a person understands.

Each custom error of the contracts is an exception of the same name, with its figures as attributes of the same names.
Those that only one incentive has stand beside it, as in `dcai.incentives.prediction_market.errors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from dcai.times import duration_text, moment_text

if TYPE_CHECKING:
    from dcai.chain.receipts import Receipt


class DcaiError(Exception):
    """Base of every error that `dcai` raises on purpose; its text is one sentence for a person."""


class InvalidInput(DcaiError, ValueError):
    """A value that was refused before anything was sent: the text names it, the limit and the way out."""


class NodeError(DcaiError):
    """The node can't be reached, isn't the one that was meant, or refuses a request for a reason of its own."""


class NodeUnreachable(NodeError):
    """No node answers."""


class NoTrainer(DcaiError):
    """There is no trainer of a known kind at an address."""


class ContractReverted(DcaiError):
    """A contract refused a call."""


class TransactionFailed(DcaiError):
    """A transaction was sent and failed; `receipt` says what it used, and `__cause__` why, where that is known."""

    def __init__(self, sentence: str, receipt: Receipt | None = None) -> None:
        super().__init__(sentence)
        self.receipt = receipt


class ContractError(ContractReverted):
    """A contract refused a call with an error of its own; the figures of the error are attributes.

    Attributes
    ----------
    figures : dict
        All figures by name.
    """

    sentence: ClassVar[str]

    def __init__(self, **figures: Any) -> None:
        self.figures = figures
        super().__init__(self.sentence.format(**{**figures, **self._readable(figures)}))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.figures))

    def __getattr__(self, name: str) -> Any:
        figures = self.__dict__.get("figures", {})
        if name in figures:
            return figures[name]
        raise AttributeError(f"{type(self).__name__} has no figure named {name!r}.")

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {}


def _rebuilt(kind: type[ContractError], figures: dict[str, Any]) -> ContractError:
    """Make an error again that comes from another process."""
    return kind(**figures)


class NotInitialized(ContractError):
    """The trainer's initial parameters aren't complete."""

    sentence = "The trainer can't be used yet: its creator hasn't loaded all of its initial parameters."


class AlreadyInitialized(ContractError):
    """The trainer's initial parameters are complete already."""

    sentence = "The trainer's initial parameters are complete and can't be loaded again; deploy another trainer."


class BadChunk(ContractError):
    """A chunk of initial parameters doesn't fit."""

    sentence = (
        "{length} bytes of parameters from byte {offset} on don't fit a model of {parameters}: send at least one, not "
        "more than are missing, and with all but the last chunk fill the last slot (offset + length "
        "+ 16 divides by 32)."
    )


class BadSetting(ContractError):
    """A setting is out of its range."""

    sentence = "The setting {name} is out of its range; the interface of the model and the incentive name the ranges."


class NotCreator(ContractError):
    """Only the trainer's creator may."""

    sentence = "Only the trainer's creator, {creator}, may do this, not {sender}."


class AlreadyPublished(ContractError):
    """The trainer's metadata is complete."""

    sentence = "The trainer's metadata is complete and can't be changed; deploy another trainer."


class TooManyClasses(ContractError):
    """There is no room for another class."""

    sentence = (
        "The trainer has {maxClasses} classes and no room for another: deploy one whose model has a larger max_classes."
    )


class BadName(ContractError):
    """The name of a class isn't one line."""

    sentence = "The name of a class has 1 to 64 bytes, and is one line without control characters."


class NoSuchClassYet(ContractError):
    """Initial parameters of a class that doesn't exist yet."""

    sentence = (
        "The initial parameters hold something for a class that doesn't exist yet, about byte {offset} of the state: "
        "leave the room for further classes empty."
    )


class UnknownLabel(ContractError):
    """No class has the label."""

    sentence = "There is no class {label}: this model has {classes} classes, 0 to {highest}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"highest": str(figures["classes"] - 1)}


class BadBatch(ContractError):
    """The bytes of a batch are malformed."""

    sentence = "The batch is malformed: it holds 1 to 256 samples and ends where its last sample ends."


class UnknownContribution(ContractError):
    """No record of the contribution stands at the slot."""

    sentence = (
        "There is no record of contribution {id} at slot {slot}: take id, author, time, deposit, label, sample and "
        "slot from its event."
    )


class NothingLeft(ContractError):
    """Nothing can come of a contribution any more."""

    sentence = "Nothing is left of contribution {id}: all that could be claimed was claimed before, or split off."


class IsBatch(ContractError):
    """The call is for single samples."""

    sentence = (
        "Contribution {id} is a batch, and this call is for single samples: use the one for batches, or split the "
        "sample off first, where batches can be split."
    )


class IsNoBatch(ContractError):
    """The call is for batches."""

    sentence = "Contribution {id} is a single sample, not a batch; use the call for single samples."


class EmptySample(ContractError):
    """A sample without content."""

    sentence = "The sample is empty: it needs at least one feature."


class OddLength(ContractError):
    """A sparse sample of an odd number of bytes."""

    sentence = "The sample has {length} bytes; a sparse sample has two a feature."


class NotIncreasing(ContractError):
    """Feature indices that repeat or fall."""

    sentence = "The feature index at position {position} isn't above the one before it: sort them and send each once."


class IndexTooLarge(ContractError):
    """A feature index beyond the model."""

    sentence = "There is no feature {index}: this model has {features}, 0 to {highest}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"highest": str(figures["features"] - 1)}


class TooManyFeatures(ContractError):
    """A sample that a model of many classes can't be asked about in one transaction."""

    sentence = (
        "The sample has {features} features; with so many classes this model takes up to {most}, since no transaction "
        "could settle a claim with more: leave the rarest out."
    )


class WrongLength(ContractError):
    """A dense sample of another length than the model's."""

    sentence = "The sample has {length} values: this model takes {features}."


class NotUnitNorm(ContractError):
    """A dense sample that is no rounded unit vector."""

    sentence = (
        "The squared norm of the sample is {squaredNorm}, and a unit vector times 127 has {lowest} to {highest}: let a "
        "VectorEncoder make it."
    )


class TooLarge(ContractError):
    """Samples with more features than the incentive's one price covers."""

    sentence = "The samples count as {size} features together and this trainer takes {most}: leave the rarest out."


class TooEarly(ContractError):
    """A waiting time isn't over."""

    sentence = "This works from {when} on, in {wait}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        earliest = figures["earliest"]
        return {"when": moment_text(earliest), "wait": duration_text(earliest - figures["time"])}


class NotAuthor(ContractError):
    """Only the author may."""

    sentence = "Only the author, {author}, may claim this contribution, not {sender}."


class OwnContribution(ContractError):
    """Authors can't report their own data."""

    sentence = "Contribution {id} is your own: only others can report it, and take what it loses."


class ModelDisagrees(ContractError):
    """The model gives another label."""

    sentence = "The model says {predicted} where the contribution says {label}: nothing can be claimed until it agrees."


class ModelAgrees(ContractError):
    """The model gives the same label: the data counts as good."""

    sentence = (
        "The model agrees with label {label}: only data that it disagrees with can be reported, or lose anything."
    )


class ShortSettings(ContractError):
    """The settings of a trainer are cut off."""

    sentence = "The settings have {length} bytes; the factory needs 44 and the names."


class FailedCall(ContractError):
    """The recipient of a payment refuses it."""

    sentence = (
        "The recipient is a contract that refuses to receive money, so that nothing was paid; its claim stays open."
    )


class FailedDeployment(ContractError):
    """A contract can't be created."""

    sentence = (
        "The trainer can't be created: one with the same creator, settings, names and salt exists already; attach to "
        "it, or choose another salt."
    )


class AddressEmptyCode(ContractError):
    """A call goes to an address without code."""

    sentence = "There is no contract at {target}."


class CloneArgumentsTooLong(ContractError):
    """Settings and names don't fit into the code of a trainer."""

    sentence = "The settings don't fit into the code of a trainer: shorten its name and its labels."


class Create2EmptyBytecode(ContractError):
    """A contract without code can't be created."""

    sentence = "A contract without code can't be created."


class InsufficientBalance(ContractError):
    """The contract has less than it would pay."""

    sentence = "The contract has {balance} wei, and {needed} are needed."


class ReentrancyGuardReentrantCall(ContractError):
    """A claim while another one is being paid."""

    sentence = "Nothing can be claimed from a trainer while it pays another claim."


def contract_error(name: str, names: Sequence[str], types: Sequence[str], data: bytes) -> ContractReverted:
    """Return the exception for an error of a contract, from the ABI's names and types and the encoded figures."""
    from eth_abi.abi import decode  # it takes a fifth of a second to import

    values = decode(types, data)
    figures = {name: _readable(kind, value) for name, kind, value in zip(names, types, values, strict=True)}
    # with those of each incentive, somebody else's too
    kind = next((kind for kind in ContractError.__subclasses__() if kind.__name__ == name), None)
    if kind is None:
        told = ", ".join(f"{key} {value}" for key, value in figures.items())
        return ContractReverted(f"The contract refuses: {name}{' (' + told + ')' if told else ''}.")
    return kind(**figures)


def _readable(kind: str, value: Any) -> Any:
    if kind == "address":
        from eth_utils.address import to_checksum_address

        return to_checksum_address(value)
    if kind == "bytes32":  # a short text
        return value.rstrip(b"\0").decode(errors="replace")
    return value
