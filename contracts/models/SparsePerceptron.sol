// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Trainer} from "../Trainer.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {SparseExam} from "../libraries/SparseExam.sol";
import {SparseLanes} from "../libraries/SparseLanes.sol";
import {SparseMargins} from "../libraries/SparseMargins.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {SparseSteps} from "../libraries/SparseSteps.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";

/// Rosenblatt's perceptron with two classes over binary features: score = bias + the weights of the sample's features,
/// and class 1 if it is above 0. If the model disagrees, each of these weights and the bias move by one towards the
/// label.
///
/// Parameters: the bias (two bytes, signed), then the weights (one byte each, signed). A weight at the end of its range
/// stays there.
abstract contract SparsePerceptron is Trainer {
    using Settings for uint256;

    uint256 private constant _BIAS_BYTES = 2;
    /// The byte after the head and the bias.
    uint256 private constant _WEIGHTS = 18;

    /// The gas of moving a weight, beside its slot.
    uint256 private constant _FEATURE_GAS = 400;
    /// Whatever the number of slots, a sample may have so many features.
    uint256 private constant _ALWAYS = 345;

    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal override returns (uint256 size, Head trained) {
        (int256 margin, uint256 memo) = _margin(head, sample, settings);
        trained = head;
        if (_class(margin) != label) {
            int256 step = _step(label);
            SparseLanes.shift(sample, _WEIGHTS, step, memo);
            // some weights are in the first slot, too
            trained = _shiftBias(HeadLibrary.read(), step);
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
        if (_class(total + _bias(Head.wrap(image.word(0)))) != label) {
            int256 step = _step(label);
            image.shift(sample, _WEIGHTS, step);
            image.setWord(0, Head.unwrap(_shiftBias(Head.wrap(image.word(0)), step)));
        }
        return sample.length / 2;
    }

    function _predict(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (uint256 label) {
        (int256 margin, ) = _margin(head, sample, settings);
        return _class(margin);
    }

    function _score(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (int256[] memory scores) {
        scores = new int256[](2);
        (scores[1], ) = _margin(head, sample, settings);
    }

    function _prepare(Image, bytes[] calldata, uint256) internal pure override returns (uint256 exam) {
        return SparseExam.allocate();
    }

    function _study(uint256 exam, Image image, bytes calldata sample, uint256 label, uint256) internal pure override {
        int256 bias = _bias(Head.wrap(image.word(0)));
        if (_class(SparseSteps.sum(image, sample, _WEIGHTS) + bias) == label) return;
        uint256 margins = SparseExam.note(exam);
        if (margins == 0) SparseSteps.shift(image, sample, _WEIGHTS, _step(label));
        else SparseMargins.shift(margins, image, sample, _WEIGHTS, _step(label));
        // some weights are in the first word, too
        image.setWord(0, Head.unwrap(_shiftBias(Head.wrap(image.word(0)), _step(label))));
    }

    function _mistakes(
        uint256 exam,
        Image image,
        bytes[] calldata portions,
        uint256 settings
    ) internal pure override returns (uint256) {
        int256 bias = _bias(Head.wrap(image.word(0)));
        return SparseExam.mistakes(exam, image, portions, PORTION_START, _WEIGHTS, settings.features(), bias);
    }

    function _validate(bytes calldata sample, uint256 settings) internal pure override {
        uint256 size = sample.length;
        if (size != 0 && size % 2 == 0) {
            (bool rising, uint256 last) = SparseSteps.rises(sample);
            if (rising && last < settings.features()) return;
        }
        // slither-disable-next-line unused-return
        SparseSample.check(sample, settings.features());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        return _BIAS_BYTES + settings.features();
    }

    function _checkModel(uint256 settings) internal pure override {
        if (settings.maxClasses() != 2) revert BadSetting("maxClasses");
    }

    // solhint-disable-next-line no-empty-blocks
    function _checkUndeclared(uint256, bytes calldata, uint256) internal pure override {}

    function _margin(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) private view returns (int256 margin, uint256 memo) {
        uint256 last;
        uint256 rising;
        (margin, last, rising, memo) = SparseLanes.sum(sample, _WEIGHTS);
        _check(sample, settings, last, rising);
        margin += _bias(head);
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
            SparseSample.checkSize(sample.length / 2, SparseSample.most(_slots(settings), 1, _FEATURE_GAS));
        }
    }

    function _class(int256 margin) private pure returns (uint256) {
        return margin > 0 ? 1 : 0;
    }

    function _step(uint256 label) private pure returns (int256) {
        return label == 1 ? int256(1) : int256(-1);
    }

    function _bias(Head head) private pure returns (int256) {
        return int16(uint16(Head.unwrap(head) >> 112));
    }

    function _shiftBias(Head head, int256 step) private pure returns (Head) {
        int256 bias = _bias(head) + step;
        if (bias != int16(bias)) return head;
        uint256 others = Head.unwrap(head) & ~(uint256(type(uint16).max) << 112);
        return Head.wrap(others | (uint256(uint16(int16(bias))) << 112));
    }
}
