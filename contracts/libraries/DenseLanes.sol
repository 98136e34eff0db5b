// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A vector of signed lanes in memory, `bits` (16 or 24) each, against a sample that `DenseSample.read` has put there.
/// A turn of a loop takes eight lanes: 64 bits of the sample, and as much of the vector as fits into one word at either
/// width.
library DenseLanes {
    /// @param vector the address of the first lane
    /// @param x the address of the sample
    /// @param length the number of lanes
    /// @return total the sum of lane * coordinate
    /// @return squares the sum of the squares of the coordinates
    function dot(
        uint256 vector,
        uint256 bits,
        uint256 x,
        uint256 length
    ) internal pure returns (int256 total, uint256 squares) {
        assembly ("memory-safe") {
            let down := sub(256, bits)
            let end := add(x, length)
            // v * (lane + v * 2^64): both sums with one product
            let both := 0
            for {} lt(x, end) {
                x := add(x, 8)
                vector := add(vector, bits)
            } {
                let lanes := mload(vector)
                let coordinates := mload(x)
                let v := sar(248, coordinates)
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(8, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(16, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(24, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(32, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(40, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(48, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
                lanes := shl(bits, lanes)
                v := sar(248, shl(56, coordinates))
                both := add(both, mul(v, add(sar(down, lanes), shl(64, v))))
            }
            total := signextend(7, both)
            squares := shr(64, sub(both, total))
        }
    }

    /// Adds `step` (1 or -1) times the sample to the vector. A lane that would leave its range stops at its end.
    function shift(uint256 vector, uint256 bits, uint256 x, uint256 length, int256 step) internal pure {
        assembly ("memory-safe") {
            let mask := not(shl(bits, not(0)))
            // the highest bit of each of the first eight lanes: built for one, two, four, eight
            let signs := shl(255, 1)
            signs := or(signs, shr(bits, signs))
            signs := or(signs, shr(mul(2, bits), signs))
            signs := or(signs, shr(mul(4, bits), signs))
            let end := add(x, length)
            for {} lt(x, end) {
                x := add(x, 8)
                vector := add(vector, bits)
            } {
                let coordinates := mload(x)
                let added := and(mul(step, sar(248, coordinates)), mask)
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(240, coordinates))), mask))
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(232, coordinates))), mask))
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(224, coordinates))), mask))
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(216, coordinates))), mask))
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(208, coordinates))), mask))
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(200, coordinates))), mask))
                added := or(shl(bits, added), and(mul(step, signextend(0, shr(192, coordinates))), mask))
                added := shl(sub(256, shl(3, bits)), added)

                let before := mload(vector)
                // all lanes at once: added without their highest bits, which could carry into the next lane
                let after_ := xor(add(and(before, not(signs)), and(added, not(signs))), and(xor(before, added), signs))
                // a lane whose sign differs from both addends has left its range
                let over := and(and(xor(before, after_), xor(added, after_)), signs)
                if over {
                    // the other bits of these lanes, below their highest
                    let low := sub(over, shr(sub(bits, 1), over))
                    let positive := and(over, not(before))
                    // 0111… if it was positive, otherwise 1000…
                    let limit := or(and(over, before), sub(positive, shr(sub(bits, 1), positive)))
                    after_ := or(and(after_, not(or(over, low))), limit)
                }
                mstore(vector, after_)
            }
        }
    }
}
