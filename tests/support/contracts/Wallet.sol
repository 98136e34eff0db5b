// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A person who is a contract: makes the given calls one after the other in one transaction, and answers payments as
/// set.
contract Wallet {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    uint256 public received;
    bool private _refuses;
    Call private _answer;

    function answerPayments(bool refuses, Call calldata answer) external {
        _refuses = refuses;
        _answer = answer;
    }

    function execute(Call[] calldata calls) external payable {
        for (uint256 i; i < calls.length; ++i) _make(calls[i]);
    }

    receive() external payable {
        // takes far more than the 2,300 gas of `transfer`
        received += msg.value;
        if (_refuses) revert();
        if (_answer.to != address(0)) _make(_answer);
    }

    function _make(Call memory made) private {
        (bool done, bytes memory reason) = made.to.call{value: made.value}(made.data);
        if (!done) {
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
    }
}
