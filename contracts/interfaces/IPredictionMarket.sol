// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IIncentive} from "./IIncentive.sol";
import {Contribution} from "./ITrainer.sol";

/// @notice A prediction market: a bounty, paid out by how much each contribution lowered the error on a hidden test set
/// @dev The rule is that of Abernethy and Frongillo as given by Harris and Waggoner, "Decentralized & Collaborative AI
/// on Blockchain" (2019). The provider, who is the trainer's creator, commits to a test set in portions and pays in a
/// bounty. One portion is drawn and opened. People contribute; every sample costs the same stake, which comes back by
/// the rule, and a fee, which is burnt. The provider reveals the other portions. All contributions are replayed in
/// memory, from the trainer's initial parameters, and the mistakes on the revealed portions are counted after each. No
/// phase waits for anybody: a phase in which somebody must act ends by a deadline, and in every other phase people can
/// collect what is theirs, without a time limit.
/// A contribution, a sample or a batch, is one turn of the rule: only the model at its end counts, and the stakes of all
/// its samples are at risk. The turn begins with them, and leaves after the first round in which it has less than one
/// stake. With one sample per turn this is the talk's rule, by which noise gains: a sample loses at most one round, and
/// wins in nearly every one. A market with a least number of samples per turn makes noise lose. See docs/market.md.
/// The first n samples cost n² / most² of the bounty in fees, whoever sends them and in whatever batches: a market
/// costs as much to fill as its bounty is. Nobody gains by a market that fails: contributors get back what they sent
/// less the fees, and the bounty is burnt.
/// Warning: the provider knows the test set, and may contribute under another name.
/// Warning: a test set with wrong labels is valid. Look at the portion that was drawn: the others are as good on
/// average, unless the provider was lucky.
interface IPredictionMarket is IIncentive {
    /// @notice The phase of a market.
    /// @param Prepared the provider can commit
    /// @param Drawing anybody can draw the portion to open, from a block after the commitment
    /// @param Opening the provider opens that portion
    /// @param Participation anybody can contribute
    /// @param Reveal the provider reveals the other portions
    /// @param Evaluation anybody can replay the contributions
    /// @param Payment people collect what they are owed, and the provider the remainder, without a time limit
    /// @param Failed the provider did not reveal in time, or nobody continued the evaluation in time: every sample gets
    /// its stake back, and anybody can send the bounty to the burn address
    /// @param Unopened the provider did not open in time; anybody can send the bounty to the burn address
    /// @param Forfeited the bounty of a market that was not opened in time was sent to the burn address
    enum Phase {
        Prepared,
        Drawing,
        Opening,
        Participation,
        Reveal,
        Evaluation,
        Payment,
        Failed,
        Unopened,
        Forfeited
    }

    /// @notice The settings of the incentive.
    /// @param stake wei per sample, a multiple of the number of test samples, (portions - 1) * portionSize; its parts
    /// have 64 bits, and it has 72
    /// @param openWithin seconds from the commitment until the drawn portion must be open
    /// @param participate seconds from the opening until participation ends
    /// @param revealWithin seconds from that end until all portions must be revealed
    /// @param evaluateWithin seconds between two steps of the evaluation, and before the first one, after which the
    /// market has failed
    /// @param portions the number of portions of the test set, 2 or more
    /// @param portionSize the number of samples in each
    /// @param perPass the number of portions evaluated at once: as many as fit into a transaction with the largest
    /// contribution
    /// @param drawAfter blocks from the commitment to the block that decides the draw, 2 to 127
    /// @param turnSamples the smallest number of samples in a contribution, 1 to 256; 1 is the talk's rule
    /// @param most the largest number of samples that the market accepts, at most 65,535. Fees rise towards it
    struct Terms {
        uint256 stake;
        uint256 openWithin;
        uint256 participate;
        uint256 revealWithin;
        uint256 evaluateWithin;
        uint256 portions;
        uint256 portionSize;
        uint256 perPass;
        uint256 drawAfter;
        uint256 turnSamples;
        uint256 most;
    }

