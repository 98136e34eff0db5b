// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Centroid} from "../libraries/Centroid.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Head} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Tally, TallyLibrary} from "../types/Tally.sol";
import {CountTable} from "./CountTable.sol";

/// Predicts the class with the nearest mean, over binary features. The total of a class is the sum of its squared
/// counts.
abstract contract SparseNearestCentroid is CountTable {
    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal pure override returns (int256[] memory scores) {
        scores = new int256[](Head.wrap(image.word(0)).classes());
        for (uint256 k; k < scores.length; ++k) {
            Tally tally = TallyLibrary.read(image, k);
            scores[k] =
                tally.count() == 0
                    ? EMPTY
                    : Centroid.score(
                        tally,
                        int256(SparseTable.count(image, sample, _column(k, settings), _stride(settings)))
                    );
        }
    }

    function _growth(uint256 sum, uint256 size) internal pure override returns (uint256) {
        // (s + 1)² - s² for each feature
        return 2 * sum + size;
    }

    // solhint-disable-next-line no-empty-blocks
    function _checkModel(uint256 settings) internal pure override {}
}
