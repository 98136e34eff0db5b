// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A person who is a contract: makes several calls in one transaction, refuses money, calls back when paid, burns the
/// gas of those who pay, tells when they leave it too little, and looks at many things at once.
contract Wallet {
    enum Mood {
        Accepts,
        Refuses,
        CallsBack,
        CallsBackOrRefuses,
        Burns
    }

    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    /// What a payment gives at least: the cap of those that somebody else has made, less what it costs to get here.
    uint256 private constant _ENOUGH = 95_000;

    Mood private _mood;
    Call private _back;
    uint256 private _length;

    event CalledBack(bool ok, bytes answer);
    event Starved(uint256 gas);

    constructor() payable {}

    receive() external payable {
        uint256 gas = gasleft();
        if (gas < _ENOUGH) emit Starved(gas);
        if (_mood == Mood.Accepts) return;
        if (_mood == Mood.Refuses) _refuse(_length);
        if (_mood == Mood.Burns) return _burn();
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

    /// Asks a contract questions, and for balances.
    function look(
        address at,
        bytes[] calldata questions,
        address[] calldata whose
    ) external view returns (bytes[] memory answers, uint256[] memory balances) {
        answers = new bytes[](questions.length);
        for (uint256 i; i < questions.length; ++i) {
            bool ok;
            (ok, answers[i]) = at.staticcall(questions[i]);
            _require(ok, answers[i]);
        }
        balances = new uint256[](whose.length);
        for (uint256 i; i < whose.length; ++i) balances[i] = whose[i].balance;
    }

    /// @param length the bytes that it refuses with
    function behave(Mood mood, Call calldata back, uint256 length) external {
        (_mood, _back, _length) = (mood, back, length);
    }

    function _refuse(uint256 length) private pure {
        assembly ("memory-safe") {
            revert(0, length)
        }
    }

    /// Uses 150,000 gas.
    function _burn() private view {
        for (uint256 before = gasleft(); before - gasleft() < 150_000;) {}
    }

    function _require(bool ok, bytes memory answer) private pure {
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
