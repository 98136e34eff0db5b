"""Accounts sign and send calls: each takes a `Call` and returns its receipt."""

from dcai.accounts.account import Account
from dcai.accounts.limits import FeeLimits
from dcai.accounts.local_key import LocalKey
from dcai.accounts.unlocked import Unlocked

__all__ = ["Account", "FeeLimits", "LocalKey", "Unlocked"]
