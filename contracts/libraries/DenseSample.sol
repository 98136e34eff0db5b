// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IModel} from "../interfaces/IModel.sol";
import {DenseLanes} from "./DenseLanes.sol";

/// A unit vector times 127, each coordinate rounded to a signed byte.
library DenseSample {
    /// The integer that stands for a coordinate of 1.
    uint256 internal constant SCALE = 127;

    uint256 internal constant MAX_FEATURES = 4096;

    /// Copies a sample to memory, followed by zeros, so that it can be read word by word.
    function read(bytes calldata sample) internal pure returns (uint256 x) {
        assembly ("memory-safe") {
            x := mload(0x40)
            calldatacopy(x, sample.offset, sample.length)
            mstore(add(x, sample.length), 0)
            mstore(0x40, add(x, and(add(sample.length, 63), not(31))))
        }
    }

    function checkLength(bytes calldata sample, uint256 features) internal pure {
        if (sample.length != features) revert IModel.WrongLength(sample.length, features);
    }

    /// Reverts unless the sample has the right length and norm.
    function check(bytes calldata sample, uint256 features) internal pure {
        checkLength(sample, features);
        uint256 x = read(sample);
        // only the squares are needed, and they do not depend on the vector
        // slither-disable-next-line unused-return
        (, uint256 squares) = DenseLanes.dot(x, 16, x, sample.length);
        checkNorm(squares, features);
    }

    /// Reverts unless the norm is within 127 ± √features / 2, since rounding moves no coordinate by more than a half.
    /// Nobody can move a model further than a rounded unit vector does.
    /// @param squares the sum of the squares of the coordinates
    function checkNorm(uint256 squares, uint256 features) internal pure {
        // |norm - 127| <= √features / 2, with the roots squared away
        uint256 centre = 4 * SCALE * SCALE + features;
        uint256 distance = FixedPointMathLib.dist(4 * squares, centre);
        uint256 most = 16 * SCALE * SCALE * features;
        if (distance * distance > most) {
            uint256 root = FixedPointMathLib.sqrt(most);
            revert IModel.NotUnitNorm(squares, (centre - root + 3) / 4, (centre + root) / 4);
        }
    }
}
