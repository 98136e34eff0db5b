// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Head} from "./Head.sol";

/// The packed state in memory, each byte at its offset in storage. A slot is loaded and stored once; in between, lanes
/// are read and written in place. A batch loads the whole state, a single sample only what it touches. The value is the
/// address of the first byte.
type Image is uint256;

using ImageLibrary for Image global;

library ImageLibrary {
    /// Room for a state of `length` bytes.
    function allocate(uint256 length) internal pure returns (Image image) {
        assembly ("memory-safe") {
            image := mload(0x40)
            mstore(0x40, add(image, and(add(length, 31), not(31))))
        }
    }

    /// Loads the slots that hold bytes `start` to `end` - 1.
    function load(Image image, uint256 start, uint256 end) internal view {
        assembly ("memory-safe") {
            end := shr(5, add(end, 31))
            let slot := shr(5, start)
            for {
                let word_ := add(image, shl(5, slot))
            } lt(slot, end) {
                slot := add(slot, 1)
                word_ := add(word_, 32)
            } {
                mstore(word_, sload(slot))
            }
        }
    }

    /// Fills the image with the parameters of a model, and the bookkeeping before them.
    function fill(Image image, Head head, bytes calldata parameters) internal pure {
        assembly ("memory-safe") {
            mstore(image, head)
            calldatacopy(add(image, 16), parameters.offset, parameters.length)
        }
    }

    /// Stores the slots that hold bytes `start` to `end` - 1, as far as they differ from storage.
    function store(Image image, uint256 start, uint256 end) internal {
        assembly ("memory-safe") {
            end := shr(5, add(end, 31))
            for {
                let slot := shr(5, start)
            } lt(slot, end) {
                slot := add(slot, 1)
            } {
                let value := mload(add(image, shl(5, slot)))
                if xor(value, sload(slot)) {
                    sstore(slot, value)
                }
            }
        }
    }

    /// Does what `SparseLanes.sum` does, without a memo.
    /// @dev Reads at most 65,535 bytes past the end of the image if an index is too large.
    function sum(
        Image image,
        bytes calldata sample,
        uint256 first
    ) internal pure returns (int256 total, uint256 last, uint256 rising) {
        assembly ("memory-safe") {
            let lanes := sub(image, 31)
            let end := add(sample.offset, sample.length)
            let position := sample.offset
            rising := 1
            last := not(0)
            if and(sample.length, 2) {
                last := add(first, shr(240, calldataload(position)))
                total := signextend(0, mload(add(lanes, last)))
                position := add(position, 2)
            }
            // two at a time, as in `SparseLanes.sum`
            for {} lt(position, end) {
                position := add(position, 4)
            } {
                let lane := add(first, shr(240, calldataload(position)))
                rising := and(rising, sgt(lane, last))
                total := add(total, signextend(0, mload(add(lanes, lane))))
                last := add(first, shr(240, calldataload(add(position, 2))))
                rising := and(rising, sgt(last, lane))
                total := add(total, signextend(0, mload(add(lanes, last))))
            }
        }
    }

    /// Does what `SparseLanes.shift` does.
    function shift(Image image, bytes calldata sample, uint256 first, int256 step) internal pure {
        assembly ("memory-safe") {
            let lanes := add(image, first)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(lanes, shr(240, calldataload(position)))
                let value := add(signextend(0, mload(sub(lane, 31))), step)
                if eq(signextend(0, value), value) {
                    mstore8(lane, value)
                }
            }
        }
    }

    function word(Image image, uint256 slot) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(image, shl(5, slot)))
        }
    }

    function setWord(Image image, uint256 slot, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(image, shl(5, slot)), value)
        }
    }

    /// Two bytes, unsigned, at byte `place`.
    function uint16At(Image image, uint256 place) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(240, mload(add(image, place)))
        }
    }

    function setUint16(Image image, uint256 place, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore8(add(image, place), shr(8, value))
            mstore8(add(image, add(place, 1)), value)
        }
    }
}
