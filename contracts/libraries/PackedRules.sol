// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The rules of Gamified as the incentive's word of a trainer's settings holds them, from the top: validateAfter, expireAfter,
/// settleAfter, reportWithin (32 bits each), base, milestone, milestoneBonus, allLabels, reportPoints, memorySlots (16 bits each),
/// feature, streak, streakCap, reporterGood (8 bits each).
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
