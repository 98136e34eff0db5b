"""Sending a call of a trainer's: who may, and what is said where money is short or somebody presses Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcai.accounts.account import sent
from dcai.chain.funds import is_for_money, short_of
from dcai.errors import NodeError, NotAuthor, TransactionFailed

if TYPE_CHECKING:
    from dcai.accounts.account import Account
    from dcai.chain.call import Call
    from dcai.chain.chain import Chain
    from dcai.chain.receipts import Receipt
    from dcai.trainer.log import Entry


def author(chain: Chain, entry: Entry, sender: str | Account | None) -> Account:
    """Return the account that sends what only a contribution's author may: by default one of the chain's.

    Raises
    ------
    NotAuthor
        If it isn't the author's.
    """
    if sender is None and entry.author in chain.accounts:
        sender = entry.author
    account = chain.account(sender)
    if account.address != entry.author:
        raise NotAuthor(author=entry.author, sender=account.address)
    return account


def send(chain: Chain, account: Account, call: Call) -> Receipt:
    """Let an account send a call, and return its receipt.

    Raises
    ------
    InsufficientFunds
        If the account has too little money for it; nothing was sent.
    KeyboardInterrupt
        If somebody presses Ctrl-C: the text says what is on its way.
    """
    try:
        return sent(account, call)
    except TransactionFailed:
        raise
    except NodeError as error:
        if is_for_money(error):
            raise short_of(account.address, call.value, chain.balance(account.address)) from error
        raise
    except KeyboardInterrupt as stop:
        what = call.what or "A transaction"
        told = str(stop) or f"{what}: this may be on its way; look it up before you send it again."
        raise KeyboardInterrupt(told) from stop
