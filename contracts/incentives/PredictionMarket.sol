// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IIncentive} from "../interfaces/IIncentive.sol";
import {IPredictionMarket} from "../interfaces/IPredictionMarket.sol";
import {Contribution} from "../interfaces/ITrainer.sol";
import {Head} from "../types/Head.sol";
import {MarketTerms} from "../types/MarketTerms.sol";
import {Record} from "../types/Record.sol";
import {Settings} from "../types/Settings.sol";
import {Replay} from "./prediction_market/Replay.sol";

/// Participation and payments. In a record, the stake is open, until a failed market pays it back.
abstract contract PredictionMarket is Replay, ReentrancyGuardTransient {
    using Settings for uint256;

    address private constant _NOBODY = 0x000000000000000000000000000000000000dEaD;

    /// The length of a call that contributes: every contribution can then be brought back beside a test set, in a
    /// transaction that nodes relay.
    uint256 private constant _MOST_BYTES = 32_768;

    /// @inheritdoc IPredictionMarket
    function collect(address person) external nonReentrant returns (uint256 amount) {
        _only(Phase.Payment);
        amount = _owed[person];
        if (amount == 0) revert NothingOwed(person);
        _owed[person] = 0;
        emit Collected(person, amount);
        Address.sendValue(payable(person), amount);
    }

    /// @inheritdoc IPredictionMarket
    function withdraw() external nonReentrant returns (uint256 amount) {
        Phase phase_ = _phase(_opening, _terms());
        address provider = creator();
        if (phase_ == Phase.Payment) amount = _remainder;
        else if (phase_ == Phase.Failed) amount = _bounty(_opening, _terms()) % _samples();
        else revert WrongPhase(phase_);
        if (amount == 0 || _opening.withdrawn) revert NothingOwed(provider);
        _opening.withdrawn = true;
        emit Withdrawn(provider, amount);
        Address.sendValue(payable(provider), amount);
    }

    /// @inheritdoc IPredictionMarket
    function reclaim(Contribution calldata contribution, uint256 slot) external nonReentrant returns (uint256 amount) {
        _only(Phase.Failed);
        uint256 samples = contribution.label == BATCH ? _batchCount(contribution.sample) : 1;
        // every sample gets the same part
        // slither-disable-next-line divide-before-multiply
        uint256 part = _bounty(_opening, _terms()) / _samples();
        amount = contribution.deposit + samples * part;
        _records[slot] = _stored(contribution, slot).withOpen(0);
        emit Reclaimed(contribution.id, contribution.author, amount);
        Address.sendValue(payable(contribution.author), amount);
    }

    /// @inheritdoc IPredictionMarket
    function forfeit() external nonReentrant returns (uint256 amount) {
        _only(Phase.Unopened);
        amount = _remainder;
        _opening.forfeited = true;
        emit Forfeit(amount);
        Address.sendValue(payable(_NOBODY), amount);
    }

    /// @inheritdoc IIncentive
    function price(uint256 count, uint256 size, uint256) external view returns (uint256) {
        _checkSize(count, size, Settings.trainer());
        return count * _terms().stake();
    }

    function _accept(
        Head head,
        uint256 count,
        uint256 size,
        uint256 settings,
        uint256 packed
    ) internal override returns (uint256 stake, uint256 counted) {
        MarketTerms terms_ = MarketTerms.wrap(packed);
        Opening memory opening = _opening;
        // 0 is a time that has not come
        // slither-disable-next-line incorrect-equality
        if (opening.openedAt == 0 || block.timestamp >= opening.openedAt + terms_.participate())
            revert WrongPhase(_phase(opening, terms_));
        if (msg.data.length > _MOST_BYTES) revert TooLong(msg.data.length, _MOST_BYTES);
        _checkSize(count, size, settings);
        stake = count * terms_.stake();
        if (msg.value != stake) revert WrongStake(stake, msg.value);
        if (head.counted() + count > terms_.most()) revert MarketFull(head.counted(), terms_.most());
        counted = count;
    }

    /// No slot is free: the evaluation needs all records.
    function _isFree(Record) internal pure override returns (bool) {
        return false;
    }

    function _checkIncentive(uint256 settings, uint256 packed) internal pure override {
        MarketTerms terms_ = MarketTerms.wrap(packed);
        if (settings.sizeUnit() == 0) revert BadSetting("sizeUnit");
        if (terms_.portions() < 2) revert BadSetting("portions");
        if (terms_.portionSize() == 0 || terms_.tests() > type(uint16).max) revert BadSetting("portionSize");
        if (terms_.stake() == 0 || terms_.stake() % terms_.tests() != 0) revert BadSetting("stake");
        if (terms_.perPass() == 0 || terms_.perPass() >= terms_.portions()) revert BadSetting("perPass");
        if (terms_.openWithin() == 0 || terms_.participate() == 0) revert BadSetting("times");
        if (terms_.revealWithin() == 0 || terms_.evaluateWithin() == 0) revert BadSetting("times");
        // the proposer of this block knows the randomness of the next one
        if (terms_.drawAfter() < 2) revert BadSetting("drawAfter");
        if (terms_.most() == 0) revert BadSetting("most");
    }
}
