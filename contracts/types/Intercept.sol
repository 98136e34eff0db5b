// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {HeadLibrary} from "./Head.sol";
import {Image} from "./Image.sol";

/// What an averaged perceptron keeps of a bias, in seven bytes:
///
///     | bias + 32,768: 16 bits | cached, signed: 40 bits |
///
/// `cached` is the sum of all steps of the bias, each times the number of updates before it. Where there are several,
/// a bias field of 0 is that of a class without samples.
type Intercept is uint256;

using InterceptLibrary for Intercept global;

library InterceptLibrary {
    /// The bytes of the counter, which precedes the intercepts.
    uint256 internal constant COUNTER = 3;

    uint256 private constant _BYTES = 7;
    uint256 private constant _ZERO = 1 << 15;

    /// The byte of the packed state at which a class's intercept begins.
    function place(uint256 label) internal pure returns (uint256) {
        return HeadLibrary.BYTES + COUNTER + _BYTES * label;
    }

    function read(Image image, uint256 label) internal pure returns (Intercept intercept) {
        uint256 end = place(label + 1);
        assembly ("memory-safe") {
            // the word that ends with the class's last byte
            intercept := and(mload(sub(add(image, end), 32)), 0xffffffffffffff)
        }
    }

    function write(Intercept intercept, Image image, uint256 label) internal pure {
        uint256 end = place(label + 1);
        assembly ("memory-safe") {
            let field := sub(add(image, end), 32)
            mstore(field, or(and(mload(field), not(0xffffffffffffff)), intercept))
        }
    }

    function isEmpty(Intercept intercept) internal pure returns (bool) {
        return Intercept.unwrap(intercept) >> 40 == 0;
    }

    function bias(Intercept intercept) internal pure returns (int256) {
        return int256(Intercept.unwrap(intercept) >> 40) - int256(_ZERO);
    }

    function cached(Intercept intercept) internal pure returns (int256) {
        return int40(uint40(Intercept.unwrap(intercept)));
    }

    /// The intercept with a bias of 0.
    function begun(Intercept intercept) internal pure returns (Intercept) {
        return Intercept.wrap((_ZERO << 40) | uint40(Intercept.unwrap(intercept)));
    }

    /// The intercept after a step of the bias (1 or -1), and the same one if a number would leave its range.
    /// @param delay the step times the number of updates before it
    /// @param least the least bias field
    function moved(Intercept intercept, int256 step, int256 delay, uint256 least) internal pure returns (Intercept) {
        int256 field = int256(Intercept.unwrap(intercept) >> 40) + step;
        int256 sum = intercept.cached() + delay;
        if (field < int256(least) || field > int256(uint256(type(uint16).max)) || sum != int40(sum)) return intercept;
        return Intercept.wrap((uint256(field) << 40) | uint40(int40(sum)));
    }
}
