// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A contribution as its event tells it, and as it comes back when somebody claims.
/// @param id the number of the contribution; a batch of n takes n + 1 of them, its samples id + 1, id + 2, …
/// @param author who contributed
/// @param time the time of its block, seconds
/// @param deposit what was paid, wei
/// @param label the class of the sample; 256 where `sample` is a batch
/// @param sample the encoded sample, or the batch (see `ITrainer.contributeBatch`)
struct Contribution {
    uint256 id;
    address author;
    uint256 time;
    uint256 deposit;
    uint256 label;
    bytes sample;
}

/// @notice One shared model: the contract that people talk to
/// @dev A trainer is an EIP-1167 clone; its settings are immutable arguments in its code. Nobody can change its code, its
/// settings or its money; the creator publishes the encoder, adds classes where there is room, and takes abandoned deposits earlier
/// than others.
interface ITrainer {
    /// @notice The trainer can be used from now on; for a large model the last of several `Loaded`.
    event Initialized();

    /// @notice Initial parameters, from byte `offset` on: what a replay of the log starts from.
    event Loaded(uint256 offset, bytes parameters);

    /// @notice A part of the metadata was published, whose bytes are the code of `pointer` behind its first byte.
    event Published(address pointer, bool last);

    /// @notice A class was added, which has no sample yet.
    event ClassAdded(uint256 label, string name);

    /// @notice A contribution was accepted. With `slot`, the words of the event are all that a claim needs.
    /// @param id see `Contribution`
    /// @param author see `Contribution`
    /// @param time see `Contribution`
    /// @param deposit see `Contribution`
    /// @param label see `Contribution`
    /// @param slot where its record stands
    /// @param sample see `Contribution`
    event Contributed(
        uint256 indexed id,
        address indexed author,
        uint256 time,
        uint256 deposit,
        uint256 label,
        uint256 slot,
        bytes sample
    );

    /// @notice The initial parameters aren't complete yet.
    error NotInitialized();
    /// @notice The initial parameters are complete already.
    error AlreadyInitialized();
    /// @notice Parameters beyond what the model has room for, none at all, or a chunk that isn't the last and doesn't
    /// fill its last slot: `offset + length + 16` must be a multiple of 32.
    error BadChunk(uint256 offset, uint256 length, uint256 parameters);
    /// @notice A setting of the model or the incentive is out of its range; `name` says which. Of a model: classes 2 or more; maxClasses
    /// from there to 255, a perceptron of one vector 2, one of several 3 or more; features 1 to what 4,100 slots hold, of a dense model
    /// up to 4,096; smoothing 1 or more.
    error BadSetting(bytes32 name);
    /// @notice Only the creator may.
    error NotCreator(address creator, address sender);
    /// @notice The metadata is complete already.
    error AlreadyPublished();
    /// @notice There is no room for another class.
    error TooManyClasses(uint256 maxClasses);
    /// @notice A name has 1 to 64 bytes, none of which is a control character.
    error BadName();
    /// @notice Initial parameters hold something, from this byte of the state on or soon after, for a class that doesn't exist yet.
    error NoSuchClassYet(uint256 offset);
    /// @notice No class has this label.
    error UnknownLabel(uint256 label, uint256 classes);
    /// @notice A batch has 1 to 256 samples, and ends where its last sample ends.
    error BadBatch();
    /// @notice No record of this contribution stands at the slot: it differs from the event, or never was.
    error UnknownContribution(uint256 id, uint256 slot);
    /// @notice Everything of this contribution, or of this sample of the batch, was paid out or split off.
    error NothingLeft(uint256 id);
    /// @notice Receives the initial parameters: called by the factory, then, for a large model, by the creator until all
    /// are there. Nothing else works before, and this never again after.
    function initialize(bytes calldata parameters) external;

    /// @notice Adds a part of the metadata (how samples are encoded; see the Python package). The creator only, until `last`.
    function publish(bytes calldata part, bool last) external;

    /// @notice Adds a class that has no sample yet, and wins nothing until it has. The creator only.
    /// @return label the number of the class
    function addClass(string calldata name) external returns (uint256 label);

    /// @notice Contributes one sample with its label. What is sent is the deposit.
    /// @param sample the encoded sample
    /// @param label its class
    /// @param slot the slot of a finished record, to use it again (saves 17,000 gas), or 0; one that isn't free is ignored
    /// @return id the contribution's number
    function contribute(bytes calldata sample, uint256 label, uint256 slot) external payable returns (uint256 id);

    /// @notice Contributes 1 to 256 samples at once; each is learnt in turn. What is sent is the deposit, an equal part for
    /// each sample.
    /// @param batch one byte: the number of samples less one; then for each its label (1 byte), length in bytes (2; at most
    /// 65,535), sample
    /// @param slot see `contribute`
    /// @return id the number of the batch
    function contributeBatch(bytes calldata batch, uint256 slot) external payable returns (uint256 id);

    /// @notice The creator: gave the settings, publishes the metadata.
    function creator() external view returns (address);

    /// @notice How many features one price covers; a sample with more counts as so many times as much.
    function sizeUnit() external view returns (uint256);

    /// @notice The name, then what each label means, a line each.
    function names() external view returns (string memory lines);

    /// @notice What was published so far, and whether that is all.
    function metadata() external view returns (bytes memory data, bool complete);

    /// @notice The number that the next contribution will get, what the incentive counts (the sum of everybody's `good`, or all samples),
    /// and when the last contribution was made.
    function progress() external view returns (uint256 nextId, uint256 counted, uint256 lastTime);

    /// @notice The record at a slot: 160 bits of digest, 96 bits of what is open.
    function record(uint256 slot) external view returns (uint256);

    /// @notice Words of the packed state, slot 0 on: 16 bytes of bookkeeping, then the parameters.
    function words(uint256 first, uint256 count) external view returns (uint256[] memory);
}
