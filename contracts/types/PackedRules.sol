// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The rules of Gamified, as the incentive's word of a trainer's settings:
///
///     bit 255              224              192               160                128
///         | validateAfter: 32 | expireAfter: 32 | settleAfter: 32 | reportWithin: 32 |
///     bit 127      112             96                  80              64                 48               32
///         | base: 16 | milestone: 16 | milestoneBonus: 16 | allLabels: 16 | reportPoints: 16 | memorySlots: 16 |
///     bit 31       24          16             8                 0
///         | feature: 8 | streak: 8 | streakCap: 8 | reporterGood: 8 |
type PackedRules is uint256;

using PackedRulesLibrary for PackedRules global;

library PackedRulesLibrary {
    function validateAfter(PackedRules rules) internal pure returns (uint256) {
        return PackedRules.unwrap(rules) >> 224;
    }

    function expireAfter(PackedRules rules) internal pure returns (uint256) {
        return uint32(PackedRules.unwrap(rules) >> 192);
    }

    function settleAfter(PackedRules rules) internal pure returns (uint256) {
        return uint32(PackedRules.unwrap(rules) >> 160);
    }

    function reportWithin(PackedRules rules) internal pure returns (uint256) {
        return uint32(PackedRules.unwrap(rules) >> 128);
    }

    function base(PackedRules rules) internal pure returns (uint256) {
        return uint16(PackedRules.unwrap(rules) >> 112);
    }

    function milestone(PackedRules rules) internal pure returns (uint256) {
        return uint16(PackedRules.unwrap(rules) >> 96);
    }

    function milestoneBonus(PackedRules rules) internal pure returns (uint256) {
        return uint16(PackedRules.unwrap(rules) >> 80);
    }

    function allLabels(PackedRules rules) internal pure returns (uint256) {
        return uint16(PackedRules.unwrap(rules) >> 64);
    }

    function reportPoints(PackedRules rules) internal pure returns (uint256) {
        return uint16(PackedRules.unwrap(rules) >> 48);
    }

    function memorySlots(PackedRules rules) internal pure returns (uint256) {
        return uint16(PackedRules.unwrap(rules) >> 32);
    }

    function feature(PackedRules rules) internal pure returns (uint256) {
        return uint8(PackedRules.unwrap(rules) >> 24);
    }

    function streak(PackedRules rules) internal pure returns (uint256) {
        return uint8(PackedRules.unwrap(rules) >> 16);
    }

    function streakCap(PackedRules rules) internal pure returns (uint256) {
        return uint8(PackedRules.unwrap(rules) >> 8);
    }

    function reporterGood(PackedRules rules) internal pure returns (uint256) {
        return uint8(PackedRules.unwrap(rules));
    }
}
