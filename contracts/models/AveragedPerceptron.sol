// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Trainer} from "../Trainer.sol";
import {AveragedExam} from "../libraries/AveragedExam.sol";
import {CachedLanes} from "../libraries/CachedLanes.sol";
import {Memory} from "../libraries/Memory.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {SparseLanes} from "../libraries/SparseLanes.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Intercept} from "../types/Intercept.sol";
import {Settings} from "../types/Settings.sol";

/// The averaged perceptron (Freund & Schapire 1999, Collins 2002) with two classes over binary features. It learns as
/// `SparsePerceptron` does, from samples that its weights get wrong; but what it predicts is the answer of the average
/// of its weights over all updates. A sample that the weights get right changes neither.
///
/// With c updates so far and, for each weight w, the sum u of its steps, each times the number of updates before it, the
/// average is w - u / c. So score = c * (bias + weights) - (cached bias + what is cached for them), and class 1 if it is
/// above 0.
///
/// Parameters: c (three bytes), the bias (two bytes, signed), its u (five bytes, signed), the weights (one byte each,
/// signed); from the next slot on u of the weights (see `CachedLanes`). A weight at the end of its range stays there,
/// and so does its u. After 1,048,575 updates the model learns no more.
abstract contract AveragedPerceptron is Trainer {
    using Settings for uint256;

    /// The byte after the head, the counter and the bias.
    uint256 private constant _WEIGHTS = 26;

    uint256 private constant _COUNTER_BITS = 104;
    uint256 private constant _INTERCEPT_BITS = 48;
    /// Of one bias zero is the number 0, not the class without samples.
    uint256 private constant _SIGN = 1 << 55;

    /// The gas of moving a weight and what is cached for it, beside their slots.
    uint256 private constant _FEATURE_GAS = 600;
    /// Whatever the number of slots, a sample may have so many features.
    uint256 private constant _ALWAYS = 173;

    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal override returns (uint256 size, Head trained) {
        (int256 total, uint256 last, uint256 rising, uint256 memo) = SparseLanes.sum(sample, _WEIGHTS);
        _check(sample, settings, last, rising);
        trained = head;
        if (_isWrong(head, total, label)) {
            int256 step = _step(label);
            CachedLanes.shift(sample, _WEIGHTS, _cached(settings), step, step * _counter(head), memo);
            // some weights are in the first slot, too
            trained = _updated(HeadLibrary.read(), step);
        }
        size = sample.length / 2;
    }

    function _train(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal pure override returns (uint256 size) {
        (int256 total, uint256 last, uint256 rising) = image.sum(sample, _WEIGHTS);
        _check(sample, settings, last, rising);
        _learn(AveragedExam.NONE, image, sample, label, total, settings);
        return sample.length / 2;
    }

    function _predict(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (uint256 label) {
        return _average(head, sample, settings) > 0 ? 1 : 0;
    }

    function _score(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (int256[] memory scores) {
        scores = new int256[](2);
        scores[1] = _average(head, sample, settings);
    }

    function _prepare(
        Image image,
        bytes[] calldata portions,
        uint256 settings
    ) internal pure override returns (uint256 exam) {
        uint256 tests = 0;
        uint256 postings = 0;
        for (uint256 i; i < portions.length; ++i) {
            for (uint256 offset = PORTION_START; offset < portions[i].length; ++tests) {
                (, bytes calldata sample, uint256 next) = _batchSample(portions[i], offset);
                postings += sample.length / 2;
                offset = next;
            }
        }
        exam = AveragedExam.allocate(tests, postings, settings.features());
        for (uint256 i; i < portions.length; ++i) {
            for (uint256 offset = PORTION_START; offset < portions[i].length;) {
                (uint256 label, bytes calldata sample, uint256 next) = _batchSample(portions[i], offset);
                AveragedExam.add(exam, image, sample, label, _WEIGHTS, _cached(settings));
                offset = next;
            }
        }
    }

    function _study(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal pure override {
        // the form of the sample was checked when it was contributed
        // slither-disable-next-line unused-return
        (int256 total, , ) = image.sum(sample, _WEIGHTS);
        _learn(exam, image, sample, label, total, settings);
    }

    function _mistakes(uint256 exam, Image image, bytes[] calldata, uint256) internal pure override returns (uint256) {
        Head head = Head.wrap(image.word(0));
        Intercept intercept = _intercept(head);
        return AveragedExam.mistakes(exam, _counter(head), intercept.bias(), intercept.cached());
    }

    function _validate(bytes calldata sample, uint256 settings) internal pure override {
        // slither-disable-next-line unused-return
        SparseSample.check(sample, settings.features());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        uint256 slots = (settings.features() + CachedLanes.LANES - 1) / CachedLanes.LANES;
        return 32 * (_cached(settings) + slots) - HeadLibrary.BYTES;
    }

    function _checkModel(uint256 settings) internal pure override {
        if (settings.maxClasses() != 2) revert BadSetting("maxClasses");
    }

    // solhint-disable-next-line no-empty-blocks
    function _checkUndeclared(uint256, bytes calldata, uint256) internal pure override {}

    /// Lets a model in memory learn a sample whose weights add up to `total`, and updates its exam.
    function _learn(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 label,
        int256 total,
        uint256 settings
    ) private pure {
        Head head = Head.wrap(image.word(0));
        if (!_isWrong(head, total, label)) return;
        int256 step = _step(label);
        AveragedExam.shift(exam, image, sample, _WEIGHTS, _cached(settings), step, step * _counter(head));
        // some weights are in the first slot, too
        image.setWord(0, Head.unwrap(_updated(Head.wrap(image.word(0)), step)));
    }

    /// The score of class 1.
    function _average(Head head, bytes calldata sample, uint256 settings) private view returns (int256) {
        uint256 free = Memory.mark();
        // a claim does not learn
        // slither-disable-next-line unused-return
        (int256 total, uint256 last, uint256 rising, ) = SparseLanes.sum(sample, _WEIGHTS);
        Memory.release(free);
        _check(sample, settings, last, rising);
        Intercept intercept = _intercept(head);
        int256 cached = intercept.cached() + CachedLanes.sum(sample, _cached(settings));
        return _counter(head) * (intercept.bias() + total) - cached;
    }

    function _check(bytes calldata sample, uint256 settings, uint256 last, uint256 rising) private pure {
        bool wrong;
        uint256 end = _WEIGHTS + settings.features();
        assembly ("memory-safe") {
            // no jumps
            wrong := or(or(iszero(rising), iszero(lt(last, end))), and(sample.length, 1))
        }
        if (wrong) SparseSample.explain(sample, settings.features());
        if (sample.length > 2 * _ALWAYS) {
            SparseSample.checkSize(sample.length / 2, SparseSample.most(_slots(settings), 2, _FEATURE_GAS));
        }
    }

    /// Whether the model learns from a sample whose weights add up to `total`.
    function _isWrong(Head head, int256 total, uint256 label) private pure returns (bool) {
        uint256 predicted = total + _intercept(head).bias() > 0 ? 1 : 0;
        return predicted != label && _counter(head) < int256(CachedLanes.FULL);
    }

    function _step(uint256 label) private pure returns (int256) {
        return label == 1 ? int256(1) : int256(-1);
    }

    /// The number of updates.
    function _counter(Head head) private pure returns (int256) {
        return int256(uint256(uint24(Head.unwrap(head) >> _COUNTER_BITS)));
    }

    function _intercept(Head head) private pure returns (Intercept) {
        return Intercept.wrap(uint56(Head.unwrap(head) >> _INTERCEPT_BITS) ^ _SIGN);
    }

    /// The head after one more update, which has moved the weights.
    function _updated(Head head, int256 step) private pure returns (Head) {
        Intercept intercept = _intercept(head).moved(step, step * _counter(head), 0);
        uint256 others = Head.unwrap(head) & ~(uint256(type(uint56).max) << _INTERCEPT_BITS);
        uint256 field = (Intercept.unwrap(intercept) ^ _SIGN) << _INTERCEPT_BITS;
        return Head.wrap((others | field) + (1 << _COUNTER_BITS));
    }

    /// The slot at which what is cached for the weights begins.
    function _cached(uint256 settings) private pure returns (uint256) {
        return (_WEIGHTS + settings.features() + 31) / 32;
    }
}
