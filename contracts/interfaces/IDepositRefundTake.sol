// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IIncentive} from "./IIncentive.sol";
import {Contribution} from "./ITrainer.sol";

/// @notice Deposit-Refund-Take: pay in, get it back once the model agrees, receive the deposit of bad data
/// @dev The rules are those of Harris and Waggoner, "Decentralized & Collaborative AI on Blockchain" (2019), and a time
/// between report and take against those who turn the model for a moment. What is sent with a contribution is its deposit, all of it.
/// Warning: an author who looks after a contribution less often than once in `settleAfter` can lose the deposit to somebody
/// who turned the model for a moment, and after `takeAfter` loses it to whoever comes first. Warning: the same time serves the
/// author of bad data, who can turn the model for a moment and be refunded; what that costs is the deposits of the samples
/// that turn it, so that a `sizeUnit` far above an ordinary sample makes it cheap.
interface IDepositRefundTake is IIncentive {
    /// @notice What a trainer is set up with.
    /// @param weight wei: a contribution costs weight * 3600 / sqrt(seconds since the last one)
    /// @param minimum wei, 1 or more: and never less than this
    /// @param refundAfter seconds, 1 or more, from the contribution until its author can be refunded and others can report
    /// @param settleAfter seconds from a report until its share can be taken; 0: at once, and no report is needed
    /// @param creatorTakeAfter seconds from the contribution until the creator takes what is left
    /// @param takeAfter seconds from the contribution until anybody takes what is left
    struct Terms {
        uint256 weight;
        uint256 minimum;
        uint256 refundAfter;
        uint256 settleAfter;
        uint256 creatorTakeAfter;
        uint256 takeAfter;
    }

    /// @notice The author got back what was left of the deposit, and has one more good contribution.
    /// @param id of the contribution
    /// @param author whose it is
    /// @param amount wei
    event Refunded(uint256 indexed id, address indexed author, uint256 amount);

    /// @notice The author of a batch got back the deposits of some samples.
    /// @param id of the batch
    /// @param author whose it is
    /// @param amount wei
    /// @param positions bit i: the sample at position i
    event BatchRefunded(uint256 indexed id, address indexed author, uint256 amount, uint256 positions);

    /// @notice One sample of a batch became a contribution of its own, with its share of the deposit.
    /// @param batchId the batch
    /// @param id the sample's own id: batchId + 1 + its position
    /// @param slot where its record stands
    event Split(uint256 indexed batchId, uint256 indexed id, uint256 slot);

    /// @notice Somebody announced that the data is bad.
    /// @param id of the contribution
    /// @param reporter who
    event Reported(uint256 indexed id, address indexed reporter);

    /// @notice Somebody received a share of a deposit, or what was left of it.
    /// @param id of the contribution
    /// @param taker who
    /// @param amount wei
    event Taken(uint256 indexed id, address indexed taker, uint256 amount);

    /// @notice What was sent is less than the price.
    error Underpaid(uint256 required, uint256 sent);
    /// @notice More than 2^96 - 1 wei, or not the same number of wei for each sample of a batch.
    error BadDeposit(uint256 sent, uint256 count);
    /// @notice The call is for a single sample; split it off the batch first.
    error IsBatch(uint256 id);
    /// @notice The call is for batches.
    error IsNoBatch(uint256 id);
    /// @notice The call works from `earliest` on.
    error TooEarly(uint256 earliest, uint256 time);
    /// @notice Only the author may.
    error NotAuthor(address author, address sender);
    /// @notice The author can't report or take a share of their own contribution.
    error OwnContribution(uint256 id);
    /// @notice The model doesn't (now) agree with the label.
    error ModelDisagrees(uint256 predicted, uint256 label);
    /// @notice The model (now) agrees with the label: the data counts as good.
    error ModelAgrees(uint256 label);
    /// @notice None of the samples asked for can be refunded now: the model disagrees, or they are closed.
    error NoneRefundable(uint256 id, uint256 positions);
    /// @notice None of the samples asked for can be split off: they are closed, or the model agrees and it isn't the author
    /// who asks.
    error NoneToSplit(uint256 id, uint256 positions);
    /// @notice Reporting and taking shares need a good contribution of one's own first.
    error NothingGood(address sender);
    /// @notice Reported already by the same person.
    error AlreadyReported(uint256 id, address sender);
    /// @notice The share must be reported first.
    error NotReported(uint256 id, address sender);
    /// @notice One share of a contribution a person.
    error AlreadyTaken(uint256 id, address sender);
    /// @notice The share rounds to nothing; it stays in the deposit, for those with larger shares and for the end.
    error ShareIsZero(uint256 deposit, uint256 good, uint256 allGood);

    /// @notice Pays what is left of the deposit back to its author, once, if the model agrees now. Counts as a good
    /// contribution, unless it was split off a batch.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    /// @return amount wei
    function refund(Contribution calldata contribution, uint256 slot) external returns (uint256 amount);

    /// @notice Pays back those samples of a batch that are asked for, not closed yet, and agreed with by the model now. A
    /// batch is one good contribution, with the refund of more than half of its samples at once.
    /// @param batch the batch
    /// @param slot where its record stands
    /// @param positions bit i: the sample at position i
    /// @return amount wei
    function refundBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 amount);

    /// @notice Makes samples of a batch contributions of their own, each with its part of the deposit, the same author and
    /// time, and the id of the batch + 1 + its position. The author may, any that aren't closed; so may who has a good
    /// contribution, those that the model disagrees with now, in order to report them.
    /// @param batch the batch
    /// @param slot where its record stands
    /// @param positions bit i: the sample at position i
    /// @return splitOff bit i: the one at position i was
    function split(Contribution calldata batch, uint256 slot, uint256 positions) external returns (uint256 splitOff);

    /// @notice Announces that the data is bad: the model disagrees now. Its author can still be refunded as soon as the
    /// model agrees; where it still disagrees `settleAfter` later, the reporter takes a share.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    function report(Contribution calldata contribution, uint256 slot) external;

    /// @notice Takes a share of bad data's deposit: deposit * own good contributions / all good contributions, at most what is
    /// left. After `creatorTakeAfter` the creator, and after `takeAfter` anybody, takes all that is left, of a batch too.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    /// @return amount wei
    function take(Contribution calldata contribution, uint256 slot) external returns (uint256 amount);

    /// @notice How many validated contributions a person has.
    /// @param person who
    /// @return count of contributions
    function good(address person) external view returns (uint256 count);

    /// @notice What the trainer was set up with.
    /// @return settings all of them
    function terms() external view returns (Terms memory settings);

    /// @notice What somebody did about a contribution.
    /// @param id of the contribution
    /// @param reporter who
    /// @return time when they reported it, seconds; 0: never
    /// @return taken whether they took their share
    function reported(uint256 id, address reporter) external view returns (uint256 time, bool taken);

    /// @notice Which samples of a batch are closed: refunded or split off. The refund that closes the last of them isn't noted
    /// here, since then nothing is open of the record.
    /// @param batchId the batch
    /// @return positions bit i: the sample at position i
    function closed(uint256 batchId) external view returns (uint256 positions);
}
