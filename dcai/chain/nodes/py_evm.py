"""A chain of py-evm within this process."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Any, cast

from eth.abc import BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI, StateAPI
from eth.estimators.gas import binary_gas_search
from eth.exceptions import VMError
from eth.rlp.headers import BlockHeader
from eth.vm.forks.prague import PragueVM
from eth.vm.spoof import SpoofTransaction
from eth_tester import EthereumTester
from eth_tester.exceptions import SnapshotNotFound
from eth_tester.exceptions import TransactionFailed as TesterFailed
from eth_tester.exceptions import ValidationError as TesterRefused
from eth_utils.address import to_canonical_address
from eth_utils.exceptions import ValidationError as EvmRefused
from web3 import EthereumTesterProvider, Web3
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from dcai.accounts.unlocked import Unlocked
from dcai.chain.chain import Chain
from dcai.chain.nodes.anvil import GAS_PRICE
from dcai.chain.receipts import RawReceipt
from dcai.chain.rpc import RpcFailure, to_int
from dcai.errors import NodeError

# v of a signature without a chain id, which is never checked here
_V = 27


def tester_chain() -> Chain:
    """Start a chain with ten funded accounts."""
    node = _Node()
    return Chain(
        node.request,
        backend="py-evm",
        accounts=node.request("eth_accounts", []),
        account_of=lambda chain, address: Unlocked(chain, address, node.submit),
        travel=node.travel,
    )


class _Prague(PragueVM):
    """Takes blocks of any size and base fee: they are ordered, not agreed on."""

    @classmethod
    def validate_gas(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        """Accept any."""

    @staticmethod
    def create_header_from_parent(parent_header: BlockHeaderAPI, **fields: object) -> BlockHeader:
        """Begin a block one second after the one before: py-evm would take the time of day, if that is later."""
        fields = {"timestamp": parent_header.timestamp + 1, **fields}
        header: BlockHeader = PragueVM.create_header_from_parent(parent_header, **fields)
        return header


class _Node:
    """Answers JSON-RPC requests: eth-tester's, and those of anvil's that `dcai.chain.blocks` and simulations use.

    While automining is off, transactions wait until a block is ordered. They need no signature: their sender is who
    they say it is, which py-evm calls spoofing. A snapshot of a block with such transactions can't be reverted to.
    """

    def __init__(self) -> None:
        tester = EthereumTester()
        provider = EthereumTesterProvider(tester)
        self._ask = Web3(provider, middleware=[]).manager.request_blocking
        self._backend: Any = tester.backend
        type(self._backend.chain).vm_configuration = ((0, _Prague),)  # a class that eth-tester makes for each chain
        self._backend.chain.gas_estimator = _gas_needed
        # eth-tester looks through the whole chain for each entry of a log: a history of n entries would take n * n
        # steps
        self._receipts: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        self._automine = True
        self._process = os.getpid()
        self._lock = RLock()  # py-evm is not made for several threads
        self._waiting: list[SpoofTransaction] = []
        self._own: dict[str, Callable[..., Any]] = {
            "anvil_autoImpersonateAccount": lambda on: None,
            "anvil_mine": lambda count: self._backend.mine_blocks(int(count, 16)),
            "anvil_setBalance": self._set_balance,
            "anvil_setCode": self._set_code,
            "anvil_setNextBlockBaseFeePerGas": lambda fee: self._next_block(base_fee_per_gas=int(fee, 16)),
            "eth_call": self._call,
            "eth_getBlockReceipts": lambda number: list(self._receipts[int(number, 16)]),
            "eth_getLogs": self._logs,
            "eth_sendRawTransaction": self._send_raw,
            "eth_sendTransaction": self._send,
            "eth_sendTransactionSync": lambda transaction: self._make_block([self._spoofed(transaction)]),
            "evm_mine": self._mine,
            "evm_revert": self._revert,
            "evm_setAutomine": self._set_automine,
            "evm_setBlockGasLimit": lambda gas: self._next_block(
                gas_limit=int(gas, 16) if isinstance(gas, str) else gas
            ),
        }

    def request(self, method: str, params: Sequence[object]) -> Any:
        """Answer a request."""
        if os.getpid() != self._process:  # forked: this is a copy, and what happens on it would be lost
            raise NodeError(
                f"A chain of py-evm lives in the process that started it, {self._process}: start another here, or use "
                "anvil, which several processes share."
            )
        own = self._own.get(method)
        try:
            with self._lock:
                return own(*params) if own else self._ask(RPCEndpoint(method), params)
        except (TesterFailed, TesterRefused, SnapshotNotFound, EvmRefused, Web3Exception) as error:
            # a panic comes as web3.py's own exception, with its data beside the text
            raise RpcFailure(str(error), getattr(error, "data", None)) from error

    def submit(self, transaction: dict[str, str]) -> RawReceipt:
        """Send a transaction of one of the ten accounts, and return its receipt."""
        with self._lock:
            return self._mined(self.request("eth_sendTransaction", [{**transaction, **GAS_PRICE}]))

    def travel(self, timestamp: int) -> None:
        """Make a block of that time."""
        self.request("testing_timeTravel", [timestamp])
        self.request("evm_mine", [1])

    def _send_raw(self, signed: str) -> Any:
        sent = self._ask(RPCEndpoint("eth_sendRawTransaction"), [signed])
        self._mined(sent)
        return sent

    def _mined(self, sent: object) -> RawReceipt:
        """Return the receipt of a transaction that eth-tester has just put into a block, and keep it."""
        receipt: RawReceipt = self.request("eth_getTransactionReceipt", [sent])
        self._receipts[to_int(receipt["blockNumber"])].append(_plain(receipt))
        return receipt

    # Transactions without signatures

    def _send(self, transaction: dict[str, Any]) -> Any:
        if self._automine:
            return self._ask(RPCEndpoint("eth_sendTransaction"), [transaction])
        self._waiting.append(self._spoofed(transaction))
        return self._waiting[-1].hash

    def _set_automine(self, on: bool) -> None:
        self._automine = on
        self._waiting.clear()

    def _mine(self, what: object = 1) -> None:
        """Make so many blocks as eth-tester does, or, as anvil does, one of what waits at a given time."""
        if not isinstance(what, dict):
            self._ask(RPCEndpoint("evm_mine"), [what])
            return
        waiting, self._waiting = self._waiting, []
        self._next_block(timestamp=what["timestamp"])
        self._make_block(waiting)

    def _spoofed(self, transaction: dict[str, Any]) -> SpoofTransaction:
        """Return a transaction with the sender in place of the signature, so that no two have the same hash."""
        sender = to_canonical_address(transaction["from"])
        nonce = transaction.get("nonce")
        signed = self._backend.chain.get_transaction_builder().new_transaction(
            nonce=self._backend.chain.get_vm().state.get_nonce(sender) if nonce is None else int(nonce, 16),
            gas_price=int(transaction["gasPrice"], 16),
            gas=int(transaction["gas"], 16),
            to=to_canonical_address(transaction["to"]),
            value=int(transaction.get("value", "0x0"), 16),
            data=bytes.fromhex(transaction["data"][2:]),
            v=_V,
            r=int.from_bytes(sender, "big"),
            s=1,
        )
        return SpoofTransaction(signed, sender=sender, validate=lambda: None)

    def _make_block(self, transactions: Sequence[SpoofTransaction]) -> None:
        result, receipts, _ = self._backend.chain.mine_all(transactions, mix_hash=os.urandom(32), blob_gas_used=0)
        number = result.imported_block.number
        before, first = 0, 0
        for transaction, receipt in zip(transactions, receipts, strict=True):
            self._receipts[number].append(_receipt(number, transaction, receipt, before, first))
            before, first = receipt.gas_used, first + len(receipt.logs)

    def _call(self, transaction: dict[str, Any], block: str) -> Any:
        """Ask a contract; where gas has no base price the sender need not have money for it, as on other nodes."""
        if self._backend.chain.header.base_fee_per_gas == 0:
            transaction = {**transaction, "gasPrice": hex(0)}
        return self._ask(RPCEndpoint("eth_call"), [transaction, block])

    # The state

    def _next_block(self, **fields: int) -> None:
        chain = self._backend.chain
        chain.header = chain.header.copy(**fields)

    def _change(self, change: Callable[[StateAPI], None]) -> None:
        """Change the state that the next block begins with."""
        vm = self._backend.chain.get_vm()
        change(vm.state)
        vm.state.persist()
        self._next_block(state_root=vm.state.state_root)

    def _set_balance(self, address: str, wei: str) -> None:
        self._change(lambda state: state.set_balance(to_canonical_address(address), int(wei, 16)))

    def _set_code(self, address: str, code: str) -> None:
        self._change(lambda state: state.set_code(to_canonical_address(address), bytes.fromhex(code[2:])))

    def _revert(self, snapshot: object) -> Any:
        result = self._ask(RPCEndpoint("evm_revert"), [snapshot])
        latest = self._ask(RPCEndpoint("eth_blockNumber"), [])
        for number in [number for number in self._receipts if number > latest]:
            del self._receipts[number]
        return result

    def _logs(self, query: dict[str, str]) -> list[dict[str, Any]]:
        wanted, first, last = query["address"].lower(), int(query["fromBlock"], 16), int(query["toBlock"], 16)
        return [
            log
            for number, receipts in self._receipts.items()
            if first <= number <= last
            for receipt in receipts
            for log in receipt["logs"]
            if log["address"].lower() == wanted
        ]


def _gas_needed(state: StateAPI, transaction: SignedTransactionAPI) -> int:
    """Return a gas limit with which a transaction succeeds; py-evm's own search executes it a dozen times."""
    used = _gas_used(state, transaction, state.gas_limit)
    # a call leaves a 64th of the gas behind, and one with money needs a stipend of 2,300
    limit = used * 64 // 63 + 2_300
    try:
        _gas_used(state, transaction, limit)
    except (VMError, EvmRefused):
        return int(binary_gas_search(state, transaction, tolerance=1_000))
    return limit


