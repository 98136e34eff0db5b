// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

contract SafeSingleton {
    event SafeReceived(address indexed sender, uint256 value);

    receive() external payable {
        emit SafeReceived(msg.sender, msg.value);
    }
}

/// Receives money as the proxy of a Safe does (safe-smart-account 1.4): reads the address of its code off slot 0, and
/// delegates to it, which emits an event.
contract SafeLike {
    address private _singleton = address(new SafeSingleton());

    function execute(address to, uint256 value, bytes calldata data) external payable {
        (bool done, ) = to.call{value: value}(data);
        require(done);
    }

    receive() external payable {
        address singleton = _singleton;
        assembly ("memory-safe") {
            let done := delegatecall(gas(), singleton, 0, 0, 0, 0)
            if iszero(done) {
                revert(0, 0)
            }
        }
    }
}
