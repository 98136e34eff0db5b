"""Discrete events on the clock of a local chain, against the deployed bytecode.

Agents have turns. At each turn the engine asks them what they do, showing the state as of the block before; all that is
done in the same second stands in one block, made at exactly that second. The outcome is read off the receipts, and the
twin learns what the contract learnt: it answers the questions that are free on a chain. An audit at the end shows that
the two never differed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from heapq import heappop, heappush
from itertools import islice
from math import gcd
from typing import Any

from eth_abi.exceptions import EncodingError

from dcai.chain.blocks import Blocks, Mined, Transaction, receipts
from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.codec import Event, codec
from dcai.errors import ContractReverted, DcaiError, InvalidInput
from dcai.incentives.rules import Due
from dcai.simulation.actions import Action, Ask, Claim, Contribute, misfit
from dcai.simulation.interrupt import held_back
from dcai.simulation.measure import Course
from dcai.simulation.recorder import Done, Recorder
from dcai.simulation.seats import Seat, Seats
from dcai.simulation.turns import Planned, Turns, contribution, shares
from dcai.simulation.view import View
from dcai.simulation.world import World
from dcai.times import duration_text

_STALL_SECONDS = 86_400

# Of one agent in one turn: a block holds fewer.
_MOST_ACTIONS = 10_000

# Records hold times of 40 bits.
_LAST_SECOND = 2**40


class AgentFailed(DcaiError):
    """An agent raised an exception, which is the cause of this one, or did something that no agent can do."""


class Engine:
    """The event loop of one run: it asks the agents, makes the blocks and tells the world what happened.

    Parameters
    ----------
    chain : Chain
        A local one.
    contract, address : str
        The name of the trainer's contract, and where it is.
    world : World
    seats : Seats
        The agents.

    Attributes
    ----------
    recorder : Recorder
    stopped : str or None
        Why the run ended before everything was over.
    error : BaseException or None
        What broke it off, if anything: an agent's fault, a chain that is gone, Ctrl-C.
    """

    def __init__(self, chain: Chain, contract: str, address: str, world: World, seats: Seats) -> None:
        self.world, self.seats = world, seats
        self.stopped: str | None = None
        self.error: BaseException | None = None
        self._chain, self._contract, self._address = chain, contract, address
        self._codec = codec(contract)
        self._last_used = self._last_open = world.start
        self._owners = seats.owners()
        self._blocks = Blocks(chain, world.gas_price_wei)
        for seat in seats:
            for purse in seat.addresses:
                world.balances[purse] = round(seat.agent.balance * world.unit_wei) // len(seat.addresses)
                self._blocks.fund(purse, world.balances[purse])
        self.recorder = Recorder(tuple(seat.agent.name for seat in seats))
        self._course = Course(world, self.recorder, [seat.addresses for seat in seats])
        self._views = [View(world, seat) for seat in seats]
        self._turns: list[tuple[int, int]] = []
        self._gathered = Turns(world.rules.least_samples)

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Let agents act until no sample is left to contribute and nothing is due to anybody.

        A run that can't go on ends there, and `stopped` says why; what happened until then stands.

        Parameters
        ----------
        progress
            Called with (samples contributed, samples in all).
        """
        world = self.world
        with self.breaking_off(), held_back() as interrupted:
            self._begin()
            while self._turns:
                self._step()
                self._close_if_stalled()
                self._end_if_endless()
                self._course.note()
                if progress:
                    progress(world.contributed, world.samples)
                interrupted()
        self._give_up()
        self._course.note(last=True)

    @contextmanager
    def breaking_off(self) -> Iterator[None]:
        """Keep an error, or Ctrl-C, as what broke the run off."""
        try:
            yield
        except (DcaiError, KeyboardInterrupt) as error:
            if self.error is None:  # a chain that is gone also breaks off what comes after
                left = f"Interrupted with {self.world.pool.left:,} of {self.world.samples:,} samples left."
                self.stopped = str(error) if isinstance(error, DcaiError) else left
                self.error = error

    def take_over(self, blocks: Iterable[int]) -> None:
        """Extend the log by blocks of the incentive's own calls, and keep what was done and paid there.

        Parameters
        ----------
        blocks
            Their numbers.
        """
        self._course.note()
        for number in blocks:
            self.world.now = max(self.world.start, self._chain.time_of(number))
            for mined in receipts(self._chain, number):
                for event in filter(None, map(self._codec.event, mined.logs)):
                    self._called(event, mined)
        self._course.note(last=True)

    def _called(self, event: Event, mined: Mined) -> None:
        """Keep a call that an agent paid for, and a payment to an agent by somebody else's call."""
        world = self.world
        happened = world.happened(event)
        self._add_due(happened.due)
        sender, receiver = self._owners.get(mined.sender), self._owners.get(happened.who or mined.sender)
        number, paid = world.rules.about(event), happened.paid_wei
        function = world.rules.calls.get(event.name)
        if sender is not None and function is not None:
            world.balances[mined.sender] -= mined.gas_used * world.gas_price_wei
            sent, received = (max(-paid, 0), max(paid, 0)) if receiver is sender else (0, 0)
            at = sender.addresses.index(mined.sender)
            done = Done(world.elapsed, sender.index, at, function, number)
            self.recorder.action(done._replace(sent=sent, received=received, gas=mined.gas_used))
        if receiver is not None and receiver is not sender:
            at = receiver.addresses.index(happened.who or mined.sender)
            self.recorder.action(Done(world.elapsed, receiver.index, at, "paid", number, received=paid))

    def close(self) -> None:
        """Let the chain make its blocks by itself again."""
        self._blocks.close()

    def _begin(self) -> None:
        self._course.note(last=True)
        for entry in self.world.history.entries.values():
            if not entry.is_batch:  # of real people: agents only know the calls about single samples
                self._add_due(self.world.rules.contributed(entry))
        periods: list[tuple[int, int]] = []
        for seat, view in zip(self.seats, self._views, strict=True):
            turn = self._checked_turn(seat, self._ask(seat, seat.agent.first_turn, view))
            # two agents that always came in the same second would pay the price of no time at all for ever
            for _ in range(seat.agent.every):
                if all((turn - other) % gcd(seat.agent.every, period) for other, period in periods):
                    break
                turn += 1
            periods.append((turn, seat.agent.every))
            heappush(self._turns, (turn, seat.index))

    def _step(self) -> None:
        """Let all agents act whose turn is next, in one block."""
        world = self.world
        world.now = self._turns[0][0]
        if world.rules.ends is not None and world.now >= world.rules.ends:
            world.pool.close()
        present: list[int] = []
        while self._turns and self._turns[0][0] == world.now:
            present.append(heappop(self._turns)[1])
        planned: list[Planned] = []
        promised: defaultdict[str, int] = defaultdict(int)
        for index in present:
            seat = self.seats[index]
            actions = self._ask(seat, seat.agent.act, self._views[index])
            if not isinstance(actions, list) or len(actions) > _MOST_ACTIONS:
                raise self._failed(seat, f"acts with no list of up to {_MOST_ACTIONS:,} actions")
            for action in actions:
                self._check(seat, action)
                if isinstance(action, Ask):
                    self._answer(seat, action)
                elif one := self._plan(seat, action, promised):
                    planned.append(one)
        if planned:
            mined = self._blocks.mine(world.now, [one.transaction for one in planned], lambda: self._meanwhile(planned))
            for one, result in zip(planned, mined, strict=True):
                self._settle(one, result)
        for index in present:
            seat = self.seats[index]
            turn = self._ask(seat, seat.agent.next_turn, self._views[index])
            if turn is not None:
                heappush(self._turns, (self._checked_turn(seat, turn), index))

    def _meanwhile(self, planned: Sequence[Planned]) -> None:
        """Do what needn't wait for the block that is being made."""
        self._course.measure()
        for action in (action for one in planned for action in one.actions if isinstance(action, Contribute)):
            with suppress(InvalidInput):  # the contract will refuse it, too
                self.world.twin.unpack(action.sample)  # models keep what they read, and will learn it

    def _ask(self, seat: Seat, question: Callable[..., Any], view: View) -> Any:
        """Ask an agent, whose faults must not cost what the run has found."""
        try:
            answer = question(seat.rng, view)
            return answer if answer is None or isinstance(answer, int) else list(islice(answer, _MOST_ACTIONS + 1))
        except (Exception, SystemExit) as error:  # whatever somebody's agent does wrong
            raise self._failed(seat, f"raised {type(error).__name__} in {question.__name__}: {error}") from error

    def _checked_turn(self, seat: Seat, turn: object) -> int:
        """Return when an agent's turn is, which must come after now: a run would never end otherwise."""
        if not isinstance(turn, int) or not self.world.now < turn < _LAST_SECOND:
            raise self._failed(seat, f"has its next turn at {turn!r}, and {self.world.now} is now: a turn comes later")
        return turn

    def _failed(self, seat: Seat, what: str) -> AgentFailed:
        world = self.world
        return AgentFailed(
            f"{seat} {what} (after {duration_text(world.elapsed)}, {world.contributed:,} of {world.samples:,} samples)."
        )

    def _answer(self, seat: Seat, action: Ask) -> None:
        """Let the contract answer: it must say what the twin says, which is right or wrong."""
        try:
            label = self._chain.read(self._contract, self._address, "predict", action.sample)
            expected = self.world.ledger.label_of(action.sample)
        except (ContractReverted, InvalidInput) as error:
            raise self._failed(seat, f"asked what the model has no answer to: {error}") from error
        if label != expected:
            raise DcaiError(f"The contract answers {label} where its twin answers {expected}.")
        reason = "" if label == action.label else "WrongAnswer"
        self._record(seat, action, 0, ok=not reason, reason=reason)

    def _check(self, seat: Seat, action: object) -> None:
        """Refuse what isn't an action of this agent."""
        if not isinstance(action, Contribute | Claim | Ask):
            raise self._failed(seat, f"did {action!r}; an action is a Contribute, a Claim or an Ask")
        if reason := misfit(action):
            raise self._failed(seat, f"did {action!r}, which no transaction can hold: {reason}")
        if isinstance(action, Ask):
            return
        if action.address is not None and action.address not in seat.addresses:
            raise self._failed(seat, f"sends from {action.address}, which is not one of its addresses")
        if isinstance(action, Contribute) and action.row is not None:
            following = self.world.pool.next()
            if following is None or following.row != action.row:
                raise self._failed(seat, f"contributes row {action.row}, which isn't next: view.sample() gives it once")

    def _plan(self, seat: Seat, action: Contribute | Claim, promised: defaultdict[str, int]) -> Planned | None:
        """Return the transaction of an action, if it can be and there is money for it: no wallet would sign another."""
        world, ledger = self.world, self.world.ledger
        address = action.address or seat.addresses[0]
        if isinstance(action, Contribute) and (reason := world.refusal(action.sample)):
            self._record(seat, action, 0, ok=False, reason=reason)
            return None
        value = action.deposit_wei if isinstance(action, Contribute) else 0
        needed = value + world.gas_fee_wei
        affordable = promised[address] + self._gathered.wei(address) + needed <= world.balances[address]
        slot, arguments = 0, tuple[object, ...]()
        actions: Sequence[Contribute | Claim] = (action,)
        if isinstance(action, Contribute):
            if not affordable:
                self._record(seat, action, 0, ok=False, reason="InsufficientFunds")
                return None
            if action.row is not None:
                world.pool.use(action.row)
            gathered = self._gathered.add(address, action)
            if not gathered:
                return None
            slot = ledger.free.pop() if ledger.free else 0
            function, arguments = contribution(gathered, slot)
            actions, value = gathered, sum(one.deposit_wei for one in gathered)
        else:
            if not affordable:
                self._views[seat.index].look_again(action)
                return None
            if action.id not in world.history.entries:
                raise self._failed(seat, f"claims contribution {action.id}, of which nothing is open")
            function, arguments = action.function, world.rules.arguments(action)
        promised[address] += value + world.gas_fee_wei
        try:
            data = self._codec.call(function, *arguments)
        except (EncodingError, KeyError, TypeError) as error:
            raise self._failed(seat, f"did {action!r}, which no transaction can hold: {error}") from error
        call = Call(self._address, data, value, world.gas_limit, function)
        return Planned(seat, actions, address, slot, Transaction(address, call))

    def _settle(self, one: Planned, mined: Mined) -> None:
        """Note the outcome of a transaction."""
        world = self.world
        world.balances[one.address] -= mined.gas_used * world.gas_price_wei
        if not mined.ok:
            self._refused(one, mined)
            return
        world.balances[one.address] -= one.transaction.call.value
        number, received = 0, 0
        for event in filter(None, map(self._codec.event, mined.logs)):
            happened = world.happened(event)
            self._add_due(happened.due)
            number, received = happened.number or number, received + happened.paid_wei
        for action, gas in zip(one.actions, shares(mined.gas_used, len(one.actions)), strict=True):
            if isinstance(action, Claim):
                world.claimed(action.function, gas)
            elif action.row is not None:
                self._last_used = world.now
            self._record(one.seat, action, gas, number=number, received=received)

    def _refused(self, one: Planned, mined: Mined) -> None:
        refusal = self._blocks.refusal(one.transaction)
        # if it would work now, something else in the same block came before it
        reason = "CameTooLate" if refusal is None else type(refusal).__name__
        for action, gas in zip(one.actions, shares(mined.gas_used, len(one.actions)), strict=True):
            self._record(one.seat, action, gas, ok=False, reason=reason)
            if isinstance(action, Claim):
                self._views[one.seat.index].look_again(action)
            elif action.row is not None:
                self.world.pool.put_back(action.row)
        if one.slot:
            self.world.ledger.free.append(one.slot)

    def _give_up(self) -> None:
        """Note the samples that never became enough to be sent."""
        for address, action in self._gathered.given_up():
            self._record(self._owners[address], action, 0, ok=False, reason="TurnTooSmall")
            if action.row is not None:
                self.world.pool.put_back(action.row)

    def _add_due(self, dues: Iterable[Due]) -> None:
        entries = self.world.history.entries
        self.seats.add_due(dues, self._owners, lambda number: entries[number].author)

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
        done = Done(self.world.elapsed, seat.index, 0, "ask", number, received=received, gas=gas, ok=ok, reason=reason)
        if isinstance(action, Claim):
            address = seat.addresses.index(action.address)
            self.recorder.action(done._replace(address=address, function=action.function, id=action.id))
            return
        row = None
        if isinstance(action, Contribute):
            row, address = action.row, seat.addresses.index(action.address) if action.address else 0
            done = done._replace(function="contribute", address=address, sent=action.deposit_wei if ok else 0)
        origin, truth = self.world.pool.source_of(action.sample, row)
        size = len(action.sample)
        self.recorder.action(done._replace(label=action.label, size=size, row=origin, truth=truth))

    def _close_if_stalled(self) -> None:
        """End contributions where no sample was contributed for longer than any deposit stays out; claims go on."""
        world = self.world
        patience = world.rules.longest_wait + _STALL_SECONDS
        if not world.pool.left or world.now - self._last_used < patience:
            return
        self.stopped = (
            f"No sample was contributed for {duration_text(patience)}, and {world.pool.left:,} of {world.samples:,} "
            "are left: those who would contribute them have no money left, or don't want to."
        )
        world.pool.close()

    def _end_if_endless(self) -> None:
        """End the run where agents go on after everything that they could claim is over."""
        world = self.world
        if world.pool.left:
            self._last_open = world.now
            return
        # a claim may wait for its agent's next turn
        patience = world.rules.longest_wait + _STALL_SECONDS + 2 * max(seat.agent.every for seat in self.seats)
        if not self._turns or world.now - self._last_open < patience:
            return
        going_on = ", ".join(sorted({self.seats[index].agent.name for _, index in self._turns}))
        self.stopped = self.stopped or (
            f"{going_on} still had turns {duration_text(patience)} after the last sample, when nothing can be open any "
            "more: an agent's next_turn, or the later of the incentive's rules, never ends."
        )
        self._turns.clear()
