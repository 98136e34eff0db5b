// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Image} from "../types/Image.sol";

/// What a sparse perceptron does with samples whose form was checked before, many features at a time: a market replays
/// thousands of them.
library SparseSteps {
    /// The sum of the weights of a sample, whose form was checked before.
    /// @param lanes the byte of the image that holds the weight of feature 0
    function sum(Image image, bytes calldata sample, uint256 lanes) internal pure returns (int256 total) {
        assembly ("memory-safe") {
            lanes := add(image, sub(lanes, 31))
            let position := sample.offset
            let end := add(position, sample.length)
            let some := 0
            for {} and(sub(end, position), 6) {
                position := add(position, 2)
            } {
                some := calldataload(position)
                total := add(total, signextend(0, mload(add(lanes, shr(240, some)))))
            }
            // four at a time
            for {} lt(position, end) {
                position := add(position, 8)
            } {
                some := calldataload(position)
                total := add(total, signextend(0, mload(add(lanes, shr(240, some)))))
                total := add(total, signextend(0, mload(add(lanes, and(shr(224, some), 0xffff)))))
                total := add(total, signextend(0, mload(add(lanes, and(shr(208, some), 0xffff)))))
                total := add(total, signextend(0, mload(add(lanes, and(shr(192, some), 0xffff)))))
            }
        }
    }

    /// Does what `Image.shift` does.
    function shift(Image image, bytes calldata sample, uint256 lanes, int256 step) internal pure {
        assembly ("memory-safe") {
            lanes := add(image, sub(lanes, 31))
            let position := sample.offset
            let end := add(position, sample.length)
            let some := 0
            let lane := 0
            let value := 0
            for {} and(sub(end, position), 6) {
                position := add(position, 2)
            } {
                some := calldataload(position)
                lane := add(lanes, shr(240, some))
                value := add(signextend(0, mload(lane)), step)
                if eq(signextend(0, value), value) {
                    mstore8(add(lane, 31), value)
                }
            }
            // four at a time
            for {} lt(position, end) {
                position := add(position, 8)
            } {
                some := calldataload(position)
                lane := add(lanes, shr(240, some))
                value := add(signextend(0, mload(lane)), step)
                if eq(signextend(0, value), value) {
                    mstore8(add(lane, 31), value)
                }
                lane := add(lanes, and(shr(224, some), 0xffff))
                value := add(signextend(0, mload(lane)), step)
                if eq(signextend(0, value), value) {
                    mstore8(add(lane, 31), value)
                }
                lane := add(lanes, and(shr(208, some), 0xffff))
                value := add(signextend(0, mload(lane)), step)
                if eq(signextend(0, value), value) {
                    mstore8(add(lane, 31), value)
                }
                lane := add(lanes, and(shr(192, some), 0xffff))
                value := add(signextend(0, mload(lane)), step)
                if eq(signextend(0, value), value) {
                    mstore8(add(lane, 31), value)
                }
            }
        }
    }

    /// Whether all features are below 2^15, each above the one before. This compares 15 at a time: in lanes of 16 bits
    /// whose top bit is set, a difference keeps that bit unless the lane is smaller.
    /// @param sample an even number of bytes, at least two
    /// @return rising whether it is so
    /// @return last the last feature
    function rises(bytes calldata sample) internal pure returns (bool rising, uint256 last) {
        assembly ("memory-safe") {
            let ones := 0x0001000100010001000100010001000100010001000100010001000100010001
            let tops := shl(15, ones)
            let wrong := 0
            let position := sample.offset
            let end := sub(add(position, sample.length), 2)
            last := shr(240, calldataload(end))
            for {} lt(position, end) {
                position := add(position, 30)
            } {
                let left := sub(end, position)
                // only the lanes that have a next one, and not the sixteenth
                let lanes := not(shr(shl(3, sub(left, mul(gt(left, 30), sub(left, 30)))), not(0)))
                let these := and(calldataload(position), lanes)
                let following := and(calldataload(add(position, 2)), lanes)
                let kept := sub(or(following, tops), add(these, ones))
                wrong := or(wrong, and(and(lanes, tops), or(not(kept), or(these, following))))
            }
            rising := iszero(wrong)
        }
    }
}
