// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Record, RecordLibrary} from "../../contracts/types/Record.sol";

contract RecordProofs {
    /// @custom:halmos --array-lengths sample={0,33}
    function check_aNewRecordHoldsTheWholeDepositAndMatchesItself(
        uint40 id,
        address author,
        uint40 time,
        uint96 deposit,
        uint16 label,
        bytes calldata sample
    ) external view {
        Record record = RecordLibrary.make(id, author, time, deposit, label, sample);
        assert(record.open() == deposit);
        assert(record.matches(RecordLibrary.make(id, author, time, deposit, label, sample)));
    }

    /// A claim may bring any deposit: none gets into the digest but through the hash.
    /// @custom:halmos --array-lengths sample={2}
    function check_theDigestIsTheHashWhateverTheDeposit(
        uint256 id,
        address author,
        uint256 time,
        uint256 deposit,
        uint256 label,
        bytes calldata sample
    ) external view {
        bytes32 hash = keccak256(abi.encode(id, author, time, deposit, label, keccak256(sample), address(this)));
        Record record = RecordLibrary.make(id, author, time, deposit, label, sample);
        assert(Record.unwrap(record) >> 96 == uint160(uint256(hash)));
        assert(record.open() == uint96(deposit));
    }

    function check_whatIsOpenChangesAndTheDigestStays(uint256 word, uint96 amount, uint96 next) external pure {
        Record record = Record.wrap(word);
        Record changed = record.withOpen(amount);
        assert(changed.open() == amount);
        assert(changed.matches(record) && record.matches(changed));
        assert(Record.unwrap(changed.withOpen(next)) == Record.unwrap(record.withOpen(next)));
        assert(Record.unwrap(record.withOpen(record.open())) == word);
    }

    function check_recordsMatchOnlyIfTheirDigestsAreEqual(uint256 a, uint256 b) external pure {
        assert(Record.wrap(a).matches(Record.wrap(b)) == (a >> 96 == b >> 96));
    }
}
