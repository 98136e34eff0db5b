"""The errors of the libraries that our contracts are made of: OpenZeppelin's and solady's."""

from __future__ import annotations

from dcai.errors.contracts import ContractError


class FailedCall(ContractError):
    """One of several calls in one fails without a reason."""

    sentence = "A call within a multicall failed without a reason."


class ETHTransferFailed(ContractError):
    """The recipient of a payment refuses it, or runs out of gas."""

    sentence = (
        "The recipient is a contract that refuses this payment, or needs more gas for it than somebody else's "
        "transaction gives: nothing was paid, and its claim stays open, which it can make by itself."
    )


class FailedDeployment(ContractError):
    """A contract can't be created."""

    sentence = (
        "The trainer can't be created: one with the same creator, settings, names and salt exists already; attach to "
        "it, or choose another salt."
    )


class AddressEmptyCode(ContractError):
    """A call goes to an address without code."""

    declaration = "address target"
    sentence = "There is no contract at {target}."


class CloneArgumentsTooLong(ContractError):
    """Settings and names do not fit into the code of a trainer."""

    sentence = "The settings don't fit into the code of a trainer: shorten its name and its labels."


class Create2EmptyBytecode(ContractError):
    """A contract without code can't be created."""

    sentence = "A contract without code can't be created."


class InsufficientBalance(ContractError):
    """The contract has less than it would pay."""

    declaration = "uint256 balance, uint256 needed"
    sentence = "The contract has {balance} wei and needs {needed}."


class ReentrancyGuardReentrantCall(ContractError):
    """A claim came while another one was being paid."""

    sentence = "Nothing can be claimed from a trainer while it is paying another claim."
