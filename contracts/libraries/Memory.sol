// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Memory by its place. It is given back: what one sample needs would else be there 256 times at the end of a batch, and memory costs
/// more the more of it there is.
library Memory {
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// Room for `length` bytes, whatever they hold.
    function allocate(uint256 length) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(0x40, add(place, length))
        }
    }

    /// The word that stands `index` words behind a place.
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

    /// @dev Warning: nothing that was allocated since the mark may be used any more.
    function release(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