    /// @notice The state of a market. A time is 0 before it has come.
    /// @param phase the current phase
    /// @param committedAt the time of the commitment, in seconds
    /// @param target the number of the block that decides the draw
    /// @param drawn the number of the drawn portion plus one; 0 before the draw
    /// @param openedAt the time of the opening, in seconds
    /// @param rounds the bounty in stakes: the number of rounds of the rule
    /// @param samples the number of samples contributed
    /// @param revealed bit i: portion i is revealed
    /// @param movedAt the time at which the last portion was revealed or the evaluation last continued, in seconds
    /// @param pass the number of the current pass over the contributions
    /// @param next the contribution to evaluate next
    /// @param position the number of its samples that are already evaluated, if it is a batch
    /// @param mistakes the mistakes of the initial model, in the passes that have begun
    /// @param remainder the provider's part of bounty and stakes so far, in wei
    struct Course {
        Phase phase;
        uint256 committedAt;
        uint256 target;
        uint256 drawn;
        uint256 openedAt;
        uint256 rounds;
        uint256 samples;
        uint256 revealed;
        uint256 movedAt;
        uint256 pass;
        uint256 next;
        uint256 position;
        uint256 mistakes;
        uint256 remainder;
    }

    /// @notice What a step of the evaluation brings back to the contract.
    /// @param parameters the model's parameters at this point; at the start of a pass the initial ones
    /// @param hashes the committed hashes
    /// @param portions the contents of the portions of this pass, in order, without the drawn one
    /// @param contributions the next contributions, at least one, with the values of their events
    /// @param slots the slots of their records
    /// @param most the largest number of their samples to evaluate, since a batch may need more gas than a transaction
    /// has; contributions beyond it are ignored
    struct Evaluation {
        bytes parameters;
        bytes32[] hashes;
        bytes[] portions;
        Contribution[] contributions;
        uint256[] slots;
        uint256 most;
    }

    /// @notice The provider committed to a test set and paid in the bounty.
    /// @param bounty wei
    /// @param target the number of the block that decides the draw
    /// @param hashes the hashes of the portions, in order
    event Committed(uint256 bounty, uint256 target, bytes32[] hashes);

    /// @notice The portion to open was drawn.
    /// @param portion its number
    event Drawn(uint256 portion);

    /// @notice A portion was revealed. The first one is the drawn one, with which participation begins.
    /// @param portion its number
    /// @param content see `reveal`
    event Revealed(uint256 indexed portion, bytes content);

    /// @notice Contributions were evaluated.
    /// @param pass the number of the pass over them
    /// @param next the first contribution that is not completely evaluated
    /// @param position the number of its samples that are evaluated, if it is a batch
    event Evaluated(uint256 indexed pass, uint256 next, uint256 position);

    /// @notice The evaluation is complete.
    /// @param remainder the provider's part, in wei
    event Settled(uint256 remainder);

    /// @notice A person was paid what the market owed them.
    /// @param person the account
    /// @param amount wei
    event Collected(address indexed person, uint256 amount);

    /// @notice The provider was paid.
    /// @param provider the account
    /// @param amount wei
    event Withdrawn(address indexed provider, uint256 amount);

    /// @notice A contribution to a failed market was paid back, without its fee.
    /// @param id the number of the contribution
    /// @param author its author
    /// @param amount wei
    event Reclaimed(uint256 indexed id, address indexed author, uint256 amount);

    /// @notice What belongs to nobody was sent to the burn address.
    /// @param amount wei
    event Forfeit(uint256 amount);

