// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The immutable settings of a clone, which stand in its code behind the 45 bytes of the EIP-1167 proxy:
///
///     bytes  0-19  creator
///     bytes 20-21  size unit: how many features one price covers
///     bytes 22-31  the model's: classes to begin with (1 byte), features (2), most classes (1), smoothing (2), four to spare
///     bytes 32-63  the incentive's word
///     bytes 64-    name and labels, UTF-8, one a line
library Settings {
    uint256 internal constant PROXY = 0x2d;
    uint256 internal constant WORDS = 64;

    /// Both words: the trainer's, with the model's part, and the incentive's.
    function read() internal view returns (uint256 word, uint256 terms) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0, PROXY, 64)
            word := mload(0)
            terms := mload(32)
        }
    }

    function trainer() internal view returns (uint256 word) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0, PROXY, 32)
            word := mload(0)
        }
    }

    function creator() internal view returns (address) {
        return address(uint160(trainer() >> 96));
    }

    function sizeUnit(uint256 word) internal pure returns (uint256) {
        return uint16(word >> 80);
    }

    /// Those that the trainer was made with; it may have more by now (see `Head.classes`).
    function classes(uint256 word) internal pure returns (uint256) {
        return uint8(word >> 72);
    }

    function features(uint256 word) internal pure returns (uint256) {
        return uint16(word >> 56);
    }

    function maxClasses(uint256 word) internal pure returns (uint256) {
        return uint8(word >> 48);
    }

    function smoothing(uint256 word) internal pure returns (uint256) {
        return uint16(word >> 32);
    }
}
