// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {LibMap} from "solady/src/utils/LibMap.sol";
import {Trainer} from "../Trainer.sol";
import {IIncentive} from "../interfaces/IIncentive.sol";
import {IPredictionMarket} from "../interfaces/IPredictionMarket.sol";
import {Contribution} from "../interfaces/ITrainer.sol";
import {Head, HeadLibrary} from "../libraries/Head.sol";
import {Image, ImageLibrary} from "../libraries/Image.sol";
import {MarketTerms} from "../libraries/MarketTerms.sol";
import {Record} from "../libraries/Record.sol";
import {Rounds} from "../libraries/Rounds.sol";
import {Settings} from "../libraries/Settings.sol";

/// What is open of a record is its stake, until a market that failed pays it back.
abstract contract PredictionMarket is IPredictionMarket, Trainer, ReentrancyGuardTransient {
    using LibMap for LibMap.Uint16Map;
    using Settings for uint256;

    address private constant _NOBODY = 0x000000000000000000000000000000000000dEaD;

    /// A call that contributes: so that whatever was contributed can be brought back beside a test set, in a transaction that nodes pass on.
    uint256 private constant _MOST_BYTES = 32_768;

    /// What a contribution reads: one slot.
    struct Opening {
        uint40 committedAt;
        uint40 target;
        uint40 openedAt;
        uint40 rounds;
        uint8 drawn;
        bool forfeited;
        bool withdrawn;
    }

    /// How far the evaluation is: one slot.
    struct Cursor {
        uint40 movedAt;
        uint40 next;
        uint24 depth;
        uint16 position;
        uint16 mistakes;
        uint8 pass;
        bool settled;
    }

    /// A call of `evaluate`, in memory.
    struct Run {
        Image image;
        uint256 exam;
        uint256 word;
        MarketTerms terms;
        uint256 rounds;
        /// how many samples are evaluated at most, from here on
        uint256 most;
        /// of grouped contributions, whose are under way
        address author;
        bool last;
        /// of all that were settled in this call
        int256 gain;
    }

    Opening private _opening;
    Cursor private _cursor;
    bytes32 private _hashes;
    /// Of the parameters that the contributions are replayed from, and of those where the evaluation is.
    bytes32 private _start;
    bytes32 private _position;
    uint256 private _revealed;
    uint256 private _remainder;
    address private _author;
    Rounds private _rounds;
    /// The mistakes after each sample, in the passes before the last, by its number: that of a single contribution, or of its place in a batch.
    LibMap.Uint16Map private _mistakesAfter;
    mapping(address person => uint256) private _owed;

    /// @inheritdoc IPredictionMarket
    function commit(bytes32[] calldata hashes) external payable {
        (uint256 word, uint256 packed) = Settings.read();
        MarketTerms terms_ = MarketTerms.wrap(packed);
        _head();
        if (msg.sender != creator()) revert NotCreator(creator(), msg.sender);
        _only(Phase.Prepared);
        _checkCount(terms_.portions(), hashes.length);
        uint256 rounds = msg.value / terms_.stake();
        if (rounds == 0 || rounds > type(uint40).max || msg.value % terms_.stake() != 0)
            revert WrongBounty(terms_.stake(), msg.value);
        uint256 length = HeadLibrary.BYTES + _parameterBytes(word);
        Image image = ImageLibrary.allocate(length);
        image.load(0, length);
        _start = _digest(image, length);
        _hashes = _digest(hashes);
        _remainder = msg.value;
        _opening.committedAt = uint40(block.timestamp);
        _opening.target = uint40(block.number + terms_.drawAfter());
        _opening.rounds = uint40(rounds);
        _cursor.next = 1;
        emit Committed(msg.value, block.number + terms_.drawAfter(), hashes);
    }

    /// @inheritdoc IPredictionMarket
    function draw(bytes calldata header) external {
        _only(Phase.Drawing);
        uint256 target = _opening.target;
        // what hashes to a block's hash is its header
        if (keccak256(header) != Blockhash.blockHash(target)) revert WrongHeader(target);
        uint256 portion = uint256(BlockHeader.getPrevRandao(header)) % _terms().portions();
        _opening.drawn = uint8(portion + 1);
        emit Drawn(portion);
    }

    /// @inheritdoc IPredictionMarket
    function reveal(bytes32[] calldata hashes, uint256 portion, bytes calldata content) external {
        (uint256 word, uint256 packed) = Settings.read();
        MarketTerms terms_ = MarketTerms.wrap(packed);
        Phase phase_ = _phase(_opening, terms_);
        if (phase_ != Phase.Opening && phase_ != Phase.Reveal) revert WrongPhase(phase_);
        _checkHashes(hashes);
        if (portion >= hashes.length || keccak256(content) != hashes[portion]) revert WrongPortion(portion);
        uint256 revealed = _revealed | (1 << portion);
        if (phase_ == Phase.Opening) {
            if (portion != _opening.drawn - 1) revert WrongPortion(portion);
            _opening.openedAt = uint40(block.timestamp);
        } else if (revealed == _revealed) {
            revert AlreadyRevealed(portion);
        } else if (revealed == (1 << hashes.length) - 1) {
            _cursor.movedAt = uint40(block.timestamp);
        }
        if (_checkContent(content, word) != terms_.portionSize()) revert MalformedPortion(portion);
        _revealed = revealed;
        emit Revealed(portion, content);
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
        run.exam = _prepare(run.image, evaluation.portions, run.word);
        if (_atStart(cursor)) {
            cursor.mistakes += uint16(_mistakes(run.exam, run.image, evaluation.portions, run.word));
            if (run.last) cursor.depth = uint24(_rounds.begin(run.rounds, cursor.mistakes));
        }
        // one that no sample is left for doesn't begin: it would be given its stake now, and again when it does
        for (uint256 i; i < evaluation.contributions.length && run.most != 0; ++i)
            _replay(run, cursor, evaluation.portions, evaluation.contributions[i], evaluation.slots[i]);
        _finish(run, cursor, evaluation.portions);
    }

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
        // the same part for each sample
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
                grouped: terms_.grouped(),
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

    /// @inheritdoc IIncentive
    function price(uint256 count, uint256 size, uint256) external view returns (uint256) {
        _checkSize(count, size, Settings.trainer());
        return count * _terms().stake();
    }

    function _accept(
        Head head,
        uint256 count,
        uint256 size,
        uint256 word,
        uint256 packed
    ) internal override returns (uint256 stake, uint256 counted) {
        MarketTerms terms_ = MarketTerms.wrap(packed);
        Opening memory opening = _opening;
        // 0 is a time that hasn't come
        // slither-disable-next-line incorrect-equality
        if (opening.openedAt == 0 || block.timestamp >= opening.openedAt + terms_.participate())
            revert WrongPhase(_phase(opening, terms_));
        if (msg.data.length > _MOST_BYTES) revert TooLong(msg.data.length, _MOST_BYTES);
        _checkSize(count, size, word);
        stake = count * terms_.stake();
        if (msg.value != stake) revert WrongStake(stake, msg.value);
        if (head.counted() + count > terms_.most()) revert MarketFull(head.counted(), terms_.most());
        counted = count;
    }

    /// All are brought back when they are evaluated.
    function _isFree(Record) internal pure override returns (bool) {
        return false;
    }

    function _checkIncentive(uint256 word, uint256 packed) internal pure override {
        MarketTerms terms_ = MarketTerms.wrap(packed);
        if (word.sizeUnit() == 0) revert BadSetting("sizeUnit");
        if (terms_.portions() < 2) revert BadSetting("portions");
        if (terms_.portionSize() == 0 || terms_.tests() > type(uint16).max) revert BadSetting("portionSize");
        if (terms_.stake() == 0 || terms_.stake() % terms_.tests() != 0) revert BadSetting("stake");
        if (terms_.perPass() == 0 || terms_.perPass() >= terms_.portions()) revert BadSetting("perPass");
        if (terms_.openWithin() == 0 || terms_.participate() == 0) revert BadSetting("times");
        if (terms_.revealWithin() == 0 || terms_.evaluateWithin() == 0) revert BadSetting("times");
        // the randomness of the next block is known to who proposes this one
        if (terms_.drawAfter() < 2) revert BadSetting("drawAfter");
        if (terms_.most() == 0) revert BadSetting("most");
    }

    /// Lets the model in memory learn samples of a contribution, those that it hasn't learnt yet, and scores its author.
    function _replay(
        Run memory run,
        Cursor memory cursor,
        bytes[] calldata portions,
        Contribution calldata c,
        uint256 slot
    ) private {
        if (c.id != cursor.next) revert OutOfTurn(cursor.next, c.id);
        // nothing is paid out of a record before all is evaluated
        // slither-disable-next-line unused-return
        _stored(c, slot);
        if (cursor.position == 0) _begin(run, cursor, portions, c);
        bool batch = c.label == BATCH;
        uint256 count = batch ? _batchCount(c.sample) : 1;
        (uint256 label, bytes calldata sample, uint256 offset) = (c.label, c.sample, 1);
        for (uint256 i; i < count; ++i) {
            if (batch) (label, sample, offset) = _batchSample(c.sample, offset);
            if (i < cursor.position) continue;
            if (run.most == 0) return;
            --run.most;
            _study(run.exam, run.image, sample, label, run.word);
            if (!run.terms.grouped()) _score(run, cursor, portions, batch ? c.id + 1 + i : c.id, c.author);
            cursor.position = uint16(i + 1);
        }
        cursor.position = 0;
        cursor.next = uint40(batch ? c.id + 1 + count : c.id + 1);
    }

    /// Ends the turn of who came before, where a turn may have several contributions, and gives the author what they staked.
    function _begin(Run memory run, Cursor memory cursor, bytes[] calldata portions, Contribution calldata c) private {
        if (run.terms.grouped() && run.author != c.author) {
            if (run.author != address(0)) _score(run, cursor, portions, cursor.next - 1, run.author);
            run.author = c.author;
        }
        if (run.last) _owed[c.author] += c.deposit;
    }

    /// Keeps where the evaluation is, or ends the pass, or all.
    function _finish(Run memory run, Cursor memory cursor, bytes[] calldata portions) private {
        bool complete = cursor.next == HeadLibrary.read().nextId();
        if (complete && run.terms.grouped()) _score(run, cursor, portions, cursor.next - 1, run.author);
        emit Evaluated(cursor.pass, cursor.next, cursor.position);
        if (run.terms.grouped()) _author = complete ? address(0) : run.author;
        if (!complete) {
            _position = _digest(run.image, HeadLibrary.BYTES + _parameterBytes(run.word));
        } else if (run.last) {
            cursor.settled = true;
        } else {
            (cursor.pass, cursor.next) = (cursor.pass + 1, 1);
        }
        cursor.movedAt = uint40(block.timestamp);
        _cursor = cursor;
        if (run.gain != 0) _remainder = uint256(int256(_remainder) - run.gain * int256(_unit(run.terms)));
        if (cursor.settled) emit Settled(_remainder);
    }

    /// Counts the mistakes after the sample of this number; in the last pass, what its author gains by them.
    function _score(
        Run memory run,
        Cursor memory cursor,
        bytes[] calldata portions,
        uint256 number,
        address author
    ) private {
        uint256 mistakes = _mistakes(run.exam, run.image, portions, run.word);
        if (cursor.pass != 0) mistakes += _mistakesAfter.get(number);
        if (!run.last) {
            _mistakesAfter.set(number, uint16(mistakes));
            return;
        }
        (int256 gain, uint256 depth) = _rounds.play(run.rounds, mistakes, cursor.depth);
        cursor.depth = uint24(depth);
        if (gain == 0) return;
        run.gain += gain;
        // at most the stake is lost, which is there
        _owed[author] = uint256(int256(_owed[author]) + gain * int256(_unit(run.terms)));
    }

    /// The model in memory, with the parameters that are given, if they are those at this point.
    function _run(Cursor memory cursor, bytes calldata parameters) private view returns (Run memory run) {
        (uint256 word, uint256 packed) = Settings.read();
        uint256 length = _parameterBytes(word);
        if (parameters.length != length) revert WrongParameters();
        run.image = ImageLibrary.allocate(HeadLibrary.BYTES + length);
        run.image.fill(HeadLibrary.read(), parameters);
        if (_digest(run.image, HeadLibrary.BYTES + length) != (_atStart(cursor) ? _start : _position))
            revert WrongParameters();
        run.word = word;
        run.terms = MarketTerms.wrap(packed);
        run.rounds = _opening.rounds;
        run.last = cursor.pass + 1 == run.terms.passes();
        run.author = _author;
    }

    /// Reverts unless each sample of a portion has the right form and a label there is.
    /// @return count how many there are
    function _checkContent(bytes calldata content, uint256 word) private view returns (uint256 count) {
        uint256 classes_ = HeadLibrary.read().classes();
        uint256 offset = PORTION_START;
        for (; offset < content.length; ++count) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(content, offset);
            if (label >= classes_) revert UnknownLabel(label, classes_);
            _validate(sample, word);
            offset = next;
        }
    }

    function _checkHashes(bytes32[] calldata hashes) private view {
        if (_digest(hashes) != _hashes) revert WrongHashes();
    }

    function _checkPortions(
        bytes32[] calldata hashes,
        bytes[] calldata portions,
        uint256 pass,
        MarketTerms terms_
    ) private view {
        _checkHashes(hashes);
        uint256 first = pass * terms_.perPass();
        uint256 count = terms_.portions() - 1 - first;
        if (count > terms_.perPass()) count = terms_.perPass();
        _checkCount(count, portions.length);
        uint256 drawn = _opening.drawn - 1;
        for (uint256 i; i < count; ++i) {
            // the one that was drawn is passed over
            uint256 portion = first + i < drawn ? first + i : first + i + 1;
            if (keccak256(portions[i]) != hashes[portion]) revert WrongPortion(portion);
        }
    }

    function _checkCount(uint256 required, uint256 given) private pure {
        if (given != required) revert WrongCount(required, given);
    }

    function _atStart(Cursor memory cursor) private pure returns (bool) {
        return cursor.next == 1 && cursor.position == 0;
    }

    function _only(Phase wanted) private view {
        Phase phase_ = _phase(_opening, _terms());
        if (phase_ != wanted) revert WrongPhase(phase_);
    }

    // 0 stands for what hasn't happened yet
    // slither-disable-start incorrect-equality
    function _phase(Opening memory opening, MarketTerms terms_) private view returns (Phase) {
        if (opening.committedAt == 0) return Phase.Prepared;
        if (opening.forfeited) return Phase.Forfeited;
        if (opening.openedAt == 0) {
            if (block.timestamp >= opening.committedAt + terms_.openWithin()) return Phase.Unopened;
            return opening.drawn == 0 ? Phase.Drawing : Phase.Opening;
        }
        uint256 end = opening.openedAt + terms_.participate();
        if (block.timestamp < end) return Phase.Participation;
        Cursor memory cursor = _cursor;
        // with no contribution there is nothing to evaluate
        if (cursor.settled || _samples() == 0) return Phase.Payment;
        if (cursor.movedAt == 0) return block.timestamp < end + terms_.revealWithin() ? Phase.Reveal : Phase.Failed;
        return block.timestamp < cursor.movedAt + terms_.evaluateWithin() ? Phase.Evaluation : Phase.Failed;
    }
    // slither-disable-end incorrect-equality

    function _terms() private view returns (MarketTerms) {
        // the other word is the model's
        // slither-disable-next-line unused-return
        (, uint256 packed) = Settings.read();
        return MarketTerms.wrap(packed);
    }

    /// How many samples were contributed.
    function _samples() private view returns (uint256) {
        return HeadLibrary.read().counted();
    }

    function _bounty(Opening memory opening, MarketTerms terms_) private pure returns (uint256) {
        return opening.rounds * terms_.stake();
    }

    /// Wei a mistake, a round.
    function _unit(MarketTerms terms_) private pure returns (uint256) {
        return terms_.stake() / terms_.tests();
    }

    /// Of the parameters behind the head.
    function _digest(Image image, uint256 length) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            digest := keccak256(add(image, 16), sub(length, 16))
        }
    }

    function _digest(bytes32[] calldata hashes) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, hashes.offset, shl(5, hashes.length))
            digest := keccak256(free, shl(5, hashes.length))
        }
    }
}