    /// @notice The call is not allowed in this phase.
    error WrongPhase(Phase phase);
    /// @notice The bounty must be a multiple of the stake: 1 to 2^40 - 1 stakes.
    error WrongBounty(uint256 stake, uint256 sent);
    /// @notice The value must be one stake per sample and the fee, or more, and below 2^96 wei; what is more than the
    /// price comes back with the stake.
    error WrongStake(uint256 required, uint256 sent);
    /// @notice A contribution to this market is a batch of at least `least` samples: one turn.
    error TurnTooSmall(uint256 samples, uint256 least);
    /// @notice The market accepts at most `most` samples.
    error MarketFull(uint256 samples, uint256 most);
    /// @notice The number of hashes must equal that of the portions, and the number of slots that of the contributions.
    error WrongCount(uint256 required, uint256 given);
    /// @notice The bytes are not the header of the block that decides the draw, or that block does not exist yet or is
    /// too old.
    error WrongHeader(uint256 target);
    /// @notice The hashes differ from the committed ones.
    error WrongHashes();
    /// @notice The bytes are not the committed content of this portion, or another portion is expected.
    error WrongPortion(uint256 portion);
    /// @notice The content of a portion must be its salt (32 bytes), then as many samples as a portion has, as in a
    /// batch.
    error MalformedPortion(uint256 portion);
    /// @notice The portion is already revealed.
    error AlreadyRevealed(uint256 portion);
    /// @notice The parameters are not those of the model at this point.
    error WrongParameters();
    /// @notice Contributions are evaluated in order, at least one per call.
    error OutOfTurn(uint256 next, uint256 given);
    /// @notice The market does not owe this person anything, or has already paid them.
    error NothingOwed(address person);
    /// @notice The recipient refuses money, or needs more gas for it than others give: then it can call by itself.
    error ETHTransferFailed();

    /// @notice Commits to a test set and pays in the bounty. Only the provider may, once.
    /// @param hashes keccak256 of each portion's content
    function commit(bytes32[] calldata hashes) external payable;

    /// @notice Draws the portion to open: the randomness of the target block (its prevRandao) modulo the number of
    /// portions.
    /// @dev The randomness is mixed by the proposers up to the block before the target. The last of them can choose
    /// between two draws by leaving out its block, and loses its reward for it; k proposers in a row can choose among
    /// 2^k.
    /// Warning: some chains have a constant prevRandao. See docs/security.md.
    /// @param header the header of the target block, RLP-encoded: at most 8,191 blocks old, or 256 if the chain keeps
    /// no more
    function draw(bytes calldata header) external;

    /// @notice Reveals a portion: first the drawn one, with which participation begins; after participation the others,
    /// in any order. Anybody who has the content may, which is the provider.
    /// @param hashes the committed hashes
    /// @param portion its number
    /// @param content 32 bytes of salt, then for each sample its label (1 byte), its length in bytes (2 bytes) and its
    /// bytes
    function reveal(bytes32[] calldata hashes, uint256 portion, bytes calldata content) external;

    /// @notice Replays contributions and counts the mistakes after each. The last contribution of the last pass settles
    /// the market.
    /// @param evaluation what the step needs
    function evaluate(Evaluation calldata evaluation) external;

    /// @notice Pays a person what the settled market owes them. Anybody may call. The recipient of a payment that
    /// somebody else asked for has 100,000 gas, as in `withdraw` and `reclaim`.
    /// @param person the account
    /// @return amount wei
    function collect(address person) external returns (uint256 amount);

    /// @notice Pays the provider the remainder: what the rule leaves of a settled market, the bounty of a market
    /// without contributions. Anybody may call.
    /// @return amount wei
    function withdraw() external returns (uint256 amount);

    /// @notice Pays the author of a contribution to a failed market what its record says is open: what was sent less
    /// the fee. Anybody may call.
    /// @param contribution the values of its event
    /// @param slot the slot of its record
    /// @return amount wei
    function reclaim(Contribution calldata contribution, uint256 slot) external returns (uint256 amount);

    /// @notice Sends what belongs to nobody to the burn address (0x…dEaD), once: the fees, and the bounty if the drawn
    /// portion was not opened in time, or the market failed. A provider who got it back could draw until the best
    /// portion comes, or fill a market and let it fail. Anybody may call.
    /// @return amount wei
    function forfeit() external returns (uint256 amount);

    /// @notice The settings of the incentive.
    /// @return settings all of them
    function terms() external view returns (Terms memory settings);

    /// @notice The state of the market.
    /// @return state as of this block
    function course() external view returns (Course memory state);

    /// @notice What the market owes a person by the evaluation so far, payable once the market is settled.
    /// @param person the account
    /// @return amount wei
    function owed(address person) external view returns (uint256 amount);
}
