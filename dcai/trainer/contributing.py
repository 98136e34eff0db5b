"""Many rows, contributed batch by batch: whether there is enough money for all, and what was made when one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from dcai.accounts import LocalKey, Unlocked
from dcai.amounts import exact
from dcai.chain.chain import Chain
from dcai.chain.execution import TRANSACTION_GAS_LIMIT, gas_limit
from dcai.chain.fees import RESERVE
from dcai.chain.funds import is_for_money, short_of
from dcai.chain.rpc import RpcFailure, to_int
from dcai.errors import ContractReverted, InsufficientFunds, InvalidInput, NodeError, TransactionFailed
from dcai.trainer.batches import Batch, Batched
from dcai.trainer.contribution import Contribution
from dcai.trainer.errors import ContributingInterrupted, PartlyContributed

if TYPE_CHECKING:
    from dcai.accounts import Account
    from dcai.chain.call import Call

C = TypeVar("C", bound=Contribution)


def check_funds(chain: Chain, account: Account, calls: Sequence[Call], rows: int) -> None:
    """Refuse calls that an account can't pay for all together, before the first of them is sent.

    Only where money could be short, nodes are asked how much gas each of them needs. Accounts of other kinds than ours
    may have somebody else pay, and aren't checked.

    Parameters
    ----------
    rows
        How many they contribute, for the sentence.

    Raises
    ------
    InsufficientFunds
        With what is needed and what is there, wei.
    ContractError
        If the contract would refuse one of them.
    """
    if not isinstance(account, LocalKey | Unlocked):
        return
    sender, deposits = account.address, sum(call.value for call in calls)
    balance = chain.balance(sender)
    try:
        price = to_int(chain.request("eth_gasPrice", []))
    except (RpcFailure, NodeError):  # it prices its gas in a way of its own, and says itself what is missing
        price = 0
    if balance >= deposits + len(calls) * TRANSACTION_GAS_LIMIT * RESERVE * price:
        return
    needed, gas = deposits, 0
    if deposits <= balance:
        try:
            each = [chain.estimate(call.to, call.data, sender=sender, value=call.value) for call in calls]
        except NodeError as error:
            if is_for_money(error):
                raise short_of(sender, deposits, balance) from error
            raise
        gas = sum(each)
        # before the last is sent, there must be enough for its limit at its highest fee
        limit = gas_limit(calls[-1], each[-1])
        needed += (gas - each[-1]) * price + limit * RESERVE * price
    if balance < needed:
        paid = f", for deposits and about {gas:,} gas" if gas else " for deposits, and gas besides"
        raise InsufficientFunds(
            f"{rows:,} rows in {len(calls):,} transactions need {exact(needed)}{paid}; {sender} has "
            f"{exact(balance)}. Nothing was sent: send it at least {exact(needed - balance)}, or "
            "contribute fewer rows.",
            needed,
            balance,
        )


def contribute_each(batches: Batched[Batch], contribute: Callable[[Batch], C], *, progress: bool) -> Batched[C]:
    """Contribute one batch after the other.

    Parameters
    ----------
    batches
    contribute
        Sends one of them.
    progress
        Show a progress bar.

    Raises
    ------
    PartlyContributed
        If one fails and others were made before it. What stops the first comes through as it is.
    ContributingInterrupted
        If somebody presses Ctrl-C.
    """
    from dcai import terminal  # what it is made of takes long to import

    made: Batched[C] = Batched(skipped=batches.skipped)
    try:
        with terminal.progress(shown=progress and len(batches) > 1) as bar:
            for batch in bar.track(batches, description="Contributing"):
                made.append(contribute(batch))
    except Exception as error:
        if not made:
            raise
        told = _told(batches, made, f"failed: {error}", _is_known(error))
        raise PartlyContributed(told, *_rest(batches, made)) from error
    except KeyboardInterrupt as stop:
        way = f"was being sent: {stop}" if str(stop) else "may be on its way: look in trainer.contributions()."
        raise ContributingInterrupted(_told(batches, made, way, False), *_rest(batches, made)) from stop
    return made


def _is_known(error: Exception) -> bool:
    """Tell whether what failed certainly changed nothing on the chain."""
    if isinstance(error, TransactionFailed):
        return error.receipt is not None and not error.receipt.ok
    return isinstance(error, ContractReverted | InvalidInput | InsufficientFunds)


def _rest(batches: Sequence[Batch], made: Sequence[C]) -> tuple[Sequence[C], int]:
    """Return what was made, and the first row that wasn't."""
    left = batches[len(made) :]
    return made, left[0].rows[0] if left else batches[-1].rows[-1] + 1


def _told(batches: Sequence[Batch], made: Sequence[C], outcome: str, known: bool) -> str:
    rows = sum(len(batch.rows) for batch in batches)
    done = f"{sum(len(batch.rows) for batch in batches[: len(made)]):,} of {rows:,} rows are contributed"
    if len(made) == len(batches):
        return f"{done}."
    batch = batches[len(made)]
    first, last = batch.rows[0], batch.rows[-1]
    one = f"row {first:,}" if first == last else f"the batch of rows {first:,} to {last:,}"
    on = f"go on with row {first:,}" if known else f"look it up, then go on with row {first:,} or {last + 1:,}"
    return f"{done}; {one} {outcome.rstrip('.')}. The error's `contributions` are those that were made; {on}."
