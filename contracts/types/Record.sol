// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// What a trainer stores of a contribution, in one slot:
///
///     | digest of everything: 160 bits | still open: 96 bits |
///
/// The incentive decides what is open: what is left of a deposit, or the stage of a contribution. The contribution
/// itself is in the log and comes back as calldata. A record with nothing open is finished, and its slot is free for
/// another. A claim with other data than was sent needs a second preimage of the 160 bits. A collision (2^80 hashes
/// over a preimage that holds its block's time) would at best swap one's own data under one's own deposit.
type Record is uint256;

using RecordLibrary for Record global;

library RecordLibrary {
    /// keccak256(abi.encode(id, author, time, deposit, label, keccak256(sample), address(this))), with the whole
    /// deposit open, which is below 2^96. The chain is not in it: a chain that splits gives one side another id, and
    /// deposits there would be lost.
    function make(
        uint256 id,
        address author,
        uint256 time,
        uint256 deposit,
        uint256 label,
        bytes calldata sample
    ) internal view returns (Record record) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, sample.offset, sample.length)
            mstore(add(free, 0xa0), keccak256(free, sample.length))
            mstore(free, id)
            mstore(add(free, 0x20), author)
            mstore(add(free, 0x40), time)
            mstore(add(free, 0x60), deposit)
            mstore(add(free, 0x80), label)
            mstore(add(free, 0xc0), address())
            // a claim may bring any deposit: its higher bits must not get into the digest, or it could be any
            record := or(shl(96, keccak256(free, 0xe0)), and(deposit, 0xffffffffffffffffffffffff))
        }
    }

    /// Whether both records are of the same contribution, whatever is still open of it.
    function matches(Record record, Record other) internal pure returns (bool) {
        return (Record.unwrap(record) ^ Record.unwrap(other)) >> 96 == 0;
    }

    function open(Record record) internal pure returns (uint256) {
        return uint96(Record.unwrap(record));
    }

    function withOpen(Record record, uint256 amount) internal pure returns (Record) {
        return Record.wrap(((Record.unwrap(record) >> 96) << 96) | amount);
    }
}
