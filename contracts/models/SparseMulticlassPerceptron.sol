// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {HeadLibrary} from "../libraries/Head.sol";
import {Image} from "../libraries/Image.sol";
import {Settings} from "../libraries/Settings.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {MulticlassPerceptron} from "./MulticlassPerceptron.sol";

/// A perceptron of several classes over binary features. Weights: for each feature one signed byte a class, so that the
/// classes share the slots that a sample touches. One at the end of its range stays there.
abstract contract SparseMulticlassPerceptron is MulticlassPerceptron {
    using Settings for uint256;

    /// Lanes that a prediction may read, so that every claim fits into a transaction: 210 gas each, and 4,100 slots.
    uint256 private constant _MOST_LANES = 32_000;

    function _dots(
        Image image,
        bytes calldata sample,
        uint256 count,
        uint256 word
    ) internal pure override returns (int256[] memory dots) {
        dots = new int256[](count);
        uint256 stride = word.maxClasses();
        for (uint256 k; k < count; ++k) dots[k] = SparseTable.sum(image, sample, _weights(word) + k, stride);
    }

    function _move(
        Image image,
        bytes calldata sample,
        uint256 label,
        int256 step,
        uint256 word
    ) internal pure override {
        SparseTable.shift(image, sample, _weights(word) + label, word.maxClasses(), step);
    }

    function _load(Image image, bytes calldata sample, uint256, uint256 word) internal view override {
        image.load(32, _weights(word));
        SparseTable.load(image, sample, _weights(word), word.maxClasses());
    }

    function _store(Image image, bytes calldata sample, uint256, uint256 word) internal override {
        image.store(32, _weights(word));
        SparseTable.store(image, sample, _weights(word), word.maxClasses());
    }

    function _check(bytes calldata sample, uint256 word) internal pure override returns (uint256 size) {
        return SparseSample.check(sample, word.features(), _MOST_LANES / word.maxClasses());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 word) internal pure override {
        super._checkUndeclared(offset, parameters, word);
        Zeros.checkRows(parameters, offset, _weights(word), word.maxClasses(), word.classes());
    }

    function _biasScale() internal pure override returns (int256) {
        return 1;
    }

    function _parameterBytes(uint256 word) internal pure override returns (uint256) {
        return _weights(word) + word.maxClasses() * word.features() - HeadLibrary.BYTES;
    }

    function _checkModel(uint256 word) internal pure override {
        // two classes need one perceptron
        if (word.maxClasses() == 2) revert BadSetting("maxClasses");
    }
}
