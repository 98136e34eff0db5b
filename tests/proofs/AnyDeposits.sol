// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibClone} from "solady/src/utils/LibClone.sol";
import {DepositRefundTake} from "../../contracts/incentives/DepositRefundTake.sol";
import {Contribution} from "../../contracts/interfaces/ITrainer.sol";
import {AnyModel} from "./AnyModel.sol";
import {VM} from "./Cheats.sol";

contract AnyModelDRT is AnyModel, DepositRefundTake {}

/// A trainer with a sample and a batch of two of one author, and a reporter who has one good contribution.
abstract contract AnyDeposits {
    uint256 private constant _START = 1_000_000;
    uint256 private constant _SPLIT = 1 << 128;

    address private constant _CREATOR = address(0xC0);
    address private constant _AUTHOR = address(0xA0);
    address private constant _REPORTER = address(0xB0);

    AnyModelDRT private _trainer;
    uint256 private _single;
    uint256 private _batch;

    function setUp() public {
        // minimum 1, refund after an hour, settle after an hour, the creator takes after three, anybody after four
        bytes memory terms = abi.encodePacked(
            uint64(0),
            uint64(1),
            uint32(3600),
            uint32(3600),
            uint32(10800),
            uint32(14400)
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
        bytes memory args = bytes.concat(settings, terms, "t\na\nb");
        _trainer = AnyModelDRT(LibClone.clone(address(new AnyModelDRT()), args));
        _trainer.initialize(new bytes(16));
        VM.deal(_AUTHOR, 1 << 100);
        VM.deal(_REPORTER, 1 << 100);
        VM.warp(_START);
        // the reporter has one good contribution
        VM.prank(_REPORTER);
        _trainer.contribute{value: 1}(hex"05", 0, 0);
        VM.warp(_START + 3600);
        VM.prank(_REPORTER);
        _trainer.refund(Contribution(1, _REPORTER, _START, 1, 0, hex"05"), 1);
    }

    /// The author's deposits: of the sample, and of each one of the batch.
    function _begin(uint96 single, uint88 part) internal {
        _single = single;
        _batch = 2 * uint256(part);
        VM.prank(_AUTHOR);
        _trainer.contribute{value: _single}(hex"00", 0, 2);
        VM.prank(_AUTHOR);
        _trainer.contributeBatch{value: _batch}(_samples(), 3);
    }

    /// Somebody does something, some time later, when the model gives these answers.
    function _act(uint256 action, uint256 who, uint256 time, uint256 answers, uint256 positions) internal {
        Contribution memory one = Contribution(2, _AUTHOR, _START + 3600, _single, 0, hex"00");
        Contribution memory two = Contribution(3, _AUTHOR, _START + 3600, _batch, 256, _samples());
        _trainer.setAnswers(answers);
        VM.warp(block.timestamp + time);
        bytes memory data;
        uint256 value;
        if (action == 0) data = abi.encodeCall(_trainer.refund, (one, 2));
        else if (action == 1) data = abi.encodeCall(_trainer.refundBatch, (two, 3, positions));
        else if (action == 2) data = abi.encodeCall(_trainer.split, (two, 3, positions));
        else if (action == 3) data = abi.encodeCall(_trainer.take, (one, 2));
        else if (action == 4) data = abi.encodeCall(_trainer.take, (two, 3));
        else if (action == 5) data = abi.encodeCall(_trainer.refund, (_part(0), _slot(0)));
        else if (action == 6) data = abi.encodeCall(_trainer.take, (_part(1), _slot(1)));
        else if (action == 7) data = abi.encodeCall(_trainer.reportBatch, (two, 3, positions));
        else data = abi.encodeCall(_trainer.report, (one, 2));
        VM.prank(
            who == 0
                ? _AUTHOR
                : who == 1
                    ? _REPORTER
                    : _CREATOR
        );
        (bool ok, ) = address(_trainer).call{value: value}(data);
        ok;
    }

    /// The trainer holds exactly what is open.
    function _check() internal view {
        uint256 open = _open(2) + _open(3) + _open(_slot(0)) + _open(_slot(1));
        assert(address(_trainer).balance == open);
    }

    function _open(uint256 slot) private view returns (uint256) {
        return uint96(_trainer.record(slot));
    }

    /// A sample that was split off the batch.
    function _part(uint256 position) private view returns (Contribution memory) {
        bytes memory sample = position == 0 ? bytes(hex"01") : bytes(hex"02");
        return Contribution(4 + position, _AUTHOR, _START + 3600, _batch / 2, position, sample);
    }

    function _slot(uint256 position) private pure returns (uint256) {
        return _SPLIT | (3 << 16) | (1 << 8) | position;
    }

    /// Sample 1 with label 0 and sample 2 with label 1.
    function _samples() private pure returns (bytes memory) {
        return hex"010000010101000102";
    }
}
