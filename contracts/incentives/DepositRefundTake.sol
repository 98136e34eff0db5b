// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {IDepositRefundTake} from "../interfaces/IDepositRefundTake.sol";
import {IIncentive} from "../interfaces/IIncentive.sol";
import {Contribution} from "../interfaces/ITrainer.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {PackedTerms} from "../types/PackedTerms.sol";
import {Record, RecordLibrary} from "../types/Record.sol";
import {Settings} from "../types/Settings.sol";
import {Claims} from "./Claims.sol";

/// In a record, what is left of the deposit is open.
abstract contract DepositRefundTake is IDepositRefundTake, Claims, ReentrancyGuardTransient {
    using Settings for uint256;

    /// Slots of split-off samples are where no contribution can choose one, so nobody can occupy them. They say where
    /// the sample comes from:
    ///
    ///     | 1 | zero: 72 bits | number of the batch: 40 | samples of the batch less one: 8 | position: 8 |
    uint256 private constant _SPLIT_SLOTS = 1 << 128;

    /// Set beside the time of a report once the share was taken.
    uint256 private constant _TAKEN = 1 << 255;

    mapping(address person => uint256) private _good;
    mapping(uint256 id => mapping(address reporter => uint256)) private _reported;
    mapping(uint256 batchId => uint256 positions) private _closed;
    /// Of the closed samples those that were split off and not refunded since.
    mapping(uint256 batchId => uint256 positions) private _splitOff;

    /// @inheritdoc IDepositRefundTake
    function refund(Contribution calldata contribution, uint256 slot) external nonReentrant returns (uint256 amount) {
        (uint256 settings, uint256 packed) = Settings.read();
        _onlyAuthor(contribution);
        _notBefore(contribution.time + PackedTerms.wrap(packed).refundAfter());
        Record record_ = _single(contribution, slot);
        Head head = HeadLibrary.read();
        uint256 predicted = _predict(head, contribution.sample, settings);
        if (predicted != contribution.label) revert ModelDisagrees(predicted, contribution.label);
        amount = record_.open();
        _records[slot] = record_.withOpen(0);
        if (slot < _SPLIT_SLOTS) _addGood(head, contribution.author);
        else _rejoin(head, contribution.author, slot);
        emit Refunded(contribution.id, contribution.author, amount);
        SafeTransferLib.safeTransferETH(contribution.author, amount);
    }

    /// @inheritdoc IDepositRefundTake
    function refundBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external nonReentrant returns (uint256 amount) {
        (uint256 settings, uint256 packed) = Settings.read();
        _onlyAuthor(batch);
        _notBefore(batch.time + PackedTerms.wrap(packed).refundAfter());
        Record record_ = _batch(batch, slot);
        uint256 closed_ = _closed[batch.id];
        Head head = HeadLibrary.read();
        uint256 refunded = _agreed(head, batch.sample, positions & ~closed_, settings);
        if (refunded == 0) revert NoneRefundable(batch.id, positions);
        amount = (batch.deposit * LibBit.popCount(refunded)) / _batchCount(batch.sample);
        uint256 left = record_.open() - amount;
        _records[slot] = record_.withOpen(left);
        uint256 before = closed_ == 0 ? 0 : closed_ & ~_splitOff[batch.id];
        // if nothing is left, here or split off, the record says so
        if (left != 0 || before != closed_) _closed[batch.id] = closed_ | refunded;
        _countBatch(head, batch.author, before, refunded, _batchCount(batch.sample));
        emit BatchRefunded(batch.id, batch.author, amount, refunded);
        SafeTransferLib.safeTransferETH(batch.author, amount);
    }

    /// @inheritdoc IDepositRefundTake
    function split(Contribution calldata batch, uint256 slot, uint256 positions) external returns (uint256 splitOff) {
        (uint256 settings, uint256 packed) = Settings.read();
        PackedTerms terms_ = PackedTerms.wrap(packed);
        _notBefore(batch.time + terms_.refundAfter());
        Record record_ = _batch(batch, slot);
        uint256 closed_ = _closed[batch.id];
        splitOff = positions & ~closed_ & _all(batch.sample);
        if (msg.sender != batch.author) {
            _onlyGood();
            if (terms_.settleAfter() != 0) splitOff = _reportedBefore(batch.id, splitOff, terms_.settleAfter());
            splitOff &= ~_agreed(HeadLibrary.read(), batch.sample, splitOff, settings);
        }
        if (splitOff == 0) revert NoneToSplit(batch.id, positions);
        // exact: the deposit of a batch is a multiple of its samples
        // slither-disable-next-line divide-before-multiply
        uint256 deposit = batch.deposit / _batchCount(batch.sample);
        _closed[batch.id] = closed_ | splitOff;
        _splitOff[batch.id] |= splitOff;
        _records[slot] = record_.withOpen(record_.open() - deposit * LibBit.popCount(splitOff));
        _recordParts(batch, deposit, splitOff);
    }

    /// @inheritdoc IDepositRefundTake
    function report(Contribution calldata contribution, uint256 slot) external {
        (uint256 settings, uint256 packed) = Settings.read();
        _single(contribution, slot);
        _checkReporter(contribution, settings, PackedTerms.wrap(packed));
        if (_reported[contribution.id][msg.sender] != 0) revert AlreadyReported(contribution.id, msg.sender);
        _reported[contribution.id][msg.sender] = block.timestamp;
        emit Reported(contribution.id, msg.sender);
    }

    /// @inheritdoc IDepositRefundTake
    function reportBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 reported_) {
        (uint256 settings, uint256 packed) = Settings.read();
        _batch(batch, slot);
        _onlyReporter(batch, PackedTerms.wrap(packed));
        reported_ = positions & ~_closed[batch.id] & _all(batch.sample);
        reported_ &= ~_agreed(HeadLibrary.read(), batch.sample, reported_, settings);
        reported_ = _markReported(batch.id, reported_);
        if (reported_ == 0) revert NoneToReport(batch.id, positions);
        emit BatchReported(batch.id, msg.sender, reported_);
    }

    /// @inheritdoc IDepositRefundTake
    function take(Contribution calldata contribution, uint256 slot) external nonReentrant returns (uint256 amount) {
        (uint256 settings, uint256 packed) = Settings.read();
        PackedTerms terms_ = PackedTerms.wrap(packed);
        Record record_ = _stored(contribution, slot);
        amount = record_.open();
        uint256 age = block.timestamp - contribution.time;
        bool everything = age >= terms_.takeAfter() || (age >= terms_.creatorTakeAfter() && msg.sender == creator());
        if (!everything) {
            if (contribution.label == BATCH) revert IsBatch(contribution.id);
            amount = FixedPointMathLib.min(amount, _share(contribution, settings, terms_));
        }
        _records[slot] = record_.withOpen(record_.open() - amount);
        emit Taken(contribution.id, msg.sender, amount);
        SafeTransferLib.safeTransferETH(msg.sender, amount);
    }

    /// @inheritdoc IDepositRefundTake
    function terms() external view returns (Terms memory) {
        // only the incentive's word is needed
        // slither-disable-next-line unused-return
        (, uint256 packed) = Settings.read();
        PackedTerms terms_ = PackedTerms.wrap(packed);
        return
            Terms({
                weight: terms_.weight(),
                minimum: terms_.minimum(),
                refundAfter: terms_.refundAfter(),
                settleAfter: terms_.settleAfter(),
                creatorTakeAfter: terms_.creatorTakeAfter(),
                takeAfter: terms_.takeAfter()
            });
    }

    /// @inheritdoc IIncentive
    function price(uint256 count, uint256 size, uint256 time) external view returns (uint256) {
        (uint256 settings, uint256 packed) = Settings.read();
        uint256 unit = settings.sizeUnit();
        return _price(_head(), FixedPointMathLib.max(size, count * unit), unit, time, PackedTerms.wrap(packed));
    }

    /// @inheritdoc IDepositRefundTake
    function good(address person) external view returns (uint256) {
        return _good[person];
    }

    /// @inheritdoc IDepositRefundTake
    function reported(uint256 id, address reporter) external view returns (uint256 time, bool taken) {
        uint256 mark = _reported[id][reporter];
        return (mark & ~_TAKEN, mark & _TAKEN != 0);
    }

    /// @inheritdoc IDepositRefundTake
    function closed(uint256 batchId) external view returns (uint256 positions) {
        return _closed[batchId];
    }

    function _accept(
        Head head,
        uint256 count,
        uint256 size,
        uint256 settings,
        uint256 terms_
    ) internal override returns (uint256 open, uint256 counted) {
        uint256 required = _price(head, size, settings.sizeUnit(), block.timestamp, PackedTerms.wrap(terms_));
        if (msg.value < required || msg.value == 0) revert Underpaid(required, msg.value);
        if (msg.value > type(uint96).max || msg.value % count != 0) revert BadDeposit(msg.value, count);
        return (msg.value, 0);
    }

    function _checkIncentive(uint256 settings, uint256 packed) internal pure override {
        PackedTerms terms_ = PackedTerms.wrap(packed);
        if (terms_.minimum() == 0) revert BadSetting("minimum");
        // otherwise borrowed money could buy good contributions, and be paid back, in one transaction
        if (terms_.refundAfter() == 0) revert BadSetting("refundAfter");
        if (settings.sizeUnit() == 0) revert BadSetting("sizeUnit");
        if (terms_.refundAfter() + terms_.settleAfter() >= terms_.creatorTakeAfter())
            revert BadSetting("creatorTakeAfter");
        if (terms_.creatorTakeAfter() > terms_.takeAfter()) revert BadSetting("takeAfter");
    }

    function _isFree(Record record_) internal pure override returns (bool) {
        // only our own payments change what is open
        // slither-disable-next-line incorrect-equality
        return record_.open() == 0;
    }

    /// With W = size / unit (the number of samples, or more if they are large): the price by the talk's rule of W
    /// contributions spread evenly over the time since the last one, W * weight * 3600 / sqrt(seconds / W), with at
    /// least a second between them.
    function _price(
        Head head,
        uint256 size,
        uint256 unit,
        uint256 time,
        PackedTerms terms_
    ) private pure returns (uint256) {
        uint256 seconds_ = FixedPointMathLib.zeroFloorSub(time, head.lastTime());
        // a time has 40 bits (a question about a later one may get a wrong answer), a unit 16, a size 24, weight and
        // minimum 64: nothing overflows, and the root is at least 1e9
        unchecked {
            uint256 spread = FixedPointMathLib.max(uint40(seconds_) * unit, size);
            uint256 root = FixedPointMathLib.sqrt((spread * 1e18) / size);
            uint256 asked = (terms_.weight() * 3600e9 * size) / (unit * root);
            return FixedPointMathLib.max(asked, (terms_.minimum() * size) / unit);
        }
    }

    function _share(
        Contribution calldata contribution,
        uint256 settings,
        PackedTerms terms_
    ) private returns (uint256 share) {
        uint256 id = contribution.id;
        uint256 mark = _reported[id][msg.sender];
        if (mark & _TAKEN != 0) revert AlreadyTaken(id, msg.sender);
        uint256 mine = _checkReporter(contribution, settings, terms_);
        if (terms_.settleAfter() != 0) {
            if (mark == 0) revert NotReported(id, msg.sender);
            _notBefore(mark + terms_.settleAfter());
        }
        uint256 all = HeadLibrary.read().counted();
        share = (contribution.deposit * mine) / all;
        if (share == 0) revert ShareIsZero(contribution.deposit, mine, all);
        _reported[id][msg.sender] = mark | _TAKEN;
    }

    function _addGood(Head head, address person) private {
        ++_good[person];
        head.addCounted().store();
    }

    /// Counts a split-off sample as refunded with its batch.
    function _rejoin(Head head, address author, uint256 slot) private {
        uint256 batchId = uint40(slot >> 16);
        uint256 position = 1 << uint8(slot);
        uint256 splitOff = _splitOff[batchId];
        _splitOff[batchId] = splitOff & ~position;
        _countBatch(head, author, _closed[batchId] & ~splitOff, position, uint256(uint8(slot >> 8)) + 1);
    }

    /// Counts a batch of `count` samples as good with the refund that makes more than half of it refunded. Counted by
    /// sample, good contributions would cost a 33rd of the gas.
    /// @param before the samples that were refunded before
    /// @param now_ those that are refunded now
    function _countBatch(Head head, address author, uint256 before, uint256 now_, uint256 count) private {
        if (2 * LibBit.popCount(before) <= count && 2 * LibBit.popCount(before | now_) > count) _addGood(head, author);
    }

    /// Gives each sample at these positions of a batch its own record.
    function _recordParts(Contribution calldata batch, uint256 deposit, uint256 positions) private {
        uint256 origin = _SPLIT_SLOTS | (batch.id << 16) | ((_batchCount(batch.sample) - 1) << 8);
        uint256 offset = 1;
        for (uint256 position; positions != 0; ++position) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(batch.sample, offset);
            if (positions & 1 != 0) {
                uint256 id = batch.id + 1 + position;
                uint256 slot = origin | position;
                _records[slot] = RecordLibrary.make(id, batch.author, batch.time, deposit, label, sample);
                emit Split(batch.id, id, slot);
            }
            positions >>= 1;
            offset = next;
        }
    }

    /// Notes that the sender reports these samples of a batch, each by its own number.
    /// @return fresh those that the sender had not reported before
    function _markReported(uint256 batchId, uint256 positions) private returns (uint256 fresh) {
        fresh = positions;
        for (uint256 rest = positions; rest != 0; rest &= rest - 1) {
            uint256 position = LibBit.ffs(rest);
            if (_reported[batchId + 1 + position][msg.sender] == 0) {
                _reported[batchId + 1 + position][msg.sender] = block.timestamp;
            } else {
                fresh ^= 1 << position;
            }
        }
    }

    /// Reverts unless the sender may report the contribution now.
    /// @return mine the number of good contributions of the sender
    function _checkReporter(
        Contribution calldata contribution,
        uint256 settings,
        PackedTerms terms_
    ) private view returns (uint256 mine) {
        mine = _onlyReporter(contribution, terms_);
        if (_predict(HeadLibrary.read(), contribution.sample, settings) == contribution.label) {
            revert ModelAgrees(contribution.label);
        }
    }

    function _onlyReporter(Contribution calldata contribution, PackedTerms terms_) private view returns (uint256 mine) {
        if (msg.sender == contribution.author) revert OwnContribution(contribution.id);
        mine = _onlyGood();
        _notBefore(contribution.time + terms_.refundAfter());
    }

    function _onlyGood() private view returns (uint256 mine) {
        mine = _good[msg.sender];
        if (mine == 0) revert NothingGood(msg.sender);
    }

    function _single(Contribution calldata contribution, uint256 slot) private view returns (Record record_) {
        record_ = _stored(contribution, slot);
        if (contribution.label == BATCH) revert IsBatch(contribution.id);
    }

    function _batch(Contribution calldata batch, uint256 slot) private view returns (Record record_) {
        record_ = _stored(batch, slot);
        if (batch.label != BATCH) revert IsNoBatch(batch.id);
    }

    /// The positions, among the given ones, that the sender reported at least `settleAfter` before.
    function _reportedBefore(
        uint256 batchId,
        uint256 positions,
        uint256 settleAfter
    ) private view returns (uint256 due) {
        for (; positions != 0; positions &= positions - 1) {
            uint256 position = LibBit.ffs(positions);
            uint256 time = _reported[batchId + 1 + position][msg.sender];
            if (time != 0 && time + settleAfter <= block.timestamp) due |= 1 << position;
        }
    }

    /// The positions, among the given ones, whose labels the model agrees with.
    function _agreed(
        Head head,
        bytes calldata batch,
        uint256 positions,
        uint256 settings
    ) private view returns (uint256 agreed) {
        uint256 count = _batchCount(batch);
        uint256 offset = 1;
        for (uint256 i; i < count; ++i) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(batch, offset);
            if ((positions >> i) & 1 != 0 && _predict(head, sample, settings) == label) agreed |= 1 << i;
            offset = next;
        }
    }
}
