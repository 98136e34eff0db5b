// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A participant that is a contract, and answers payments as set: uses gas, then accepts, or refuses with any bytes.
contract Recipient {
    uint256 private _gas;
    bool private _refuses;
    bytes private _reason;
    uint256 private _length;

    receive() external payable {
        for (uint256 before = gasleft(); before - gasleft() < _gas;) {}
        if (!_refuses) return;
        bytes memory reason = _reason;
        uint256 length = _length;
        assembly ("memory-safe") {
            revert(add(reason, 32), length)
        }
    }

    function execute(address to, uint256 value, bytes calldata data) external payable {
        (bool done, bytes memory reason) = to.call{value: value}(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @param length the bytes that it refuses with: those of the reason, then zeros
    function answer(uint256 gas_, bool refuses, bytes calldata reason, uint256 length) external {
        (_gas, _refuses, _reason, _length) = (gas_, refuses, reason, length);
    }
}
