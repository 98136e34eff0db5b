// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Memory that is given back: what one sample needs would else be there 256 times at the end of a batch, and memory costs more the
/// more of it there is.
library Memory {
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @dev Warning: nothing that was allocated since the mark may be used any more.
    function release(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
