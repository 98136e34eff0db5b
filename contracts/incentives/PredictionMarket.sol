// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {IIncentive} from "../interfaces/IIncentive.sol";
import {IPredictionMarket} from "../interfaces/IPredictionMarket.sol";
import {Contribution} from "../interfaces/ITrainer.sol";
import {Head} from "../types/Head.sol";
import {MarketTerms} from "../types/MarketTerms.sol";
import {Record} from "../types/Record.sol";
import {Settings} from "../types/Settings.sol";
import {Replay} from "./prediction_market/Replay.sol";

/// Participation and payments. In a record, what was sent less the fee is open, until a failed market pays it back.
abstract contract PredictionMarket is Replay, ReentrancyGuardTransient {
    using Settings for uint256;

    address private constant _NOBODY = 0x000000000000000000000000000000000000dEaD;

    /// The length of a call that contributes: every contribution can then be brought back beside a test set, in a
    /// transaction that nodes relay.
    uint256 private constant _MOST_BYTES = 32_768;

    /// The gas of a payment that somebody else has made. A Safe uses 7,000; what a recipient burns beyond the cap would
    /// be the sender's loss.
    uint256 private constant _PUSH_GAS = SafeTransferLib.GAS_STIPEND_NO_GRIEF;

    /// What must be left for such a payment: a call gets 63 parts in 64 at most, after the 36,600 that it costs itself.
    /// Otherwise the sender could let a recipient have less than it needs, and an estimate would.
    uint256 private constant _LEAST_GAS = 140_000;

    /// @inheritdoc IPredictionMarket
    function collect(address person) external nonReentrant returns (uint256 amount) {
        _only(Phase.Payment);
        amount = _owed[person];
        if (amount == 0) revert NothingOwed(person);
        _owed[person] = 0;
        emit Collected(person, amount);
        _pay(person, amount);
    }

    /// @inheritdoc IPredictionMarket
    function withdraw() external nonReentrant returns (uint256 amount) {
        _only(Phase.Payment);
        address provider = creator();
        amount = _remainder;
        if (amount == 0 || _opening.withdrawn) revert NothingOwed(provider);
        _opening.withdrawn = true;
        emit Withdrawn(provider, amount);
        _pay(provider, amount);
    }

    /// @inheritdoc IPredictionMarket
    function reclaim(Contribution calldata contribution, uint256 slot) external nonReentrant returns (uint256 amount) {
        _only(Phase.Failed);
        Record record_ = _stored(contribution, slot);
        amount = record_.open();
        _records[slot] = record_.withOpen(0);
        emit Reclaimed(contribution.id, contribution.author, amount);
        _pay(contribution.author, amount);
    }

    /// @inheritdoc IPredictionMarket
    function forfeit() external nonReentrant returns (uint256 amount) {
        Opening memory opening = _opening;
        MarketTerms terms_ = _terms();
        Phase phase_ = _phase(opening, terms_);
        if (phase_ != Phase.Payment && phase_ != Phase.Failed && phase_ != Phase.Unopened) revert WrongPhase(phase_);
        uint256 bounty = _bounty(opening, terms_);
        amount = _fees(bounty, terms_, _samples());
        if (phase_ != Phase.Payment) amount += bounty;
        // nobody can send more of it: it follows from our own counts
        // slither-disable-next-line incorrect-equality
        if (amount == 0 || opening.forfeited) revert NothingOwed(_NOBODY);
        _opening.forfeited = true;
        emit Forfeit(amount);
        _pay(_NOBODY, amount);
    }

    /// @inheritdoc IIncentive
    function price(uint256 count, uint256 size, uint256) external view returns (uint256) {
        _checkSize(count, size, Settings.trainer());
        return _price(_opening, _terms(), _samples(), count);
    }

    function _accept(
        Head head,
        uint256 count,
        uint256 size,
        uint256 settings,
        uint256 packed
    ) internal override returns (uint256 open, uint256 counted) {
        MarketTerms terms_ = MarketTerms.wrap(packed);
        Opening memory opening = _opening;
        // 0 is a time that has not come
        // slither-disable-next-line incorrect-equality
        if (opening.openedAt == 0 || block.timestamp >= opening.openedAt + terms_.participate())
            revert WrongPhase(_phase(opening, terms_));
        if (msg.data.length > _MOST_BYTES) revert TooLong(msg.data.length, _MOST_BYTES);
        if (count < terms_.turnSamples()) revert TurnTooSmall(count, terms_.turnSamples());
        _checkSize(count, size, settings);
        uint256 required = _price(opening, terms_, head.counted(), count);
        if (msg.value < required || msg.value > type(uint96).max) revert WrongStake(required, msg.value);
        if (head.counted() + count > terms_.most()) revert MarketFull(head.counted(), terms_.most());
        // what was sent beyond the price comes back with the stake
        open = msg.value - (required - count * terms_.stake());
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
        if (terms_.stake() == 0 || terms_.stake() > type(uint72).max) revert BadSetting("stake");
        if (terms_.perPass() == 0 || terms_.perPass() >= terms_.portions()) revert BadSetting("perPass");
        if (terms_.openWithin() == 0 || terms_.participate() == 0) revert BadSetting("times");
        if (terms_.revealWithin() == 0 || terms_.evaluateWithin() == 0) revert BadSetting("times");
        // the proposer of this block knows the randomness of the next one
        if (terms_.drawAfter() < 2) revert BadSetting("drawAfter");
        if (terms_.most() < terms_.turnSamples()) revert BadSetting("most");
    }

    /// Sends money, and drops whatever the recipient answers.
    function _pay(address to, uint256 amount) private {
        uint256 most = _PUSH_GAS;
        if (msg.sender == to) most = gasleft();
        else if (gasleft() < _LEAST_GAS) revert ETHTransferFailed();
        if (!SafeTransferLib.trySafeTransferETH(to, amount, most)) revert ETHTransferFailed();
    }

    /// A stake per sample, and the fee of these samples.
    function _price(
        Opening memory opening,
        MarketTerms terms_,
        uint256 samples,
        uint256 count
    ) private pure returns (uint256) {
        uint256 bounty = _bounty(opening, terms_);
        uint256 fee = _fees(bounty, terms_, samples + count) - _fees(bounty, terms_, samples);
        return count * terms_.stake() + fee;
    }
}
