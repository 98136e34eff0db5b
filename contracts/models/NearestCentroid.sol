// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Centroid} from "../libraries/Centroid.sol";
import {DenseLanes} from "../libraries/DenseLanes.sol";
import {DenseSample} from "../libraries/DenseSample.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {Tally, TallyLibrary} from "../types/Tally.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// Predicts the class with the nearest mean, over unit vectors. The total of a class is the squared norm of the sum of
/// its samples.
///
/// Parameters: eight bytes per class (see `Tally`), then for each class the sum of its samples, three bytes per
/// feature, signed.
abstract contract NearestCentroid is MemoryModel {
    using Settings for uint256;

    uint256 private constant _BITS = 24;

    /// So that no transaction about a sample takes more than eight million gas: a contribution 2,240 per feature, as
    /// the sums of its class become used, and a prediction 270 per lane.
    uint256 private constant _MOST_FEATURES = 3500;
    uint256 private constant _MOST_LANES = 27_500;

    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal pure override returns (bool changed) {
        uint256 x = DenseSample.read(sample);
        uint256 vector = Image.unwrap(image) + _sums(label, settings);
        (int256 dot, uint256 squares) = DenseLanes.dot(vector, _BITS, x, sample.length);
        DenseSample.checkNorm(squares, settings.features());
        Tally tally = TallyLibrary.read(image, label);
        if (tally.isFull()) return false;
        DenseLanes.shift(vector, _BITS, x, sample.length, 1);
        // |s + x|² = |s|² + 2 s·x + |x|²
        tally.next(2 * dot + int256(squares)).write(image, label);
        return true;
    }

    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal pure override returns (int256[] memory scores) {
        uint256 x = DenseSample.read(sample);
        scores = new int256[](Head.wrap(image.word(0)).classes());
        for (uint256 k; k < scores.length; ++k) {
            (int256 dot, uint256 squares) = DenseLanes.dot(
                Image.unwrap(image) + _sums(k, settings),
                _BITS,
                x,
                sample.length
            );
            if (k == 0) DenseSample.checkNorm(squares, settings.features());
            Tally tally = TallyLibrary.read(image, k);
            scores[k] = tally.count() == 0 ? EMPTY : Centroid.score(tally, dot);
        }
    }

    function _load(Image image, bytes calldata, uint256 label, uint256 settings) internal view override {
        if (label == NO_LABEL) {
            image.load(32, _sums(Head.wrap(image.word(0)).classes(), settings));
        } else {
            image.load(FixedPointMathLib.max(32, TallyLibrary.place(label)), TallyLibrary.place(label + 1));
            image.load(_sums(label, settings), _sums(label + 1, settings));
        }
    }

    function _store(Image image, bytes calldata, uint256 label, uint256 settings) internal override {
        image.store(FixedPointMathLib.max(32, TallyLibrary.place(label)), TallyLibrary.place(label + 1));
        image.store(_sums(label, settings), _sums(label + 1, settings));
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
        return _sums(settings.maxClasses(), settings) - HeadLibrary.BYTES;
    }

    function _checkModel(uint256 settings) internal pure override {
        uint256 features_ = settings.features();
        if (features_ > _MOST_FEATURES || features_ * settings.maxClasses() > _MOST_LANES) {
            revert BadSetting("features");
        }
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 settings) internal pure override {
        Zeros.check(
            parameters,
            offset,
            TallyLibrary.place(settings.classes()),
            TallyLibrary.place(settings.maxClasses())
        );
        Zeros.check(parameters, offset, _sums(settings.classes(), settings), _sums(settings.maxClasses(), settings));
    }

    /// The byte of a class's sum for feature 0.
    function _sums(uint256 label, uint256 settings) private pure returns (uint256) {
        return TallyLibrary.place(settings.maxClasses()) + (label * settings.features() * _BITS) / 8;
    }
}
