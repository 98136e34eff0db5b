// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {LibClone} from "solady/src/utils/LibClone.sol";
import {IIncentive} from "./interfaces/IIncentive.sol";
import {IModel} from "./interfaces/IModel.sol";
import {Contribution, ITrainer} from "./interfaces/ITrainer.sol";
import {PackedBytes} from "./libraries/PackedBytes.sol";
import {Head, HeadLibrary} from "./types/Head.sol";
import {Image, ImageLibrary} from "./types/Image.sol";
import {Record, RecordLibrary} from "./types/Record.sol";
import {Settings} from "./types/Settings.sol";

/// The public face. A model implements how it learns, predicts and is examined; an incentive implements what it
/// accepts. Both check their part of the settings.
abstract contract Trainer is ITrainer, IModel, IIncentive, Multicall {
    using Settings for uint256;

    /// Stands for the label of a batch.
    uint256 internal constant BATCH = 256;

    /// The byte at which the samples of a portion of a test set begin, after its salt; from there it is like a batch.
    uint256 internal constant PORTION_START = 32;

    /// The length of a call that contributes a batch: claims on it are some 300 bytes longer, and nodes relay
    /// transactions up to 131,072 bytes.
    uint256 private constant _LONGEST_CALL = 130_048;

    /// The head and the model: enough for 32,768 features with counts for two classes. A batch loads them all, which
    /// then takes nine million gas: where there are so many, the client sends samples one by one.
    uint256 private constant _SLOTS = 4100;

    /// From slot 0. The libraries address them directly.
    uint256[_SLOTS] private _packed;

    mapping(uint256 slot => Record) internal _records;

    address[] private _parts;
    bool private _published;

    /// The names of added classes, each after a line break.
    string private _added;

    /// @inheritdoc ITrainer
    function initialize(bytes calldata parameters) external {
        Head head = HeadLibrary.read();
        if (head.nextId() != 0) revert AlreadyInitialized();
        (uint256 settings, uint256 terms) = Settings.read();
        uint256 offset = head.counted();
        uint256 total = _parameterBytes(settings);
        if (offset == 0) {
            _checkSettings(settings, total);
            _checkModel(settings);
            _checkIncentive(settings, terms);
        } else if (msg.sender != creator()) {
            revert NotCreator(creator(), msg.sender);
        }
        uint256 end = offset + parameters.length;
        bool complete = end == total;
        if (end > total || end == offset || (!complete && (HeadLibrary.BYTES + end) % 32 != 0)) {
            revert BadChunk(offset, parameters.length, total);
        }
        if (settings.maxClasses() != settings.classes())
            _checkUndeclared(HeadLibrary.BYTES + offset, parameters, settings);
        PackedBytes.load(HeadLibrary.BYTES + offset, parameters);
        emit Loaded(offset, parameters);
        // again, with the bytes that were loaded into the same slot
        head = HeadLibrary.read();
        if (complete) {
            head.withLoaded(0).addClasses(settings.classes()).advance(1, 0).store();
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
        (uint256 settings, uint256 terms) = Settings.read();
        Head head = _head();
        _checkLabel(label, head);
        (uint256 size, Head trained) = _train(head, sample, label, settings);
        (uint256 open, uint256 counted) = _accept(head, 1, _sized(size, settings), settings, terms);
        id = _record(msg.sender, head, open, label, sample, slot);
        trained.advance(1, counted).store();
    }

    /// @inheritdoc ITrainer
    function contributeBatch(bytes calldata batch, uint256 slot) external payable returns (uint256 id) {
        _head();
        if (msg.data.length > _LONGEST_CALL) revert TooLong(msg.data.length, _LONGEST_CALL);
        uint256 size = _trainBatch(batch, Settings.trainer());
        (uint256 settings, uint256 terms) = Settings.read();
        // learning has changed the model's half of it
        Head head = HeadLibrary.read();
        uint256 count = _batchCount(batch);
        (uint256 open, uint256 counted) = _accept(head, count, size, settings, terms);
        id = _record(msg.sender, head, open, BATCH, batch, slot);
        // one number for the batch, and one for each sample in case it is split off
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
    /// @param settings the trainer's settings
    /// @return size the number of features in the sample; 1 if all samples have the same size
    /// @return trained the first slot afterwards, for the caller to store
    function _train(
        Head head,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal virtual returns (uint256 size, Head trained);

    /// Does the same in memory.
    function _train(
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal view virtual returns (uint256 size);

    /// Reverts unless the sample has the right form.
    function _validate(bytes calldata sample, uint256 settings) internal pure virtual;

    /// 128 bits that stand for the features of a sample; equal features give equal bits.
    function _sketch(bytes calldata sample) internal pure virtual returns (uint256 bits);

    /// Prepares to examine a model in memory on test samples.
    /// @param portions see `IPredictionMarket.reveal`
    /// @return exam the model's own handle of the exam
    function _prepare(
        Image image,
        bytes[] calldata portions,
        uint256 settings
    ) internal view virtual returns (uint256 exam);

    /// Lets a model in memory learn a sample, and updates its exam.
    function _study(
        uint256 exam,
        Image image,
        bytes calldata sample,
        uint256 label,
        uint256 settings
    ) internal view virtual;

    /// The number of test samples that the model in memory gets wrong now.
    function _mistakes(
        uint256 exam,
        Image image,
        bytes[] calldata portions,
        uint256 settings
    ) internal view virtual returns (uint256);

    /// Checks the value that was sent for `count` samples of `size` features, and decides what is open to claims.
    /// @param size the number of features together; a sample below the size unit counts as one unit
    /// @param settings the trainer's settings
    /// @param terms the incentive's word of the settings
    /// @return open more than 0
    /// @return counted the increase of the incentive's count in the head
    function _accept(
        Head head,
        uint256 count,
        uint256 size,
        uint256 settings,
        uint256 terms
    ) internal virtual returns (uint256 open, uint256 counted);

    function _predict(Head head, bytes calldata sample, uint256 settings) internal view virtual returns (uint256 label);

    function _score(
        Head head,
        bytes calldata sample,
        uint256 settings
    ) internal view virtual returns (int256[] memory scores);

    /// The length of the model's parameters, which follow the head in the packed state.
    function _parameterBytes(uint256 settings) internal pure virtual returns (uint256);

    /// Reverts with `BadSetting` if the model's part of the settings is out of range.
    function _checkModel(uint256 settings) internal view virtual;

    /// Reverts with `NoSuchClassYet` if parameters are not zero for classes that do not exist yet.
    /// @param offset the byte of the state at which the parameters begin
    function _checkUndeclared(uint256 offset, bytes calldata parameters, uint256 settings) internal pure virtual;

    /// Reverts with `BadSetting` if the incentive's part of the settings is out of range.
    function _checkIncentive(uint256 settings, uint256 terms) internal view virtual;

    /// The number of slots of the head and the model.
    function _slots(uint256 settings) internal pure returns (uint256) {
        return (HeadLibrary.BYTES + _parameterBytes(settings) + 31) / 32;
    }

    /// Reverts if samples have more features together than the same number of samples of one size unit. This is for
    /// incentives that charge the same for every sample.
    function _checkSize(uint256 count, uint256 size, uint256 settings) internal pure {
        uint256 most = count * settings.sizeUnit();
        if (size > most) revert TooLarge(size, most);
    }

    /// Whether the slot of a record can be used for another contribution.
    function _isFree(Record record_) internal view virtual returns (bool);

    function _head() internal view returns (Head head) {
        head = HeadLibrary.read();
        if (head.nextId() == 0) revert NotInitialized();
    }

    /// The record of a contribution. Reverts if it is not at the slot, or if nothing of it is open.
    function _stored(Contribution calldata c, uint256 slot) internal view returns (Record record_) {
        record_ = _records[slot];
        Record claimed = RecordLibrary.make(c.id, c.author, c.time, c.deposit, c.label, c.sample);
        if (!record_.matches(claimed)) revert UnknownContribution(c.id, slot);
        // only our own payments change what is open
        // slither-disable-next-line incorrect-equality
        if (record_.open() == 0) revert NothingLeft(c.id);
    }

    function _batchCount(bytes calldata batch) internal pure returns (uint256) {
        if (batch.length == 0) revert BadBatch();
        return uint256(uint8(batch[0])) + 1;
    }

    /// The sample at byte `offset` of a batch, and the byte of the next one.
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

    /// Checks what holds for the settings of every model.
    function _checkSettings(uint256 settings, uint256 total) private pure {
        if (settings.classes() < 2) revert BadSetting("classes");
        if (settings.maxClasses() < settings.classes()) revert BadSetting("maxClasses");
        if (settings.features() == 0 || HeadLibrary.BYTES + total > _SLOTS * 32) revert BadSetting("features");
    }

    function _checkName(bytes calldata name) private pure {
        if (name.length == 0 || name.length > 64) revert BadName();
        for (uint256 i; i < name.length; ++i) if (uint8(name[i]) < 0x20) revert BadName();
    }

    function _checkLabel(uint256 label, Head head) private pure {
        if (label >= head.classes()) revert UnknownLabel(label, head.classes());
    }

    function _sized(uint256 size, uint256 settings) private pure returns (uint256) {
        return size < settings.sizeUnit() ? settings.sizeUnit() : size;
    }

    function _trainBatch(bytes calldata batch, uint256 settings) private returns (uint256 size) {
        uint256 length = HeadLibrary.BYTES + _parameterBytes(settings);
        Image image = ImageLibrary.allocate(length);
        image.load(0, length);
        uint256 offset = 1;
        for (uint256 count = _batchCount(batch); count != 0; --count) {
            (uint256 label, bytes calldata sample, uint256 next) = _batchSample(batch, offset);
            _checkLabel(label, Head.wrap(image.word(0)));
            size += _sized(_train(image, sample, label, settings), settings);
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
        // ids only grow, so the slot with the number of the id was never used
        if (slot >= id || slot == 0 || !_isFree(_records[slot])) slot = id;
        _records[slot] = RecordLibrary.make(id, author, block.timestamp, msg.value, label, sample).withOpen(open);
        emit Contributed(id, author, block.timestamp, msg.value, label, slot, sample);
    }
}
