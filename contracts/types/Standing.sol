// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {PackedRules} from "./PackedRules.sol";

/// Everything that Gamified stores of a person, in one slot:
///
///     bit 255         128          88          80          72       56               32          0
///         | sketch: 128 | labels: 40 | badges: 8 | streak: 8 | day: 16 | validated: 24 | points: 32 |
///
/// The day is that of the last contribution that counted for a streak, in days since 1970, up to the year 2149. Labels
/// from 40 share the bits of those below. Points and counts stop at the end of their range.
type Standing is uint256;

using StandingLibrary for Standing global;

/// What is validated in one call, and rewarded.
/// @param worth the number of contributions that it counts as
/// @param sketch the features: see `libraries/Sketch.sol`
/// @param labels one bit per label
/// @param day days since 1970
struct Merit {
    uint256 worth;
    uint256 sketch;
    uint256 labels;
    uint256 day;
}

library StandingLibrary {
    /// The badges, one bit each.
    uint256 internal constant FIRST = 1;
    uint256 internal constant BRONZE = 2;
    uint256 internal constant SILVER = 4;
    uint256 internal constant GOLD = 8;
    uint256 internal constant REGULAR = 16;
    uint256 internal constant ALL_LABELS = 32;
    uint256 internal constant EXPLORER = 64;
    uint256 internal constant GUARDIAN = 128;

    /// The bits of the sketch that an explorer has: three quarters.
    uint256 internal constant EXPLORED = 96;

    /// The factor from one milestone to the next, and from one bonus to the next.
    uint256 internal constant FURTHER = 10;

    uint256 private constant _LABELS = 40;
    uint256 private constant _DAY_AND_STREAK = 0xffffff << 56;

    /// The bit of a label.
    function bitOf(uint256 label) internal pure returns (uint256) {
        return 1 << (label % _LABELS);
    }

    /// The bits of all labels.
    function bitsOf(uint256 classes) internal pure returns (uint256) {
        return (1 << FixedPointMathLib.min(classes, _LABELS)) - 1;
    }

    /// The standing after a validation, and the points for it.
    /// @param classes the current number of classes
    function earn(
        Standing standing,
        Merit memory merit,
        uint256 classes,
        PackedRules rules
    ) internal pure returns (Standing after_, uint256 earned) {
        earned = merit.worth * rules.base();
        earned += rules.feature() * LibBit.popCount(merit.sketch & ~standing.sketch());
        uint256 badges_ = standing.badges() | FIRST;
        after_ = Standing.wrap(Standing.unwrap(standing) | (merit.sketch << 128) | (merit.labels << 88));

        if (merit.day > standing.day()) {
            uint256 days_ = merit.day == standing.day() + 1 ? FixedPointMathLib.min(standing.streak() + 1, 255) : 1;
            earned += rules.streak() * FixedPointMathLib.min(days_, rules.streakCap());
            if (days_ >= rules.streakCap()) badges_ |= REGULAR;
            after_ = Standing.wrap(
                (Standing.unwrap(after_) & ~_DAY_AND_STREAK) | (days_ << 72) | (uint256(uint16(merit.day)) << 56)
            );
        }

        after_ = after_.count(merit.worth);
        uint256 needed = rules.milestone();
        uint256 bonus = rules.milestoneBonus();
        for (uint256 badge = BRONZE; badge != REGULAR; badge <<= 1) {
            if (after_.validated() >= needed && badges_ & badge == 0) {
                badges_ |= badge;
                earned += bonus;
            }
            needed *= FURTHER;
            bonus *= FURTHER;
        }
        if (badges_ & ALL_LABELS == 0 && bitsOf(classes) & ~after_.labels() == 0) {
            badges_ |= ALL_LABELS;
            earned += rules.allLabels();
        }
        if (LibBit.popCount(after_.sketch()) >= EXPLORED) badges_ |= EXPLORER;
        after_ = after_.award(badges_).give(earned);
    }

    function give(Standing standing, uint256 more) internal pure returns (Standing) {
        uint256 points_ = FixedPointMathLib.min(standing.points() + more, type(uint32).max);
        return Standing.wrap((Standing.unwrap(standing) & ~uint256(type(uint32).max)) | points_);
    }

    /// The standing after the points and the place of a validated contribution are taken.
    function take(Standing standing, uint256 points_, uint256 worth) internal pure returns (Standing) {
        uint256 left = FixedPointMathLib.zeroFloorSub(standing.points(), points_);
        uint256 counted = FixedPointMathLib.zeroFloorSub(standing.validated(), worth);
        return Standing.wrap((Standing.unwrap(standing) & ~uint256(type(uint56).max)) | (counted << 32) | left);
    }

    function award(Standing standing, uint256 badges_) internal pure returns (Standing) {
        return Standing.wrap(Standing.unwrap(standing) | (badges_ << 80));
    }

    function count(Standing standing, uint256 worth) internal pure returns (Standing) {
        uint256 counted = FixedPointMathLib.min(standing.validated() + worth, type(uint24).max);
        return Standing.wrap((Standing.unwrap(standing) & ~(uint256(type(uint24).max) << 32)) | (counted << 32));
    }

    function sketch(Standing standing) internal pure returns (uint256) {
        return Standing.unwrap(standing) >> 128;
    }

    function labels(Standing standing) internal pure returns (uint256) {
        return uint40(Standing.unwrap(standing) >> 88);
    }

    function badges(Standing standing) internal pure returns (uint256) {
        return uint8(Standing.unwrap(standing) >> 80);
    }

    function streak(Standing standing) internal pure returns (uint256) {
        return uint8(Standing.unwrap(standing) >> 72);
    }

    function day(Standing standing) internal pure returns (uint256) {
        return uint16(Standing.unwrap(standing) >> 56);
    }

    function validated(Standing standing) internal pure returns (uint256) {
        return uint24(Standing.unwrap(standing) >> 32);
    }

    function points(Standing standing) internal pure returns (uint256) {
        return uint32(Standing.unwrap(standing));
    }
}
