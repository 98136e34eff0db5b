// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AnyDeposits} from "./AnyDeposits.sol";

/// The trainer holds exactly what is open, whoever does what at whatever time and whatever the model answers.
contract DepositRefundTakeProofs is AnyDeposits {
    function check_afterAnyActionTheBalanceIsWhatIsOpen(
        uint96 single,
        uint88 part,
        uint8 action,
        uint8 who,
        uint32 time,
        uint256 answers,
        uint8 positions
    ) external {
        _begin(single, part);
        _act(action, who, time, answers, positions);
        _check();
    }
}
