// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModel} from "../interfaces/IModel.sol";

/// A sparse sample is strictly increasing big-endian uint16 feature indices, each below the number of features.
library SparseSample {
    /// Reverts with what is wrong with a sample that isn't one.
    function explain(bytes calldata sample, uint256 features) internal pure {
        if (sample.length == 0) revert IModel.EmptySample();
        if (sample.length % 2 != 0) revert IModel.OddLength(sample.length);
        uint256 next = 0;
        for (uint256 position; position < sample.length / 2; ++position) {
            uint256 index = uint16(bytes2(sample[2 * position:2 * position + 2]));
            if (index < next) revert IModel.NotIncreasing(position);
            if (index >= features) revert IModel.IndexTooLarge(index, features);
            next = index + 1;
        }
    }
}
