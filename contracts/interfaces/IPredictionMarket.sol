// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IIncentive} from "./IIncentive.sol";
import {Contribution} from "./ITrainer.sol";

/// @notice A prediction market: a bounty, paid out by how much each contribution lowered the error on a hidden test set
/// @dev The rule is that of Abernethy and Frongillo as Harris and Waggoner, "Decentralized & Collaborative AI on Blockchain" (2019), give
/// it. The provider, who is the trainer's creator, commits to a test set in portions and pays in a bounty; one portion is drawn and
/// opened; people contribute, each sample for the same stake; the provider reveals the other portions; all contributions are replayed in
/// memory, from the parameters that the trainer began with, and the mistakes on the revealed portions counted after each. No phase
/// waits for anybody: those in which somebody must act end by a deadline, and in the others everybody can have what is theirs for good.
/// Warning: the provider knows the test set, and may contribute under another name. Warning: a test set of wrong labels is a valid one.
/// Look at the portion that was drawn: the others are as good on average, or the provider was lucky.
interface IPredictionMarket is IIncentive {
    /// @notice Where a market stands.
    /// @param Prepared the provider may commit
    /// @param Drawing anybody draws the portion to open, from a block after the commitment
    /// @param Opening the provider opens that portion
    /// @param Participation anybody contributes
    /// @param Reveal the provider reveals the other portions
    /// @param Evaluation anybody replays the contributions
    /// @param Payment everybody collects, the provider the remainder; for good
    /// @param Failed the provider didn't reveal, or nobody went on with the evaluation in time: every sample gets its stake and an equal part of the bounty
    /// @param Unopened the provider didn't open in time; anybody may send the bounty to nobody
    /// @param Forfeited the bounty was sent to nobody
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

