// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Trainer} from "../Trainer.sol";
import {Memory} from "../libraries/Memory.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {Image, ImageLibrary} from "../types/Image.sol";

/// A model that works on an image of the packed state, so that a single sample and a sample of a batch run the same
/// code. The image of a single sample holds the slots that `_load` loads, that of a batch all of them.
abstract contract MemoryModel is Trainer {
    /// The score of a class without samples, which never wins.
    int256 internal constant EMPTY = type(int256).min;

    /// Stands for a label when nothing is learnt.
    uint256 internal constant NO_LABEL = 256;

    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal virtual override returns (uint256 size, Head trained) {
        size = _check(sample, settings);
        Image image = _image(head, sample, label, settings);
        if (_learn(image, sample, label, settings)) _store(image, sample, label, settings);
        trained = Head.wrap(image.word(0));
    }

    function _train(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal view override returns (uint256 size) {
        size = _check(sample, settings);
        uint256 free = Memory.mark();
        _learn(image, sample, label, settings);
        Memory.release(free);
    }

    function _predict(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (uint256 label) {
        uint256 free = Memory.mark();
        label = _best(_score(head, sample, settings));
        Memory.release(free);
    }

    function _score(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view override returns (int256[] memory scores) {
        _check(sample, settings);
        return _scores(_image(head, sample, NO_LABEL, settings), sample, settings);
    }

    function _validate(bytes calldata sample, uint256 settings) internal pure virtual override {
        _check(sample, settings);
    }

    /// The exam is the number of mistakes as last counted, and whether the model has learnt since.
    function _prepare(Image, bytes[] calldata, uint256) internal pure override returns (uint256 exam) {
        exam = Memory.allocate(64);
        Memory.write(exam, 1, 1);
    }

    function _study(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal view override {
        uint256 free = Memory.mark();
        if (_learn(image, sample, label, settings)) Memory.write(exam, 1, 1);
        Memory.release(free);
    }

    function _mistakes(
        uint256 exam,
        Image image,
        bytes[] calldata portions,
        uint256 settings
    ) internal view override returns (uint256 mistakes) {
        if (Memory.read(exam, 1) == 0) return Memory.read(exam, 0);
        uint256 free = Memory.mark();
        for (uint256 i; i < portions.length; ++i) {
            for (uint256 offset = PORTION_START; offset < portions[i].length;) {
                (uint256 label, bytes calldata sample, uint256 next) = _batchSample(portions[i], offset);
                if (_best(_scores(image, sample, settings)) != label) ++mistakes;
                Memory.release(free);
                offset = next;
            }
        }
        Memory.write(exam, 0, mistakes);
        Memory.write(exam, 1, 0);
    }

    /// Reverts unless the sample has the right form, as far as `_learn` and `_scores` do not check it.
    /// @return size see `_train`
    function _check(bytes calldata sample, uint256 settings) internal pure virtual returns (uint256 size);

    /// Loads the slots, except the first, that the model needs to learn a sample with this label, or, with `NO_LABEL`,
    /// to score it for every class.
    function _load(Image image, bytes calldata sample, uint256 label, uint256 settings) internal view virtual;

    /// Stores the slots, except the first, that `_learn` may have changed. A model with its own `_train` does not need
    /// it.
    // solhint-disable-next-line no-empty-blocks
    function _store(Image image, bytes calldata sample, uint256 label, uint256 settings) internal virtual {}

    /// @return changed whether anything was learnt
    function _learn(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal view virtual returns (bool changed);

    /// The score of each existing class.
    function _scores(
        Image image,
        bytes calldata sample,
        uint256 settings
    ) internal view virtual returns (int256[] memory scores);

    function _best(int256[] memory scores) private pure returns (uint256 label) {
        int256 best = EMPTY;
        for (uint256 k; k < scores.length; ++k) {
            if (scores[k] > best) (label, best) = (k, scores[k]);
        }
    }

    function _image(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) private view returns (Image image) {
        image = ImageLibrary.allocate(HeadLibrary.BYTES + _parameterBytes(settings));
        image.setWord(0, Head.unwrap(head));
        _load(image, sample, label, settings);
    }
}
