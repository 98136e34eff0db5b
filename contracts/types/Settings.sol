// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The immutable settings of a clone, in its code after the 45 bytes of the EIP-1167 proxy:
///
///     bytes  0-19  creator
///     bytes 20-21  size unit: the number of features that one price covers
///     bytes 22-31  the model's: initial classes (1 byte), features (2), most classes (1), smoothing (2), four spare
///     bytes 32-63  the incentive's word
///     bytes 64-    name and labels, UTF-8, one per line
///
/// The first word is a plain uint256 with functions attached: a value type would change the bytecode.
library Settings {
    uint256 internal constant PROXY = 0x2d;
    uint256 internal constant WORDS = 64;

    /// Both words: the trainer's, which includes the model's part, and the incentive's.
    function read() internal view returns (uint256 settings, uint256 terms) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0, PROXY, 64)
            settings := mload(0)
            terms := mload(32)
        }
    }

    function trainer() internal view returns (uint256 settings) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0, PROXY, 32)
            settings := mload(0)
        }
    }

    function creator() internal view returns (address) {
        return address(uint160(trainer() >> 96));
    }

    function sizeUnit(uint256 settings) internal pure returns (uint256) {
        return uint16(settings >> 80);
    }

    /// The initial number of classes; the trainer may have more by now (see `Head.classes`).
    function classes(uint256 settings) internal pure returns (uint256) {
        return uint8(settings >> 72);
    }

    function features(uint256 settings) internal pure returns (uint256) {
        return uint16(settings >> 56);
    }

    function maxClasses(uint256 settings) internal pure returns (uint256) {
        return uint8(settings >> 48);
    }

    function smoothing(uint256 settings) internal pure returns (uint256) {
        return uint16(settings >> 32);
    }
}
