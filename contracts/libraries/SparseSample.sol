// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModel} from "../interfaces/IModel.sol";

/// A sparse sample: strictly increasing feature indices, two bytes each.
library SparseSample {
    /// Reverts unless the sample has 1 to `most` features, and all are below `features` and increase.
    /// @return size the number of features
    function check(bytes calldata sample, uint256 features, uint256 most) internal pure returns (uint256 size) {
        uint256 rising = 1;
        uint256 last = type(uint256).max;
        assembly ("memory-safe") {
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let index := shr(240, calldataload(position))
                // as signed numbers, so that the first index is above -1
                rising := and(rising, sgt(index, last))
                last := index
            }
        }
        if (rising == 0 || last >= features || sample.length % 2 != 0) explain(sample, features);
        size = sample.length / 2;
        if (size > most) revert IModel.TooManyFeatures(size, most);
    }

    /// Reverts with the reason why a sample is invalid.
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
