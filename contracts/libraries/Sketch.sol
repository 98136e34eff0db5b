// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DenseSample} from "./DenseSample.sol";

/// The features that a person has sent, as 128 bits. Knuth's multiplicative hash assigns each feature a bit, which it
/// shares with one in 128 of the others.
library Sketch {
    uint256 internal constant BITS = 128;

    /// 2^32 over the golden ratio.
    uint256 private constant _MULTIPLIER = 2654435769;

    /// The bits of the indices.
    function sparse(bytes calldata sample) internal pure returns (uint256 bits) {
        assembly ("memory-safe") {
            let one := 1
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let hash := mul(shr(240, calldataload(position)), _MULTIPLIER)
                bits := or(bits, shl(and(shr(25, hash), 127), one))
            }
        }
    }

    /// The bits of the coordinates whose squares are at least the mean square. Positive and negative ones have
    /// different bits.
    function dense(bytes calldata sample) internal pure returns (uint256 bits) {
        uint256 least = DenseSample.SCALE * DenseSample.SCALE;
        assembly ("memory-safe") {
            let one := 1
            for {
                let i := 0
            } lt(i, sample.length) {
                i := add(i, 1)
            } {
                let v := signextend(0, shr(248, calldataload(add(sample.offset, i))))
                if iszero(lt(mul(mul(v, v), sample.length), least)) {
                    let hash := mul(add(shl(1, i), slt(v, 0)), _MULTIPLIER)
                    bits := or(bits, shl(and(shr(25, hash), 127), one))
                }
            }
        }
    }
}
