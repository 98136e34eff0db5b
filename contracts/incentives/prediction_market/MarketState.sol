// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibMap} from "solady/src/utils/LibMap.sol";
import {Trainer} from "../../Trainer.sol";
import {IPredictionMarket} from "../../interfaces/IPredictionMarket.sol";
import {Rounds} from "../../libraries/Rounds.sol";
import {HeadLibrary} from "../../types/Head.sol";
import {MarketTerms} from "../../types/MarketTerms.sol";
import {Settings} from "../../types/Settings.sol";

/// What a market stores, and the phase that follows from it.
abstract contract MarketState is IPredictionMarket, Trainer {
    /// The slot that a contribution reads.
    struct Opening {
        uint40 committedAt;
        uint40 target;
        uint40 openedAt;
        uint40 rounds;
        uint8 drawn;
        bool forfeited;
        bool withdrawn;
    }

    /// The progress of the evaluation, in one slot.
    struct Cursor {
        uint40 movedAt;
        uint40 next;
        uint24 depth;
        uint16 position;
        uint16 mistakes;
        uint8 pass;
        bool settled;
    }

    Opening internal _opening;
    Cursor internal _cursor;
    bytes32 internal _hashes;
    /// The digests of the initial parameters, from which the contributions are replayed, and of the current ones.
    bytes32 internal _start;
    bytes32 internal _position;
    uint256 internal _revealed;
    uint256 internal _remainder;
    Rounds internal _rounds;
    /// The mistakes after each contribution, in the passes before the last.
    LibMap.Uint16Map internal _mistakesAfter;
    mapping(address person => uint256) internal _owed;

    /// @inheritdoc IPredictionMarket
    function terms() external view returns (Terms memory) {
        MarketTerms terms_ = _terms();
        return
            Terms({
                stake: terms_.stake(),
                openWithin: terms_.openWithin(),
                participate: terms_.participate(),
                revealWithin: terms_.revealWithin(),
                evaluateWithin: terms_.evaluateWithin(),
                portions: terms_.portions(),
                portionSize: terms_.portionSize(),
                perPass: terms_.perPass(),
                drawAfter: terms_.drawAfter(),
                turnSamples: terms_.turnSamples(),
                most: terms_.most()
            });
    }

    /// @inheritdoc IPredictionMarket
    function course() external view returns (Course memory) {
        Opening memory opening = _opening;
        Cursor memory cursor = _cursor;
        return
            Course({
                phase: _phase(opening, _terms()),
                committedAt: opening.committedAt,
                target: opening.target,
                drawn: opening.drawn,
                openedAt: opening.openedAt,
                rounds: opening.rounds,
                samples: _samples(),
                revealed: _revealed,
                movedAt: cursor.movedAt,
                pass: cursor.pass,
                next: cursor.next,
                position: cursor.position,
                mistakes: cursor.mistakes,
                remainder: _remainder
            });
    }

    /// @inheritdoc IPredictionMarket
    function owed(address person) external view returns (uint256) {
        return _owed[person];
    }

    function _only(Phase wanted) internal view {
        Phase phase_ = _phase(_opening, _terms());
        if (phase_ != wanted) revert WrongPhase(phase_);
    }

    // 0 stands for what has not happened yet
    // slither-disable-start incorrect-equality
    function _phase(Opening memory opening, MarketTerms terms_) internal view returns (Phase) {
        if (opening.committedAt == 0) return Phase.Prepared;
        if (opening.openedAt == 0) {
            if (opening.forfeited) return Phase.Forfeited;
            if (block.timestamp >= opening.committedAt + terms_.openWithin()) return Phase.Unopened;
            return opening.drawn == 0 ? Phase.Drawing : Phase.Opening;
        }
        uint256 end = opening.openedAt + terms_.participate();
        if (block.timestamp < end) return Phase.Participation;
        Cursor memory cursor = _cursor;
        // without contributions there is nothing to evaluate
        if (cursor.settled || _samples() == 0) return Phase.Payment;
        if (cursor.movedAt == 0) return block.timestamp < end + terms_.revealWithin() ? Phase.Reveal : Phase.Failed;
        return block.timestamp < cursor.movedAt + terms_.evaluateWithin() ? Phase.Evaluation : Phase.Failed;
    }
    // slither-disable-end incorrect-equality

    function _terms() internal view returns (MarketTerms) {
        // only the incentive's word is needed
        // slither-disable-next-line unused-return
        (, uint256 packed) = Settings.read();
        return MarketTerms.wrap(packed);
    }

    /// The number of samples contributed.
    function _samples() internal view returns (uint256) {
        return HeadLibrary.read().counted();
    }

    function _bounty(Opening memory opening, MarketTerms terms_) internal pure returns (uint256) {
        return opening.rounds * terms_.stake();
    }

    /// What the first `samples` samples burn together. It grows with their square, and is the bounty where the market
    /// is full: filling a market costs what its provider gets back by it.
    function _fees(uint256 bounty, MarketTerms terms_, uint256 samples) internal pure returns (uint256) {
        uint256 most = terms_.most();
        // a bounty has 120 bits and a market 16 bits of samples (a question about the price of more may get a wrong
        // answer)
        unchecked {
            return (bounty * samples * samples) / (most * most);
        }
    }

    function _checkCount(uint256 required, uint256 given) internal pure {
        if (given != required) revert WrongCount(required, given);
    }
}
