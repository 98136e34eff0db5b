// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The terms of a prediction market, as the incentive's word of a trainer's settings:
///
///     bit 255     192                  184              152               120                88                   56
///         | unit: 64 | turnSamples - 1: 8 | openWithin: 32 | participate: 32 | revealWithin: 32 | evaluateWithin: 32 |
///     bit 55            40            32           24         23             16         0
///         | portionSize: 16 | portions: 8 | perPass: 8 | spare: 1 | drawAfter: 7 | most: 16 |
type MarketTerms is uint256;

using MarketTermsLibrary for MarketTerms global;

library MarketTermsLibrary {
    /// Wei per mistake and round.
    function unit(MarketTerms terms) internal pure returns (uint256) {
        return MarketTerms.unwrap(terms) >> 192;
    }

    /// Wei per sample: a unit per test sample, so that all payments are exact.
    function stake(MarketTerms terms) internal pure returns (uint256) {
        return terms.unit() * terms.tests();
    }

    /// The smallest number of samples in a contribution.
    function turnSamples(MarketTerms terms) internal pure returns (uint256) {
        return uint256(uint8(MarketTerms.unwrap(terms) >> 184)) + 1;
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

    function drawAfter(MarketTerms terms) internal pure returns (uint256) {
        return (MarketTerms.unwrap(terms) >> 16) & 0x7f;
    }

    function most(MarketTerms terms) internal pure returns (uint256) {
        return uint16(MarketTerms.unwrap(terms));
    }

    /// The number of test samples: those of all portions but the drawn one.
    function tests(MarketTerms terms) internal pure returns (uint256) {
        return (terms.portions() - 1) * terms.portionSize();
    }

    /// The number of passes over the contributions that evaluate all portions.
    function passes(MarketTerms terms) internal pure returns (uint256) {
        return (terms.portions() + terms.perPass() - 2) / terms.perPass();
    }
}
