// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Trainer} from "../Trainer.sol";
import {IClaims} from "../interfaces/IClaims.sol";
import {Contribution} from "../interfaces/ITrainer.sol";

/// The checks that claims on contributions share. `Trainer._stored` looks up the record.
abstract contract Claims is IClaims, Trainer {
    function _onlyAuthor(Contribution calldata contribution) internal view {
        if (msg.sender != contribution.author) revert NotAuthor(contribution.author, msg.sender);
    }

    function _notBefore(uint256 earliest) internal view {
        if (block.timestamp < earliest) revert TooEarly(earliest, block.timestamp);
    }

    /// All positions of a batch: one bit per sample.
    function _all(bytes calldata batch) internal pure returns (uint256) {
        return type(uint256).max >> (256 - _batchCount(batch));
    }
}
