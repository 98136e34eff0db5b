// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBadges} from "./IBadges.sol";
import {IClaims} from "./IClaims.sol";
import {Contribution} from "./ITrainer.sol";

/// @notice Gamified: no money, but points and badges for data that the model agrees with
/// @dev A contribution is pending, then validated by its author, then open to reports for a time. Every stage ends by
/// itself: a contribution that nobody claims is finished after `expireAfter`, a validated one after `reportWithin`, a
/// reported one after `settleAfter` and `reportWithin`.
/// Warning: nothing costs more than gas, so anybody who pays for gas can turn the model for a moment. That takes no
/// points from authors who check their contributions once per `settleAfter` and defend them. It does validate bad data,
/// until somebody reports it. Points are worth what people think of them: do not pay for them.
interface IGamified is IClaims, IBadges {
    /// @notice The settings of the incentive.
    /// @param validateAfter seconds, 1 or more, from the contribution until its author can validate it
    /// @param expireAfter seconds, more than `validateAfter`, from the contribution until it can no longer be validated
    /// @param settleAfter seconds from a report until its points can be taken, in which the author can defend it; with
    /// 0 at once
    /// @param reportWithin seconds, 1 or more, in which a validated contribution can be reported, and a reported one
    /// settled
    /// @param base points for a contribution, 1 or more
    /// @param feature points for each bit of the sketch that is new for this person
    /// @param streak points for each day in a row, up to `streakCap`, once per day
    /// @param streakCap days, 1 or more; a streak of this length earns a badge
    /// @param milestone contributions to the bronze badge, 1 or more; silver takes ten times and gold a hundred times
    /// as many
    /// @param milestoneBonus points with bronze; silver brings ten times and gold a hundred times as many
    /// @param allLabels points for contributions of every class
    /// @param reporterGood validated contributions that a reporter needs, 1 or more
    /// @param reportPoints points for a report that takes those of bad data, at most `base`: otherwise it would pay to
    /// contribute bad data
    /// @param memorySlots slots, 1 or more, of 256 bits each, that remember which samples were validated
    struct Rules {
        uint256 validateAfter;
        uint256 expireAfter;
        uint256 settleAfter;
        uint256 reportWithin;
        uint256 base;
        uint256 feature;
        uint256 streak;
        uint256 streakCap;
        uint256 milestone;
        uint256 milestoneBonus;
        uint256 allLabels;
        uint256 reporterGood;
        uint256 reportPoints;
        uint256 memorySlots;
    }

    /// @notice What a person has earned.
    /// @param points the current points
    /// @param validated the number of validated contributions
    /// @param day the last day that counted for a streak, in days since 1970
    /// @param streak the days in a row up to that day, at most 255
    /// @param badges bit i: the badge with id i + 1
    /// @param labels bit i: a sample of class i was validated; from class 40, bit i modulo 40
    /// @param sketch 128 bits that stand for the features of the validated samples
    struct Person {
        uint256 points;
        uint256 validated;
        uint256 day;
        uint256 streak;
        uint256 badges;
        uint256 labels;
        uint256 sketch;
    }

    /// @notice The author earned points for a contribution.
    /// @param id the number of the contribution
    /// @param author its author
    /// @param points the points earned
    /// @param until the time from which it can no longer be reported, in seconds
    event Validated(uint256 indexed id, address indexed author, uint256 points, uint256 until);

    /// @notice The author of a batch earned points for some samples.
    /// @param id the number of the batch
    /// @param author its author
    /// @param points the points earned
    /// @param positions bit i: the sample at position i; duplicates are left out
    /// @param until the time from which it can no longer be reported, in seconds
    event BatchValidated(uint256 indexed id, address indexed author, uint256 points, uint256 positions, uint256 until);

    /// @notice The model agreed, but all samples of the contribution had been validated before: it is finished, and
    /// earned nothing.
    /// @param id the number of the contribution
    /// @param author its author
    event Duplicate(uint256 indexed id, address indexed author);

