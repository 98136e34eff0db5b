// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {LibClone} from "solady/src/utils/LibClone.sol";
import {IIncentive} from "./interfaces/IIncentive.sol";
import {IModel} from "./interfaces/IModel.sol";
import {Contribution, ITrainer} from "./interfaces/ITrainer.sol";
import {Head, HeadLibrary} from "./libraries/Head.sol";
import {Image, ImageLibrary} from "./libraries/Image.sol";
import {PackedBytes} from "./libraries/PackedBytes.sol";
import {Record, RecordLibrary} from "./libraries/Record.sol";
import {Settings} from "./libraries/Settings.sol";

/// The public face. A model gives how it is trained, asked and examined, an incentive what it accepts; both what they check of their
/// settings.
abstract contract Trainer is ITrainer, IModel, IIncentive, Multicall {
    using Settings for uint256;

    /// Stands for a label where the sample is a batch.
    uint256 internal constant BATCH = 256;

    /// Where the samples of a portion of a test set begin, behind its salt; from there it is like a batch.
    uint256 internal constant PORTION_START = 32;

    /// The head and the model: 32,768 features with counts for two classes. A batch, which loads all, takes nine million gas then.
    uint256 private constant _SLOTS = 4100;

    /// Slots 0 on. The libraries address them directly.
    uint256[_SLOTS] private _packed;

    mapping(uint256 slot => Record) internal _records;

    address[] private _parts;
    bool private _published;

    /// The names of classes that were added, each behind a line break.
    string private _added;

    /// @inheritdoc ITrainer
    function initialize(bytes calldata parameters) external {
        Head head = HeadLibrary.read();
        if (head.nextId() != 0) revert AlreadyInitialized();
        (uint256 word, uint256 terms) = Settings.read();
        uint256 offset = head.counted();
        uint256 total = _parameterBytes(word);
        if (offset == 0) {
            _checkSettings(word, total);
            _checkModel(word);
            _checkIncentive(word, terms);
        } else if (msg.sender != creator()) {
            revert NotCreator(creator(), msg.sender);
        }
        uint256 end = offset + parameters.length;
        bool complete = end == total;
        if (end > total || end == offset || (!complete && (HeadLibrary.BYTES + end) % 32 != 0)) {
            revert BadChunk(offset, parameters.length, total);
        }
        if (word.maxClasses() != word.classes()) _checkUndeclared(HeadLibrary.BYTES + offset, parameters, word);
        PackedBytes.load(HeadLibrary.BYTES + offset, parameters);
        emit Loaded(offset, parameters);
        // again, with the bytes that were loaded beside it
        head = HeadLibrary.read();
        if (complete) {
            head.withLoaded(0).addClasses(word.classes()).advance(1, 0).store();
            emit Initialized();
        } else {
            head.withLoaded(end).store();
        }
    }

    /// @inheritdoc ITrainer
    function publish(bytes calldata part, bool last) external {
        if (msg.sender != creator()) revert NotCreator(creator(), msg.sender);
        if (_published) revert AlreadyPublished();
        _published = last;
        address pointer = SSTORE2.write(part);
        _parts.push(pointer);
        emit Published(pointer, last);
    }

    /// @inheritdoc ITrainer
    function addClass(string calldata name) external returns (uint256 label) {
        if (msg.sender != creator()) revert NotCreator(creator(), msg.sender);
        Head head = _head();
        label = head.classes();
        if (label == maxClasses()) revert TooManyClasses(label);
        _checkName(bytes(name));
        head.addClasses(1).store();
        _added = string.concat(_added, "\n", name);
        emit ClassAdded(label, name);
    }

    /// @inheritdoc ITrainer
    function contribute(bytes calldata sample, uint256 label, uint256 slot) external payable returns (uint256 id) {
        (uint256 word, uint256 terms) = Settings.read();
        Head head = _head();
        _checkLabel(label, head);
        (uint256 size, Head trained) = _train(head, sample, label, word);
        (uint256 open, uint256 counted) = _accept(head, 1, _sized(size, word), word, terms);
        id = _record(msg.sender, head, open, label, sample, slot);
        trained.advance(1, counted).store();
    }

    /// @inheritdoc ITrainer
    function contributeBatch(bytes calldata batch, uint256 slot) external payable returns (uint256 id) {
        _head();
        uint256 size = _trainBatch(batch, Settings.trainer());
        (uint256 word, uint256 terms) = Settings.read();
        // learning changes the model's half of it
        Head head = HeadLibrary.read();
        uint256 count = _batchCount(batch);
        (uint256 open, uint256 counted) = _accept(head, count, size, word, terms);
        id = _record(msg.sender, head, open, BATCH, batch, slot);
        // one number for the batch, one for each sample, should it be split off
        head.advance(count + 1, counted).store();
    }

    /// @inheritdoc IModel
    function predict(bytes calldata sample) external view returns (uint256 label) {
        return _predict(_head(), sample, Settings.trainer());
    }

    /// @inheritdoc IModel
    function score(bytes calldata sample) external view returns (int256[] memory scores) {
        return _score(_head(), sample, Settings.trainer());
    }

    /// @inheritdoc IModel
    function classes() external view returns (uint256) {
        return _head().classes();
    }

    /// @inheritdoc IModel
    function maxClasses() public view returns (uint256) {
        return Settings.trainer().maxClasses();
    }

    /// @inheritdoc IModel
    function features() external view returns (uint256) {
        return Settings.trainer().features();
    }

    /// @inheritdoc ITrainer
    function sizeUnit() external view returns (uint256) {
        return Settings.trainer().sizeUnit();
    }

    /// @inheritdoc ITrainer
    function names() external view returns (string memory lines) {
        return string.concat(string(LibClone.argsOnClone(address(this), Settings.WORDS)), _added);
    }

    /// @inheritdoc ITrainer
    function metadata() external view returns (bytes memory data, bool complete) {
        for (uint256 i; i < _parts.length; ++i) data = bytes.concat(data, SSTORE2.read(_parts[i]));
        complete = _published;
    }

    /// @inheritdoc ITrainer
    function progress() external view returns (uint256 nextId, uint256 counted, uint256 lastTime) {
        Head head = _head();
        return (head.nextId(), head.counted(), head.lastTime());
    }

    /// @inheritdoc ITrainer
    function record(uint256 slot) external view returns (uint256) {
        return Record.unwrap(_records[slot]);
    }

    /// @inheritdoc ITrainer
    function words(uint256 first, uint256 count) external view returns (uint256[] memory result) {
        result = new uint256[](count);
        for (uint256 i; i < count; ++i) result[i] = _packed[first + i];
    }

    /// @inheritdoc ITrainer
    function creator() public view returns (address) {
        return Settings.creator();
    }

    /// Lets the model learn a sample.
    /// @param head the first slot, whose lower half is the model's
    /// @param word the trainer's settings
    /// @return size the number of features in the sample; 1 where all samples are of one size
    /// @return trained the first slot afterwards; whoever calls stores it
    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 word
    ) internal virtual returns (uint256 size, Head trained);

    /// The same in memory.
    function _train(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 word
    ) internal view virtual returns (uint256 size);

    /// Reverts unless the sample has the right form.
    function _validate(bytes calldata sample, uint256 word) internal pure virtual;

    /// 128 bits that stand for the features of a sample: the same features give the same bits.
    function _sketch(bytes calldata sample) internal pure virtual returns (uint256 bits);

    /// Gets ready to examine a model in memory on test samples.
    /// @param portions see `IPredictionMarket.reveal`
    /// @return exam memory of the model's own
    function _prepare(
        Image image,
        bytes[] calldata portions,
        uint256 word
    ) internal view virtual returns (uint256 exam);

    /// Lets a model in memory learn a sample, and keeps its exam in step.
    function _study(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 word
    ) internal view virtual;

    /// How many test samples the model in memory gets wrong now.
    function _mistakes(
        uint256 exam,
        Image image,
        bytes[] calldata portions,
        uint256 word
    ) internal view virtual returns (uint256);

    /// Checks what was sent for `count` samples of `size` features and says what of it is open to claims.
    /// @param size no sample counted below the size unit
    /// @param word the trainer's settings
    /// @param terms the incentive's
    /// @return open more than 0
    /// @return counted what the incentive's count in the head grows by
    function _accept(
        Head head,
        uint256 count,
        uint256 size,
        uint256 word,
        uint256 terms
    ) internal virtual returns (uint256 open, uint256 counted);

    function _predict(Head head, bytes calldata sample, uint256 word) internal view virtual returns (uint256 label);

    function _score(
        Head head,
        bytes calldata sample,
        uint256 word
    ) internal view virtual returns (int256[] memory scores);

    /// The length of the model's parameters, which stand in the packed state behind the head.
    function _parameterBytes(uint256 word) internal view virtual returns (uint256);

    /// Reverts with `BadSetting` where the model's part of the settings is out of range.
    function _checkModel(uint256 word) internal view virtual;

    /// Reverts with `NoSuchClassYet` where parameters, from a byte of the state on, hold something for classes that don't exist yet.
    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 word) internal pure virtual;

    /// Reverts with `BadSetting` where the incentive's part of the settings is out of range.
    function _checkIncentive(uint256 word, uint256 terms) internal view virtual;

    /// Reverts unless samples together have no more features than as many of the largest, for incentives with one price for all.
    function _checkSize(uint256 count, uint256 size, uint256 word) internal pure {
        uint256 most = count * word.sizeUnit();
        if (size > most) revert TooLarge(size, most);
    }

    /// Whether a record's slot can be used for another contribution.
    function _isFree(Record record_) internal view virtual returns (bool);

    function _head() internal view returns (Head head) {
        head = HeadLibrary.read();
        if (head.nextId() == 0) revert NotInitialized();
    }

    /// The record of a contribution, or a revert where it isn't at the slot or nothing of it is open.
    function _stored(Contribution calldata c, uint256 slot) internal view returns (Record record_) {
        record_ = _records[slot];
        Record claimed = RecordLibrary.make(c.id, c.author, c.time, c.deposit, c.label, c.sample);
        if (!record_.matches(claimed)) revert UnknownContribution(c.id, slot);
        // nothing but our own payments changes what is open
        // slither-disable-next-line incorrect-equality
        if (record_.open() == 0) revert NothingLeft(c.id);
    }

    function _batchCount(bytes calldata batch) internal pure returns (uint256) {
        if (batch.length == 0) revert BadBatch();
        return uint256(uint8(batch[0])) + 1;
    }

    /// The sample that stands at byte `at` of a batch, and where the next one stands.
    function _batchSample(
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (uint256 label, bytes calldata sample, uint256 next) {
        if (offset + 3 > batch.length) revert BadBatch();
        label = uint8(batch[offset]);
        next = offset + 3 + uint16(bytes2(batch[offset + 1:offset + 3]));
        if (next > batch.length) revert BadBatch();
        sample = batch[offset + 3:next];
    }

    /// What every model's settings must keep to.
    function _checkSettings(uint256 word, uint256 total) private pure {
        if (word.classes() < 2) revert BadSetting("classes");
        if (word.maxClasses() < word.classes()) revert BadSetting("maxClasses");
        if (word.features() == 0 || HeadLibrary.BYTES + total > _SLOTS * 32) revert BadSetting("features");
    }

    function _checkName(bytes calldata name) private pure {
        if (name.length == 0 || name.length > 64) revert BadName();
        for (uint256 i; i < name.length; ++i) if (uint8(name[i]) < 0x20) revert BadName();
    }

    function _checkLabel(uint256 label, Head head) private pure {
        if (label >= head.classes()) revert UnknownLabel(label, head.classes());
    }

    function _sized(uint256 size, uint256 word) private pure returns (uint256) {
        return size < word.sizeUnit() ? word.sizeUnit() : size;
    }

    function _trainBatch(bytes calldata batch, uint256 word) private returns (uint256 size) {
        uint256 length = HeadLibrary.BYTES + _parameterBytes(word);
        Image image = ImageLibrary.allocate(length);
        image.load(0, length);
        uint256 offset = 1;
        for (uint256 count = _batchCount(batch); count != 0; --count) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(batch, offset);
            _checkLabel(label, Head.wrap(image.word(0)));
            size += _sized(_train(image, sample, label, word), word);
            offset = next;
        }
        if (offset != batch.length) revert BadBatch();
        image.store(0, length);
    }

    function _record(
        address author,
        Head head,
        uint256 open,
        uint256 label,
        bytes calldata sample,
        uint256 slot
    ) private returns (uint256 id) {
        id = head.nextId();
        // ids only grow, so that the slot numbered like the id was never used
        if (slot >= id || slot == 0 || !_isFree(_records[slot])) slot = id;
        _records[slot] = RecordLibrary.make(id, author, block.timestamp, msg.value, label, sample).withOpen(open);
        emit Contributed(id, author, block.timestamp, msg.value, label, slot, sample);
    }
}
