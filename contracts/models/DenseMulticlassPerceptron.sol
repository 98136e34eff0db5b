// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DenseLanes} from "../libraries/DenseLanes.sol";
import {DenseSample} from "../libraries/DenseSample.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {MulticlassPerceptron} from "./MulticlassPerceptron.sol";

/// A perceptron with several classes over unit vectors. Weights: for each class one signed 16-bit number per feature. A
/// weight at the end of its range stays there.
abstract contract DenseMulticlassPerceptron is MulticlassPerceptron {
    using Settings for uint256;

    uint256 private constant _BITS = 16;

    /// So that no transaction about a sample takes more than eight million gas: 1,540 per lane, as the weights of all
    /// classes become used, and as much as for three lanes per class.
    uint256 private constant _MOST_LANES = 5150;

    function _dots(
        Image image,
        bytes calldata sample,
        uint256 count,
        uint256 settings
    ) internal pure override returns (int256[] memory dots) {
        uint256 x = DenseSample.read(sample);
        uint256 squares = 0;
        dots = new int256[](count);
        for (uint256 k; k < count; ++k) {
            (dots[k], squares) = DenseLanes.dot(Image.unwrap(image) + _vector(k, settings), _BITS, x, sample.length);
        }
        DenseSample.checkNorm(squares, settings.features());
    }

    function _move(
        Image image,
        bytes calldata sample,
        uint256 label,
        int256 step,
        uint256 settings
    ) internal pure override {
        uint256 x = DenseSample.read(sample);
        DenseLanes.shift(Image.unwrap(image) + _vector(label, settings), _BITS, x, sample.length, step);
    }

    function _load(Image image, bytes calldata, uint256, uint256 settings) internal view override {
        image.load(32, _vector(Head.wrap(image.word(0)).classes(), settings));
    }

    function _store(Image image, bytes calldata, uint256, uint256 settings) internal override {
        image.store(32, _vector(Head.wrap(image.word(0)).classes(), settings));
    }

    function _check(bytes calldata sample, uint256 settings) internal pure override returns (uint256 size) {
        DenseSample.checkLength(sample, settings.features());
        return 1;
    }

    function _biasScale() internal pure override returns (int256) {
        return int256(DenseSample.SCALE * DenseSample.SCALE);
    }

    function _validate(bytes calldata sample, uint256 settings) internal pure override {
        DenseSample.check(sample, settings.features());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.dense(sample);
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        return _vector(settings.maxClasses(), settings) - HeadLibrary.BYTES;
    }

    function _checkModel(uint256 settings) internal pure override {
        // two classes need one perceptron
        if (settings.maxClasses() == 2) revert BadSetting("maxClasses");
        if ((settings.features() + 3) * settings.maxClasses() > _MOST_LANES) revert BadSetting("features");
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 settings) internal pure override {
        super._checkUndeclared(offset, parameters, settings);
        Zeros.check(
            parameters,
            offset,
            _vector(settings.classes(), settings),
            _vector(settings.maxClasses(), settings)
        );
    }

    /// The byte of a class's weight for feature 0.
    function _vector(uint256 label, uint256 settings) private pure returns (uint256) {
        return _weights(settings) + 2 * label * settings.features();
    }
}
