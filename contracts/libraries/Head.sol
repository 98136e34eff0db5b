// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The bookkeeping of a trainer: the upper half of slot 0, whose lower half holds the model's first sixteen bytes, so
/// that a contribution writes both with one store.
///
///     bit 255           216                  176            136          128
///         | next id: 40 | last time, s: 40   | counted: 40  | classes: 8 | the model's first 16 bytes
///
/// What is counted is up to the incentive: all good contributions, or all samples. A trainer with next id 0 isn't initialised;
/// `counted` then is the number of bytes of initial parameters that are there.
type Head is uint256;

using HeadLibrary for Head global;

library HeadLibrary {
    /// The bookkeeping's share of slot 0.
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

    /// While the trainer isn't initialised.
    function withLoaded(Head head, uint256 length) internal pure returns (Head) {
        return Head.wrap((length << 136) | uint136(Head.unwrap(head)));
    }

    function classes(Head head) internal pure returns (uint256) {
        return uint8(Head.unwrap(head) >> 128);
    }

    /// `count` ids given out, now, and as many counted.
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
