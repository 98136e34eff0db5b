// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Image} from "../types/Image.sol";

/// Test samples of a sparse perceptron in memory: the margin of each, without the bias, and for each feature the
/// samples that have it. When a weight moves, only the margins of these samples move. The words at the exam's address
/// are:
///
///     0  the mistakes, as last counted                4  the start of those of label 0
///     1  whether anything was learnt since            5  the place of the lists' heads, one per feature (4 bytes each)
///     2  the place of the margins, label 1 first      6  the place of the lists' nodes (8 bytes each)
///     3  the end of those of label 1                  7  the number of nodes
///
/// A node is the number of the next one, 0 for none, and the place of a margin, four bytes each. The heads follow the
/// margins.
library SparseExam {
    uint256 private constant _WORDS = 8;

    /// Allocates the exam, without samples and mistakes yet.
    /// @param tests the number of samples
    /// @param postings the number of their features together
    function allocate(uint256 tests, uint256 postings, uint256 features) internal pure returns (uint256 exam) {
        assembly ("memory-safe") {
            exam := mload(0x40)
            let margins := add(exam, shl(5, _WORDS))
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
    /// @param lanes the byte of the image that holds the weight of feature 0
    function add(uint256 exam, Image image, bytes calldata sample, uint256 label, uint256 lanes) internal pure {
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
            lanes := add(image, sub(lanes, 31))
            let margin := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let feature := shr(240, calldataload(position))
                margin := add(margin, signextend(0, mload(add(lanes, feature))))
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

    /// Adds `step` (1 or -1) to the weights of a sample, as `Image.shift` does, and for each weight that moves to the
    /// margins of the test samples that have the feature.
    function shift(uint256 exam, Image image, bytes calldata sample, uint256 lanes, int256 step) internal pure {
        assembly ("memory-safe") {
            mstore(add(exam, 0x20), 1)
            let heads := sub(mload(add(exam, 0xa0)), 28)
            let nodes := sub(mload(add(exam, 0xc0)), 24)
            lanes := add(image, lanes)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let feature := shr(240, calldataload(position))
                let lane := add(lanes, feature)
                let value := add(signextend(0, mload(sub(lane, 31))), step)
                if eq(signextend(0, value), value) {
                    mstore8(lane, value)
                    for {
                        let node := and(mload(add(heads, shl(2, feature))), 0xffffffff)
                    } node {} {
                        node := mload(add(nodes, shl(3, node)))
                        let place := and(node, 0xffffffff)
                        mstore(place, add(mload(place), step))
                        node := and(shr(32, node), 0xffffffff)
                    }
                }
            }
        }
    }

    /// The number of test samples that a model with this bias gets wrong: it predicts class 1 if margin + bias is above
    /// 0.
    function mistakes(uint256 exam, int256 bias) internal pure returns (uint256 count) {
        assembly ("memory-safe") {
            count := mload(exam)
            if mload(add(exam, 0x20)) {
                let least := sub(1, bias)
                count := 0
                let border := mload(add(exam, 0x60))
                for {
                    let place := mload(add(exam, 0x40))
                } lt(place, border) {
                    place := add(place, 32)
                } {
                    count := add(count, slt(mload(place), least))
                }
                for {
                    let place := border
                    border := mload(add(exam, 0xa0))
                } lt(place, border) {
                    place := add(place, 32)
                } {
                    count := add(count, iszero(slt(mload(place), least)))
                }
                mstore(exam, count)
                mstore(add(exam, 0x20), 0)
            }
        }
    }
}
