// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Head} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {Tally, TallyLibrary} from "../types/Tally.sol";
import {CountTable} from "./CountTable.sol";

/// Multinomial naive Bayes over binary features. A score is the logarithm of the class's share of all samples, plus for
/// each feature of the sample that of (its count in the class + smoothing) / (all counts in the class + smoothing *
/// features), in units of 10⁻⁹.
///
/// The total of a class is the sum of its counts. Nine counts are multiplied before one logarithm is taken.
abstract contract NaiveBayes is CountTable {
    using Settings for uint256;

    /// The bytes of a sample that make one product: nine factors of 26 bits.
    uint256 private constant _CHUNK = 18;

    /// ln(10¹⁸) * 10¹⁸: Solady's logarithm takes its argument as a multiple of 10⁻¹⁸.
    int256 private constant _LN_WAD = 41446531673892822312;

    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal pure override returns (int256[] memory scores) {
        scores = new int256[](Head.wrap(image.word(0)).classes());
        uint256 all = 0;
        for (uint256 k; k < scores.length; ++k) all += TallyLibrary.read(image, k).count();
        for (uint256 k; k < scores.length; ++k) {
            Tally tally = TallyLibrary.read(image, k);
            scores[k] =
                tally.count() == 0
                    ? EMPTY
                    : _ln(tally.count()) - _ln(all) + _likelihood(image, sample, k, tally.total(), settings);
        }
    }

    function _growth(uint256, uint256 size) internal pure override returns (uint256) {
        return size;
    }

    function _checkModel(uint256 settings) internal pure override {
        if (settings.smoothing() == 0) revert BadSetting("smoothing");
    }

    function _likelihood(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 total,
        uint256 settings
    ) private pure returns (int256 sum) {
        uint256 first = _column(label, settings);
        uint256 stride = _stride(settings);
        uint256 smoothing = settings.smoothing();
        for (uint256 start; start < sample.length; start += _CHUNK) {
            uint256 end = FixedPointMathLib.min(start + _CHUNK, sample.length);
            sum += _ln(SparseTable.product(image, sample[start:end], first, stride, smoothing));
        }
        sum -= int256(sample.length / 2) * _ln(1000 * total + smoothing * settings.features());
    }

    function _ln(uint256 x) private pure returns (int256) {
        return (FixedPointMathLib.lnWad(int256(x)) + _LN_WAD) / 1e9;
    }
}
