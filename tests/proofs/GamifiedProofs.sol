// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibClone} from "solady/src/utils/LibClone.sol";
import {Gamified} from "../../contracts/incentives/Gamified.sol";
import {Contribution} from "../../contracts/interfaces/ITrainer.sol";
import {AnyModel} from "./AnyModel.sol";
import {SVM, VM} from "./Cheats.sol";

contract AnyModelGamified is AnyModel, Gamified {}

/// A trainer with points never has money. The first four proofs begin in any state of the storage at all, so they hold
/// after any sequence of actions. Money that comes without a call (from a contract that destroys itself, as a block's
/// reward) can't be refused by any contract.
contract GamifiedProofs {
    uint256 private constant _START = 1_000_000;

    address private constant _CREATOR = address(0xC0);
    address private constant _AUTHOR = address(0xA0);
    address private constant _REPORTER = address(0xB0);

    AnyModelGamified private _trainer;

    function setUp() public {
        // validate after an hour, within two; settle after an hour, report within two
        bytes memory rules = abi.encodePacked(
            uint32(3600),
            uint32(7200),
            uint32(3600),
            uint32(7200),
            uint16(10),
            uint16(1),
            uint16(10),
            uint16(10),
            uint16(1),
            uint16(4),
            uint32(0x01010201)
        );
        bytes memory settings = abi.encodePacked(
            _CREATOR,
            uint16(1),
            uint8(2),
            uint16(2),
            uint8(2),
            uint16(0),
            uint32(0)
        );
        bytes memory args = bytes.concat(settings, rules, "t\na\nb");
        _trainer = AnyModelGamified(LibClone.clone(address(new AnyModelGamified()), args));
        _trainer.initialize(new bytes(16));
    }

    /// Any function but the two that contribute, known or not, with any arguments.
    function check_noOtherFunctionTakesMoney(
        bytes4 selector,
        bytes32[8] calldata arguments,
        address who,
        uint96 value
    ) external {
        VM.assume(value != 0);
        VM.assume(selector != _trainer.contribute.selector && selector != _trainer.contributeBatch.selector);
        _fromAnyState(abi.encodePacked(selector, arguments), who, 0, value);
    }

    function check_aPlainTransferLeavesNoMoney(address who, uint96 value) external {
        _fromAnyState("", who, 0, value);
    }

    /// @custom:halmos --array-lengths sample={0,1,33}
    function check_aContributionLeavesNoMoney(
        bytes calldata sample,
        uint256 label,
        uint256 slot,
        address who,
        uint40 time,
        uint96 value
    ) external {
        _fromAnyState(abi.encodeCall(_trainer.contribute, (sample, label, slot)), who, time, value);
    }

    function check_aBatchLeavesNoMoney(
        bytes2 first,
        bytes2 second,
        uint256 slot,
        address who,
        uint40 time,
        uint96 value
    ) external {
        bytes memory batch = bytes.concat(hex"01", first[0], hex"0001", first[1], second[0], hex"0001", second[1]);
        _fromAnyState(abi.encodeCall(_trainer.contributeBatch, (batch, slot)), who, time, value);
    }

    /// A sample and a batch that wait (stage 0), are validated (1) or reported (2).
    function check_noActionOnAContributionLeavesMoney(
        uint8 stage,
        uint8 action,
        uint8 who,
        uint32 time,
        uint256 answers,
        uint96 value
    ) external {
        _begin(stage);
        _trainer.setAnswers(answers);
        VM.warp(block.timestamp + time);
        address sender = who == 0 ? _AUTHOR : _REPORTER;
        VM.deal(sender, value);
        _call(_action(action), sender, value);
        assert(address(_trainer).balance == 0);
    }

    function _fromAnyState(bytes memory data, address who, uint256 time, uint256 value) private {
        VM.assume(who != address(_trainer));
        SVM.enableSymbolicStorage(address(_trainer));
        VM.warp(time);
        VM.deal(who, value);
        _call(data, who, value);
        assert(address(_trainer).balance == 0);
    }

    /// The author has a sample and a batch of two, and the reporter a good sample.
    function _begin(uint256 stage) private {
        VM.warp(_START);
        VM.prank(_REPORTER);
        _trainer.contribute(hex"05", 0, 0);
        VM.warp(_START + 3600);
        VM.prank(_REPORTER);
        _trainer.validate(Contribution(1, _REPORTER, _START, 0, 0, hex"05"), 1);
        VM.prank(_AUTHOR);
        _trainer.contribute(hex"00", 0, 0);
        VM.prank(_AUTHOR);
        _trainer.contributeBatch(_samples(), 0);
        VM.warp(_START + 7200);
        if (stage == 0) return;
        // the model agrees with everything
        _trainer.setAnswers(1 << 16);
        _call(_action(0), _AUTHOR, 0);
        _call(_action(3), _AUTHOR, 0);
        if (stage == 1) return;
        // and with nothing
        _trainer.setAnswers(0x0101);
        _call(_action(4), _REPORTER, 0);
        _call(_action(5), _REPORTER, 0);
    }

    function _action(uint256 action) private view returns (bytes memory) {
        Contribution memory one = Contribution(2, _AUTHOR, _START + 3600, 0, 0, hex"00");
        Contribution memory two = Contribution(3, _AUTHOR, _START + 3600, 0, 256, _samples());
        if (action == 0) return abi.encodeCall(_trainer.validate, (one, 2));
        if (action < 4) return abi.encodeCall(_trainer.validateBatch, (two, 3, action));
        if (action == 4) return abi.encodeCall(_trainer.report, (one, 2));
        if (action == 5) return abi.encodeCall(_trainer.report, (two, 3));
        if (action == 6) return abi.encodeCall(_trainer.defend, (one, 2));
        return abi.encodeCall(_trainer.defend, (two, 3));
    }

    function _call(bytes memory data, address sender, uint256 value) private {
        VM.prank(sender);
        (bool ok, ) = address(_trainer).call{value: value}(data);
        ok;
    }

    /// Sample 1 with label 0 and sample 2 with label 1.
    function _samples() private pure returns (bytes memory) {
        return hex"010000010101000102";
    }
}