def _gas_used(state: StateAPI, transaction: SignedTransactionAPI, limit: int) -> int:
    """Return what a transaction uses before anything is refunded; raise `VMError` if it fails."""
    snapshot = state.snapshot()
    try:
        spoofed = SpoofTransaction(transaction, gas=limit, gas_price=0)
        computation = state.apply_transaction(cast(SignedTransactionAPI, spoofed))
        computation.raise_if_error()
        return limit - computation.get_gas_remaining()
    finally:
        state.revert(snapshot)


def _plain(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Return a receipt of eth-tester's as JSON-RPC has it: with numbers as text."""
    return {**_text(receipt), "logs": [_text(log) for log in receipt["logs"]]}


def _text(fields: Mapping[str, object]) -> dict[str, Any]:
    return {key: hex(value) if isinstance(value, int) else value for key, value in fields.items()}


def _receipt(
    number: int, transaction: SpoofTransaction, receipt: ReceiptAPI, gas_before: int, first_log: int
) -> dict[str, Any]:
    """Return a receipt of py-evm's, whose gas is that of the block so far, as JSON-RPC has it."""
    logs = [
        {
            "address": "0x" + log.address.hex(),
            "topics": [f"0x{topic:064x}" for topic in log.topics],
            "data": "0x" + log.data.hex(),
            "blockNumber": hex(number),
            "logIndex": hex(at),
            "transactionHash": "0x" + transaction.hash.hex(),
        }
        for at, log in enumerate(receipt.logs, first_log)
    ]
    return {
        "from": "0x" + transaction.sender.hex(),
        "status": "0x1" if receipt.state_root == b"\x01" else "0x0",
        "gasUsed": hex(receipt.gas_used - gas_before),
        "blockNumber": hex(number),
        "logs": logs,
    }
