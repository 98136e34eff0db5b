// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {CachedLanes} from "../libraries/CachedLanes.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image, ImageLibrary} from "../types/Image.sol";
import {Intercept, InterceptLibrary} from "../types/Intercept.sol";
import {Settings} from "../types/Settings.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// The averaged perceptron with several classes over binary features (Collins 2002). If the class whose weights and bias
/// add up to most is not the label, those of the label move by one towards it, and those of the other class away from
/// it. What it predicts is the answer of the average over all such updates: see `AveragedPerceptron`. The classes share
/// the counter c of updates.
///
/// A class without samples is empty: it does not win, and does not learn from the samples of other classes.
///
/// Parameters: c (three bytes), an `Intercept` per class (seven bytes), then for each feature one weight per class (one
/// byte, signed); from the next slot on, in the same order, u of the weights (see `CachedLanes`).
abstract contract AveragedMulticlassPerceptron is MemoryModel {
    using Settings for uint256;

    uint256 private constant _COUNTER_BITS = 104;

    /// The gas of a feature, beside its slots: for itself, and for each class.
    uint256 private constant _FEATURE_GAS = 1_000;
    uint256 private constant _LANE_GAS = 500;

    /// A single sample needs what is cached only if the weights get it wrong.
    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal override returns (uint256 size, Head trained) {
        size = _check(sample, settings);
        Image image = ImageLibrary.allocate(HeadLibrary.BYTES + _parameterBytes(settings));
        image.setWord(0, Head.unwrap(head));
        _loadWeights(image, sample, settings);
        uint256 predicted = _winner(image, sample, settings);
        if (_isWrong(image, predicted, label)) {
            CachedLanes.load(image, sample, _cached(settings), settings.maxClasses());
            _update(image, sample, label, predicted, settings);
            image.store(32, _weights(settings));
            SparseTable.store(image, sample, _weights(settings), settings.maxClasses());
            CachedLanes.store(image, sample, _cached(settings), settings.maxClasses());
        }
        trained = Head.wrap(image.word(0));
    }

    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal pure override returns (bool changed) {
        uint256 predicted = _winner(image, sample, settings);
        changed = _isWrong(image, predicted, label);
        if (changed) _update(image, sample, label, predicted, settings);
    }

    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal pure override returns (int256[] memory scores) {
        scores = new int256[](Head.wrap(image.word(0)).classes());
        (uint256 weights, uint256 cached, uint256 stride) = _layout(settings);
        int256 counter = _counter(image);
        for (uint256 k; k < scores.length; ++k) {
            Intercept intercept = InterceptLibrary.read(image, k);
            if (intercept.isEmpty()) {
                scores[k] = EMPTY;
                continue;
            }
            scores[k] =
                counter * (intercept.bias() + SparseTable.sum(image, sample, weights + k, stride)) -
                (intercept.cached() + CachedLanes.sum(image, sample, cached, k, stride));
        }
    }

    function _load(Image image, bytes calldata sample, uint256, uint256 settings) internal view override {
        _loadWeights(image, sample, settings);
        CachedLanes.load(image, sample, _cached(settings), settings.maxClasses());
    }

    function _check(bytes calldata sample, uint256 settings) internal pure override returns (uint256 size) {
        size = SparseSample.check(sample, settings.features());
        if (size > SparseSample.SMALL) {
            uint256 lanes = settings.maxClasses();
            uint256 featureGas = _FEATURE_GAS + _LANE_GAS * lanes;
            // two classes move: their lanes are in one slot or in two of the weights, and of what is cached
            uint256 moved = CachedLanes.LANES % lanes == 0 ? 1 : 2;
            uint256 limit = SparseSample.most(_slots(settings), 2 + moved, featureGas);
            featureGas += moved * SparseSample.SLOT_GAS;
            limit = FixedPointMathLib.max(limit, SparseSample.most(_cached(settings), 2, featureGas));
            SparseSample.checkSize(size, limit);
        }
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 settings) internal pure override {
        (uint256 weights, uint256 cached, uint256 stride) = _layout(settings);
        Zeros.check(parameters, offset, InterceptLibrary.place(settings.classes()), weights);
        uint256 end = FixedPointMathLib.zeroFloorSub(weights + stride * settings.features(), offset);
        end = FixedPointMathLib.min(end, parameters.length);
        Zeros.checkRows(parameters[:end], offset, weights, stride, settings.classes());
        CachedLanes.checkZeros(parameters, offset, cached, stride, settings.classes());
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        uint256 lanes = settings.maxClasses() * settings.features();
        uint256 slots = (lanes + CachedLanes.LANES - 1) / CachedLanes.LANES;
        return 32 * (_cached(settings) + slots) - HeadLibrary.BYTES;
    }

    function _checkModel(uint256 settings) internal pure override {
        // two classes need one vector
        if (settings.maxClasses() == 2) revert BadSetting("maxClasses");
    }

    function _loadWeights(Image image, bytes calldata sample, uint256 settings) private view {
        image.load(32, _weights(settings));
        SparseTable.load(image, sample, _weights(settings), settings.maxClasses());
    }

    /// Moves the weights of two classes.
    /// @param predicted see `_winner`
    function _update(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 predicted,
        uint256 settings
    ) private pure {
        _move(image, sample, label, 1, settings);
        if (predicted != NO_LABEL) _move(image, sample, predicted, -1, settings);
        image.setWord(0, image.word(0) + (1 << _COUNTER_BITS));
    }

    function _move(Image image, bytes calldata sample, uint256 label, int256 step, uint256 settings) private pure {
        (uint256 weights, uint256 cached, uint256 stride) = _layout(settings);
        int256 delay = step * _counter(image);
        CachedLanes.shift(image, sample, weights, cached, label, stride, step, delay);
        Intercept intercept = InterceptLibrary.read(image, label);
        if (intercept.isEmpty()) intercept = intercept.begun();
        intercept.moved(step, delay, 1).write(image, label);
    }

    /// The class that wins by the weights, the first of equal ones; `NO_LABEL` if all are empty.
    function _winner(Image image, bytes calldata sample, uint256 settings) private pure returns (uint256 label) {
        label = NO_LABEL;
        int256 best = EMPTY;
        (uint256 weights, , uint256 stride) = _layout(settings);
        uint256 count = Head.wrap(image.word(0)).classes();
        for (uint256 k; k < count; ++k) {
            Intercept intercept = InterceptLibrary.read(image, k);
            if (intercept.isEmpty()) continue;
            int256 total = intercept.bias() + SparseTable.sum(image, sample, weights + k, stride);
            if (total > best) (label, best) = (k, total);
        }
    }

    function _isWrong(Image image, uint256 predicted, uint256 label) private pure returns (bool) {
        return predicted != label && _counter(image) < int256(CachedLanes.FULL);
    }

    /// The number of updates.
    function _counter(Image image) private pure returns (int256) {
        return int256(uint256(uint24(image.word(0) >> _COUNTER_BITS)));
    }

    /// The byte of the weights, the slot of what is cached for them, and the number of lanes per feature of both.
    function _layout(uint256 settings) private pure returns (uint256 weights, uint256 cached, uint256 stride) {
        return (_weights(settings), _cached(settings), settings.maxClasses());
    }

    function _weights(uint256 settings) private pure returns (uint256) {
        return InterceptLibrary.place(settings.maxClasses());
    }

    function _cached(uint256 settings) private pure returns (uint256) {
        return (_weights(settings) + settings.maxClasses() * settings.features() + 31) / 32;
    }
}
