// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Storage from slot 0 as one run of bytes: byte i is byte i % 32 (the first is the highest) of slot i / 32.
library PackedBytes {
    /// Copies `data` to byte `offset` and the following ones, into slots that hold zeros.
    /// @dev `offset` is 16 or a multiple of 32: only the first slot is shared with what precedes.
    function load(uint256 offset, bytes calldata data) internal {
        assembly ("memory-safe") {
            let end := add(data.offset, data.length)
            let slot := shr(5, offset)
            let skipped := and(offset, 31)
            let word := shr(shl(3, skipped), calldataload(data.offset))
            for {
                let next := add(data.offset, sub(32, skipped))
            } 1 {
                next := add(next, 32)
            } {
                if gt(next, end) {
                    // the calldata after `data` is not ours
                    let bits := shl(3, sub(next, end))
                    word := shl(bits, shr(bits, word))
                }
                if word {
                    sstore(slot, word)
                }
                if iszero(lt(next, end)) {
                    break
                }
                slot := add(slot, 1)
                word := calldataload(next)
            }
        }
    }
}
