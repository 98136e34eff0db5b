// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Signed bytes, 32 per slot from slot 0, selected by a sparse sample: feature i is byte `first` + i. They stay in
/// storage, and each slot that a sample touches is loaded once.
library SparseLanes {
    /// Adds up the lanes of a sample.
    /// @return total the sum
    /// @return last the last byte that was selected
    /// @return rising 1 if each index is above the previous one, otherwise 0
    /// @return memo memory that holds the touched slots in order, for `shift`
    function sum(
        bytes calldata sample,
        uint256 first
    ) internal view returns (int256 total, uint256 last, uint256 rising, uint256 memo) {
        assembly ("memory-safe") {
            memo := mload(0x40)
            let top := memo
            let word
            let end := add(sample.offset, sample.length)
            rising := 1
            // the first lane is never in the slot of byte 0 - 1
            last := not(0)
            let position := sample.offset
            if and(sample.length, 2) {
                let lane := add(first, shr(240, calldataload(position)))
                if shr(5, xor(lane, last)) {
                    word := sload(shr(5, lane))
                    mstore(top, word)
                    top := add(top, 32)
                }
                rising := and(rising, sgt(lane, last))
                total := add(total, signextend(0, byte(and(lane, 31), word)))
                last := lane
                position := add(position, 2)
            }
            // two per turn: the loop itself is a quarter of the cost of a word
            for {} lt(position, end) {
                position := add(position, 4)
            } {
                let lane := add(first, shr(240, calldataload(position)))
                if shr(5, xor(lane, last)) {
                    word := sload(shr(5, lane))
                    mstore(top, word)
                    top := add(top, 32)
                }
                rising := and(rising, sgt(lane, last))
                total := add(total, signextend(0, byte(and(lane, 31), word)))
                last := lane
                lane := add(first, shr(240, calldataload(add(position, 2))))
                if shr(5, xor(lane, last)) {
                    word := sload(shr(5, lane))
                    mstore(top, word)
                    top := add(top, 32)
                }
                rising := and(rising, sgt(lane, last))
                total := add(total, signextend(0, byte(and(lane, 31), word)))
                last := lane
            }
            mstore(0x40, top)
        }
    }

    /// Adds `step` (1 or -1) to each lane of a sample that `sum` has just read into `memo`. A lane at the end of its
    /// range stays there.
    function shift(bytes calldata sample, uint256 first, int256 step, uint256 memo) internal {
        assembly ("memory-safe") {
            // a byte of a word in memory is changed in place, without masks
            let word := sub(memo, 32)
            let last := not(0)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(first, shr(240, calldataload(position)))
                if shr(5, xor(lane, last)) {
                    if iszero(slt(last, 0)) {
                        sstore(shr(5, last), mload(word))
                    }
                    word := add(word, 32)
                }
                last := lane
                lane := and(lane, 31)
                let value := add(signextend(0, byte(lane, mload(word))), step)
                if eq(signextend(0, value), value) {
                    mstore8(add(word, lane), value)
                }
            }
            sstore(shr(5, last), mload(word))
        }
    }
}
