// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DepositRefundTake} from "../../../contracts/incentives/DepositRefundTake.sol";
import {Sketch} from "../../../contracts/libraries/Sketch.sol";
import {SparseSample} from "../../../contracts/libraries/SparseSample.sol";
import {Zeros} from "../../../contracts/libraries/Zeros.sol";
import {MemoryModel} from "../../../contracts/models/MemoryModel.sol";
import {Head, HeadLibrary} from "../../../contracts/types/Head.sol";
import {Image} from "../../../contracts/types/Image.sol";
import {Settings} from "../../../contracts/types/Settings.sol";

/// A model as a third party might write it: the class with the most samples wins, whatever the features are.
///
/// Parameters: two bytes per class, the number of its samples, which stops at 65,535.
abstract contract MajorityClass is MemoryModel {
    using Settings for uint256;

    function _learn(Image image, bytes calldata, uint256 label, uint256) internal pure override returns (bool changed) {
        uint256 count = image.uint16At(_count(label));
        changed = count < type(uint16).max;
        if (changed) image.setUint16(_count(label), count + 1);
    }

    function _scores(Image image, bytes calldata, uint256) internal pure override returns (int256[] memory scores) {
        scores = new int256[](Head.wrap(image.word(0)).classes());
        for (uint256 k; k < scores.length; ++k) {
            uint256 count = image.uint16At(_count(k));
            scores[k] = count == 0 ? EMPTY : int256(count);
        }
    }

    function _load(Image image, bytes calldata, uint256, uint256 word) internal view override {
        image.load(32, _count(word.maxClasses()));
    }

    function _store(Image image, bytes calldata, uint256, uint256 word) internal override {
        image.store(32, _count(word.maxClasses()));
    }

    function _check(bytes calldata sample, uint256 word) internal pure override returns (uint256 size) {
        return SparseSample.check(sample, word.features());
    }

    function _sketch(bytes calldata sample) internal pure override returns (uint256 bits) {
        return Sketch.sparse(sample);
    }

    function _parameterBytes(uint256 word) internal pure override returns (uint256) {
        return _count(word.maxClasses()) - HeadLibrary.BYTES;
    }

    // solhint-disable-next-line no-empty-blocks
    function _checkModel(uint256) internal pure override {}

    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 word) internal pure override {
        Zeros.check(parameters, offset, _count(word.classes()), _count(word.maxClasses()));
    }

    /// The byte of the packed state at which a class's count begins.
    function _count(uint256 label) private pure returns (uint256) {
        return HeadLibrary.BYTES + 2 * label;
    }
}

contract MajorityClassDRT is MajorityClass, DepositRefundTake {}
