// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The packed state in memory, where a batch learns: each slot is loaded and stored once, and in between a lane is read and
/// written where it stands. The number is the address of its first byte.
type Image is uint256;

using ImageLibrary for Image global;

library ImageLibrary {
    /// The whole state, of `length` bytes.
    function load(uint256 length) internal view returns (Image image) {
        assembly ("memory-safe") {
            image := mload(0x40)
            let slots := shr(5, add(length, 31))
            for {
                let slot := 0
            } lt(slot, slots) {
                slot := add(slot, 1)
            } {
                mstore(add(image, shl(5, slot)), sload(slot))
            }
            mstore(0x40, add(image, shl(5, slots)))
        }
    }

    /// Stores what differs from storage.
    function store(Image image, uint256 length) internal {
        assembly ("memory-safe") {
            let slots := shr(5, add(length, 31))
            for {
                let slot := 0
            } lt(slot, slots) {
                slot := add(slot, 1)
            } {
                let value := mload(add(image, shl(5, slot)))
                if xor(value, sload(slot)) {
                    sstore(slot, value)
                }
            }
        }
    }

    /// What `SparseLanes.sum` returns, without a memo.
    /// @dev Reads at most 65,535 bytes behind the image where an index is too large.
    function sum(
        Image image,
        bytes calldata sample,
        uint256 first
    ) internal pure returns (int256 total, uint256 last, uint256 rising) {
        assembly ("memory-safe") {
            let lanes := sub(image, 31)
            let end := add(sample.offset, sample.length)
            rising := 1
            last := not(0)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(first, shr(240, calldataload(position)))
                rising := and(rising, sgt(lane, last))
                total := add(total, signextend(0, mload(add(lanes, lane))))
                last := lane
            }
        }
    }

    /// What `SparseLanes.shift` does.
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
}
