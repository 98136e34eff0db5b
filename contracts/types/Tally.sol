// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {HeadLibrary} from "./Head.sol";
import {Image} from "./Image.sol";

/// What a counting model keeps of each class, in eight bytes per class after the head:
///
///     | number of its samples: 16 bits | total over its lanes: 48 bits |
///
/// A class with 65,535 samples is full and learns no more, so that no lane and no total of samples ever overflows, and
/// an average is exact. Initial parameters that cannot result from samples stop at the end of their range.
type Tally is uint256;

using TallyLibrary for Tally global;

library TallyLibrary {
    uint256 private constant _FULL = type(uint16).max;

    /// The byte of the packed state at which a class's tally begins.
    function place(uint256 label) internal pure returns (uint256) {
        return HeadLibrary.BYTES + 8 * label;
    }

    function read(Image image, uint256 label) internal pure returns (Tally tally) {
        assembly ("memory-safe") {
            // the word that ends with the class's last byte
            tally := and(mload(add(sub(image, 8), shl(3, label))), 0xffffffffffffffff)
        }
    }

    function write(Tally tally, Image image, uint256 label) internal pure {
        assembly ("memory-safe") {
            let field := add(sub(image, 8), shl(3, label))
            mstore(field, or(and(mload(field), not(0xffffffffffffffff)), tally))
        }
    }

    function count(Tally tally) internal pure returns (uint256) {
        return Tally.unwrap(tally) >> 48;
    }

    function total(Tally tally) internal pure returns (uint256) {
        return uint48(Tally.unwrap(tally));
    }

    function isFull(Tally tally) internal pure returns (bool) {
        return tally.count() == _FULL;
    }

    /// The tally after one more sample, by which the total grows by `growth`.
    function next(Tally tally, int256 growth) internal pure returns (Tally) {
        int256 total_ = FixedPointMathLib.clamp(int256(tally.total()) + growth, 0, int256(uint256(type(uint48).max)));
        return Tally.wrap(((tally.count() + 1) << 48) | uint256(total_));
    }
}
