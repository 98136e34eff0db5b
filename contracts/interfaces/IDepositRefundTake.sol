// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IClaims} from "./IClaims.sol";
import {Contribution} from "./ITrainer.sol";

/// @notice Deposit-Refund-Take: pay a deposit, get it back once the model agrees, take the deposits of bad data
/// @dev The rules are those of Harris and Waggoner, "Decentralized & Collaborative AI on Blockchain" (2019), with a
/// delay between report and take that protects against people who turn the model for a moment. Everything that is sent
/// with a contribution is its deposit.
/// Warning: authors must check their contributions at least once per `settleAfter`. Otherwise somebody who turns the
/// model for a moment can take the deposit; after `takeAfter`, anybody can.
/// Warning: the same delay helps the authors of bad data, who can turn the model for a moment and get a refund. It
/// costs them the deposits of the samples that turn the model, so a `sizeUnit` far above an ordinary sample makes it
/// cheap.
interface IDepositRefundTake is IClaims {
    /// @notice The settings of the incentive.
    /// @param weight wei: a contribution costs weight * 3600 / sqrt(seconds since the last one)
    /// @param minimum wei, 1 or more: the lowest price of a contribution
    /// @param refundAfter seconds, 1 or more, from the contribution until its author can get a refund and others can
    /// report it
    /// @param settleAfter seconds from a report until the reporter can take a share; with 0 at once, without a report
    /// @param creatorTakeAfter seconds from the contribution until the creator can take what is left
    /// @param takeAfter seconds from the contribution until anybody can take what is left
    struct Terms {
        uint256 weight;
        uint256 minimum;
        uint256 refundAfter;
        uint256 settleAfter;
        uint256 creatorTakeAfter;
        uint256 takeAfter;
    }

    /// @notice The author got back what was left of the deposit. The contribution is a good one, unless the sample was
    /// split off: its batch becomes one with the refund that makes more than half of it refunded.
    /// @param id the number of the contribution
    /// @param author its author
    /// @param amount wei
    event Refunded(uint256 indexed id, address indexed author, uint256 amount);

    /// @notice The author of a batch got back the deposits of some samples.
    /// @param id the number of the batch
    /// @param author its author
    /// @param amount wei
    /// @param positions bit i: the sample at position i
    event BatchRefunded(uint256 indexed id, address indexed author, uint256 amount, uint256 positions);

    /// @notice One sample of a batch became a separate contribution, with its share of the deposit.
    /// @param batchId the number of the batch
    /// @param id the sample's own number: batchId + 1 + its position
    /// @param slot the slot of its record
    event Split(uint256 indexed batchId, uint256 indexed id, uint256 slot);

    /// @notice Somebody reported that the data is bad.
    /// @param id the number of the contribution
    /// @param reporter who reported it
    event Reported(uint256 indexed id, address indexed reporter);

    /// @notice Somebody reported that samples of a batch are bad, each as the contribution that it is once split off.
    /// @param id the number of the batch
    /// @param reporter who reported them
    /// @param positions bit i: the sample at position i
    event BatchReported(uint256 indexed id, address indexed reporter, uint256 positions);

    /// @notice Somebody took a share of a deposit, or what was left of it.
    /// @param id the number of the contribution
    /// @param taker who took it
    /// @param amount wei
    event Taken(uint256 indexed id, address indexed taker, uint256 amount);

