// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {CreditWorld} from "./CreditWorld.sol";
import {Vm} from "./Vm.sol";

/// @notice What stays true of private credits whatever buyers, keys and strangers do; see {CreditWorld}.
contract CreditInvariantsTest {
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    CreditWorld private world;

    function setUp() public {
        world = new CreditWorld();
        world.setUp();
    }

    /// @dev Forge calls these with random arguments.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    function invariant_noMoreTicketsAreUsedThanWereBought() public view {
        for (uint256 i; i < 2; ++i) {
            vm.assertLe(world.used(i), world.bought(i), "of a denomination");
        }
    }

    function invariant_noTicketIsUsedTwice() public view {
        vm.assertEq(world.usedTwice(), 0, "twice");
    }

    function invariant_noFinderIsPaidForChange() public view {
        vm.assertEq(world.inCoins(), 0, "coins");
    }

    /// @dev Not a wei too few, not a wei too many: it is a ticket, a bond, or what a key has left.
    function invariant_everyWeiOfCreditsBelongsToSomebody() public view {
        vm.assertEq(world.inContract(), world.owed(), "tickets, bonds and remainders");
    }
}
