// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A person who is a contract: makes several calls in one transaction, refuses money, or calls back when paid.
contract Wallet {
    enum Mood {
        Accepts,
        Refuses,
        CallsBack,
        CallsBackOrRefuses
    }

    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    Mood private _mood;
    Call private _back;

    event CalledBack(bool ok, bytes answer);

    constructor() payable {}

    receive() external payable {
        if (_mood == Mood.Accepts) return;
        if (_mood == Mood.Refuses) revert();
        (bool ok, bytes memory answer) = _back.to.call{value: _back.value}(_back.data);
        emit CalledBack(ok, answer);
        if (_mood == Mood.CallsBackOrRefuses) _require(ok, answer);
    }

    function execute(Call[] calldata calls) external {
        for (uint256 i; i < calls.length; ++i) {
            (bool ok, bytes memory answer) = calls[i].to.call{value: calls[i].value}(calls[i].data);
            _require(ok, answer);
        }
    }

    function behave(Mood mood, Call calldata back) external {
        (_mood, _back) = (mood, back);
    }

    function _require(bool ok, bytes memory answer) private pure {
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
