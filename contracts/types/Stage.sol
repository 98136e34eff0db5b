// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The stage of a contribution to a trainer with Gamified: the 96 bits of its record that are open.
///
///     bits 80-81  1 pending, 2 validated, 3 reported
///     bits 72-79  the number of contributions that it counts as
///     bits 40-71  the points that it earned
///     bits  0-39  the time, in seconds, from which it is finished and its slot free
///
/// A finished contribution may also have stage 0.
type Stage is uint256;

using StageLibrary for Stage global;

library StageLibrary {
    uint256 private constant _PENDING = 1 << 80;
    uint256 private constant _VALIDATED = 2 << 80;
    uint256 private constant _REPORTED = 3 << 80;
    uint256 private constant _KIND = 3 << 80;

    function pending(uint256 end) internal pure returns (Stage) {
        return Stage.wrap(_PENDING | end);
    }

    function validated(uint256 points_, uint256 worth_, uint256 end) internal pure returns (Stage) {
        return Stage.wrap(_VALIDATED | (worth_ << 72) | (points_ << 40) | end);
    }

    /// The same contribution, validated again.
    function defended(Stage stage, uint256 end) internal pure returns (Stage) {
        return validated(stage.points(), stage.worth(), end);
    }

    function reported(Stage stage, uint256 end) internal pure returns (Stage) {
        return Stage.wrap(_REPORTED | (stage.worth() << 72) | (stage.points() << 40) | end);
    }

    function isPending(Stage stage) internal pure returns (bool) {
        return Stage.unwrap(stage) & _KIND == _PENDING;
    }

    function isReported(Stage stage) internal pure returns (bool) {
        return Stage.unwrap(stage) & _KIND == _REPORTED;
    }

    function worth(Stage stage) internal pure returns (uint256) {
        return uint8(Stage.unwrap(stage) >> 72);
    }

    function points(Stage stage) internal pure returns (uint256) {
        return uint32(Stage.unwrap(stage) >> 40);
    }

    function until(Stage stage) internal pure returns (uint256) {
        return uint40(Stage.unwrap(stage));
    }
}
