// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Trainer} from "../../contracts/Trainer.sol";
import {Head} from "../../contracts/types/Head.sol";
import {Image} from "../../contracts/types/Image.sol";

/// A model that may answer anything at any time: what holds with it holds with every model. A sample is one byte.
abstract contract AnyModel is Trainer {
    /// The answer about sample i is byte i, counted from the lowest.
    uint256 private _answers;

    function setAnswers(uint256 answers) external {
        _answers = answers;
    }

    function _predict(Head, bytes calldata sample, uint256) internal view override returns (uint256 label) {
        return uint8(_answers >> (8 * uint8(sample[0])));
    }

    function _train(Head head, bytes calldata, uint256, uint256) internal pure override returns (uint256, Head) {
        return (1, head);
    }

    function _train(Image, bytes calldata, uint256, uint256) internal pure override returns (uint256) {
        return 1;
    }

    function _parameterBytes(uint256) internal pure override returns (uint256) {
        return 16;
    }

    function _validate(bytes calldata, uint256) internal pure override {}

    function _checkModel(uint256) internal pure override {}

    function _checkUndeclared(uint256, bytes calldata, uint256) internal pure override {}

    function _sketch(bytes calldata sample) internal pure override returns (uint256) {
        return uint8(sample[0]);
    }

    function _score(Head, bytes calldata, uint256) internal pure override returns (int256[] memory) {}

    function _prepare(Image, bytes[] calldata, uint256) internal pure override returns (uint256) {}

    /// The parameters count the samples that were studied, and the mistakes after the ith are byte i of the answers.
    function _study(uint256, Image image, bytes calldata, uint256, uint256) internal pure override {
        image.setWord(0, image.word(0) + 1);
    }

    function _mistakes(uint256, Image image, bytes[] calldata, uint256) internal view override returns (uint256) {
        return uint8(_answers >> (8 * uint8(image.word(0))));
    }
}
