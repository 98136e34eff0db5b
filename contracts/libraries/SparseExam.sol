// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Image} from "../types/Image.sol";
import {Memory} from "./Memory.sol";
import {SparseMargins} from "./SparseMargins.sol";

/// An exam of a sparse perceptron in memory. After many samples, the margins of all test samples are summed up anew. If
/// few are learnt between two counts, it pays to keep the margins and to move only those that change. The words at the
/// exam's address are:
///
///     0  the mistakes, as last counted               2  the number of samples learnt since
///     1  how often they were counted                 3  the place of the margins; 0 before they are kept
library SparseExam {
    /// After so many samples the margins are not worth following.
    uint256 private constant _MANY = 8;

    /// Margins are followed from this count on: a call that evaluates little needs no lists.
    uint256 private constant _FROM = 1;

    /// With more features than these, a table of their weights costs more than lists.
    uint256 private constant _TABLE = 2048;

    /// Allocates the exam.
    function allocate() internal pure returns (uint256 exam) {
        exam = Memory.allocate(128);
        for (uint256 i; i < 4; ++i) Memory.write(exam, i, 0);
    }

    /// Notes that the model learns a sample.
    /// @return margins which must move with the weights; 0 if none are kept
    function note(uint256 exam) internal pure returns (uint256 margins) {
        Memory.write(exam, 2, Memory.read(exam, 2) + 1);
        margins = Memory.read(exam, 3);
    }

    /// The number of test samples that a model with this bias gets wrong: it predicts class 1 if margin + bias is above
    /// 0.
    /// @param portions whose form was checked before; each begins at byte `start`
    function mistakes(
        uint256 exam,
        Image image,
        bytes[] calldata portions,
        uint256 start,
        uint256 lanes,
        uint256 features,
        int256 bias
    ) internal pure returns (uint256 count) {
        (uint256 before, uint256 learnt) = (Memory.read(exam, 1), Memory.read(exam, 2));
        if (before != 0 && learnt == 0) return Memory.read(exam, 0);
        uint256 margins = Memory.read(exam, 3);
        if (margins != 0) {
            count = SparseMargins.wrong(margins, bias);
        } else if (features > _TABLE || (before >= _FROM && learnt < _MANY)) {
            margins = SparseMargins.make(image, portions, start, lanes, features);
            Memory.write(exam, 3, margins);
            count = SparseMargins.wrong(margins, bias);
        } else {
            uint256 free = Memory.mark();
            uint256 table = _table(image, lanes, features);
            for (uint256 i; i < portions.length; ++i) count += _recount(table, portions[i][start:], bias);
            Memory.release(free);
        }
        Memory.write(exam, 0, count);
        Memory.write(exam, 1, before + 1);
        Memory.write(exam, 2, 0);
    }

    /// The weights, one per word.
    function _table(Image image, uint256 lanes, uint256 features) private pure returns (uint256 table) {
        table = Memory.allocate(32 * (features + 7));
        assembly ("memory-safe") {
            let place := table
            for {
                let position := add(image, lanes)
                let end := add(position, features)
            } lt(position, end) {
                position := add(position, 8)
                place := add(place, 256)
            } {
                let some := mload(position)
                mstore(place, sar(248, some))
                mstore(add(place, 32), signextend(0, shr(240, some)))
                mstore(add(place, 64), signextend(0, shr(232, some)))
                mstore(add(place, 96), signextend(0, shr(224, some)))
                mstore(add(place, 128), signextend(0, shr(216, some)))
                mstore(add(place, 160), signextend(0, shr(208, some)))
                mstore(add(place, 192), signextend(0, shr(200, some)))
                mstore(add(place, 224), signextend(0, shr(192, some)))
            }
        }
    }

    /// Counts anew, with the weights in a table.
    function _recount(uint256 table, bytes calldata samples, int256 bias) private pure returns (uint256 wrong) {
        assembly ("memory-safe") {
            let least := sub(1, bias)
            let position := samples.offset
            let end := add(position, samples.length)
            for {} lt(position, end) {} {
                let some := calldataload(position)
                let label := byte(0, some)
                position := add(position, 3)
                let next := add(position, and(shr(232, some), 0xffff))
                let total := 0
                some := calldataload(position)
                if and(sub(next, position), 14) {
                    if and(sub(next, position), 2) {
                        total := add(total, mload(add(table, and(shr(235, some), 0x1fffe0))))
                        some := shl(16, some)
                        position := add(position, 2)
                    }
                    if and(sub(next, position), 4) {
                        total := add(total, mload(add(table, and(shr(235, some), 0x1fffe0))))
                        total := add(total, mload(add(table, and(shr(219, some), 0x1fffe0))))
                        some := shl(32, some)
                        position := add(position, 4)
                    }
                    if and(sub(next, position), 8) {
                        total := add(total, mload(add(table, and(shr(235, some), 0x1fffe0))))
                        total := add(total, mload(add(table, and(shr(219, some), 0x1fffe0))))
                        total := add(total, mload(add(table, and(shr(203, some), 0x1fffe0))))
                        total := add(total, mload(add(table, and(shr(187, some), 0x1fffe0))))
                        position := add(position, 8)
                    }
                }
                // eight at a time
                for {} lt(position, next) {
                    position := add(position, 16)
                } {
                    some := calldataload(position)
                    total := add(total, mload(add(table, and(shr(235, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(219, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(203, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(187, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(171, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(155, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(139, some), 0x1fffe0))))
                    total := add(total, mload(add(table, and(shr(123, some), 0x1fffe0))))
                }
                wrong := add(wrong, eq(slt(total, least), label))
            }
        }
    }
}
