// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Image} from "../types/Image.sol";

/// A table of lanes with one row per feature and, in each row, one lane per class. A sparse sample selects rows. Row i
/// starts at byte `first` + i * `stride` of the packed state.
library SparseTable {
    /// Loads the slots of the rows, except slot 0.
    function load(Image image, bytes calldata sample, uint256 first, uint256 stride) internal view {
        assembly ("memory-safe") {
            let last := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let start := add(first, mul(stride, shr(240, calldataload(position))))
                let slot := shr(5, start)
                // the row before may have ended in the same slot
                slot := add(slot, iszero(gt(slot, last)))
                for {
                    let ending := shr(5, add(start, sub(stride, 1)))
                } iszero(gt(slot, ending)) {
                    slot := add(slot, 1)
                } {
                    mstore(add(image, shl(5, slot)), sload(slot))
                    last := slot
                }
            }
        }
    }

    /// Stores the slots of the rows, except slot 0.
    function store(Image image, bytes calldata sample, uint256 first, uint256 stride) internal {
        assembly ("memory-safe") {
            let last := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let start := add(first, mul(stride, shr(240, calldataload(position))))
                let slot := shr(5, start)
                slot := add(slot, iszero(gt(slot, last)))
                for {
                    let ending := shr(5, add(start, sub(stride, 1)))
                } iszero(gt(slot, ending)) {
                    slot := add(slot, 1)
                } {
                    sstore(slot, mload(add(image, shl(5, slot))))
                    last := slot
                }
            }
        }
    }

    /// Adds up the counts (16 bits) of the class whose lane in row 0 is at byte `first`.
    function count(
        Image image,
        bytes calldata sample,
        uint256 first,
        uint256 stride
    ) internal pure returns (uint256 total) {
        assembly ("memory-safe") {
            let lanes := sub(add(image, first), 30)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := mload(add(lanes, mul(stride, shr(240, calldataload(position)))))
                total := add(total, and(lane, 0xffff))
            }
        }
    }

    /// Multiplies the factors 1,000 * count + `smoothing`, of 26 bits each.
    function product(
        Image image,
        bytes calldata sample,
        uint256 first,
        uint256 stride,
        uint256 smoothing
    ) internal pure returns (uint256 result) {
        assembly ("memory-safe") {
            result := 1
            let lanes := sub(add(image, first), 30)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := mload(add(lanes, mul(stride, shr(240, calldataload(position)))))
                result := mul(result, add(mul(1000, and(lane, 0xffff)), smoothing))
            }
        }
    }

    /// Adds one to each of the counts, and returns their previous sum. A count of 65,535 stays as it is: samples cannot
    /// lead past it, since the class is full then, but initial parameters can.
    function increment(
        Image image,
        bytes calldata sample,
        uint256 first,
        uint256 stride
    ) internal pure returns (uint256 total) {
        assembly ("memory-safe") {
            let lanes := sub(add(image, first), 30)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(lanes, mul(stride, shr(240, calldataload(position))))
                let value := mload(lane)
                total := add(total, and(value, 0xffff))
                mstore(lane, add(value, lt(and(value, 0xffff), 0xffff)))
            }
        }
    }

    /// Does the same in storage.
    function increment(bytes calldata sample, uint256 first, uint256 stride) internal returns (uint256 total) {
        assembly ("memory-safe") {
            // slot 0 holds no counts
            let slot := 0
            let value := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(first, mul(stride, shr(240, calldataload(position))))
                if xor(slot, shr(5, lane)) {
                    if slot {
                        sstore(slot, value)
                    }
                    slot := shr(5, lane)
                    value := sload(slot)
                }
                let bits := sub(240, shl(3, and(lane, 31)))
                let before := and(shr(bits, value), 0xffff)
                total := add(total, before)
                value := add(value, shl(bits, lt(before, 0xffff)))
            }
            sstore(slot, value)
        }
    }

    /// Adds up the weights (signed bytes) of the class whose lane in row 0 is at byte `first`.
    function sum(
        Image image,
        bytes calldata sample,
        uint256 first,
        uint256 stride
    ) internal pure returns (int256 total) {
        assembly ("memory-safe") {
            let lanes := sub(add(image, first), 31)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := mload(add(lanes, mul(stride, shr(240, calldataload(position)))))
                total := add(total, signextend(0, lane))
            }
        }
    }

    /// Adds `step` (1 or -1) to each of the weights. A weight at the end of its range stays there.
    function shift(Image image, bytes calldata sample, uint256 first, uint256 stride, int256 step) internal pure {
        assembly ("memory-safe") {
            let lanes := add(image, first)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(lanes, mul(stride, shr(240, calldataload(position))))
                let value := add(signextend(0, mload(sub(lane, 31))), step)
                if eq(signextend(0, value), value) {
                    mstore8(lane, value)
                }
            }
        }
    }
}
