// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Head, HeadLibrary} from "../libraries/Head.sol";
import {Image} from "../libraries/Image.sol";
import {Settings} from "../libraries/Settings.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// A perceptron for each class, that class against the others: score = bias + weights · sample, the largest wins. A sample
/// teaches each class whose score isn't on its side of 0: above it for the label's, below for another.
///
/// A class without a sample of its own is empty: it neither wins nor learns that others aren't it.
///
/// Parameters: for each class two bytes, 0 where it is empty, else its bias + 32,768; then the weights.
abstract contract MulticlassPerceptron is MemoryModel {
    using Settings for uint256;

    uint256 private constant _ZERO = 1 << 15;

    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 word
    ) internal view override returns (bool changed) {
        int256[] memory scores = _scores(image, sample, word);
        for (uint256 k; k < scores.length; ++k) {
            if (k == label ? scores[k] > 0 : scores[k] < 0) continue;
            int256 step = k == label ? int256(1) : int256(-1);
            _move(image, sample, k, step, word);
            _moveBias(image, k, step);
            changed = true;
        }
    }

    function _scores(
        Image image,
        bytes calldata sample,
        uint256 word
    ) internal view override returns (int256[] memory scores) {
        uint256 count = Head.wrap(image.word(0)).classes();
        scores = _dots(image, sample, count, word);
        for (uint256 k; k < count; ++k) {
            uint256 bias = image.uint16At(_bias(k));
            if (bias == 0) scores[k] = EMPTY;
            else scores[k] += (int256(bias) - int256(_ZERO)) * _biasScale();
        }
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 word) internal pure virtual override {
        Zeros.check(parameters, offset, _bias(word.classes()), _weights(word));
    }

    /// weights · sample of the first `count` classes.
    function _dots(
        Image image,
        bytes calldata sample,
        uint256 count,
        uint256 word
    ) internal view virtual returns (int256[] memory dots);

    /// Adds `step` (1 or -1) times the sample to the weights of a class.
    function _move(Image image, bytes calldata sample, uint256 label, int256 step, uint256 word) internal view virtual;

    /// What a step of the bias adds to the score.
    function _biasScale() internal pure virtual returns (int256);

    /// The byte behind the biases.
    function _weights(uint256 word) internal pure returns (uint256) {
        return _bias(word.maxClasses());
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
