// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBlockRandomness} from "../../interfaces/IBlockRandomness.sol";
import {IPredictionMarket} from "../../interfaces/IPredictionMarket.sol";
import {HeadLibrary} from "../../types/Head.sol";
import {Image, ImageLibrary} from "../../types/Image.sol";
import {MarketTerms} from "../../types/MarketTerms.sol";
import {Settings} from "../../types/Settings.sol";
import {BlockRandomness} from "./BlockRandomness.sol";
import {MarketState} from "./MarketState.sol";

/// The provider's side: commits to a test set, opens the portion that is drawn, and reveals the others.
abstract contract TestSet is MarketState {
    IBlockRandomness private immutable _RANDOMNESS = new BlockRandomness();

    /// @inheritdoc IPredictionMarket
    function commit(bytes32[] calldata hashes) external payable {
        (uint256 settings, uint256 packed) = Settings.read();
        MarketTerms terms_ = MarketTerms.wrap(packed);
        _head();
        if (msg.sender != creator()) revert NotCreator(creator(), msg.sender);
        _only(Phase.Prepared);
        _checkCount(terms_.portions(), hashes.length);
        uint256 rounds = msg.value / terms_.stake();
        if (rounds == 0 || rounds > type(uint40).max || msg.value % terms_.stake() != 0)
            revert WrongBounty(terms_.stake(), msg.value);
        uint256 length = HeadLibrary.BYTES + _parameterBytes(settings);
        Image image = ImageLibrary.allocate(length);
        image.load(0, length);
        _start = _digest(image, length);
        _hashes = _digest(hashes);
        _remainder = msg.value;
        _opening.committedAt = uint40(block.timestamp);
        _opening.target = uint40(block.number + terms_.drawAfter());
        _opening.rounds = uint40(rounds);
        _cursor.next = 1;
        emit Committed(msg.value, block.number + terms_.drawAfter(), hashes);
    }

    /// @inheritdoc IPredictionMarket
    function draw(bytes calldata header) external {
        _only(Phase.Drawing);
        uint256 portion = _RANDOMNESS.read(header, _opening.target) % _terms().portions();
        _opening.drawn = uint8(portion + 1);
        emit Drawn(portion);
    }

    /// @inheritdoc IPredictionMarket
    function reveal(bytes32[] calldata hashes, uint256 portion, bytes calldata content) external {
        (uint256 settings, uint256 packed) = Settings.read();
        MarketTerms terms_ = MarketTerms.wrap(packed);
        Phase phase_ = _phase(_opening, terms_);
        if (phase_ != Phase.Opening && phase_ != Phase.Reveal) revert WrongPhase(phase_);
        _checkHashes(hashes);
        if (portion >= hashes.length || keccak256(content) != hashes[portion]) revert WrongPortion(portion);
        uint256 revealed = _revealed | (1 << portion);
        if (phase_ == Phase.Opening) {
            if (portion != _opening.drawn - 1) revert WrongPortion(portion);
            _opening.openedAt = uint40(block.timestamp);
        } else if (revealed == _revealed) {
            revert AlreadyRevealed(portion);
        } else if (revealed == (1 << hashes.length) - 1) {
            _cursor.movedAt = uint40(block.timestamp);
        }
        if (_checkContent(content, settings) != terms_.portionSize()) revert MalformedPortion(portion);
        _revealed = revealed;
        emit Revealed(portion, content);
    }

    function _checkPortions(
        bytes32[] calldata hashes,
        bytes[] calldata portions,
        uint256 pass,
        MarketTerms terms_
    ) internal view {
        _checkHashes(hashes);
        uint256 first = pass * terms_.perPass();
        uint256 count = terms_.portions() - 1 - first;
        if (count > terms_.perPass()) count = terms_.perPass();
        _checkCount(count, portions.length);
        uint256 drawn = _opening.drawn - 1;
        for (uint256 i; i < count; ++i) {
            // the drawn portion is skipped
            uint256 portion = first + i < drawn ? first + i : first + i + 1;
            if (keccak256(portions[i]) != hashes[portion]) revert WrongPortion(portion);
        }
    }

    // the offset and the length of a slice are two values, which Slither takes for one
    // slither-disable-start write-after-write

    /// Does what `_batchSample` does, without checking that the sample ends within the batch.
    function _nextSample(
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (uint256 label, bytes calldata sample, uint256 next) {
        assembly ("memory-safe") {
            let position := add(batch.offset, offset)
            let word := calldataload(position)
            label := byte(0, word)
            sample.offset := add(position, 3)
            sample.length := and(shr(232, word), 0xffff)
            next := add(add(offset, 3), sample.length)
        }
    }

    // slither-disable-end write-after-write

    /// The digest of the parameters, which follow the head.
    function _digest(Image image, uint256 length) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            digest := keccak256(add(image, 16), sub(length, 16))
        }
    }

    /// Reverts unless each sample of a portion has the right form and an existing label.
    /// @return count the number of samples
    function _checkContent(bytes calldata content, uint256 settings) private view returns (uint256 count) {
        uint256 classes_ = HeadLibrary.read().classes();
        uint256 offset = PORTION_START;
        for (; offset < content.length; ++count) {
            (uint256 label, bytes calldata sample, uint256 next) = _nextSample(content, offset);
            if (next > content.length) revert BadBatch();
            if (label >= classes_) revert UnknownLabel(label, classes_);
            _validate(sample, settings);
            offset = next;
        }
    }

    function _checkHashes(bytes32[] calldata hashes) private view {
        if (_digest(hashes) != _hashes) revert WrongHashes();
    }

    function _digest(bytes32[] calldata hashes) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, hashes.offset, shl(5, hashes.length))
            digest := keccak256(free, shl(5, hashes.length))
        }
    }
}
