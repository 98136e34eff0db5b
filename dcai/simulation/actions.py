"""What an agent can do."""

from __future__ import annotations

from typing import NamedTuple


class Contribute(NamedTuple):
    """Contribute a sample.

    Attributes
    ----------
    sample : bytes
        As the contract gets it.
    label : int
    deposit_wei : int
        What is sent with it.
    address : str, optional
        Which of the agent's addresses sends; the first where left out.
    row : int, optional
        Where the sample is one of the agent's data, the row it came from: another try is made with it if this one is
        refused.
    """

    sample: bytes
    label: int
    deposit_wei: int
    address: str | None = None
    row: int | None = None


class Claim(NamedTuple):
    """Call a function of the incentive about a contribution: a refund, a report, a share.

    Attributes
    ----------
    function : str
        One that the incentive's rules know.
    id : int
        The contribution.
    address : str
        Which of the agent's addresses sends.
    """

    function: str
    id: int
    address: str


class Ask(NamedTuple):
    """Ask the contract about a sample, by a view call: free.

    Attributes
    ----------
    sample : bytes
    label : int
        What it is in truth, so that right answers can be counted.
    """

    sample: bytes
    label: int


Action = Contribute | Claim | Ask
