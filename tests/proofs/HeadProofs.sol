// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Head, HeadLibrary} from "../../contracts/types/Head.sol";

/// No field of the head touches another one, below the numbers that no trainer reaches: 2^40 ids, 2^40 counted.
contract HeadProofs {
    function check_advanceChangesIdsTimeAndCountAlone(uint256 word, uint40 count, uint40 more) external view {
        Head head = Head.wrap(word);
        if (head.nextId() + count > type(uint40).max || head.counted() + more > type(uint40).max) return;
        if (block.timestamp > type(uint40).max) return;
        Head after_ = head.advance(count, more);
        assert(after_.nextId() == head.nextId() + count);
        assert(after_.lastTime() == block.timestamp);
        assert(after_.counted() == head.counted() + more);
        assert(after_.classes() == head.classes());
        assert(uint128(Head.unwrap(after_)) == uint128(word));
    }

    function check_addCountedChangesTheCountAlone(uint256 word) external pure {
        Head head = Head.wrap(word);
        if (head.counted() == type(uint40).max) return;
        Head after_ = head.addCounted();
        assert(after_.counted() == head.counted() + 1);
        assert(Head.unwrap(after_) >> 176 == word >> 176);
        assert(uint136(Head.unwrap(after_)) == uint136(word));
    }

    function check_addClassesChangesTheClassesAlone(uint256 word, uint8 count) external pure {
        Head head = Head.wrap(word);
        if (head.classes() + count > type(uint8).max) return;
        Head after_ = head.addClasses(count);
        assert(after_.classes() == head.classes() + count);
        assert(Head.unwrap(after_) >> 136 == word >> 136);
        assert(uint128(Head.unwrap(after_)) == uint128(word));
    }

    function check_withLoadedKeepsTheModelsBytesAndTheClasses(uint256 word, uint40 length) external pure {
        Head after_ = Head.wrap(word).withLoaded(length);
        assert(after_.counted() == length);
        assert(after_.nextId() == 0 && after_.lastTime() == 0);
        assert(uint136(Head.unwrap(after_)) == uint136(word));
    }
}
