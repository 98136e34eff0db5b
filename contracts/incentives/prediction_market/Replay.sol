// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibMap} from "solady/src/utils/LibMap.sol";
import {IPredictionMarket} from "../../interfaces/IPredictionMarket.sol";
import {Contribution} from "../../interfaces/ITrainer.sol";
import {HeadLibrary} from "../../types/Head.sol";
import {Image, ImageLibrary} from "../../types/Image.sol";
import {MarketTerms} from "../../types/MarketTerms.sol";
import {Settings} from "../../types/Settings.sol";
import {TestSet} from "./TestSet.sol";

/// The evaluation: replays contributions in memory, counts the mistakes after each, and books gains and losses. Each
/// contribution is one turn of the rule.
abstract contract Replay is TestSet {
    using LibMap for LibMap.Uint16Map;

    /// A call of `evaluate`, in memory.
    struct Run {
        Image image;
        uint256 exam;
        uint256 settings;
        MarketTerms terms;
        uint256 rounds;
        /// the number of samples that may still be evaluated
        uint256 most;
        bool last;
        /// the gain of everybody scored in this call
        int256 gain;
    }

    /// @inheritdoc IPredictionMarket
    function evaluate(Evaluation calldata evaluation) external {
        _only(Phase.Evaluation);
        Cursor memory cursor = _cursor;
        Run memory run = _run(cursor, evaluation.parameters);
        _checkPortions(evaluation.hashes, evaluation.portions, cursor.pass, run.terms);
        run.most = evaluation.most;
        if (evaluation.contributions.length == 0 || run.most == 0) revert OutOfTurn(cursor.next, 0);
        _checkCount(evaluation.contributions.length, evaluation.slots.length);
        run.exam = _prepare(run.image, evaluation.portions, run.settings);
        if (_atStart(cursor)) {
            cursor.mistakes += uint16(_mistakes(run.exam, run.image, evaluation.portions, run.settings));
            if (run.last) cursor.depth = uint24(_rounds.begin(run.rounds, cursor.mistakes));
        }
        // a contribution of which no sample may be evaluated does not begin: its author would get the stake twice
        for (uint256 i; i < evaluation.contributions.length && run.most != 0; ++i)
            _replay(run, cursor, evaluation.portions, evaluation.contributions[i], evaluation.slots[i]);
        _finish(run, cursor);
    }

    /// Lets the model in memory learn the next samples of a contribution, and scores its author.
    function _replay(
        Run memory run,
        Cursor memory cursor,
        bytes[] calldata portions,
        Contribution calldata c,
        uint256 slot
    ) private {
        if (c.id != cursor.next) revert OutOfTurn(cursor.next, c.id);
        bool batch = c.label == BATCH;
        uint256 count = batch ? _batchCount(c.sample) : 1;
        // records are paid only after a failed evaluation
        uint256 open = _stored(c, slot).open();
        if (open < count * run.terms.stake()) revert UnknownContribution(c.id, slot);
        // whatever the rule leaves of the stakes, and what was sent beyond the price
        if (run.last && cursor.position == 0) _owed[c.author] += open;
        (uint256 label, bytes calldata sample, uint256 offset) = (c.label, c.sample, 1);
        for (uint256 i; i < count; ++i) {
            if (batch) (label, sample, offset) = _nextSample(c.sample, offset);
            if (i < cursor.position) continue;
            if (run.most == 0) return;
            --run.most;
            _study(run.exam, run.image, sample, label, run.settings);
            cursor.position = uint16(i + 1);
        }
        _score(run, cursor, portions, c.author, count);
        cursor.position = 0;
        cursor.next = uint40(batch ? c.id + 1 + count : c.id + 1);
    }

    /// Stores the progress, or ends the pass or the evaluation.
    function _finish(Run memory run, Cursor memory cursor) private {
        bool complete = cursor.next == HeadLibrary.read().nextId();
        emit Evaluated(cursor.pass, cursor.next, cursor.position);
        if (!complete) {
            _position = _digest(run.image, HeadLibrary.BYTES + _parameterBytes(run.settings));
        } else if (run.last) {
            cursor.settled = true;
        } else {
            (cursor.pass, cursor.next) = (cursor.pass + 1, 1);
        }
        cursor.movedAt = uint40(block.timestamp);
        _cursor = cursor;
        if (run.gain != 0) _remainder = uint256(int256(_remainder) - run.gain * int256(run.terms.unit()));
        if (cursor.settled) emit Settled(_remainder);
    }

    /// Counts the mistakes after a contribution, and in the last pass books the gain of its author.
    function _score(
        Run memory run,
        Cursor memory cursor,
        bytes[] calldata portions,
        address author,
        uint256 samples
    ) private {
        uint256 id = cursor.next;
        uint256 mistakes = _mistakes(run.exam, run.image, portions, run.settings);
        if (cursor.pass != 0) mistakes += _mistakesAfter.get(id);
        if (!run.last) {
            _mistakesAfter.set(id, uint16(mistakes));
            return;
        }
        uint256 spare = (samples - 1) * run.terms.tests();
        (int256 gain, uint256 depth) = _rounds.play(run.rounds, mistakes, spare, cursor.depth);
        cursor.depth = uint24(depth);
        if (gain == 0) return;
        run.gain += gain;
        // at most the stakes are lost, which were credited before
        _owed[author] = uint256(int256(_owed[author]) + gain * int256(run.terms.unit()));
    }

    /// The model in memory with the given parameters. Reverts unless they are those at this point.
    function _run(Cursor memory cursor, bytes calldata parameters) private view returns (Run memory run) {
        (uint256 settings, uint256 packed) = Settings.read();
        uint256 length = _parameterBytes(settings);
        if (parameters.length != length) revert WrongParameters();
        run.image = ImageLibrary.allocate(HeadLibrary.BYTES + length);
        run.image.fill(HeadLibrary.read(), parameters);
        if (_digest(run.image, HeadLibrary.BYTES + length) != (_atStart(cursor) ? _start : _position))
            revert WrongParameters();
        run.settings = settings;
        run.terms = MarketTerms.wrap(packed);
        run.rounds = _opening.rounds;
        run.last = cursor.pass + 1 == run.terms.passes();
    }

    function _atStart(Cursor memory cursor) private pure returns (bool) {
        return cursor.next == 1 && cursor.position == 0;
    }
}
