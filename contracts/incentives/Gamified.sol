// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IGamified} from "../interfaces/IGamified.sol";
import {IIncentive} from "../interfaces/IIncentive.sol";
import {Contribution} from "../interfaces/ITrainer.sol";
import {Head, HeadLibrary} from "../types/Head.sol";
import {PackedRules} from "../types/PackedRules.sol";
import {Record} from "../types/Record.sol";
import {Settings} from "../types/Settings.sol";
import {Stage, StageLibrary} from "../types/Stage.sol";
import {Merit, Standing, StandingLibrary} from "../types/Standing.sol";
import {Badges} from "./Badges.sol";
import {Claims} from "./Claims.sol";

/// In a record, the stage of the contribution is open.
abstract contract Gamified is IGamified, Badges, Claims {
    using Settings for uint256;

    /// This many samples of a batch count as one contribution: a batch of them takes at least the gas of one.
    uint256 private constant _BATCHED = 16;

    uint256 private constant _LAST_DAY = type(uint16).max;

    uint256[65_536] private _memory;
    mapping(address person => Standing) private _standings;
    mapping(uint256 batchId => uint256 positions) private _validated;

    /// @inheritdoc IGamified
    function validate(Contribution calldata contribution, uint256 slot) external returns (uint256 points) {
        (uint256 settings, uint256 packed) = Settings.read();
        PackedRules rules_ = PackedRules.wrap(packed);
        Record record_ = _claimable(contribution, slot, rules_);
        if (contribution.label == BATCH) revert IsBatch(contribution.id);
        Head head = HeadLibrary.read();
        _onlyAgreed(head, contribution.sample, contribution.label, settings);
        if (!_remember(contribution.sample, rules_)) {
            _finishDuplicate(contribution, record_, slot);
            return 0;
        }
        Merit memory merit = Merit({
            worth: 1,
            sketch: _sketch(contribution.sample),
            labels: StandingLibrary.bitOf(contribution.label),
            day: _day(contribution.time)
        });
        uint256 until = block.timestamp + rules_.reportWithin();
        points = _reward(merit, head, rules_);
        _records[slot] = record_.withOpen(Stage.unwrap(StageLibrary.validated(points, 1, until)));
        emit Validated(contribution.id, contribution.author, points, until);
    }

    /// @inheritdoc IGamified
    function validateBatch(
        Contribution calldata batch,
        uint256 slot,
        uint256 positions
    ) external returns (uint256 points) {
        (uint256 settings, uint256 packed) = Settings.read();
        PackedRules rules_ = PackedRules.wrap(packed);
        Record record_ = _claimable(batch, slot, rules_);
        if (batch.label != BATCH) revert IsNoBatch(batch.id);
        Head head = HeadLibrary.read();
        Merit memory merit;
        (merit, positions) = _meritOf(batch, positions, head, settings, rules_);
        if (positions == 0) {
            _finishDuplicate(batch, record_, slot);
            return 0;
        }
        if (positions != _all(batch.sample)) _validated[batch.id] = positions;
        uint256 until = block.timestamp + rules_.reportWithin();
        points = _reward(merit, head, rules_);
        _records[slot] = record_.withOpen(Stage.unwrap(StageLibrary.validated(points, merit.worth, until)));
        emit BatchValidated(batch.id, batch.author, points, positions, until);
    }

    /// @inheritdoc IGamified
    function report(Contribution calldata contribution, uint256 slot) external {
        (uint256 settings, uint256 packed) = Settings.read();
        PackedRules rules_ = PackedRules.wrap(packed);
        Record record_ = _stored(contribution, slot);
        Stage stage = Stage.wrap(record_.open());
        if (msg.sender == contribution.author) revert OwnContribution(contribution.id);
        _onlyGood(rules_);
        if (stage.isPending()) revert NotValidated(contribution.id);
        _before(stage.until());
        _onlyBad(contribution, settings);
        if (stage.isReported()) {
            _notBefore(stage.until() - rules_.reportWithin());
        } else if (rules_.settleAfter() != 0) {
            uint256 due = block.timestamp + rules_.settleAfter();
            _records[slot] = record_.withOpen(Stage.unwrap(stage.reported(due + rules_.reportWithin())));
            emit Reported(contribution.id, msg.sender, due);
            return;
        }
        _records[slot] = record_.withOpen(0);
        _takePoints(contribution, stage, rules_);
    }

    /// @inheritdoc IGamified
    function defend(Contribution calldata contribution, uint256 slot) external {
        (uint256 settings, uint256 packed) = Settings.read();
        Record record_ = _stored(contribution, slot);
        Stage stage = Stage.wrap(record_.open());
        _onlyAuthor(contribution);
        if (!stage.isReported()) revert NothingToDefend(contribution.id);
        _before(stage.until());
        _onlyNotBad(contribution, settings);
        uint256 until = block.timestamp + PackedRules.wrap(packed).reportWithin();
        _records[slot] = record_.withOpen(Stage.unwrap(stage.defended(until)));
        emit Defended(contribution.id, contribution.author, until);
    }

    /// @inheritdoc IIncentive
    function price(uint256 count, uint256 size, uint256) external view returns (uint256) {
        _checkSize(count, size, Settings.trainer());
        return 0;
    }

    /// @inheritdoc IGamified
    function person(address account) external view returns (Person memory) {
        Standing standing = _standings[account];
        return
            Person({
                points: standing.points(),
                validated: standing.validated(),
                day: standing.day(),
                streak: standing.streak(),
                badges: standing.badges(),
                labels: standing.labels(),
                sketch: standing.sketch()
            });
    }

    /// @inheritdoc IGamified
    function validatedPositions(uint256 batchId) external view returns (uint256 positions) {
        return _validated[batchId];
    }

    /// @inheritdoc IGamified
    function remembered(uint256 word) external view returns (uint256 bits) {
        return _memory[word];
    }

    /// @inheritdoc IGamified
    function rules() external view returns (Rules memory) {
        // only the incentive's word is needed
        // slither-disable-next-line unused-return
        (, uint256 packed) = Settings.read();
        PackedRules rules_ = PackedRules.wrap(packed);
        return
            Rules({
                validateAfter: rules_.validateAfter(),
                expireAfter: rules_.expireAfter(),
                settleAfter: rules_.settleAfter(),
                reportWithin: rules_.reportWithin(),
                base: rules_.base(),
                feature: rules_.feature(),
                streak: rules_.streak(),
                streakCap: rules_.streakCap(),
                milestone: rules_.milestone(),
                milestoneBonus: rules_.milestoneBonus(),
                allLabels: rules_.allLabels(),
                reporterGood: rules_.reporterGood(),
                reportPoints: rules_.reportPoints(),
                memorySlots: rules_.memorySlots()
            });
    }

    function _accept(
        Head,
        uint256 count,
        uint256 size,
        uint256 settings,
        uint256 packed
    ) internal view override returns (uint256 open, uint256 counted) {
        if (msg.value != 0) revert NoMoney(msg.value);
        _checkSize(count, size, settings);
        return (Stage.unwrap(StageLibrary.pending(block.timestamp + PackedRules.wrap(packed).expireAfter())), 0);
    }

    function _checkIncentive(uint256 settings, uint256 packed) internal pure override {
        PackedRules rules_ = PackedRules.wrap(packed);
        if (settings.sizeUnit() == 0) revert BadSetting("sizeUnit");
        if (rules_.validateAfter() == 0) revert BadSetting("validateAfter");
        if (rules_.expireAfter() <= rules_.validateAfter()) revert BadSetting("expireAfter");
        if (rules_.reportWithin() == 0) revert BadSetting("reportWithin");
        if (rules_.base() == 0) revert BadSetting("base");
        if (rules_.streakCap() == 0) revert BadSetting("streakCap");
        if (rules_.milestone() == 0) revert BadSetting("milestone");
        if (rules_.reporterGood() == 0) revert BadSetting("reporterGood");
        if (rules_.reportPoints() > rules_.base()) revert BadSetting("reportPoints");
        if (rules_.memorySlots() == 0) revert BadSetting("memorySlots");
    }

    /// Whether the contribution is finished.
    function _isFree(Record record_) internal view override returns (bool) {
        return Stage.wrap(record_.open()).until() <= block.timestamp;
    }

    function _badgesOf(address account) internal view override returns (uint256) {
        return _standings[account].badges();
    }

    /// Takes the points of bad data from its author, and gives the reporter some.
    function _takePoints(Contribution calldata contribution, Stage stage, PackedRules rules_) private {
        _standings[contribution.author] = _standings[contribution.author].take(stage.points(), stage.worth());
        Standing reporter = _standings[msg.sender];
        uint256 before = reporter.badges();
        _standings[msg.sender] = reporter.give(rules_.reportPoints()).award(StandingLibrary.GUARDIAN);
        emit PointsTaken(contribution.id, msg.sender, contribution.author, stage.points());
        _announce(msg.sender, before, StandingLibrary.GUARDIAN);
    }

    /// Gives the sender the points and badges for a validation.
    function _reward(Merit memory merit, Head head, PackedRules rules_) private returns (uint256 points) {
        Standing before = _standings[msg.sender];
        Standing after_;
        (after_, points) = before.earn(merit, head.classes(), rules_);
        _standings[msg.sender] = after_;
        _announce(msg.sender, before.badges(), after_.badges());
    }

    function _finishDuplicate(Contribution calldata contribution, Record record_, uint256 slot) private {
        _records[slot] = record_.withOpen(0);
        emit Duplicate(contribution.id, contribution.author);
    }

    /// The merit of those samples at these positions of a batch that were not validated before, and their positions.
    function _meritOf(
        Contribution calldata batch,
        uint256 positions,
        Head head,
        uint256 settings,
        PackedRules rules_
    ) private returns (Merit memory merit, uint256 fresh) {
        if (positions == 0 || positions & ~_all(batch.sample) != 0) {
            revert BadPositions(positions, _batchCount(batch.sample));
        }
        merit.day = _day(batch.time);
        uint256 offset = 1;
        for (uint256 position = 1; positions != 0; position <<= 1) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(batch.sample, offset);
            offset = next;
            if (positions & position == 0) continue;
            positions ^= position;
            _onlyAgreed(head, sample, label, settings);
            if (!_remember(sample, rules_)) continue;
            merit.sketch |= _sketch(sample);
            merit.labels |= StandingLibrary.bitOf(label);
            fresh |= position;
        }
        merit.worth = FixedPointMathLib.divUp(LibBit.popCount(fresh), _BATCHED);
    }

    /// Remembers a sample.
    /// @return isNew whether no sample with the same bit was remembered before
    function _remember(bytes calldata sample, PackedRules rules_) private returns (bool isNew) {
        uint256 place = uint256(keccak256(sample)) % (rules_.memorySlots() * 256);
        uint256 bits = _memory[place / 256];
        uint256 bit = 1 << (place % 256);
        isNew = bits & bit == 0;
        if (isNew) _memory[place / 256] = bits | bit;
    }

    /// The record of a contribution that its author can validate now.
    function _claimable(
        Contribution calldata contribution,
        uint256 slot,
        PackedRules rules_
    ) private view returns (Record record_) {
        _onlyAuthor(contribution);
        _notBefore(contribution.time + rules_.validateAfter());
        record_ = _stored(contribution, slot);
        Stage stage = Stage.wrap(record_.open());
        if (!stage.isPending()) revert AlreadyValidated(contribution.id);
        _before(stage.until());
    }

    function _onlyAgreed(Head head, bytes calldata sample, uint256 label, uint256 settings) private view {
        uint256 predicted = _predict(head, sample, settings);
        if (predicted != label) revert ModelDisagrees(predicted, label);
    }

    function _onlyBad(Contribution calldata contribution, uint256 settings) private view {
        (uint256 disagreeing, uint256 count) = _disagreeing(contribution, settings);
        if (2 * disagreeing > count) return;
        if (contribution.label != BATCH) revert ModelAgrees(contribution.label);
        revert MostlyAgreed(contribution.id, disagreeing, count);
    }

    function _onlyNotBad(Contribution calldata contribution, uint256 settings) private view {
        (uint256 disagreeing, uint256 count) = _disagreeing(contribution, settings);
        if (2 * disagreeing > count) revert MostlyDisagreed(contribution.id, disagreeing, count);
    }

    function _onlyGood(PackedRules rules_) private view {
        uint256 mine = _standings[msg.sender].validated();
        if (mine < rules_.reporterGood()) revert NotEnoughGood(msg.sender, mine, rules_.reporterGood());
    }

    function _before(uint256 end) private view {
        if (block.timestamp >= end) revert TooLate(end, block.timestamp);
    }

    /// The number of validated samples that the model disagrees with now, and the number of all validated samples.
    /// Duplicates are in neither: copies of known data could outvote what is bad.
    function _disagreeing(
        Contribution calldata contribution,
        uint256 settings
    ) private view returns (uint256 disagreeing, uint256 count) {
        Head head = HeadLibrary.read();
        if (contribution.label != BATCH) {
            return (_predict(head, contribution.sample, settings) == contribution.label ? 0 : 1, 1);
        }
        uint256 positions = _validated[contribution.id];
        if (positions == 0) positions = _all(contribution.sample);
        uint256 offset = 1;
        for (; positions != 0; positions >>= 1) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(contribution.sample, offset);
            offset = next;
            if (positions & 1 == 0) continue;
            if (_predict(head, sample, settings) != label) ++disagreeing;
            ++count;
        }
    }

    function _day(uint256 time) private pure returns (uint256) {
        return FixedPointMathLib.min(time / 1 days, _LAST_DAY);
    }
}
