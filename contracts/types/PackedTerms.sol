// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The terms of Deposit-Refund-Take, as the incentive's word of a trainer's settings:
///
///     bit 255       192           128                96                64                     32              0
///         | weight: 64 | minimum: 64 | refundAfter: 32 | settleAfter: 32 | creatorTakeAfter: 32 | takeAfter: 32 |
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
