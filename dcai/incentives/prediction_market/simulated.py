"""What the provider of a simulated market does before the first contribution and after the last."""

from __future__ import annotations

import numpy as np
import rlp
from eth_utils.crypto import keccak

from dcai.errors import InvalidInput
from dcai.incentives.prediction_market import HiddenTestSet
from dcai.incentives.prediction_market.trainer import MarketTrainer
from dcai.incentives.rules import Stage
from dcai.simulation.agents.providing import Withholder
from dcai.simulation.data import Encoded, packed

HISTORY_STORAGE_ADDRESS = "0x0000F90827F1C53a10cb7A02335B175320002935"

_HASHES_KEPT = 256  # blocks whose hash the EVM itself knows
_PREV_RANDAO = 13  # its place among a header's fields
_DRAW_GAS = 500_000  # many times what it takes
_RECLAIM_GAS = 100_000  # twice what it takes; anybody who could contribute has more left


class Market:
    """A market, from the commitment to the payment.

    Calls that anybody may send are sent, and their gas paid, by those to whom they matter: the draw and the settlement
    by the provider, the payments of a failed market by the contributors. The bounty of a market that wasn't opened is
    of no use to anybody any more; an account that is nobody's in the simulation sends it away.

    Parameters
    ----------
    stage : Stage
        With a provider among the agents perhaps; else the trainer's creator does what a provider must.
    test_set : HiddenTestSet
    bounty_wei : int
    drawn : int
        The number of the portion that is drawn: a local chain's randomness doesn't repeat, and a run must.
    """

    def __init__(self, stage: Stage, test_set: HiddenTestSet, *, bounty_wei: int, drawn: int) -> None:
        assert isinstance(stage.trainer, MarketTrainer)
        self._stage, self._chain, self._trainer = stage, stage.chain, stage.trainer
        self._test_set = test_set
        self._bounty_wei, self._drawn = bounty_wei, drawn
        found = [agent.withholds for agent in stage.agents if isinstance(agent, Withholder)]
        self._withheld = found[0] if found else None

    def open(self) -> None:
        """Commit, draw and open a portion."""
        self._trainer.commit(self._test_set, bounty_wei=self._bounty_wei)
        if self._withheld != "opening":
            self._draw()
            self._trainer.open(self._test_set, sender=self._trainer.creator)

    @property
    def ends(self) -> int:
        """When contributions end, seconds since 1970."""
        if self._withheld == "opening":
            return self._chain.now()
        end = self._trainer.deadline()
        assert end is not None
        return end

    def settle(self) -> None:
        """Wait for the end, reveal, evaluate and pay everybody.

        Agents have their own contributions to a failed market paid back; those of others are the provider's business.
        """
        self._wait()
        if self._withheld == "opening":
            self._trainer.forfeit(sender=self._chain.accounts[-1])
        else:
            if self._withheld == "reveal":
                self._wait()
                self._reclaim()
            self._trainer.settle(self._test_set, sender=self._trainer.creator, progress=False)

    def _draw(self) -> None:
        """Draw with a made-up header, whose randomness is the wanted one.

        The hash of a block that is more than 256 blocks old comes from the contract of EIP-2935, which is replaced.
        """
        target = self._trainer.course().target
        missing = target + _HASHES_KEPT + 1 - self._chain.block_number()
        self._chain.request("anvil_mine", [hex(missing)])
        header = rlp.encode([b""] * _PREV_RANDAO + [self._drawn.to_bytes(32, "big")])
        # PUSH32 hash, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
        code = b"\x7f" + keccak(header) + bytes.fromhex("5f5260205ff3")
        self._chain.request("anvil_setCode", [HISTORY_STORAGE_ADDRESS, "0x" + code.hex()])
        # py-evm estimates on the latest block, which still has the former code
        self._trainer.send(self._trainer.contract.call("draw", header, gas=_DRAW_GAS), self._trainer.creator)

    def _reclaim(self) -> None:
        """Let the agents reclaim what they have contributed."""
        for one in self._trainer.contributions():
            author = one.entry.author
            if author in self._stage.addresses:
                call = self._trainer.prepare.reclaim(one).with_gas(_RECLAIM_GAS)
                transaction = {"from": author, **call.transaction(), "gasPrice": hex(self._stage.gas_price_wei)}
                self._chain.request("eth_sendTransactionSync", [transaction])

    def _wait(self) -> None:
        """Wait for the end of the phase."""
        end = self._trainer.deadline()
        if end is not None and end > self._chain.now():
            self._chain.travel(end - self._chain.now())


def test_set(data: Encoded, portions: int, portion_size: int, seed: int) -> HiddenTestSet:
    """Return some of the hidden samples, drawn at random, in portions.

    Raises
    ------
    InvalidInput
        If there are too few.
    """
    wanted = portions * portion_size
    rows = np.arange(len(data.truth))
    if not isinstance(data.hidden, np.ndarray):
        rows = rows[np.diff(data.hidden.indptr) > 0]
    if wanted > len(rows):
        raise InvalidInput(
            f"A market with {portions} portions of {portion_size} samples needs {wanted:,} test samples, and the data "
            f"has {len(rows):,}; make incentive.portion_size or incentive.portions smaller."
        )
    rows = np.random.default_rng(seed).permutation(rows)[:wanted]
    return HiddenTestSet.of(packed(data.hidden[rows]), data.truth[rows].tolist(), portions, seed=seed)
