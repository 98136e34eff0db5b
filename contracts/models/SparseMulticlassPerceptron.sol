// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sketch} from "../libraries/Sketch.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {HeadLibrary} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {MulticlassPerceptron} from "./MulticlassPerceptron.sol";

/// A perceptron with several classes over binary features. Weights: for each feature one signed byte per class, so that
/// the classes share the slots that a sample touches. A weight at the end of its range stays there.
abstract contract SparseMulticlassPerceptron is MulticlassPerceptron {
    using Settings for uint256;

    /// The gas of moving a weight, beside its slot.
    uint256 private constant _LANE_GAS = 320;

    function _dots(
        Image image,
        bytes calldata sample,
        uint256 count,
        uint256 settings
    ) internal pure override returns (int256[] memory dots) {
        dots = new int256[](count);
        uint256 stride = settings.maxClasses();
        for (uint256 k; k < count; ++k) dots[k] = SparseTable.sum(image, sample, _weights(settings) + k, stride);
    }

    function _move(
        Image image,
        bytes calldata sample,
        uint256 label,
        int256 step,
        uint256 settings
    ) internal pure override {
        SparseTable.shift(image, sample, _weights(settings) + label, settings.maxClasses(), step);
    }

    function _load(Image image, bytes calldata sample, uint256, uint256 settings) internal view override {
        image.load(32, _weights(settings));
        SparseTable.load(image, sample, _weights(settings), settings.maxClasses());
    }

    function _store(Image image, bytes calldata sample, uint256, uint256 settings) internal override {
        image.store(32, _weights(settings));
        SparseTable.store(image, sample, _weights(settings), settings.maxClasses());
    }

    function _check(bytes calldata sample, uint256 settings) internal pure override returns (uint256 size) {
        size = SparseSample.check(sample, settings.features());
        if (size > SparseSample.SMALL) {
            uint256 lanes = settings.maxClasses();
            // a row may begin at any byte of a slot
            uint256 rowSlots = (lanes + 30) / 32 + 1;
            SparseSample.checkSize(size, SparseSample.most(_slots(settings), rowSlots, _LANE_GAS * lanes));
        }
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 settings) internal pure override {
        super._checkUndeclared(offset, parameters, settings);
        Zeros.checkRows(parameters, offset, _weights(settings), settings.maxClasses(), settings.classes());
    }

    function _biasScale() internal pure override returns (int256) {
        return 1;
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        return _weights(settings) + settings.maxClasses() * settings.features() - HeadLibrary.BYTES;
    }

    function _checkModel(uint256 settings) internal pure override {
        // two classes need one perceptron
        if (settings.maxClasses() == 2) revert BadSetting("maxClasses");
    }
}
