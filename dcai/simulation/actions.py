"""What an agent can do."""

from __future__ import annotations

from typing import NamedTuple

from dcai.incentives.rules import Claim

__all__ = ["Action", "Ask", "Claim", "Contribute"]


class Contribute(NamedTuple):
    """Contribute a sample.

    Attributes
    ----------
    sample : bytes
        As it is sent to the contract.
    label : int
    deposit_wei : int
        What is sent with it.
    address : str, optional
        Which of the agent's addresses sends; the first if left out.
    row : int, optional
        Where the sample is one of the agent's data, the row it came from: a refused sample is tried again.
    """

    sample: bytes
    label: int
    deposit_wei: int
    address: str | None = None
    row: int | None = None


class Ask(NamedTuple):
    """Ask the contract about a sample, by a view call: free.

    Attributes
    ----------
    sample : bytes
    label : int
        The true one, so that right answers can be counted.
    """

    sample: bytes
    label: int


Action = Contribute | Claim | Ask
