// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBadges} from "./IBadges.sol";
import {IIncentive} from "./IIncentive.sol";
import {Contribution} from "./ITrainer.sol";

/// @notice Gamified: no money; points and badges for data that the model agrees with
/// @dev A contribution is pending, then validated by its author, then for a time open to reports. Everything ends by itself: a contribution
/// that nobody claims is finished after `expireAfter`, one that is validated after `reportWithin`, one that is reported after `settleAfter`
/// and `reportWithin`.
/// Warning: nothing costs anything but gas, so that whoever pays for it turns the model for a moment. That takes no points: those who look
/// after their contributions once in `settleAfter` defend them. It does validate bad data, until somebody reports it. Points are worth
/// what people think of them: don't pay for them.
interface IGamified is IIncentive, IBadges {
    /// @notice What a trainer is set up with.
    /// @param validateAfter seconds, 1 or more, from the contribution until its author can validate it
    /// @param expireAfter seconds, more than that, from the contribution until it can't be validated any more
    /// @param settleAfter seconds from a report until its points can be taken, in which the author can defend it; 0: at once
    /// @param reportWithin seconds, 1 or more, in which something validated can be reported, and something reported settled
    /// @param base points, 1 or more, for a contribution
    /// @param feature points for each bit of the sketch that is new of this person
    /// @param streak points for each day in a row, up to `streakCap`, once a day
    /// @param streakCap days, 1 or more; as many in a row earn a badge
    /// @param milestone contributions, 1 or more, to bronze; ten times as many to silver, a hundred times as many to gold
    /// @param milestoneBonus points with bronze; ten times as many with silver, a hundred times as many with gold
    /// @param allLabels points for having contributed something of every class
    /// @param reporterGood validated contributions that a reporter needs, 1 or more
    /// @param reportPoints points for taking those of bad data, `base` at most: else it would pay to make some
    /// @param memorySlots slots, 1 or more, of 256 bits each that remember which samples were validated
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

    /// @notice What somebody has earned.
    /// @param points what they have now
    /// @param validated contributions
    /// @param day the last one that counted for a streak, in days since 1970
    /// @param streak days in a row until then, 255 at most
    /// @param badges bit i: the badge with id i + 1
    /// @param labels bit i: something of class i was validated; from 40 on, of i modulo 40
    /// @param sketch 128 bits that stand for the features of what was validated
    struct Person {
        uint256 points;
        uint256 validated;
        uint256 day;
        uint256 streak;
        uint256 badges;
        uint256 labels;
        uint256 sketch;
    }

    /// @notice The author got points for a contribution.
    /// @param id of the contribution
    /// @param author whose it is
    /// @param points those that were earned
    /// @param until when it can't be reported any more, seconds
    event Validated(uint256 indexed id, address indexed author, uint256 points, uint256 until);

    /// @notice The author of a batch got points for some samples.
    /// @param id of the batch
    /// @param author whose it is
    /// @param points those that were earned
    /// @param positions bit i: the sample at position i, which earned something unless it was known
    /// @param until when it can't be reported any more, seconds
    event BatchValidated(uint256 indexed id, address indexed author, uint256 points, uint256 positions, uint256 until);

    /// @notice The model agreed, but everything of the contribution was validated before: it is finished, and earned nothing.
    /// @param id of the contribution
    /// @param author whose it is
    event Duplicate(uint256 indexed id, address indexed author);

    /// @notice Somebody announced that the data is bad.
    /// @param id of the contribution
    /// @param reporter who
    /// @param due from when on the points can be taken, seconds
    event Reported(uint256 indexed id, address indexed reporter, uint256 due);

    /// @notice The author of something reported showed that the model agrees; it can be reported again.
    /// @param id of the contribution
    /// @param author whose it is
    /// @param until when it can't any more, seconds
    event Defended(uint256 indexed id, address indexed author, uint256 until);

    /// @notice The author lost the points of bad data, and its place in the count.
    /// @param id of the contribution
    /// @param reporter who took them
    /// @param author whose it is
    /// @param points those that were lost
    event PointsTaken(uint256 indexed id, address indexed reporter, address indexed author, uint256 points);

    /// @notice Contributing costs nothing: no money is taken.
    error NoMoney(uint256 sent);
    /// @notice The call is for a single sample.
    error IsBatch(uint256 id);
    /// @notice The call is for batches.
    error IsNoBatch(uint256 id);
    /// @notice The call works from `earliest` on.
    error TooEarly(uint256 earliest, uint256 time);
    /// @notice The call worked before `end`: the contribution is finished.
    error TooLate(uint256 end, uint256 time);
    /// @notice Only the author may.
    error NotAuthor(address author, address sender);
    /// @notice The author can't report their own contribution.
    error OwnContribution(uint256 id);
    /// @notice The model doesn't (now) agree with the label.
    error ModelDisagrees(uint256 predicted, uint256 label);
    /// @notice The model (now) agrees with the label: the data counts as good.
    error ModelAgrees(uint256 label);
    /// @notice The model (now) disagrees with so many of the samples that were validated: more than half would be bad data.
    error MostlyAgreed(uint256 id, uint256 disagreeing, uint256 count);
    /// @notice The model (now) disagrees with so many of the samples that were validated: half or fewer would be good data.
    error MostlyDisagreed(uint256 id, uint256 disagreeing, uint256 count);
    /// @notice A batch of `count` samples has no other positions, and one at least must be asked for.
    error BadPositions(uint256 positions, uint256 count);
    /// @notice It was validated before.
    error AlreadyValidated(uint256 id);
    /// @notice Only what was validated can be reported.
    error NotValidated(uint256 id);
    /// @notice Only what was reported needs to be defended.
    error NothingToDefend(uint256 id);
    /// @notice Reporting needs so many validated contributions of one's own.
    error NotEnoughGood(address sender, uint256 validated, uint256 needed);

    /// @notice Gives the author the points of a contribution that the model agrees with now, once, and the badges that come with them. What
    /// was validated before, of whomever and with whichever label, earns nothing.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    /// @return points those that were earned
    function validate(Contribution calldata contribution, uint256 slot) external returns (uint256 points);

    /// @notice The same for a batch, once: the model must agree with all samples that are asked for, and the others are given up. Sixteen
    /// samples count as one contribution, and so do fewer.
    /// @param batch the batch
    /// @param slot where its record stands
    /// @param positions bit i: the sample at position i
    /// @return points those that were earned
    function validateBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 points);

    /// @notice Announces that validated data is bad: the model disagrees now, with a batch where it disagrees with more than half of what
    /// was validated. A second report, from `settleAfter` on, takes the points away; with `settleAfter` 0 the first does.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    function report(Contribution calldata contribution, uint256 slot) external;

    /// @notice Ends a report of one's own data that the model agrees with now, with a batch where it agrees with half or more.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    function defend(Contribution calldata contribution, uint256 slot) external;

    /// @notice What somebody has earned.
    /// @param account who
    /// @return earned all of it
    function person(address account) external view returns (Person memory earned);

    /// @notice Which samples of a batch were validated; none where it was all of them, or nothing yet.
    /// @param batchId the batch
    /// @return positions bit i: the sample at position i
    function validatedPositions(uint256 batchId) external view returns (uint256 positions);

    /// @notice One word of what is remembered of validated samples.
    /// @param word its number, below `memorySlots`
    /// @return bits bit i: of those whose Keccak hash is 256 * word + i modulo 256 * `memorySlots` there was one
    function remembered(uint256 word) external view returns (uint256 bits);

    /// @notice What the trainer was set up with.
    /// @return settings all of them
    function rules() external view returns (Rules memory settings);
}