    /// @notice Somebody reported that the data is bad.
    /// @param id the number of the contribution
    /// @param reporter who reported it
    /// @param due the time from which the points can be taken, in seconds
    event Reported(uint256 indexed id, address indexed reporter, uint256 due);

    /// @notice The author of a reported contribution showed that the model agrees. It can be reported again.
    /// @param id the number of the contribution
    /// @param author its author
    /// @param until the time from which it can no longer be reported, in seconds
    event Defended(uint256 indexed id, address indexed author, uint256 until);

    /// @notice The author lost the points of bad data, and its place in the count.
    /// @param id the number of the contribution
    /// @param reporter who took the points
    /// @param author its author
    /// @param points the points lost
    event PointsTaken(uint256 indexed id, address indexed reporter, address indexed author, uint256 points);

    /// @notice Contributions are free: the trainer accepts no money.
    error NoMoney(uint256 sent);
    /// @notice Too late: the call was allowed before `end`, and the contribution is finished.
    error TooLate(uint256 end, uint256 time);
    /// @notice The model currently disagrees with this many of the validated samples; more than half would be bad data.
    error MostlyAgreed(uint256 id, uint256 disagreeing, uint256 count);
    /// @notice The model currently disagrees with this many of the validated samples; at most half would be good data.
    error MostlyDisagreed(uint256 id, uint256 disagreeing, uint256 count);
    /// @notice The positions must name at least one sample, and only samples of the batch, which has `count`.
    error BadPositions(uint256 positions, uint256 count);
    /// @notice The contribution is already validated.
    error AlreadyValidated(uint256 id);
    /// @notice Only validated contributions can be reported.
    error NotValidated(uint256 id);
    /// @notice The contribution is not reported, so there is nothing to defend.
    error NothingToDefend(uint256 id);
    /// @notice Reporters need this many validated contributions of their own.
    error NotEnoughGood(address sender, uint256 validated, uint256 needed);

    /// @notice Gives the author the points of a contribution that the model agrees with now, once, and the badges that
    /// come with them. A sample that was validated before earns nothing, whoever sent it and with whatever label.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    /// @return points the points earned
    function validate(Contribution calldata contribution, uint256 slot) external returns (uint256 points);

    /// @notice Does the same for a batch, once. The model must agree with all requested samples; the others are given
    /// up. Only samples that are new count, here and in reports: up to sixteen as one contribution, up to thirty-two as
    /// two, and so on.
    /// @param batch the values of its event
    /// @param slot the slot of its record
    /// @param positions bit i: the sample at position i
    /// @return points the points earned
    function validateBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 points);

    /// @notice Reports that validated data is bad: the model must disagree now, and in a batch with more than half of
    /// the validated samples. A second report, at least `settleAfter` later, takes the points away; with a
    /// `settleAfter` of 0 the first one does.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    function report(Contribution calldata contribution, uint256 slot) external;

    /// @notice Ends a report of the sender's own data. The model must agree now, and in a batch with at least half of
    /// the validated samples.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    function defend(Contribution calldata contribution, uint256 slot) external;

    /// @notice What a person has earned.
    /// @param account the account
    /// @return earned all of it
    function person(address account) external view returns (Person memory earned);

    /// @notice The samples of a batch that were validated and new; 0 if all of them were, or none yet.
    /// @param batchId the number of the batch
    /// @return positions bit i: the sample at position i
    function validatedPositions(uint256 batchId) external view returns (uint256 positions);

    /// @notice One word of the memory of validated samples.
    /// @param word its number, below `memorySlots`
    /// @return bits bit i: a sample was validated whose Keccak hash is 256 * word + i modulo 256 * `memorySlots`
    function remembered(uint256 word) external view returns (uint256 bits);

    /// @notice The settings of the incentive.
    /// @return settings all of them
    function rules() external view returns (Rules memory settings);
}
