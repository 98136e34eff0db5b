// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ITrainer} from "../interfaces/ITrainer.sol";

/// Checks that initial parameters leave the places of classes that do not exist yet at zero. Otherwise a creator could
/// prepare a class that wins everything, and add it when deposits are open.
library Zeros {
    /// Reverts unless bytes `start` to `end` - 1 of the state are zero, as far as `data` holds them. `data` is the
    /// state from byte `offset`.
    function check(bytes calldata data, uint256 offset, uint256 start, uint256 end) internal pure {
        // all are places in the state, below 2^32
        unchecked {
            if (start < offset) start = offset;
            if (end > offset + data.length) end = offset + data.length;
            for (; start < end; start += 32) {
                uint256 word;
                assembly ("memory-safe") {
                    word := calldataload(add(data.offset, sub(start, offset)))
                }
                if (end - start < 32) word >>= 8 * (32 - (end - start));
                if (word != 0) revert ITrainer.NoSuchClassYet(start);
            }
        }
    }

    /// Does the same for the end of each row of a table, from `taken` bytes after its start. Row i starts at byte
    /// `first` + i * `stride`.
    function checkRows(
        bytes calldata data,
        uint256 offset,
        uint256 first,
        uint256 stride,
        uint256 taken
    ) internal pure {
        unchecked {
            uint256 row = first;
            if (offset > first) row = offset - ((offset - first) % stride);
            for (; row < offset + data.length; row += stride) check(data, offset, row + taken, row + stride);
        }
    }
}
