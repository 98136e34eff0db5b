// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AnyDeposits} from "./AnyDeposits.sol";

/// The same after two actions, of which the first refunds or splits off any part of the batch: then two records, the
/// closed positions and the split-off ones must agree. One proof per second action, so that each ends in minutes.
contract DepositPairsProofs is AnyDeposits {
    struct Second {
        uint8 who;
        uint32 time;
        uint256 answers;
        uint8 positions;
    }

    /// The model agrees with both samples of the batch.
    uint256 private constant _AGREES = 1 << 16;

    uint256 private constant _REFUND_BATCH = 1;
    uint256 private constant _SPLIT_BATCH = 2;

    function check_aRefundAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 0, second);
    }

    function check_aBatchRefundAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 1, second);
    }

    function check_aSplitAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 2, second);
    }

    function check_aTakeAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 3, second);
    }

    function check_aTakeOfTheBatchAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 4, second);
    }

    function check_aRefundOfAPartAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 5, second);
    }

    function check_aTakeOfAPartAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 6, second);
    }

    function check_aBatchReportAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 7, second);
    }

    function check_aReportAfterAnyPartOfTheBatch(uint88 part, uint8 first, Second calldata second) external {
        _both(part, first, 8, second);
    }

    /// What the first action leaves depends on the positions that it closes alone, and these are counted through.
    function _both(uint88 part, uint8 first, uint256 action, Second calldata second) private {
        _begin(7, part);
        for (uint256 positions = 1; positions < 4; ++positions) {
            if (first == positions) _act(_REFUND_BATCH, 0, 3600, _AGREES, positions);
            if (first == 3 + positions) _act(_SPLIT_BATCH, 0, 3600, _AGREES, positions);
        }
        _act(action, second.who, second.time, second.answers, second.positions);
        _check();
    }
}
