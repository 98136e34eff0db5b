// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Trainer} from "../../../contracts/Trainer.sol";
import {IIncentive} from "../../../contracts/interfaces/IIncentive.sol";
import {Contribution} from "../../../contracts/interfaces/ITrainer.sol";
import {NearestCentroid} from "../../../contracts/models/NearestCentroid.sol";
import {MajorityClass} from "./MajorityClass.sol";
import {SparsePerceptron} from "../../../contracts/models/SparsePerceptron.sol";
import {Head} from "../../../contracts/types/Head.sol";
import {Record} from "../../../contracts/types/Record.sol";
import {Settings} from "../../../contracts/types/Settings.sol";

/// An incentive as a third party might write it: a sample costs a pledge, which its author gets back after a time,
/// whatever the model predicts. The incentive's word: the pledge (64 bits), the time (32 bits).
abstract contract Pledge is Trainer {
    using Settings for uint256;

    event Returned(uint256 indexed id, uint256 amount);

    error Underpaid(uint256 required, uint256 sent);
    error TooSoon(uint256 earliest);
    error NotYours(address author);

    function collect(Contribution calldata contribution, uint256 slot) external {
        (, uint256 packed) = Settings.read();
        _checkAuthor(contribution.author);
        if (block.timestamp < contribution.time + uint32(packed)) revert TooSoon(contribution.time + uint32(packed));
        Record record_ = _stored(contribution, slot);
        uint256 amount = record_.open();
        _records[slot] = record_.withOpen(0);
        emit Returned(contribution.id, amount);
        Address.sendValue(payable(msg.sender), amount);
    }

    function price(uint256 count, uint256, uint256) external view returns (uint256) {
        (, uint256 packed) = Settings.read();
        return count * uint64(packed >> 32);
    }

    function _accept(Head, uint256 count, uint256, uint256, uint256 packed) internal override returns (uint256, uint256) {
        uint256 required = count * uint64(packed >> 32);
        if (msg.value < required) revert Underpaid(required, msg.value);
        return (msg.value, 0);
    }

    function _checkIncentive(uint256, uint256 packed) internal pure override {
        if (uint64(packed >> 32) == 0) revert BadSetting("pledge");
    }

    function _isFree(Record record_) internal view override returns (bool) {
        return _isFinished(record_);
    }

    function _isFinished(Record record_) internal pure virtual returns (bool) {
        return record_.open() == 0;
    }

    function _checkAuthor(address author) internal view virtual {
        if (msg.sender != author) revert NotYours(author);
    }
}

contract SparsePerceptronPledge is SparsePerceptron, Pledge {}

contract NearestCentroidPledge is NearestCentroid, Pledge {}

contract MajorityClassPledge is MajorityClass, Pledge {}
