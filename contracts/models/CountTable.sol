// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Head, HeadLibrary} from "../libraries/Head.sol";
import {Image, ImageLibrary} from "../libraries/Image.sol";
import {Settings} from "../libraries/Settings.sol";
import {Sketch} from "../libraries/Sketch.sol";
import {SparseSample} from "../libraries/SparseSample.sol";
import {SparseTable} from "../libraries/SparseTable.sol";
import {Tally, TallyLibrary} from "../libraries/Tally.sol";
import {Zeros} from "../libraries/Zeros.sol";
import {MemoryModel} from "./MemoryModel.sol";

/// How many samples of each class have each feature: what naive Bayes and the sparse nearest centroid learn.
///
/// Parameters: eight bytes a class (see `Tally`), then for each feature two bytes a class.
abstract contract CountTable is MemoryModel {
    using Settings for uint256;

    /// Lanes that a prediction may read, so that every claim fits into a transaction: 380 gas each, and 4,100 slots.
    uint256 private constant _MOST_LANES = 16_000;

    /// A single sample is counted where the counts are: the slots that it touches are loaded and stored once, and not looked at
    /// again.
    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 word
    ) internal override returns (uint256 size, Head trained) {
        size = _check(sample, word);
        uint256 tallies = _column(0, word);
        Image image = ImageLibrary.allocate(tallies);
        image.setWord(0, Head.unwrap(head));
        image.load(32, tallies);
        if (!TallyLibrary.read(image, label).isFull()) {
            uint256 sum = SparseTable.increment(sample, _column(label, word), _stride(word));
            // where the tallies end, the slot holds counts too
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
        uint256 word
    ) internal pure override returns (bool changed) {
        if (TallyLibrary.read(image, label).isFull()) return false;
        uint256 sum = SparseTable.increment(image, sample, _column(label, word), _stride(word));
        _count(image, label, sum, sample.length / 2);
        return true;
    }

    /// By how much the total of a class grows with a sample.
    /// @param sum what the counts of its features were together
    /// @param size the number of its features
    function _growth(uint256 sum, uint256 size) internal pure virtual returns (uint256);

    function _load(Image image, bytes calldata sample, uint256, uint256 word) internal view override {
        // that of two classes is in slot 0
        image.load(32, _column(0, word));
        SparseTable.load(image, sample, _column(0, word), _stride(word));
    }

    function _check(bytes calldata sample, uint256 word) internal pure override returns (uint256 size) {
        return SparseSample.check(sample, word.features(), _MOST_LANES / word.maxClasses());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 word) internal pure override {
        Zeros.check(parameters, offset, TallyLibrary.place(word.classes()), TallyLibrary.place(word.maxClasses()));
        Zeros.checkRows(parameters, offset, _column(0, word), _stride(word), 2 * word.classes());
    }

    function _parameterBytes(uint256 word) internal pure override returns (uint256) {
        return _column(0, word) + word.features() * _stride(word) - HeadLibrary.BYTES;
    }

    /// The byte of a class's count of feature 0.
    function _column(uint256 label, uint256 word) internal pure returns (uint256) {
        return TallyLibrary.place(word.maxClasses()) + 2 * label;
    }

    function _stride(uint256 word) internal pure returns (uint256) {
        return 2 * word.maxClasses();
    }

    function _count(Image image, uint256 label, uint256 sum, uint256 size) private pure {
        Tally tally = TallyLibrary.read(image, label);
        tally.next(int256(_growth(sum, size))).write(image, label);
    }
}
