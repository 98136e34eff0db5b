// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tally} from "../types/Tally.sol";

/// The proximity of a sample to the mean of a class.
library Centroid {
    /// With the mean s / n, |x|² - |x - s / n|² = (2 n s·x - |s|²) / n², in units of 2⁻³²: largest for the nearest.
    /// @param tally n, and |s|² as its total
    /// @param dot s·x
    function score(Tally tally, int256 dot) internal pure returns (int256) {
        int256 n = int256(tally.count());
        return ((2 * n * dot - int256(tally.total())) * 2 ** 32) / (n * n);
    }
}