    /// @notice What a trainer is set up with.
    /// @param stake wei a sample, a multiple of the number of test samples, (portions - 1) * portionSize
    /// @param openWithin seconds from the commitment until the drawn portion must be open
    /// @param participate seconds from the opening until nobody contributes any more
    /// @param revealWithin seconds from then until all portions must be revealed
    /// @param evaluateWithin seconds that may pass, once all portions are revealed, without anybody going on with the evaluation
    /// @param portions how many portions the test set has, 2 or more
    /// @param portionSize how many samples each has
    /// @param perPass how many portions are evaluated at once: as many as fit into a transaction with the largest contribution
    /// @param drawAfter blocks from the commitment to the one that the draw is from, 2 to 127
    /// @param grouped whether a participant's consecutive contributions are scored together
    /// @param most how many samples are taken at most, up to 65,535
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
        bool grouped;
        uint256 most;
    }

    /// @notice How far a market is.
    /// @param phase now
    /// @param committedAt seconds; 0 until then, as all times
    /// @param target the number of the block that the draw is from
    /// @param drawn the portion that was drawn, plus one
    /// @param openedAt seconds
    /// @param rounds the bounty in stakes: how many times the rule is played
    /// @param samples how many were contributed
    /// @param revealed bit i: portion i is known
    /// @param movedAt when all were, or when somebody last went on with the evaluation, seconds
    /// @param pass the number of the pass over the contributions that is under way
    /// @param next the contribution that is evaluated next
    /// @param position how many of its samples are evaluated already, where it is a batch
    /// @param mistakes of the model at the start, in the passes that have begun
    /// @param remainder what the bounty and the stakes leave for the provider so far, wei
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
    /// @param parameters the model's at this point: at the start of a pass those that it was deployed with
    /// @param hashes those that were committed
    /// @param portions the contents of the portions of this pass, in their order, without the one that was drawn
    /// @param contributions the next ones, at least one, as their events tell
    /// @param slots where their records stand
    /// @param most how many of their samples are evaluated at most: a batch may take more than a transaction holds. Contributions that no
    /// sample is left for are passed over.
    struct Evaluation {
        bytes parameters;
        bytes32[] hashes;
        bytes[] portions;
        Contribution[] contributions;
        uint256[] slots;
        uint256 most;
    }

    /// @notice The provider committed to a test set, and paid in the bounty.
    /// @param bounty wei
    /// @param target the block that the draw is from
    /// @param hashes of the portions, in their order
    event Committed(uint256 bounty, uint256 target, bytes32[] hashes);

    /// @notice The portion to open was drawn.
    /// @param portion its number
    event Drawn(uint256 portion);

    /// @notice A portion is known; the first one is the drawn one, with which participation begins.
    /// @param portion its number
    /// @param content see `reveal`
    event Revealed(uint256 indexed portion, bytes content);

    /// @notice Contributions were evaluated.
    /// @param pass the number of the pass over them
    /// @param next the first one that isn't, or not whole
    /// @param position how many of its samples are, where it is a batch
    event Evaluated(uint256 indexed pass, uint256 next, uint256 position);

    /// @notice All is evaluated.
    /// @param remainder what the provider gets, wei
    event Settled(uint256 remainder);

    /// @notice Somebody was paid what the market owes them.
    /// @param person who
    /// @param amount wei
    event Collected(address indexed person, uint256 amount);

    /// @notice The provider was paid what is theirs.
    /// @param provider who
    /// @param amount wei
    event Withdrawn(address indexed provider, uint256 amount);

    /// @notice A contribution to a market that failed was paid back with its part of the bounty.
    /// @param id of the contribution
    /// @param author whose it is
    /// @param amount wei
    event Reclaimed(uint256 indexed id, address indexed author, uint256 amount);

    /// @notice The bounty was sent to nobody, since the provider didn't open the drawn portion.
    /// @param amount wei
    event Forfeit(uint256 amount);

    /// @notice The call is for another phase.
    error WrongPhase(Phase phase);
    /// @notice The bounty is a multiple of the stake: 1 to 2^40 - 1 of them.
    error WrongBounty(uint256 stake, uint256 sent);
    /// @notice The stake is the same for each sample.
    error WrongStake(uint256 required, uint256 sent);
    /// @notice The market takes no more than `most` samples.
    error MarketFull(uint256 samples, uint256 most);
    /// @notice A call that contributes has at most so many bytes, so that it can be brought back beside a test set.
    error TooLong(uint256 length, uint256 most);
    /// @notice As many hashes as portions, and as many slots as contributions.
    error WrongCount(uint256 required, uint256 given);
    /// @notice These aren't the header of the block that the draw is from, or it isn't there yet, or too long ago.
    error WrongHeader(uint256 target);
    /// @notice The hashes aren't those that were committed.
    error WrongHashes();
    /// @notice These aren't the content of this portion that was committed, or it isn't its turn.
    error WrongPortion(uint256 portion);
    /// @notice The content of a portion is malformed: its salt (32 bytes), then as many samples as a portion has, as in a batch.
    error MalformedPortion(uint256 portion);
    /// @notice The portion is known already.
    error AlreadyRevealed(uint256 portion);
    /// @notice The parameters aren't those of the model at this point.
    error WrongParameters();
    /// @notice Contributions are evaluated in their order, and at least one at a time.
    error OutOfTurn(uint256 next, uint256 given);
    /// @notice The market owes this person nothing, or nothing any more.
    error NothingOwed(address person);

    /// @notice Commits to a test set, and pays in the bounty. The provider only, once.
    /// @param hashes keccak256 of each portion's content
    function commit(bytes32[] calldata hashes) external payable;

    /// @notice Draws the portion to open: the randomness of the target block (its prevRandao) modulo the number of portions.
    /// @dev It is what the proposers up to the block before the target have mixed. The last of them can choose between two draws by
    /// leaving out its block, and loses its reward for it; k in a row, among 2^k. Warning: there are chains whose prevRandao is a constant.
    /// See docs/security.md.
    /// @param header the block's, RLP-encoded: at most 8,191 blocks old, or 256 where the chain doesn't keep more
    function draw(bytes calldata header) external;

    /// @notice Reveals a portion: first the one that was drawn, with which participation begins; after participation the others, in any
    /// order. Whoever has them may, which is the provider.
    /// @param hashes those that were committed
    /// @param portion its number
    /// @param content 32 bytes of salt, then for each sample its label (1 byte), length in bytes (2) and bytes
    function reveal(bytes32[] calldata hashes, uint256 portion, bytes calldata content) external;

    /// @notice Replays contributions, and counts the mistakes after each. With the last one of the last pass the market is settled.
    /// @param evaluation what the step needs
    function evaluate(Evaluation calldata evaluation) external;

    /// @notice Pays somebody what the settled market owes them. Anybody may call.
    /// @param person who
    /// @return amount wei
    function collect(address person) external returns (uint256 amount);

    /// @notice Pays the provider the remainder: of a settled market what the rule leaves, of one that failed what can't be divided, of one
    /// that nobody contributed to the bounty. Anybody may call.
    /// @return amount wei
    function withdraw() external returns (uint256 amount);

    /// @notice Pays the author of a contribution to a market that failed its stake and its part of the bounty. Anybody may call.
    /// @param contribution as its event tells
    /// @param slot where its record stands
    /// @return amount wei
    function reclaim(Contribution calldata contribution, uint256 slot) external returns (uint256 amount);

    /// @notice Sends the bounty to nobody (0x…dEaD) where the drawn portion wasn't opened in time: a provider who could have it back would
    /// draw until the best portion comes. Anybody may call.
    /// @return amount wei
    function forfeit() external returns (uint256 amount);

    /// @notice What the trainer was set up with.
    /// @return settings all of them
    function terms() external view returns (Terms memory settings);

    /// @notice How far the market is.
    /// @return state as of this block
    function course() external view returns (Course memory state);

    /// @notice What the market owes a person, as far as it is evaluated; due once it is settled.
    /// @param person who
    /// @return amount wei
    function owed(address person) external view returns (uint256 amount);
}
