// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The bookkeeping of a trainer: the upper half of slot 0. The lower half holds the model's first sixteen bytes, so
/// that a contribution writes both with one store.
///
///     bit 255           216                  176            136          128
///         | next id: 40 | last time, s: 40   | counted: 40  | classes: 8 | the model's first 16 bytes
///
/// The incentive decides what is counted: all good contributions, or all samples. A trainer with next id 0 is not
/// initialised; `counted` is then the number of bytes of initial parameters loaded so far.
type Head is uint256;

using HeadLibrary for Head global;

library HeadLibrary {
    /// The bytes of slot 0 that are bookkeeping.
    uint256 internal constant BYTES = 16;

    function read() internal view returns (Head head) {
        assembly ("memory-safe") {
            head := sload(0)
        }
    }

    function store(Head head) internal {
        assembly ("memory-safe") {
            sstore(0, head)
        }
    }

    function nextId(Head head) internal pure returns (uint256) {
        return Head.unwrap(head) >> 216;
    }

    function lastTime(Head head) internal pure returns (uint256) {
        return (Head.unwrap(head) >> 176) & type(uint40).max;
    }

    function counted(Head head) internal pure returns (uint256) {
        return (Head.unwrap(head) >> 136) & type(uint40).max;
    }

    /// The head of a trainer that is not initialised, with `length` bytes of parameters loaded.
    function withLoaded(Head head, uint256 length) internal pure returns (Head) {
        return Head.wrap((length << 136) | uint136(Head.unwrap(head)));
    }

    function classes(Head head) internal pure returns (uint256) {
        return uint8(Head.unwrap(head) >> 128);
    }

    /// The head after `count` more ids were given out, now, and `more` more were counted.
    function advance(Head head, uint256 count, uint256 more) internal view returns (Head) {
        uint256 id = head.nextId() + count;
        uint256 rest = uint176(Head.unwrap(head));
        return Head.wrap((id << 216) | (block.timestamp << 176) | (rest + (more << 136)));
    }

    function addCounted(Head head) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(head) + (1 << 136));
    }

    function addClasses(Head head, uint256 count) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(head) + (count << 128));
    }
}
