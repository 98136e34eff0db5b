"""Discrete events on the clock of a local chain, against the deployed bytecode.

Agents have turns. At each the engine asks what they do, seeing the state as of the block before; what all do in the
same second stands in one block, made at exactly that second. What became of it is read off the receipts, and the twin
learns what the contract learnt: it answers what is free to ask on a chain. An audit in the end shows that the two never
differed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from heapq import heappop, heappush
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

from eth_abi.exceptions import EncodingError

from dcai.chain.blocks import Blocks, Mined, Transaction, receipts
from dcai.chain.chain import TRANSACTION_GAS_LIMIT, Chain
from dcai.chain.codec import Event, codec
from dcai.durations import duration_text
from dcai.errors import DcaiError, InvalidInput
from dcai.models.twins import Twin
from dcai.simulation.actions import Action, Ask, Claim, Contribute
from dcai.simulation.data import Pool
from dcai.simulation.interrupt import held_back
from dcai.simulation.ledger import Ledger
from dcai.simulation.measure import Measure
from dcai.simulation.recorder import Recorder
from dcai.simulation.rules import RULES, Due
from dcai.simulation.seat import Seat
from dcai.simulation.view import View
from dcai.trainer.log import History
from dcai.trainer.products import product_of
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from dcai.simulation.agents.base import Agent

POINTS = 120
"""How many times at least the accuracy is measured while samples are contributed."""

# What a contribution may use beside what its sample takes: base fee, record and log; each slot of the model, if it was
# empty.
_CONTRIBUTE_GAS = 300_000
_SLOT_GAS = 22_100
_FEATURE_GAS = 1_000
# What a claim is taken to use before the first one was seen.
_UNKNOWN_GAS = 80_000
# When there is nothing more to contribute, balances are noted so often.
_NOTE_SECONDS = 3_600
_STALL_SECONDS = 86_400

# Event -> the call that moves a market on and that it is one of, whose gas its sender pays.
_MOVES = {
    "Committed": "commit",
    "Drawn": "draw",
    "Revealed": "reveal",
    "Evaluated": "evaluate",
    "Collected": "collect",
    "Reclaimed": "reclaim",
    "Withdrawn": "withdraw",
}


class AgentFailed(DcaiError):
    """An agent raised an exception, which is the cause of this one, or did what no agent can."""


class _Planned(NamedTuple):
    seat: Seat
    action: Contribute | Claim
    address: str
    slot: int
    transaction: Transaction


class Engine:
    """One run.

    Parameters
    ----------
    chain : Chain
        A local anvil.
    trainer : Trainer
    twin : Twin
        The trainer's model as it is now.
    history : History
        The trainer's log so far.
    agents : sequence of Agent
    pool : Pool
        What they contribute.
    measure : Measure
        Measures the model.
    seed : int
        A run with the same seed is the same, to the bit.
    gas_price_wei, unit_wei : int
        What gas costs, and the unit of money in which agents think.

    Attributes
    ----------
    start, now : int
        Seconds since 1970: of the run's beginning, and of the block that is being made.
    balances : dict of str to int
        Address -> wei, of all agents.
    recorder : Recorder
    stopped : str or None
        Why the run ended before everything was over.
    error : BaseException or None
        What broke it off, where something did: an agent's fault, a chain that is gone, Ctrl-C.
    """

    def __init__(
        self,
        chain: Chain,
        trainer: Trainer[Any, Any],
        twin: Twin,
        history: History[Any],
        agents: Sequence[Agent],
        pool: Pool,
        measure: Measure,
        *,
        seed: int,
        gas_price_wei: int,
        unit_wei: int,
    ) -> None:
        self.twin, self.history, self.pool = twin, history, pool
        self.gas_price_wei, self.unit_wei = gas_price_wei, unit_wei
        self.start = self.now = self._last_used = chain.now()
        self.stopped: str | None = None
        self.error: BaseException | None = None
        self._chain, self._address = chain, trainer.address
        self.contract = product_of(twin, trainer.incentive).contract
        self._codec = codec(self.contract)
        self.ledger = Ledger(history, twin, self.now)
        rules = RULES[type(trainer.incentive)]
        self.rules = rules(trainer.incentive, history, trainer.creator, self.ledger.label_of)
        self._measure = measure
        self._claim_gas: Counter[str] = Counter()
        slots = -(-(16 + twin.parameter_bytes(twin.settings())) // 32)
        limit = _CONTRIBUTE_GAS + _SLOT_GAS * slots + _FEATURE_GAS * twin.n_features * len(twin.classes)
        self._gas_limit = min(limit, TRANSACTION_GAS_LIMIT)

        # no event tells when the last of the initial parameters came, from which the first price counts
        _, _, history.last_time = chain.read(self.contract, trainer.address, "progress")
        self.seats = [Seat(index, agent, seed, trainer.creator) for index, agent in enumerate(agents)]
        self._owner = {address: seat for seat in self.seats for address in seat.addresses}
        self._blocks = Blocks(chain, gas_price_wei)
        self.balances: dict[str, int] = {}
        for seat in self.seats:
            for address in seat.addresses:
                self.balances[address] = round(seat.agent.balance * unit_wei) // len(seat.addresses)
                self._blocks.fund(address, self.balances[address])
        self.recorder = Recorder(tuple(agent.name for agent in agents))
        self._views = [View(self, seat) for seat in self.seats]
        self._turns: list[tuple[int, int]] = []
        self.total = pool.left
        self._noted = (-1, -1)
        self._moment: tuple[int, int, tuple[int, ...]] | None = None

    @property
    def gas_fee_wei(self) -> int:
        """What must be there for the gas of a transaction, of which most stays."""
        return self._gas_limit * self.gas_price_wei

    @property
    def accuracy(self) -> float:
        """The accuracy on the hidden test set, as last measured."""
        return self._measure.accuracy

    @property
    def contributed(self) -> int:
        """How many samples of the pool were contributed."""
        return self.pool.given

    def fee(self, function: str) -> int:
        """Return what the gas of a claim is expected to cost, by the last one of its kind, wei."""
        return (self._claim_gas[function] or _UNKNOWN_GAS) * self.gas_price_wei

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Let agents act until no sample is left to contribute and nothing is due to anybody.

        A run that can't go on ends there, and `stopped` says why; what happened until then stands.

        Parameters
        ----------
        progress
            Called with (samples contributed, samples in all).
        """
        with self.breaking_off(), held_back() as interrupted:
            self._begin()
            while self._turns:
                self._step()
                self._close_if_stalled()
                self._note()
                if progress:
                    progress(self.contributed, self.total)
                interrupted()
        self._note(last=True)

    @contextmanager
    def breaking_off(self) -> Iterator[None]:
        """Keep an error, or Ctrl-C, as what broke the run off."""
        try:
            yield
        except (DcaiError, KeyboardInterrupt) as error:
            if self.error is None:  # else a chain that is gone breaks off what comes after, too
                left = f"Interrupted with {self.pool.left:,} of {self.total:,} samples left."
                self.stopped = str(error) if isinstance(error, DcaiError) else left
                self.error = error

    def take_over(self, blocks: Iterable[int]) -> None:
        """Extend the log by blocks in which a market was moved on, and keep what was done and paid there.

        Parameters
        ----------
        blocks
            Their numbers.
        """
        self._note()
        for number in blocks:
            self.now = max(self.start, self._chain.time_of(number))
            for mined in receipts(self._chain, number):
                for event in filter(None, map(self._codec.event, mined.logs)):
                    self._moved(event, mined)
        self._note(last=True)

    def _moved(self, event: Event, mined: Mined) -> None:
        """Keep what an agent did, and what was paid to one by somebody else."""
        self._happened(event)
        who, paid = self.rules.payment(event) or (mined.sender, 0)
        sender, receiver = self._owner.get(mined.sender), self._owner.get(who)
        time, number = self.now - self.start, event.args.get("id", 0)
        function = _MOVES.get(event.name)
        if sender is not None and function is not None:
            self.balances[mined.sender] -= mined.gas_used * self.gas_price_wei
            sent, received = (max(-paid, 0), max(paid, 0)) if receiver is sender else (0, 0)
            at = sender.addresses.index(mined.sender)
            self.recorder.action(
                time, sender.index, at, function, number, -1, 0, sent, received, mined.gas_used, True, ""
            )
        if receiver is not None and receiver is not sender:
            at = receiver.addresses.index(who)
            self.recorder.action(time, receiver.index, at, "paid", number, -1, 0, 0, paid, 0, True, "")

    def close(self) -> None:
        """Let the chain make its blocks by itself again."""
        self._blocks.close()

    def _begin(self) -> None:
        self._note(last=True)
        for entry in self.history.entries.values():
            self._add_due(self.rules.contributed(entry))
        periods: list[tuple[int, int]] = []
        for seat, view in zip(self.seats, self._views, strict=True):
            turn = self._ask(seat, seat.agent.first_turn, view)
            # two that always came in the same second would pay the price of no time at all for ever
            for _ in range(seat.agent.every):
                if all((turn - other) % gcd(seat.agent.every, period) for other, period in periods):
                    break
                turn += 1
            periods.append((turn, seat.agent.every))
            heappush(self._turns, (turn, seat.index))

    def _step(self) -> None:
        """Let all whose turn is next act, in one block."""
        self.now = self._turns[0][0]
        if self.rules.ends is not None and self.now >= self.rules.ends:
            self.pool.close()
        present: list[int] = []
        while self._turns and self._turns[0][0] == self.now:
            present.append(heappop(self._turns)[1])
        planned: list[_Planned] = []
        promised: defaultdict[str, int] = defaultdict(int)
        for index in present:
            seat = self.seats[index]
            for action in self._ask(seat, seat.agent.act, self._views[index]):
                if isinstance(action, Ask):
                    self._answer(seat, action)
                elif one := self._plan(seat, action, promised):
                    planned.append(one)
        if planned:
            mined = self._blocks.mine(self.now, [one.transaction for one in planned], lambda: self._meanwhile(planned))
            for one, result in zip(planned, mined, strict=True):
                self._settle(one, result)
        for index in present:
            seat = self.seats[index]
            turn = self._ask(seat, seat.agent.next_turn, self._views[index])
            if turn is not None:
                heappush(self._turns, (turn, index))

    def _meanwhile(self, planned: Sequence[_Planned]) -> None:
        """Do what needn't wait for the block that is being made."""
        self._measure_noted()
        for one in planned:
            if isinstance(one.action, Contribute):
                with suppress(InvalidInput):  # which the contract says, too
                    self.twin.unpack(one.action.sample)  # models keep what they read, and will learn it

    def _ask(self, seat: Seat, question: Callable[..., Any], view: View) -> Any:
        """Ask an agent, whose faults must not cost what the run has found."""
        try:
            answer = question(seat.rng, view)
            return answer if answer is None or isinstance(answer, int) else list(answer)
        except Exception as error:  # whatever somebody's agent does wrong
            raise self._failed(seat, f"raised {type(error).__name__} in {question.__name__}: {error}") from error

    def _failed(self, seat: Seat, what: str) -> AgentFailed:
        agent = seat.agent
        return AgentFailed(
            f"agents[{seat.index}], the {type(agent).__name__} {agent.name!r}, {what} "
            f"(after {duration_text(self.now - self.start)}, {self.contributed:,} of {self.total:,} samples)."
        )

    def _answer(self, seat: Seat, action: Ask) -> None:
        """Let the contract answer: what it says must be what the twin says, and is right or wrong."""
        label = self._chain.read(self.contract, self._address, "predict", action.sample)
        if label != self.ledger.label_of(action.sample):
            raise DcaiError(
                f"The contract answers {label} where its twin answers {self.ledger.label_of(action.sample)}."
            )
        reason = "" if label == action.label else "WrongAnswer"
        self._record(seat, action, 0, ok=not reason, reason=reason)

    def _plan(self, seat: Seat, action: Any, promised: defaultdict[str, int]) -> _Planned | None:
        """Return the transaction of an action, where there is money for it: a wallet would not sign any other."""
        if not isinstance(action, Contribute | Claim):
            raise self._failed(seat, f"did {action!r}; an action is a Contribute, a Claim or an Ask")
        address = action.address or seat.addresses[0]
        if address not in seat.addresses:
            raise self._failed(seat, f"sends from {address}, which is none of its addresses")
        slot, value = 0, 0
        if isinstance(action, Contribute):
            function, value = "contribute", action.deposit_wei
            needed = value + self.gas_fee_wei
            if promised[address] + needed > self.balances[address]:
                self._record(seat, action, 0, ok=False, reason="InsufficientFunds")
                return None
            if action.row is not None:
                self.pool.use(action.row)
            slot = self.ledger.free.pop() if self.ledger.free else 0
            arguments: tuple[Any, ...] = (action.sample, action.label, slot)
        else:
            function, needed = action.function, self.gas_fee_wei
            if promised[address] + needed > self.balances[address]:
                self._views[seat.index].look_again(action)
                return None
            if action.id not in self.history.entries:
                raise self._failed(seat, f"claims contribution {action.id}, of which nothing is open")
            arguments = self.rules.arguments(action)
        promised[address] += needed
        try:
            data = self._codec.call(function, *arguments)
        except (EncodingError, KeyError, TypeError) as error:
            raise self._failed(seat, f"did {action!r}, which no transaction can hold: {error}") from error
        return _Planned(seat, action, address, slot, Transaction(address, self._address, data, value, self._gas_limit))

    def _settle(self, one: _Planned, mined: Mined) -> None:
        """Note what became of a transaction."""
        self.balances[one.address] -= mined.gas_used * self.gas_price_wei
        if not mined.ok:
            self._refused(one, mined)
            return
        self.balances[one.address] -= one.transaction.value
        number, received = 0, 0
        for log in mined.logs:
            event = self._codec.event(log)
            if event is not None:
                about, paid = self._happened(event)
                number, received = about or number, received + paid
        if isinstance(one.action, Claim):
            self._claim_gas[one.action.function] = mined.gas_used
        elif one.action.row is not None:
            self._last_used = self.now
        self._record(one.seat, one.action, mined.gas_used, number=number, received=received)

    def _refused(self, one: _Planned, mined: Mined) -> None:
        action = one.action
        refusal = self._blocks.refusal(one.transaction)
        # it would work now: something else in the same block came before it
        reason = "CameTooLate" if refusal is None else type(refusal).__name__
        self._record(one.seat, action, mined.gas_used, ok=False, reason=reason)
        if isinstance(action, Contribute):
            if action.row is not None:
                self.pool.put_back(action.row)
            if one.slot:
                self.ledger.free.append(one.slot)
        else:
            self._views[one.seat.index].look_again(action)

    def _happened(self, event: Event) -> tuple[int, int]:
        """Extend the log by an event; return the contribution's number and what somebody was paid."""
        entry = self.ledger.extend(event, self.now)
        payment = self.rules.payment(event)
        paid = 0
        if payment is not None:
            who, paid = payment
            if who in self._owner:
                self.balances[who] += paid
        self._add_due(self.rules.due(event, self.now))
        return 0 if entry is None else entry.id, paid

    def _add_due(self, dues: Iterable[Due]) -> None:
        for due in dues:
            if due.address is not None:
                if owner := self._owner.get(due.address):
                    owner.add_due(due.time, Claim(due.function, due.id, due.address))
                continue
            author = self.history.entries[due.id].author
            for seat in self.seats:
                if seat.agent.collects:
                    for address in seat.addresses:
                        if address != author:
                            seat.add_due(due.time, Claim(due.function, due.id, address))

    def _record(
        self,
        seat: Seat,
        action: Action,
        gas: int,
        *,
        number: int = 0,
        received: int = 0,
        ok: bool = True,
        reason: str = "",
    ) -> None:
        time = self.now - self.start
        if isinstance(action, Claim):
            address = seat.addresses.index(action.address)
            self.recorder.action(
                time, seat.index, address, action.function, action.id, -1, 0, 0, received, gas, ok, reason
            )
            return
        sent, address, function = 0, 0, "ask"
        if isinstance(action, Contribute):
            function, sent = "contribute", action.deposit_wei if ok else 0
            address = seat.addresses.index(action.address) if action.address else 0
        size = len(action.sample)
        self.recorder.action(
            time, seat.index, address, function, number, action.label, size, sent, received, gas, ok, reason
        )

    def _note(self, *, last: bool = False) -> None:
        """Keep a point of the course where enough has happened since the last one, to be measured in the next break."""
        if self.pool.left:
            stage = (self.contributed // max(self.total // POINTS, 1), 0)
        else:
            stage = (POINTS, (self.now - self.start) // _NOTE_SECONDS)
        if stage == self._noted and not last:
            return
        self._noted = stage
        self._measure_noted()
        balances = tuple(sum(self.balances[address] for address in seat.addresses) for seat in self.seats)
        self._moment = (self.now - self.start, self.contributed, balances)
        if last:
            self._measure_noted()

    def _measure_noted(self) -> None:
        if self._moment is not None:
            time, contributed, balances = self._moment
            self._measure(self.twin)
            self.recorder.moment(time, contributed, self._measure.accuracy, self._measure.recall, balances)
            self._moment = None

    def _close_if_stalled(self) -> None:
        """End contributions where no sample was contributed for longer than any deposit stays out; claims go on."""
        patience = self.rules.longest_wait + _STALL_SECONDS
        if not self.pool.left or self.now - self._last_used < patience:
            return
        self.stopped = (
            f"No sample was contributed for {duration_text(patience)}, and {self.pool.left:,} of {self.total:,} are "
            "left: those who would contribute them have no money left, or don't want to."
        )
        self.pool.close()
