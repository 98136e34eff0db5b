// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Image} from "../types/Image.sol";
import {Memory} from "./Memory.sol";

/// The margins of test samples of a sparse perceptron in memory, without the bias, and for each feature a list of the
/// samples that have it: when a weight moves, only the margins of these samples move. The words at their address are:
///
///     0  the place of the lists' ends                3  the start of those of label 0
///     1  the place of the margins, label 1 first     4  the end of all
///     2  the end of those of label 1
///
/// A list holds the places of margins, four bytes each. The list of a feature begins where that of the one before it
/// ends. An end has four bytes, too: the place of the word that ends with the bytes that come next.
library SparseMargins {
    /// Makes the lists, and the margins as of now.
    function make(
        Image image,
        bytes[] calldata portions,
        uint256 start,
        uint256 lanes,
        uint256 features
    ) internal pure returns (uint256 margins) {
        margins = Memory.allocate(160);
        uint256 size = 4 * (features + 1);
        uint256 place = Memory.allocate((size + 31) & ~uint256(31));
        assembly ("memory-safe") {
            // zeros, whatever was there
            calldatacopy(place, calldatasize(), size)
        }
        Memory.write(margins, 0, place);
        uint256 tests;
        for (uint256 i; i < portions.length; ++i) tests += _tally(place, portions[i][start:]);
        _arrange(margins, features, tests);
        for (uint256 i; i < portions.length; ++i) _add(margins, image, portions[i][start:], lanes);
    }

    /// Counts in the place of each list's end how often its feature occurs.
    /// @return tests the number of samples
    function _tally(uint256 ends, bytes calldata samples) private pure returns (uint256 tests) {
        assembly ("memory-safe") {
            // the first end belongs to no feature, and an end is the end of a word that begins 28 bytes before it
            ends := sub(ends, 24)
            let position := samples.offset
            let end := add(position, samples.length)
            for {} lt(position, end) {} {
                tests := add(tests, 1)
                let some := calldataload(position)
                position := add(position, 3)
                let next := add(position, and(shr(232, some), 0xffff))
                let word := 0
                if and(sub(next, position), 2) {
                    word := add(ends, shl(2, shr(240, calldataload(position))))
                    mstore(word, add(mload(word), 1))
                    position := add(position, 2)
                }
                // two at a time; a feature's place is four times its number
                for {} lt(position, next) {
                    position := add(position, 4)
                } {
                    some := calldataload(position)
                    word := add(ends, and(shr(238, some), 0x3fffc))
                    mstore(word, add(mload(word), 1))
                    word := add(ends, and(shr(222, some), 0x3fffc))
                    mstore(word, add(mload(word), 1))
                }
            }
        }
    }

    /// Makes room for margins and lists.
    function _arrange(uint256 margins, uint256 features, uint256 tests) private pure {
        assembly ("memory-safe") {
            let place := mload(0x40)
            mstore(add(margins, 0x20), place)
            mstore(add(margins, 0x40), place)
            place := add(place, shl(5, tests))
            mstore(add(margins, 0x60), place)
            mstore(add(margins, 0x80), place)
            let lists := place
            // until a list is filled, its end is where it begins
            place := sub(lists, 28)
            let word := sub(mload(margins), 28)
            mstore(word, or(mload(word), place))
            for {
                let last := add(word, shl(2, features))
            } lt(word, last) {} {
                word := add(word, 4)
                let value := mload(word)
                let count := and(value, 0xffffffff)
                mstore(word, add(sub(value, count), place))
                place := add(place, shl(2, count))
            }
            place := add(place, 28)
            calldatacopy(lists, calldatasize(), sub(place, lists))
            mstore(0x40, and(add(place, 31), not(31)))
        }
    }

    /// Adds samples to the margins and the lists: those with label 1 at the front, those with label 0 at the end.
    function _add(uint256 margins, Image image, bytes calldata samples, uint256 lanes) private pure {
        assembly ("memory-safe") {
            let ends := sub(mload(margins), 24)
            let front := mload(add(margins, 0x40))
            let back := mload(add(margins, 0x60))
            lanes := add(image, sub(lanes, 31))
            let position := samples.offset
            let end := add(position, samples.length)
            for {} lt(position, end) {} {
                let some := calldataload(position)
                let place := front
                switch byte(0, some)
                case 0 {
                    back := sub(back, 32)
                    place := back
                }
                default {
                    front := add(front, 32)
                }
                position := add(position, 3)
                let total := 0
                for {
                    let next := add(position, and(shr(232, some), 0xffff))
                } lt(position, next) {
                    position := add(position, 2)
                } {
                    let feature := shr(240, calldataload(position))
                    total := add(total, signextend(0, mload(add(lanes, feature))))
                    let word := add(ends, shl(2, feature))
                    let value := mload(word)
                    mstore(word, add(value, 4))
                    // four bytes that are 0
                    word := and(value, 0xffffffff)
                    mstore(word, add(mload(word), place))
                }
                mstore(place, total)
            }
            mstore(add(margins, 0x40), front)
            mstore(add(margins, 0x60), back)
        }
    }

    /// Does what `Image.shift` does, and adds the same to the margins of the test samples that have the feature.
    function shift(uint256 margins, Image image, bytes calldata sample, uint256 lanes, int256 step) internal pure {
        assembly ("memory-safe") {
            let ends := sub(mload(margins), 28)
            lanes := add(image, lanes)
            let position := sample.offset
            for {
                let last := add(position, sample.length)
            } lt(position, last) {
                position := add(position, 2)
            } {
                let feature := shr(240, calldataload(position))
                let place := add(lanes, feature)
                let value := add(signextend(0, mload(sub(place, 31))), step)
                if eq(signextend(0, value), value) {
                    mstore8(place, value)
                    let word := add(ends, shl(2, feature))
                    let next := add(and(mload(word), 0xffffffff), 28)
                    let end := add(and(mload(add(word, 4)), 0xffffffff), 28)
                    // four at a time
                    for {
                        let whole := sub(end, and(sub(end, next), 15))
                    } lt(next, whole) {
                        next := add(next, 16)
                    } {
                        let some := mload(next)
                        place := shr(224, some)
                        mstore(place, add(mload(place), step))
                        place := and(shr(192, some), 0xffffffff)
                        mstore(place, add(mload(place), step))
                        place := and(shr(160, some), 0xffffffff)
                        mstore(place, add(mload(place), step))
                        place := and(shr(128, some), 0xffffffff)
                        mstore(place, add(mload(place), step))
                    }
                    for {
                        let some := mload(next)
                    } lt(next, end) {
                        next := add(next, 4)
                        some := shl(32, some)
                    } {
                        place := shr(224, some)
                        mstore(place, add(mload(place), step))
                    }
                }
            }
        }
    }

    /// Counts the mistakes by the margins.
    function wrong(uint256 margins, int256 bias) internal pure returns (uint256 count) {
        assembly ("memory-safe") {
            let least := sub(1, bias)
            let border := mload(add(margins, 0x40))
            for {
                let place := mload(add(margins, 0x20))
            } lt(place, border) {
                place := add(place, 32)
            } {
                count := add(count, slt(mload(place), least))
            }
            for {
                let place := border
                border := mload(add(margins, 0x80))
            } lt(place, border) {
                place := add(place, 32)
            } {
                count := add(count, iszero(slt(mload(place), least)))
            }
        }
    }
}
