// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Memory by address, which can be released. Otherwise a batch would hold 256 times what one sample needs, and the
/// price of memory rises with its size.
library Memory {
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// Allocates `length` bytes, which may hold anything.
    function allocate(uint256 length) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(0x40, add(place, length))
        }
    }

    /// The word `index` words after a place.
    function read(uint256 place, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(place, shl(5, index)))
        }
    }

    function write(uint256 place, uint256 index, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(place, shl(5, index)), value)
        }
    }

    /// @dev Warning: memory allocated since the mark must not be used any more.
    function release(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
