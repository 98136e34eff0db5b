// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedBytes} from "../../contracts/libraries/PackedBytes.sol";

contract PackedBytesProofs {
    uint256[5] private _slots;

    /// @custom:halmos --array-lengths data={1,15,16,17,32,48,49,79,80}
    function check_fromTheMiddleOfASlotEachByteIsWhereItBelongs(bytes calldata data) external {
        _loadAndCompare(16, data);
        assert(_slots[0] >> 128 == 0);
    }

    /// @custom:halmos --array-lengths data={1,31,32,33,64,95,96}
    function check_fromTheBeginningOfASlotEachByteIsWhereItBelongs(bytes calldata data) external {
        _loadAndCompare(32, data);
        assert(_slots[0] == 0);
    }

    /// The bytes are at their places, and every other byte of the state is what it was.
    function _loadAndCompare(uint256 offset, bytes calldata data) private {
        PackedBytes.load(offset, data);
        for (uint256 i = offset; i < 5 * 32; ++i) {
            uint8 stored = uint8(_slots[i / 32] >> (8 * (31 - (i % 32))));
            assert(stored == (i < offset + data.length ? uint8(data[i - offset]) : 0));
        }
    }
}
