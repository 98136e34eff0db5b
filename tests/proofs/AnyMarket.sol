// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibClone} from "solady/src/utils/LibClone.sol";
import {PredictionMarket} from "../../contracts/incentives/PredictionMarket.sol";
import {Contribution} from "../../contracts/interfaces/ITrainer.sol";
import {IPredictionMarket} from "../../contracts/interfaces/IPredictionMarket.sol";
import {AnyModel} from "./AnyModel.sol";
import {VM} from "./Cheats.sol";

contract AnyModelPM is AnyModel, PredictionMarket {
    /// Draws without the block, whose randomness may be anything.
    function drawAny(uint256 portion) external {
        _only(Phase.Drawing);
        _opening.drawn = uint8(portion + 1);
    }

    function paid() external view returns (bool burnt, bool provider) {
        return (_opening.forfeited, _opening.withdrawn);
    }
}

/// A market with two participants, one with a sample and one with a batch of two, and everything that anybody can do.
/// The stake and the most samples are powers of two: a division by another number takes the solvers hours. Two portions
/// of four tests, of which the first is drawn.
abstract contract AnyMarket {
    uint256 internal constant STAKE = 32;
    uint256 internal constant TESTS = 4;
    uint256 internal constant MOST = 8;
    uint256 private constant _START = 1_000_000;
    uint256 private constant _PHASE = 3600;

    address internal constant PROVIDER = address(0xC0);
    address internal constant FIRST = address(0xA0);
    address internal constant SECOND = address(0xB0);
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;

    AnyModelPM internal _market;
    uint256 internal _single;
    uint256 internal _batch;

    function setUp() public {
        bytes memory terms = abi.encodePacked(
            uint64(STAKE / TESTS),
            uint8(0),
            uint32(_PHASE),
            uint32(_PHASE),
            uint32(_PHASE),
            uint32(_PHASE),
            uint16(TESTS),
            uint8(2),
            uint8(1),
            uint8(2),
            uint16(MOST)
        );
        bytes memory settings = abi.encodePacked(
            PROVIDER,
            uint16(1),
            uint8(2),
            uint16(2),
            uint8(2),
            uint16(0),
            uint32(0)
        );
        bytes memory args = bytes.concat(settings, terms, "t\na\nb");
        _market = AnyModelPM(LibClone.clone(address(new AnyModelPM()), args));
        _market.initialize(new bytes(16));
        VM.deal(PROVIDER, 1 << 100);
        VM.deal(FIRST, 1 << 100);
        VM.deal(SECOND, 1 << 100);
        VM.warp(_START);
    }

    function _commit(uint256 rounds) internal {
        VM.prank(PROVIDER);
        _market.commit{value: rounds * STAKE}(_hashes());
    }

    function _open(uint256 rounds) internal {
        _commit(rounds);
        _market.drawAny(0);
        _market.reveal(_hashes(), 0, _portion(0));
    }

    /// Each participant pays the price, and that much more.
    function _participate(uint256 rounds, uint256 more, uint256 moreForBatch) internal {
        _open(rounds);
        _single = _market.price(1, 1, 0) + more;
        VM.prank(FIRST);
        _market.contribute{value: _single}(hex"00", 0, 0);
        _batch = _market.price(2, 2, 0) + moreForBatch;
        VM.prank(SECOND);
        _market.contributeBatch{value: _batch}(_samples(), 0);
    }

    /// The participation is over, and the test set revealed.
    function _reveal() internal {
        VM.warp(_START + _PHASE);
        _market.reveal(_hashes(), 1, _portion(1));
    }

    /// The first samples are evaluated, up to all three.
    function _evaluate(uint256 most) internal {
        _market.evaluate(_evaluation(0, most));
    }

    /// Somebody does something, some time later, and sends some money with it.
    function _act(uint256 action, uint256 who, uint256 time, uint256 value) internal {
        VM.warp(block.timestamp + time);
        bytes memory data;
        if (action == 0) data = abi.encodeCall(_market.contribute, (hex"03", 1, 0));
        else if (action == 1) data = abi.encodeCall(_market.contributeBatch, (_samples(), 1));
        else if (action == 2) data = abi.encodeCall(_market.reclaim, (_one(), 1));
        else if (action == 3) data = abi.encodeCall(_market.reclaim, (_two(), 2));
        else if (action == 4) data = abi.encodeCall(_market.forfeit, ());
        else if (action == 5) data = abi.encodeCall(_market.withdraw, ());
        else if (action == 6) data = abi.encodeCall(_market.collect, (FIRST));
        else if (action == 7) data = abi.encodeCall(_market.collect, (SECOND));
        else if (action == 8) data = abi.encodeCall(_market.reveal, (_hashes(), 0, _portion(0)));
        else if (action == 9) data = abi.encodeCall(_market.reveal, (_hashes(), 1, _portion(1)));
        else if (action == 10) data = abi.encodeCall(_market.evaluate, (_evaluation(0, 3)));
        else if (action == 11) data = abi.encodeCall(_market.evaluate, (_evaluation(2, 1)));
        else if (action == 12) data = abi.encodeCall(_market.commit, (_hashes()));
        else if (action == 13) data = abi.encodeCall(_market.drawAny, (1));
        VM.prank(
            who == 0
                ? PROVIDER
                : who == 1
                    ? FIRST
                    : SECOND
        );
        (bool ok, ) = address(_market).call{value: value}(data);
        ok;
    }

    /// The market holds what it owes, and no debt is negative. Nothing here reverts, which would hide a fault.
    function _check() internal view {
        IPredictionMarket.Course memory course = _market.course();
        (bool burnt, bool withdrawn) = _market.paid();
        uint256 balance = address(_market).balance;
        unchecked {
            uint256 bounty = course.rounds * STAKE;
            uint256 burn = burnt ? 0 : (bounty * course.samples * course.samples) / (MOST * MOST);
            uint256 first;
            uint256 second;
            uint256 rest;
            if (course.phase == IPredictionMarket.Phase.Payment) {
                first = _market.owed(FIRST);
                second = _market.owed(SECOND);
                rest = withdrawn ? 0 : course.remainder;
            } else {
                first = _open_(1);
                second = _open_(2);
                rest = _open_(5) + (burnt ? 0 : bounty);
            }
            // four numbers below 2^94 have an exact sum in 96 bits, where both sides simplify to the same terms
            assert((first | second | rest | burn | balance) >> 94 == 0);
            assert(uint96(first + second + rest + burn) == uint96(balance));
        }
    }

    function _open_(uint256 slot) private view returns (uint256) {
        return uint96(_market.record(slot));
    }

    function _one() private view returns (Contribution memory) {
        return Contribution(1, FIRST, _START, _single, 0, hex"00");
    }

    function _two() private view returns (Contribution memory) {
        return Contribution(2, SECOND, _START, _batch, 256, _samples());
    }

    /// A step of the evaluation after this many samples.
    function _evaluation(uint256 after_, uint256 most) private view returns (IPredictionMarket.Evaluation memory) {
        bytes[] memory portions = new bytes[](1);
        portions[0] = _portion(1);
        bool rest = after_ != 0;
        Contribution[] memory contributions = new Contribution[](rest ? 1 : 2);
        uint256[] memory slots = new uint256[](contributions.length);
        (contributions[0], slots[0]) = rest ? (_two(), 2) : (_one(), 1);
        if (!rest) (contributions[1], slots[1]) = (_two(), 2);
        bytes memory parameters = abi.encodePacked(uint128(after_));
        return IPredictionMarket.Evaluation(parameters, _hashes(), portions, contributions, slots, most);
    }

    /// Sample 1 with label 0 and sample 2 with label 1.
    function _samples() private pure returns (bytes memory) {
        return hex"010000010101000102";
    }

    function _portion(uint256 number) private pure returns (bytes memory) {
        return
            bytes.concat(
                bytes32(number),
                hex"00000100"
                hex"01000101"
                hex"00000102"
                hex"01000103"
            );
    }

    function _hashes() private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](2);
        hashes[0] = keccak256(_portion(0));
        hashes[1] = keccak256(_portion(1));
    }
}