    /// @notice The value that was sent is below the price.
    error Underpaid(uint256 required, uint256 sent);
    /// @notice The deposit exceeds 2^96 - 1 wei, or is not a multiple of the number of samples in the batch.
    error BadDeposit(uint256 sent, uint256 count);
    /// @notice No requested sample can be refunded now: each is closed already, or the model disagrees with its label.
    error NoneRefundable(uint256 id, uint256 positions);
    /// @notice No requested sample can be split off: each is closed already, or the sender is not the author and either
    /// did not report it `settleAfter` before, or the model agrees with its label.
    error NoneToSplit(uint256 id, uint256 positions);
    /// @notice No requested sample can be reported: each is closed already, the sender has reported it before, or the
    /// model agrees with its label.
    error NoneToReport(uint256 id, uint256 positions);
    /// @notice The sender needs a good contribution before reporting and taking shares.
    error NothingGood(address sender);
    /// @notice The sender has already reported this contribution.
    error AlreadyReported(uint256 id, address sender);
    /// @notice The sender must report the contribution before taking a share.
    error NotReported(uint256 id, address sender);
    /// @notice The sender has already taken a share; there is one per person and contribution.
    error AlreadyTaken(uint256 id, address sender);
    /// @notice The share rounds to zero. It stays in the deposit, for people with larger shares and for the end.
    error ShareIsZero(uint256 deposit, uint256 good, uint256 allGood);
    /// @notice The recipient refuses the payment, for whatever reason of its own. Its claim stays open.
    error ETHTransferFailed();

    /// @notice Pays what is left of the deposit back to its author, once, if the model agrees now. It counts as a good
    /// contribution; a sample that was split off counts with its batch.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    /// @return amount wei
    function refund(Contribution calldata contribution, uint256 slot) external returns (uint256 amount);

    /// @notice Pays back the requested samples of a batch that are not closed and that the model agrees with now. A
    /// batch counts as one good contribution, once, as soon as more than half of its samples are refunded: in one call
    /// or several, split off or not.
    /// @param batch the values of its event
    /// @param slot the slot of its record
    /// @param positions bit i: the sample at position i
    /// @return amount wei
    function refundBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 amount);

    /// @notice Turns samples of a batch into separate contributions, each with its part of the deposit, the same author
    /// and time, and the number batch id + 1 + position. The author can split off any that are not closed. Anybody with
    /// a good contribution can split off those that they reported at least `settleAfter` before and that the model
    /// disagrees with now, in order to take a share of them. Otherwise somebody who turns the model for a moment could
    /// make a cheap refund of a batch into many dear ones.
    /// @param batch the values of its event
    /// @param slot the slot of its record
    /// @param positions bit i: the sample at position i
    /// @return splitOff bit i: the sample at position i was split off
    function split(Contribution calldata batch, uint256 slot, uint256 positions) external returns (uint256 splitOff);

    /// @notice Reports that the data is bad: the model must disagree now. The author can still get a refund once the
    /// model agrees. If it still disagrees after `settleAfter`, the reporter can take a share.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    function report(Contribution calldata contribution, uint256 slot) external;

    /// @notice Does the same for samples of a batch: those of the requested ones that are not closed, that the model
    /// disagrees with now and that the sender has not reported before. Once a sample is split off, its report holds for
    /// it.
    /// @param batch the values of its event
    /// @param slot the slot of its record
    /// @param positions bit i: the sample at position i
    /// @return newlyReported bit i: the sample at position i was reported
    function reportBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 newlyReported);

    /// @notice Takes a share of the deposit of bad data: deposit * own good contributions / all good contributions, at
    /// most what is left. After `creatorTakeAfter` the creator, and after `takeAfter` anybody, takes all that is left,
    /// also of a batch.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    /// @return amount wei
    function take(Contribution calldata contribution, uint256 slot) external returns (uint256 amount);

    /// @notice The number of a person's good contributions.
    /// @param person the account
    /// @return count the number of contributions
    function good(address person) external view returns (uint256 count);

    /// @notice The settings of the incentive.
    /// @return settings all of them
    function terms() external view returns (Terms memory settings);

    /// @notice What a person has done about a contribution, or about a sample of a batch.
    /// @param id the number of the contribution; of a sample batch id + 1 + its position
    /// @param reporter the account
    /// @return time the time of their report, in seconds; 0 if they have not reported it
    /// @return taken whether they took their share
    function reported(uint256 id, address reporter) external view returns (uint256 time, bool taken);

    /// @notice The samples of a batch that are closed: refunded or split off. The refund that closes the last of them
    /// is not recorded here, since nothing is then open in the record.
    /// @param batchId the number of the batch
    /// @return positions bit i: the sample at position i
    function closed(uint256 batchId) external view returns (uint256 positions);
}
