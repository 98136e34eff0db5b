"""The errors that only a trainer with pledges raises."""

from dcai.errors import ContractError
from dcai.times import moment_text


class TooSoon(ContractError):
    """The time of a pledge is not over."""

    declaration = "uint256 earliest"
    sentence = "The pledge can be collected from {when}."

    def _readable(self, figures):
        return {"when": moment_text(figures["earliest"])}


class NotYours(ContractError):
    """Another person made the pledge."""

    declaration = "address author"
    sentence = "Only {author} can collect this pledge."
