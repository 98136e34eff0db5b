// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// What a proof can do to the chain.
interface Cheats {
    function assume(bool holds) external;
    function prank(address sender) external;
    function warp(uint256 time) external;
    function deal(address person, uint256 amount) external;
}

// The verifier answers at these two addresses.
Cheats constant VM = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));

/// Values that may be any.
interface Symbols {
    function createCalldata(string calldata name) external returns (bytes memory call);
    function enableSymbolicStorage(address account) external;
}

Symbols constant SVM = Symbols(address(uint160(uint256(keccak256("svm cheat code")))));
