// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IModel} from "../interfaces/IModel.sol";

/// A sparse sample: strictly increasing feature indices, two bytes each.
library SparseSample {
    /// Every model takes samples of so many features; there is no need to ask for the limit of such a sample.
    uint256 internal constant SMALL = 25;

    /// The gas of a transaction about the largest sample, at today's prices: half of what a transaction may take, less
    /// some for the rest of it. Prices of storage may double before a claim no longer fits.
    uint256 private constant _GAS = 7_800_000;

    /// The gas of a slot that is read and becomes used.
    uint256 internal constant SLOT_GAS = 22_200;

    /// The most features of a sample, so that contributing it takes at most `_GAS`: either each feature has slots of
    /// its own, or together they touch every slot that there is.
    /// @param slots the number of slots of the model
    /// @param featureSlots the most slots that one feature touches
    /// @param featureGas the gas of one feature beside them
    function most(uint256 slots, uint256 featureSlots, uint256 featureGas) internal pure returns (uint256) {
        uint256 apart = _GAS / (featureSlots * SLOT_GAS + featureGas);
        return FixedPointMathLib.max(apart, FixedPointMathLib.zeroFloorSub(_GAS, slots * SLOT_GAS) / featureGas);
    }

    /// Reverts unless the sample has a feature, and all are below `features` and increase.
    /// @return size the number of features
    function check(bytes calldata sample, uint256 features) internal pure returns (uint256 size) {
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
    }

    function checkSize(uint256 size, uint256 limit) internal pure {
        if (size > limit) revert IModel.TooManyFeatures(size, limit);
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
