// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Image} from "../types/Image.sol";

/// Test samples of an averaged perceptron in memory: for each two margins in one word, that of the weights * 2^128 +
/// that of what is cached, and for each feature the samples that have it. When a weight moves, only the margins of these
/// samples move. The words at the exam's address are:
///
///     0  the mistakes, as last counted                4  the start of those of label 0
///     1  whether anything was learnt since            5  the place of the lists' heads, one per feature (4 bytes each)
///     2  the place of the margins, label 1 first      6  the place of the lists' nodes (8 bytes each)
///     3  the end of those of label 1                  7  the number of nodes
///
/// A node is the number of the next one, 0 for none, and the place of a margin, four bytes each. The heads follow the
/// margins.
library AveragedExam {
    uint256 private constant _HEADER = 256;

    /// Stands for an exam where the model learns without one.
    uint256 internal constant NONE = 0;

    /// Allocates the exam, without samples and mistakes yet.
    /// @param tests the number of samples
    /// @param postings the number of their features together
    function allocate(uint256 tests, uint256 postings, uint256 features) internal pure returns (uint256 exam) {
        assembly ("memory-safe") {
            exam := mload(0x40)
            let margins := add(exam, _HEADER)
            // a head is read as the end of a word that begins 28 bytes before it
            let heads := add(margins, shl(5, tests))
            let nodes := add(heads, shl(2, features))
            mstore(add(exam, 0x20), 1)
            mstore(add(exam, 0x40), margins)
            mstore(add(exam, 0x60), margins)
            mstore(add(exam, 0x80), heads)
            mstore(add(exam, 0xa0), heads)
            mstore(add(exam, 0xc0), nodes)
            mstore(add(exam, 0xe0), 0)
            // zeros, whatever was there
            calldatacopy(heads, calldatasize(), shl(2, features))
            // a node is written as the beginning of a word
            mstore(0x40, and(add(add(nodes, shl(3, add(postings, 1))), 63), not(31)))
        }
    }

    /// Adds a sample: one with label 1 at the front of the margins, one with label 0 at their end.
    /// @param weights the byte of the image that holds the weight of feature 0
    /// @param cached the slot of the image that holds the first lanes of `CachedLanes`
    function add(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 weights,
        uint256 cached
    ) internal pure {
        assembly ("memory-safe") {
            let place := mload(add(exam, 0x60))
            switch label
            case 0 {
                place := sub(mload(add(exam, 0x80)), 32)
                mstore(add(exam, 0x80), place)
            }
            default {
                mstore(add(exam, 0x60), add(place, 32))
            }
            let node := mload(add(exam, 0xe0))
            let heads := sub(mload(add(exam, 0xa0)), 28)
            let nodes := mload(add(exam, 0xc0))
            weights := add(image, sub(weights, 31))
            cached := add(image, shl(5, cached))
            let margin := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let feature := shr(240, calldataload(position))
                let row := div(feature, 12)
                let bits := mul(21, mod(feature, 12))
                margin := add(margin, shl(128, signextend(0, mload(add(weights, feature)))))
                margin := add(margin, sar(235, shl(bits, mload(add(cached, shl(5, row))))))
                let head := add(heads, shl(2, feature))
                let word := mload(head)
                node := add(node, 1)
                mstore(add(nodes, shl(3, node)), shl(192, or(shl(32, and(word, 0xffffffff)), place)))
                mstore(head, or(and(word, not(0xffffffff)), node))
            }
            mstore(place, margin)
            mstore(add(exam, 0xe0), node)
        }
    }

    /// Does what `CachedLanes.shift` does, and adds the same to the margins of the test samples that have the feature.
    /// @param exam may be `NONE`
    function shift(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 weights,
        uint256 cached,
        int256 step,
        int256 delay
    ) internal pure {
        assembly ("memory-safe") {
            let heads := 0
            let nodes := 0
            if exam {
                mstore(add(exam, 0x20), 1)
                heads := sub(mload(add(exam, 0xa0)), 28)
                nodes := sub(mload(add(exam, 0xc0)), 24)
            }
            weights := add(image, weights)
            cached := add(image, shl(5, cached))
            let both := add(shl(128, step), delay)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let feature := shr(240, calldataload(position))
                let row := div(feature, 12)
                let bits := mul(21, mod(feature, 12))
                row := add(cached, shl(5, row))
                let old := sar(235, shl(bits, mload(row)))
                let raised := add(old, delay)
                let place := add(weights, feature)
                let value := add(signextend(0, mload(sub(place, 31))), step)
                if and(eq(signextend(0, value), value), eq(sar(235, shl(235, raised)), raised)) {
                    mstore8(place, value)
                    mstore(row, xor(mload(row), shr(bits, shl(235, xor(old, raised)))))
                    let node := 0
                    if exam {
                        node := and(mload(add(heads, shl(2, feature))), 0xffffffff)
                    }
                    for {} node {} {
                        node := mload(add(nodes, shl(3, node)))
                        place := and(node, 0xffffffff)
                        mstore(place, add(mload(place), both))
                        node := and(shr(32, node), 0xffffffff)
                    }
                }
            }
        }
    }

    /// The number of test samples that a model gets wrong after `counter` updates: it predicts class 1 if
    /// `counter` * (bias + the margin of the weights) is above cached bias + the margin of what is cached.
    function mistakes(
        uint256 exam,
        int256 counter,
        int256 bias,
        int256 cachedBias
    ) internal pure returns (uint256 count) {
        assembly ("memory-safe") {
            count := mload(exam)
            if mload(add(exam, 0x20)) {
                let base := sub(mul(counter, bias), cachedBias)
                count := 0
                let border := mload(add(exam, 0x60))
                let end := mload(add(exam, 0xa0))
                for {
                    let place := mload(add(exam, 0x40))
                } lt(place, end) {
                    place := add(place, 32)
                } {
                    let both := mload(place)
                    let cached := signextend(15, both)
                    let score := add(base, sub(mul(counter, sar(128, sub(both, cached))), cached))
                    // label 1 stands before the border, and needs a score above 0
                    count := add(count, eq(lt(place, border), slt(score, 1)))
                }
                mstore(exam, count)
                mstore(add(exam, 0x20), 0)
            }
        }
    }
}
