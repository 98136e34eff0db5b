// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The terms of a prediction market as the incentive's word of a trainer's settings holds them, from the top: stake (72 bits),
/// openWithin, participate, revealWithin, evaluateWithin (32 each), portionSize (16), portions, perPass (8 each), grouped (1),
/// drawAfter (7), most (16).
type MarketTerms is uint256;

using MarketTermsLibrary for MarketTerms global;

library MarketTermsLibrary {
    function stake(MarketTerms terms) internal pure returns (uint256) {
        return MarketTerms.unwrap(terms) >> 184;
    }

    function openWithin(MarketTerms terms) internal pure returns (uint256) {
        return uint32(MarketTerms.unwrap(terms) >> 152);
    }

    function participate(MarketTerms terms) internal pure returns (uint256) {
        return uint32(MarketTerms.unwrap(terms) >> 120);
    }

    function revealWithin(MarketTerms terms) internal pure returns (uint256) {
        return uint32(MarketTerms.unwrap(terms) >> 88);
    }

    function evaluateWithin(MarketTerms terms) internal pure returns (uint256) {
        return uint32(MarketTerms.unwrap(terms) >> 56);
    }

    function portionSize(MarketTerms terms) internal pure returns (uint256) {
        return uint16(MarketTerms.unwrap(terms) >> 40);
    }

    function portions(MarketTerms terms) internal pure returns (uint256) {
        return uint8(MarketTerms.unwrap(terms) >> 32);
    }

    function perPass(MarketTerms terms) internal pure returns (uint256) {
        return uint8(MarketTerms.unwrap(terms) >> 24);
    }

    function grouped(MarketTerms terms) internal pure returns (bool) {
        return (MarketTerms.unwrap(terms) >> 23) & 1 != 0;
    }

    function drawAfter(MarketTerms terms) internal pure returns (uint256) {
        return (MarketTerms.unwrap(terms) >> 16) & 0x7f;
    }

    function most(MarketTerms terms) internal pure returns (uint256) {
        return uint16(MarketTerms.unwrap(terms));
    }

    /// How many samples the model is examined on: all portions but the one that was drawn.
    function tests(MarketTerms terms) internal pure returns (uint256) {
        return (terms.portions() - 1) * terms.portionSize();
    }

    /// How many passes over the contributions it takes to evaluate all portions.
    function passes(MarketTerms terms) internal pure returns (uint256) {
        return (terms.portions() + terms.perPass() - 2) / terms.perPass();
    }
}
