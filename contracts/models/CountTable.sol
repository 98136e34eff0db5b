// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image, ImageLibrary} from "../types/Image.sol";
import {Settings} from "../types/Settings.sol";
import {Tally, TallyLibrary} from "../types/Tally.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// The number of samples of each class that have each feature: what naive Bayes and the sparse nearest centroid learn.
///
/// Parameters: eight bytes per class (see `Tally`), then for each feature two bytes per class.
abstract contract CountTable is MemoryModel {
    using Settings for uint256;

    /// The number of lanes that a prediction may read, 395 gas each and up to 230 for their slots.
    uint256 private constant _MOST_LANES = 12_500;

    /// The gas of counting a feature, beside its slot.
    uint256 private constant _FEATURE_GAS = 400;

    /// A single sample is counted in storage: the slots that it touches are loaded and stored once, without a second
    /// pass.
    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal override returns (uint256 size, Head trained) {
        size = _check(sample, settings);
        uint256 tallies = _column(0, settings);
        Image image = ImageLibrary.allocate(tallies);
        image.setWord(0, Head.unwrap(head));
        image.load(32, tallies);
        if (!TallyLibrary.read(image, label).isFull()) {
            uint256 sum = SparseTable.increment(sample, _column(label, settings), _stride(settings));
            // the last slot of the tallies holds counts, too
            image.load(32, tallies);
            _count(image, label, sum, size);
            image.store(32, tallies);
        }
        trained = Head.wrap(image.word(0));
    }

    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal pure override returns (bool changed) {
        if (TallyLibrary.read(image, label).isFull()) return false;
        uint256 sum = SparseTable.increment(image, sample, _column(label, settings), _stride(settings));
        _count(image, label, sum, sample.length / 2);
        return true;
    }

    /// The growth of the total of a class with a sample.
    /// @param sum the previous sum of the counts of its features
    /// @param size the number of its features
    function _growth(uint256 sum, uint256 size) internal pure virtual returns (uint256);

    function _load(Image image, bytes calldata sample, uint256, uint256 settings) internal view override {
        // the first two tallies are in slot 0
        image.load(32, _column(0, settings));
        SparseTable.load(image, sample, _column(0, settings), _stride(settings));
    }

    function _check(bytes calldata sample, uint256 settings) internal pure override returns (uint256 size) {
        size = SparseSample.check(sample, settings.features());
        if (size > SparseSample.SMALL) {
            uint256 counted = SparseSample.most(_slots(settings), 1, _FEATURE_GAS);
            SparseSample.checkSize(size, FixedPointMathLib.min(counted, _MOST_LANES / settings.maxClasses()));
        }
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 settings) internal pure override {
        Zeros.check(
            parameters,
            offset,
            TallyLibrary.place(settings.classes()),
            TallyLibrary.place(settings.maxClasses())
        );
        Zeros.checkRows(parameters, offset, _column(0, settings), _stride(settings), 2 * settings.classes());
    }

    function _parameterBytes(uint256 settings) internal pure override returns (uint256) {
        return _column(0, settings) + settings.features() * _stride(settings) - HeadLibrary.BYTES;
    }

    /// The byte of a class's count for feature 0.
    function _column(uint256 label, uint256 settings) internal pure returns (uint256) {
        return TallyLibrary.place(settings.maxClasses()) + 2 * label;
    }

    function _stride(uint256 settings) internal pure returns (uint256) {
        return 2 * settings.maxClasses();
    }

    function _count(Image image, uint256 label, uint256 sum, uint256 size) private pure {
        Tally tally = TallyLibrary.read(image, label);
        tally.next(int256(_growth(sum, size))).write(image, label);
    }
}
