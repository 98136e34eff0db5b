// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The terms of Deposit-Refund-Take as the incentive's word of a trainer's settings holds them, from the top: weight and minimum
/// (64 bits each), refundAfter, settleAfter, creatorTakeAfter, takeAfter (32 bits each).
type PackedTerms is uint256;

using PackedTermsLibrary for PackedTerms global;

library PackedTermsLibrary {
    function weight(PackedTerms terms) internal pure returns (uint256) {
        return PackedTerms.unwrap(terms) >> 192;
    }

    function minimum(PackedTerms terms) internal pure returns (uint256) {
        return uint64(PackedTerms.unwrap(terms) >> 128);
    }

    function refundAfter(PackedTerms terms) internal pure returns (uint256) {
        return uint32(PackedTerms.unwrap(terms) >> 96);
    }

    function settleAfter(PackedTerms terms) internal pure returns (uint256) {
        return uint32(PackedTerms.unwrap(terms) >> 64);
    }

    function creatorTakeAfter(PackedTerms terms) internal pure returns (uint256) {
        return uint32(PackedTerms.unwrap(terms) >> 32);
    }

    function takeAfter(PackedTerms terms) internal pure returns (uint256) {
        return uint32(PackedTerms.unwrap(terms));
    }
}
