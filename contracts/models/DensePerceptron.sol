// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DenseLanes} from "../libraries/DenseLanes.sol";
import {DenseSample} from "../libraries/DenseSample.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// Rosenblatt's perceptron with two classes over unit vectors: score = bias + weights · sample, and class 1 if it is
/// above 0. Unless the score is on the label's side of 0, the weights move by the sample and the bias by one, towards
/// the label.
///
/// Parameters: the bias (two bytes, signed), then the weights (two bytes each, signed). A weight at the end of its
/// range stays there.
abstract contract DensePerceptron is MemoryModel {
    using Settings for uint256;

    uint256 private constant _BITS = 16;
    /// The byte after the head and the bias.
    uint256 private constant _WEIGHTS = 18;
    /// Weights and samples both have the scale of a sample, so a dot product has its square.
    int256 private constant _BIAS_SCALE = int256(DenseSample.SCALE * DenseSample.SCALE);

    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal pure override returns (bool changed) {
        uint256 x = DenseSample.read(sample);
        int256 margin = _margin(image, x, settings);
        if (label == 1 ? margin > 0 : margin < 0) return false;
        int256 step = label == 1 ? int256(1) : int256(-1);
        DenseLanes.shift(Image.unwrap(image) + _WEIGHTS, _BITS, x, sample.length, step);
        int256 bias = _bias(image) + step;
        if (bias == int16(bias)) image.setUint16(_WEIGHTS - 2, uint16(int16(bias)));
        return true;
    }

    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal pure override returns (int256[] memory scores) {
        scores = new int256[](2);
        scores[1] = _margin(image, DenseSample.read(sample), settings);
    }

    function _load(Image image, bytes calldata, uint256, uint256 settings) internal view override {
        image.load(32, _WEIGHTS + 2 * settings.features());
    }

    function _store(Image image, bytes calldata, uint256, uint256 settings) internal override {
        image.store(32, _WEIGHTS + 2 * settings.features());
    }

    function _check(bytes calldata sample, uint256 settings) internal pure override returns (uint256 size) {
        DenseSample.checkLength(sample, settings.features());
        return 1;
    }

    function _validate(bytes calldata sample, uint256 settings) internal pure override {
        DenseSample.check(sample, settings.features());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.dense(sample);
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        return 2 + 2 * settings.features();
    }

    function _checkModel(uint256 settings) internal pure override {
        if (settings.maxClasses() != 2) revert BadSetting("maxClasses");
        if (settings.features() > DenseSample.MAX_FEATURES) revert BadSetting("features");
    }

    // solhint-disable-next-line no-empty-blocks
    function _checkUndeclared(uint256, bytes calldata, uint256) internal pure override {}

    function _margin(Image image, uint256 x, uint256 settings) private pure returns (int256) {
        uint256 features_ = settings.features();
        (int256 dot, uint256 squares) = DenseLanes.dot(Image.unwrap(image) + _WEIGHTS, _BITS, x, features_);
        DenseSample.checkNorm(squares, features_);
        return dot + _bias(image) * _BIAS_SCALE;
    }

    function _bias(Image image) private pure returns (int256) {
        return int16(uint16(image.uint16At(_WEIGHTS - 2)));
    }
}
