// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DenseLanes} from "../../contracts/libraries/DenseLanes.sol";
import {SparseLanes} from "../../contracts/libraries/SparseLanes.sol";

/// Lanes stop at the ends of their range and leave their neighbours alone. A symbolic place in memory can't be reasoned
/// about, so places are counted through.
contract LanesProofs {
    uint256[1] private _slots;

    function check_denseLanesOf16BitsSaturateAndKeepToThemselves(
        uint256 lanes,
        uint64 x,
        bool up,
        uint8 position
    ) external pure {
        for (uint256 i; i < 8; ++i) if (position == i) _shiftDense(16, lanes, x, up, i);
    }

    function check_denseLanesOf24BitsSaturateAndKeepToThemselves(
        uint256 lanes,
        uint64 x,
        bool up,
        uint8 position
    ) external pure {
        for (uint256 i; i < 8; ++i) if (position == i) _shiftDense(24, lanes, x, up, i);
    }

    function check_sparseLanesSaturateAndKeepToThemselves(uint256 lanes, uint8 position, bool up) external {
        for (uint256 i; i < 32; ++i) if (position == i) _shiftSparse(lanes, i, up);
    }

    function shiftSparse(bytes calldata sample, int256 step) external {
        (, , , uint256 memo) = SparseLanes.sum(sample, 0);
        SparseLanes.shift(sample, 0, step, memo);
    }

    function _shiftSparse(uint256 lanes, uint256 position, bool up) private {
        _slots[0] = lanes;
        this.shiftSparse(abi.encodePacked(uint16(position)), up ? int256(1) : -1);
        uint256 place = 8 * (31 - position);
        int8 before = int8(uint8(lanes >> place));
        int8 wanted = before;
        if (up && before != type(int8).max) wanted = before + 1;
        if (!up && before != type(int8).min) wanted = before - 1;
        assert(_slots[0] == (lanes & ~(uint256(255) << place)) | (uint256(uint8(wanted)) << place));
    }

    function _shiftDense(uint256 bits, uint256 lanes, uint64 x, bool up, uint256 position) private pure {
        uint256 vector = _words(lanes);
        uint256 sample = _words(uint256(x) << 192);
        DenseLanes.shift(vector, bits, sample, 8, up ? int256(1) : -1);
        uint256 result = _word(vector);
        int256 coordinate = int8(uint8(x >> (8 * (7 - position))));
        int256 wanted = _lane(lanes, bits, position) + (up ? coordinate : -coordinate);
        int256 most = int256(1 << (bits - 1)) - 1;
        if (wanted > most) wanted = most;
        if (wanted < -most - 1) wanted = -most - 1;
        assert(_lane(result, bits, position) == wanted);
        // what follows the lanes is somebody else's
        uint256 rest = type(uint256).max >> (8 * bits);
        assert(result & rest == lanes & rest);
    }

    function _lane(uint256 word, uint256 bits, uint256 i) private pure returns (int256 lane) {
        assembly {
            lane := sar(sub(256, bits), shl(mul(bits, i), word))
        }
    }

    /// A word in memory with zeros behind it.
    function _words(uint256 word) private pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(place, word)
            mstore(add(place, 32), 0)
            mstore(0x40, add(place, 64))
        }
    }

    function _word(uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(place)
        }
    }
}
