// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A contribution as its event reports it, and as a claim brings it back.
/// @param id the number of the contribution; a batch of n samples uses n + 1 numbers, its samples id + 1, id + 2, …
/// @param author the contributor
/// @param time the time of its block, in seconds
/// @param deposit the wei that were sent with it
/// @param label the class of the sample; 256 if `sample` is a batch
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
/// @dev A trainer is an EIP-1167 clone whose settings are immutable arguments in its code. Nobody can change its code
/// or its settings, or touch its money. The creator publishes the encoder, adds classes while there is room, and has
/// the role that the incentive gives it.
interface ITrainer {
    /// @notice The trainer is ready for use. A large model emits several `Loaded` events first.
    event Initialized();

    /// @notice Initial parameters were loaded. A replay of the log starts from them.
    /// @param offset the byte at which they begin
    /// @param parameters the bytes of this call
    event Loaded(uint256 offset, bytes parameters);

    /// @notice A part of the metadata was published.
    /// @param pointer the contract that holds the part in its code, after the first byte
    /// @param last whether the metadata is complete
    event Published(address pointer, bool last);

    /// @notice A class was added. It has no samples yet.
    /// @param label its number
    /// @param name what it means
    event ClassAdded(uint256 label, string name);

    /// @notice A contribution was accepted. A claim needs exactly the values of this event.
    /// @param id see `Contribution`
    /// @param author see `Contribution`
    /// @param time see `Contribution`
    /// @param deposit see `Contribution`
    /// @param label see `Contribution`
    /// @param slot the slot of its record
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

    /// @notice The initial parameters are not complete yet.
    error NotInitialized();
    /// @notice The initial parameters are already complete.
    error AlreadyInitialized();
    /// @notice The chunk is empty, exceeds the model's parameters, or is not the last one and does not fill its last
    /// slot: `offset + length + 16` must be a multiple of 32.
    error BadChunk(uint256 offset, uint256 length, uint256 parameters);
    /// @notice A setting of the model or the incentive is out of range; `name` says which. A model has 2 or more
    /// classes; maxClasses from there to 255, but 2 for a perceptron with one vector and 3 or more for one with
    /// several; features from 1 to what 4,100 slots hold, in a dense model to 4,096 for a perceptron with one vector,
    /// 5,150 / maxClasses - 3 for one with several, 3,500 and 27,500 / maxClasses for centroids; smoothing of 1 or
    /// more.
    error BadSetting(bytes32 name);
    /// @notice Only the creator may make this call.
    error NotCreator(address creator, address sender);
    /// @notice The metadata is already complete.
    error AlreadyPublished();
    /// @notice There is no room for another class.
    error TooManyClasses(uint256 maxClasses);
    /// @notice A name has 1 to 64 bytes and no control characters.
    error BadName();
    /// @notice The initial parameters are not zero for a class that does not exist yet, at or shortly after this byte
    /// of the state.
    error NoSuchClassYet(uint256 offset);
    /// @notice There is no class with this label.
    error UnknownLabel(uint256 label, uint256 classes);
    /// @notice A batch has 1 to 256 samples, and ends where its last sample ends.
    error BadBatch();
    /// @notice A call that contributes has at most `most` bytes, so that nodes relay every transaction that brings the
    /// contribution back.
    error TooLong(uint256 length, uint256 most);
    /// @notice The slot does not hold a record of this contribution: the contribution differs from its event, or was
    /// never made.
    error UnknownContribution(uint256 id, uint256 slot);
    /// @notice This contribution, or this sample of a batch, is finished: nothing of it is left to claim.
    error NothingLeft(uint256 id);

    /// @notice Loads initial parameters. The factory makes the first call; for a large model the creator makes further
    /// ones until all parameters are loaded. Nothing else works before that, and this call never works again after it.
    /// @param parameters the next bytes of them
    function initialize(bytes calldata parameters) external;

    /// @notice Adds a part of the metadata (how samples are encoded; see the Python package). Only the creator may.
    /// @param part the bytes to add
    /// @param last whether this is the last part
    function publish(bytes calldata part, bool last) external;

    /// @notice Adds a class. It has no samples yet, and cannot win before it has one. Only the creator may.
    /// @param name what it means, on one line
    /// @return label the number of the class
    function addClass(string calldata name) external returns (uint256 label);

    /// @notice Contributes one sample with its label. The incentive decides what must be sent: see `IIncentive.price`.
    /// @param sample the encoded sample
    /// @param label its class
    /// @param slot the slot of a finished record, to be used again (saves 17,000 gas), or 0; the trainer ignores a slot
    /// that is not free
    /// @return id the number of the contribution
    function contribute(bytes calldata sample, uint256 label, uint256 slot) external payable returns (uint256 id);

    /// @notice Contributes 1 to 256 samples at once; the model learns them in order. The value that is sent counts in
    /// equal parts for the samples.
    /// @param batch one byte for the number of samples less one; then for each sample its label (1 byte), its length in
    /// bytes (2 bytes, at most 65,535) and its bytes
    /// @param slot see `contribute`
    /// @return id the number of the batch
    function contributeBatch(bytes calldata batch, uint256 slot) external payable returns (uint256 id);

    /// @notice The account that chose the settings, and that publishes the metadata.
    /// @return account the creator
    function creator() external view returns (address account);

    /// @notice The number of features that one price covers. A larger sample costs proportionally more, or is not
    /// accepted.
    /// @return count the number of features
    function sizeUnit() external view returns (uint256 count);

    /// @notice The names of the trainer and of its classes.
    /// @return lines the trainer's name, then the meaning of each label, one per line
    function names() external view returns (string memory lines);

    /// @notice The metadata.
    /// @return data the parts published so far
    /// @return complete whether that is all
    function metadata() external view returns (bytes memory data, bool complete);

    /// @notice The trainer's counters.
    /// @return nextId the number of the next contribution
    /// @return counted the incentive's count: everybody's good contributions, or all samples, or nothing
    /// @return lastTime the time of the last contribution, in seconds
    function progress() external view returns (uint256 nextId, uint256 counted, uint256 lastTime);

    /// @notice The record of a contribution.
    /// @param slot its slot
    /// @return packed 160 bits of digest, then 96 bits of what is open
    function record(uint256 slot) external view returns (uint256 packed);

    /// @notice Words of the packed state: 16 bytes of bookkeeping, then the parameters.
    /// @param first the number of the first word, counted from 0
    /// @param count the number of words
    /// @return packed each of them
    function words(uint256 first, uint256 count) external view returns (uint256[] memory packed);
}
