// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A contribution as its event tells it, and as it comes back when somebody claims.
/// @param id the number of the contribution; a batch of n takes n + 1 of them, its samples id + 1, id + 2, …
/// @param author who contributed
/// @param time the time of its block, seconds
/// @param deposit what was sent with it, wei
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
/// settings or its money; the creator publishes the encoder, adds classes where there is room, and has the part that the incentive
/// gives it.
interface ITrainer {
    /// @notice The trainer can be used from now on; for a large model the last of several `Loaded`.
    event Initialized();

    /// @notice Initial parameters, from byte `offset` on: what a replay of the log starts from.
    /// @param offset of the first of them, bytes
    /// @param parameters as many as were sent at once
    event Loaded(uint256 offset, bytes parameters);

    /// @notice A part of the metadata was published.
    /// @param pointer the contract whose code it is, behind the first byte
    /// @param last whether the metadata is complete
    event Published(address pointer, bool last);

    /// @notice A class was added, which has no sample yet.
    /// @param label its number
    /// @param name what it means
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
    /// @notice Nothing can come of this contribution, or of this sample of a batch, any more: it is finished.
    error NothingLeft(uint256 id);

    /// @notice Receives the initial parameters: called by the factory, then, for a large model, by the creator until all
    /// are there. Nothing else works before, and this never again after.
    /// @param parameters the next of them
    function initialize(bytes calldata parameters) external;

    /// @notice Adds a part of the metadata (how samples are encoded; see the Python package). The creator only.
    /// @param part its bytes
    /// @param last whether it is the last one
    function publish(bytes calldata part, bool last) external;

    /// @notice Adds a class that has no sample yet, and wins nothing until it has. The creator only.
    /// @param name what it means: one line
    /// @return label the number of the class
    function addClass(string calldata name) external returns (uint256 label);

    /// @notice Contributes one sample with its label. What must be sent with it is up to the incentive: see `IIncentive.price`.
    /// @param sample the encoded sample
    /// @param label its class
    /// @param slot the slot of a finished record, to use it again (saves 17,000 gas), or 0; one that isn't free is ignored
    /// @return id the contribution's number
    function contribute(bytes calldata sample, uint256 label, uint256 slot) external payable returns (uint256 id);

    /// @notice Contributes 1 to 256 samples at once; each is learnt in turn. What is sent counts in equal parts for
    /// its samples.
    /// @param batch one byte: the number of samples less one; then for each its label (1 byte), length in bytes (2; at most
    /// 65,535), sample
    /// @param slot see `contribute`
    /// @return id the number of the batch
    function contributeBatch(bytes calldata batch, uint256 slot) external payable returns (uint256 id);

    /// @notice Who gave the settings, and publishes the metadata.
    /// @return account the creator
    function creator() external view returns (address account);

    /// @notice How many features one price covers; a sample with more counts as so many times as much, or isn't taken.
    /// @return count the number of features
    function sizeUnit() external view returns (uint256 count);

    /// @notice How the trainer and its classes are called.
    /// @return lines the name, then what each label means, a line each
    function names() external view returns (string memory lines);

    /// @notice The metadata.
    /// @return data what was published so far
    /// @return complete whether that is all
    function metadata() external view returns (bytes memory data, bool complete);

    /// @notice How far the trainer is.
    /// @return nextId the number that the next contribution will get
    /// @return counted what the incentive counts: the sum of everybody's `good`, or all samples, or nothing
    /// @return lastTime when the last contribution was made, seconds
    function progress() external view returns (uint256 nextId, uint256 counted, uint256 lastTime);

    /// @notice What is kept of a contribution.
    /// @param slot where
    /// @return packed 160 bits of digest, 96 bits of what is open
    function record(uint256 slot) external view returns (uint256 packed);

    /// @notice Words of the packed state: 16 bytes of bookkeeping, then the parameters.
    /// @param first the number of the first one, from 0 on
    /// @param count how many
    /// @return packed each of them
    function words(uint256 first, uint256 count) external view returns (uint256[] memory packed);
}
