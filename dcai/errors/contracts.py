"""The errors of trainers and of the factory, but for those that only one incentive has."""

from __future__ import annotations

from typing import Any, ClassVar

from dcai.errors.base import ContractReverted
from dcai.times import duration_text, moment_text


class ContractError(ContractReverted):
    """A contract refused a call with an error of its own, whose figures are attributes.

    For an error of your own contract, derive a class from this one, named as the error, with a `declaration` of its
    figures and a `sentence` with their names in braces.

    Attributes
    ----------
    figures : dict
        All figures by name.
    """

    declaration: ClassVar[str] = ""
    """The figures as Solidity declares them, types and names: with the class's name they give the error's selector."""

    sentence: ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Refuse a declaration that isn't types and names: no other error could be decoded beside it."""
        super().__init_subclass__()
        if any(len(one.split()) != 2 for one in cls.declaration.split(", ") if one):
            raise TypeError(
                f'The declaration of {cls.__name__} must hold types and names, such as "uint256 id, address author", '
                f"not {cls.declaration!r}."
            )

    def __init__(self, **figures: object) -> None:
        self.figures = figures
        super().__init__(self.sentence.format(**{**figures, **self._readable(figures)}))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (type(self), self.figures))

    def __getattr__(self, name: str) -> Any:
        figures = self.__dict__.get("figures", {})
        if name in figures:
            return figures[name]
        raise AttributeError(f"{type(self).__name__} has no figure named {name!r}.")

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {}


def _rebuilt(kind: type[ContractError], figures: dict[str, Any]) -> ContractError:
    """Return an error that another process pickled."""
    return kind(**figures)


class NotInitialized(ContractError):
    """The trainer's initial parameters are not complete."""

    sentence = "The trainer can't be used yet: its creator has not loaded all of its initial parameters."


class AlreadyInitialized(ContractError):
    """The trainer's initial parameters are already complete."""

    sentence = "The trainer's initial parameters are complete and can't be loaded again; deploy another trainer."


class BadChunk(ContractError):
    """A chunk of initial parameters doesn't fit."""

    declaration = "uint256 offset, uint256 length, uint256 parameters"
    sentence = (
        "A chunk of {length} bytes at byte {offset} does not fit a model with {parameters} bytes of parameters: send "
        "at least one byte and no more than are missing, and let every chunk but the last end where a slot ends "
        "(offset + length + 16 is a multiple of 32)."
    )


class BadSetting(ContractError):
    """A setting is out of its range."""

    declaration = "bytes32 name"
    sentence = "The setting {name} is out of its range; the interfaces of the model and the incentive state the ranges."


class NotCreator(ContractError):
    """The call is for the trainer's creator only."""

    declaration = "address creator, address sender"
    sentence = "Only the trainer's creator, {creator}, may do this, not {sender}."


class AlreadyPublished(ContractError):
    """The trainer's metadata is complete."""

    sentence = "The trainer's metadata is complete and can't be changed; deploy another trainer."


class TooManyClasses(ContractError):
    """There is no room for another class."""

    declaration = "uint256 maxClasses"
    sentence = "The trainer has {maxClasses} classes and no room for another: deploy a model with a larger max_classes."


class BadName(ContractError):
    """The name of a class is not one line."""

    sentence = "The name of a class must have 1 to 64 bytes, in one line without control characters."


class NoSuchClassYet(ContractError):
    """The initial parameters say something of a class that does not exist yet."""

    declaration = "uint256 offset"
    sentence = (
        "The initial parameters near byte {offset} of the state belong to a class that does not exist yet: leave the "
        "room for further classes empty."
    )


class UnknownLabel(ContractError):
    """No class has the label."""

    declaration = "uint256 label, uint256 classes"
    sentence = "There is no class {label}: this model has {classes} classes, 0 to {highest}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"highest": str(figures["classes"] - 1)}


class BadBatch(ContractError):
    """The bytes of a batch are malformed."""

    sentence = "The batch is malformed: it must hold 1 to 256 samples and end where its last sample ends."


class TooLong(ContractError):
    """A contribution has too many bytes."""

    declaration = "uint256 length, uint256 most"
    sentence = "This contribution has {length} bytes, and the trainer takes {most}: send smaller batches."


