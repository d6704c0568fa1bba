// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Fixture} from "./Fixture.sol";
import {World} from "./World.sol";

/// @notice What stays true whatever payers, nodes and strangers do in whatever order; see {World}.
contract InvariantsTest is Fixture {
    World private world;

    function setUp() public override {
        super.setUp();
        vm.prank(governance);
        channels.setPools(pools(200, 300, 400));
        world = new World(token, registry, models, channels);
        token.transfer(address(world), 20_000e18);
        world.setUp();
    }

    /// @dev Forge calls these with random arguments.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    /// @dev Not a wei too few, not a wei too many: what was deposited is a balance, or locked, or withdrawn.
    function invariant_everyWeiInTheContractBelongsToSomebody() public view {
        uint256 owed = world.sumOfBalances();
        for (uint256 i; i < world.KEYS(); ++i) {
            owed += world.lockedFor(i);
        }
        vm.assertEq(token.balanceOf(address(channels)), owed, "balances, caps and bonds");
    }

    function invariant_lanesAreNeverPaidMoreThanWasDeposited() public view {
        vm.assertLe(world.paidInAll(), world.deposited(), "paid");
    }

    function invariant_nothingIsPaidTwiceNorBeyondWhatWasSigned() public view {
        for (uint256 i; i < world.KEYS(); ++i) {
            for (uint256 j; j < world.NODES(); ++j) {
                vm.assertLe(world.paid(i, j), world.signed(i, j), "a lane");
            }
        }
    }

    function invariant_noKeyPaysAboveItsCap() public view {
        for (uint256 i; i < world.KEYS(); ++i) {
            vm.assertLe(world.paidBy(i), world.capOf(i), "a key");
        }
    }

    /// @dev Paid or reserved, whichever is more, over all lanes: so what is reserved is always there to be paid.
    function invariant_reservedLanesArePayable() public view {
        for (uint256 i; i < world.KEYS(); ++i) {
            if (world.isReleased(i)) continue;
            uint256 held = world.grantedBy(i);
            for (uint256 j; j < world.NODES(); ++j) {
                held += world.heldFor(i, j);
            }
            vm.assertEq(world.committedOf(i), held, "what the cap owes");
            vm.assertLe(held, world.capOf(i), "fits into it");
        }
    }

    /// @dev While vouchers may be redeemed: what honest keys have promised is free in their caps, whatever the
    /// payer has revoked, rotated, reserved, released or withdrawn.
    function invariant_whatAnHonestKeyPromisedIsThereForWhoeverRedeemsInTime() public view {
        for (uint256 i; i < world.KEYS(); ++i) {
            if (world.isLying(i) || !world.isOpen(i)) continue;
            uint256 missing;
            for (uint256 j; j < world.NODES(); ++j) {
                uint256 held = world.heldFor(i, j);
                uint256 promised = world.signed(i, j);
                if (promised > held) missing += promised - held;
            }
            vm.assertLe(missing, world.capOf(i) - world.committedOf(i), "free");
        }
    }

    function invariant_noHonestKeyIsConvicted() public view {
        for (uint256 i; i < world.KEYS(); ++i) {
            if (!world.isLying(i)) vm.assertTrue(!world.isConvicted(i), "innocent");
        }
    }

    function invariant_nothingPaysAfterItsTime() public view {
        vm.assertEq(world.paidTooLate(), 0, "late");
    }
}
