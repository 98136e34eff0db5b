// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ITrainer} from "../interfaces/ITrainer.sol";
import {Image} from "../types/Image.sol";

/// What averaging needs beside the weights of a sparse perceptron: for each weight the sum of its steps, each times the
/// number of updates before it. These are signed integers of 21 bits, twelve to a slot from its highest bit on, and
/// never in slot 0; four bits of a slot are spare. Lane l is in slot `first` + l / 12. The lane of a feature's weight
/// for a class is feature * `stride` + `column`, with the number of the class, among as many; for two classes there is
/// one weight.
///
/// A weight moves with what is cached for it: if one of them would leave its range, both stay.
library CachedLanes {
    /// A model that was updated as often learns no more: the next step would have no room in any lane.
    uint256 internal constant FULL = (1 << 20) - 1;

    uint256 internal constant LANES = 12;

    /// Adds up the lanes of a sample, with one lane per feature.
    function sum(bytes calldata sample, uint256 first) internal view returns (int256 total) {
        assembly ("memory-safe") {
            let last := not(0)
            let word := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := shr(240, calldataload(position))
                let row := div(lane, 12)
                if xor(row, last) {
                    word := sload(add(first, row))
                    last := row
                }
                // to the highest bits, and from there with its sign to the lowest
                total := add(total, sar(235, shl(mul(21, mod(lane, 12)), word)))
            }
        }
    }

    /// Adds `step` (1 or -1) to each weight of a sample that `SparseLanes.sum` has just read into `memo`, and `delay`
    /// to what is cached for it, with one lane per feature.
    /// @param weights the byte of the weight of feature 0
    function shift(
        bytes calldata sample,
        uint256 weights,
        uint256 first,
        int256 step,
        int256 delay,
        uint256 memo
    ) internal {
        assembly ("memory-safe") {
            let word := sub(memo, 32)
            let last := not(0)
            let slot := 0
            let cached := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := shr(240, calldataload(position))
                let place := add(weights, lane)
                if shr(5, xor(place, last)) {
                    if iszero(slt(last, 0)) {
                        sstore(shr(5, last), mload(word))
                    }
                    word := add(word, 32)
                }
                last := place
                let row := div(lane, 12)
                if xor(slot, add(first, row)) {
                    if slot {
                        sstore(slot, cached)
                    }
                    slot := add(first, row)
                    cached := sload(slot)
                }
                place := and(place, 31)
                let bits := mul(21, mod(lane, 12))
                let old := sar(235, shl(bits, cached))
                let raised := add(old, delay)
                let value := add(signextend(0, byte(place, mload(word))), step)
                if and(eq(signextend(0, value), value), eq(sar(235, shl(235, raised)), raised)) {
                    mstore8(add(word, place), value)
                    cached := xor(cached, shr(bits, shl(235, xor(old, raised))))
                }
            }
            sstore(shr(5, last), mload(word))
            sstore(slot, cached)
        }
    }

    /// Loads the slots of a sample's lanes.
    function load(Image image, bytes calldata sample, uint256 first, uint256 stride) internal view {
        assembly ("memory-safe") {
            let next := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := mul(stride, shr(240, calldataload(position)))
                let slot := add(first, div(lane, 12))
                // the row before may have ended in the same slot
                if lt(slot, next) {
                    slot := next
                }
                next := add(first, add(div(add(lane, sub(stride, 1)), 12), 1))
                for {} lt(slot, next) {
                    slot := add(slot, 1)
                } {
                    mstore(add(image, shl(5, slot)), sload(slot))
                }
            }
        }
    }

    /// Stores the slots of a sample's lanes.
    function store(Image image, bytes calldata sample, uint256 first, uint256 stride) internal {
        assembly ("memory-safe") {
            let next := 0
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := mul(stride, shr(240, calldataload(position)))
                let slot := add(first, div(lane, 12))
                if lt(slot, next) {
                    slot := next
                }
                next := add(first, add(div(add(lane, sub(stride, 1)), 12), 1))
                for {} lt(slot, next) {
                    slot := add(slot, 1)
                } {
                    sstore(slot, mload(add(image, shl(5, slot))))
                }
            }
        }
    }

    /// Adds up a column of lanes in memory.
    function sum(
        Image image,
        bytes calldata sample,
        uint256 first,
        uint256 column,
        uint256 stride
    ) internal pure returns (int256 total) {
        assembly ("memory-safe") {
            let lanes := add(image, shl(5, first))
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(column, mul(stride, shr(240, calldataload(position))))
                let row := div(lane, 12)
                let word := mload(add(lanes, shl(5, row)))
                total := add(total, sar(235, shl(mul(21, mod(lane, 12)), word)))
            }
        }
    }

    /// Adds `step` and `delay` to a column in memory.
    function shift(
        Image image,
        bytes calldata sample,
        uint256 weights,
        uint256 first,
        uint256 column,
        uint256 stride,
        int256 step,
        int256 delay
    ) internal pure {
        assembly ("memory-safe") {
            let lanes := add(image, shl(5, first))
            weights := add(image, weights)
            let end := add(sample.offset, sample.length)
            for {
                let position := sample.offset
            } lt(position, end) {
                position := add(position, 2)
            } {
                let lane := add(column, mul(stride, shr(240, calldataload(position))))
                let row := div(lane, 12)
                let bits := mul(21, mod(lane, 12))
                let slot := add(lanes, shl(5, row))
                let old := sar(235, shl(bits, mload(slot)))
                let raised := add(old, delay)
                let place := add(weights, lane)
                let value := add(signextend(0, mload(sub(place, 31))), step)
                if and(eq(signextend(0, value), value), eq(sar(235, shl(235, raised)), raised)) {
                    mstore8(place, value)
                    mstore(slot, xor(mload(slot), shr(bits, shl(235, xor(old, raised)))))
                }
            }
        }
    }

    /// Reverts unless the lanes from column `taken` on are zero in every row, as far as `data` holds them: see `Zeros`.
    /// `data` is the state from byte `offset`, and ends with a slot.
    function checkZeros(
        bytes calldata data,
        uint256 offset,
        uint256 first,
        uint256 stride,
        uint256 taken
    ) internal pure {
        uint256 end = (offset + data.length) / 32;
        for (uint256 slot = offset / 32 < first ? first : offset / 32; slot < end; ++slot) {
            uint256 word;
            assembly ("memory-safe") {
                word := calldataload(add(data.offset, sub(shl(5, slot), offset)))
            }
            uint256 lane = (slot - first) * LANES;
            for (uint256 next = lane + LANES; lane < next; ++lane) {
                // the slot's first byte, as the error has it
                // slither-disable-next-line divide-before-multiply
                if (lane % stride >= taken && word >> 235 != 0) revert ITrainer.NoSuchClassYet(slot * 32);
                word <<= 21;
            }
        }
    }
}