class UnknownContribution(ContractError):
    """The slot holds no record of the contribution."""

    declaration = "uint256 id, uint256 slot"
    sentence = (
        "There is no record of contribution {id} in slot {slot}: take id, author, time, deposit, label, sample and "
        "slot from the event of the contribution."
    )


class NothingLeft(ContractError):
    """Nothing of a contribution can be claimed any more."""

    declaration = "uint256 id"
    sentence = "Nothing is left of contribution {id}: everything was claimed or split off before."


class IsBatch(ContractError):
    """The call is for single samples."""

    declaration = "uint256 id"
    sentence = (
        "Contribution {id} is a batch, and this call is for single samples: use the call for batches, or split the "
        "sample off first if the incentive allows it."
    )


class IsNoBatch(ContractError):
    """The call is for batches."""

    declaration = "uint256 id"
    sentence = "Contribution {id} is a single sample, not a batch; use the call for single samples."


class EmptySample(ContractError):
    """The sample has no features."""

    sentence = "The sample is empty: it needs at least one feature."


class OddLength(ContractError):
    """A sparse sample has an odd number of bytes."""

    declaration = "uint256 length"
    sentence = "The sample has {length} bytes; a sparse sample has two bytes per feature."


class NotIncreasing(ContractError):
    """The feature indices do not increase."""

    declaration = "uint256 position"
    sentence = "The feature index at position {position} is not above the one before it: sort them and send each once."


class IndexTooLarge(ContractError):
    """A feature index is beyond the model."""

    declaration = "uint256 index, uint256 features"
    sentence = "There is no feature {index}: this model has {features}, 0 to {highest}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"highest": str(figures["features"] - 1)}


class TooManyFeatures(ContractError):
    """The sample is too large for a model of this size."""

    declaration = "uint256 features, uint256 most"
    sentence = (
        "The sample has {features} features, and a model of this size takes {most} at most, so that no transaction "
        "about a sample needs too much gas. Leave the rarest features out."
    )


class WrongLength(ContractError):
    """A dense sample has another length than the model's."""

    declaration = "uint256 length, uint256 features"
    sentence = "The sample has {length} values, and this model takes {features}."


class NotUnitNorm(ContractError):
    """A dense sample is not a rounded unit vector."""

    declaration = "uint256 squaredNorm, uint256 lowest, uint256 highest"
    sentence = (
        "The squared norm of the sample is {squaredNorm}, and that of a unit vector times 127 is {lowest} to "
        "{highest}: make samples with a VectorEncoder."
    )


class TooLarge(ContractError):
    """The samples have more features than the incentive's one price covers."""

    declaration = "uint256 size, uint256 most"
    sentence = "The samples count as {size} features together, and this trainer takes {most}: leave the rarest out."


class TooEarly(ContractError):
    """A waiting time is not over."""

    declaration = "uint256 earliest, uint256 time"
    sentence = "Too early: allowed from {when}{wait}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        earliest, wait = figures["earliest"], figures["earliest"] - figures["time"]
        return {"when": moment_text(earliest), "wait": f", in {duration_text(wait)}" if wait > 0 else ""}


class NotAuthor(ContractError):
    """The call is for the author only."""

    declaration = "address author, address sender"
    sentence = "Only the author, {author}, may claim this contribution, not {sender}."


class OwnContribution(ContractError):
    """Authors can't report their own data."""

    declaration = "uint256 id"
    sentence = "Contribution {id} is your own: only others can report it and take its deposit."


class ModelDisagrees(ContractError):
    """The model gives another label."""

    declaration = "uint256 predicted, uint256 label"
    sentence = (
        "The model says {predicted} where the contribution says {label}: wait until they agree to claim anything."
    )


class ModelAgrees(ContractError):
    """The model gives the same label: the data counts as good."""

    declaration = "uint256 label"
    sentence = (
        "The model agrees with label {label}: only data that it disagrees with can be reported or lose its deposit."
    )


class ShortSettings(ContractError):
    """The settings of a trainer are cut off."""

    declaration = "uint256 length"
    sentence = "The settings have {length} bytes, and the factory needs 44 and the names."
