// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Zeros} from "../libraries/Zeros.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// One perceptron per class, that class against the others: score = bias + weights · sample, and the largest wins. A
/// sample teaches each class whose score is not on its side of 0: above it for the label's class, below it for any
/// other.
///
/// A class without samples is empty: it does not win, and does not learn from the samples of other classes.
///
/// Parameters: two bytes per class, 0 if it is empty, otherwise its bias + 32,768; then the weights.
abstract contract MulticlassPerceptron is MemoryModel {
    using Settings for uint256;

    uint256 private constant _ZERO = 1 << 15;

    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal view override returns (bool changed) {
        int256[] memory scores = _scores(image, sample, settings);
        for (uint256 k; k < scores.length; ++k) {
            if (k == label ? scores[k] > 0 : scores[k] < 0) continue;
            int256 step = k == label ? int256(1) : int256(-1);
            _move(image, sample, k, step, settings);
            _moveBias(image, k, step);
            changed = true;
        }
    }

    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (int256[] memory scores) {
        uint256 count = Head.wrap(image.word(0)).classes();
        scores = _dots(image, sample, count, settings);
        for (uint256 k; k < count; ++k) {
            uint256 bias = image.uint16At(_bias(k));
            if (bias == 0) scores[k] = EMPTY;
            else scores[k] += (int256(bias) - int256(_ZERO)) * _biasScale();
        }
    }

    function _checkUndeclared(
        uint256 offset,
        bytes calldata parameters,
        uint256 settings
    ) internal pure virtual override {
        Zeros.check(parameters, offset, _bias(settings.classes()), _weights(settings));
    }

    /// weights · sample of the first `count` classes.
    function _dots(
        Image image,
        bytes calldata sample,
        uint256 count,
        uint256 settings
    ) internal view virtual returns (int256[] memory dots);

    /// Adds `step` (1 or -1) times the sample to the weights of a class.
    function _move(
        Image image,
        bytes calldata sample,
        uint256 label,
        int256 step,
        uint256 settings
    ) internal view virtual;

    /// The change of the score when the bias changes by 1.
    function _biasScale() internal pure virtual returns (int256);

    /// The byte after the biases.
    function _weights(uint256 settings) internal pure returns (uint256) {
        return _bias(settings.maxClasses());
    }

    function _moveBias(Image image, uint256 label, int256 step) private pure {
        uint256 bias = image.uint16At(_bias(label));
        if (bias == 0) bias = _ZERO;
        if (step > 0 ? bias < type(uint16).max : bias > 1) image.setUint16(_bias(label), uint256(int256(bias) + step));
    }

    function _bias(uint256 label) private pure returns (uint256) {
        return HeadLibrary.BYTES + 2 * label;
    }
}
