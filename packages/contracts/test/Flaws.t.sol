// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice What was wrong with the first prototype, one test for each flaw.
contract FlawsTest is Fixture {
    function test_flaw_aPayerWhoReplacesItsKeyDoesNotVoidUnredeemedVouchers() public {
        open(tab, 1000);
        vm.prank(payer);
        channels.deposit(payer, 1100, noPermit());
        vm.prank(payer);
        channels.rotate(SALT, tab, authorization(vm.addr(8), 1000));
        vm.warp(START + DELAY);
        vm.assertEq(redeem(node, TAB_KEY, 500), 500, "the old key's promise is kept");
        vm.assertEq(redeem(node, 8, 70), 70, "and the new key's too");
    }

    function test_flaw_expiryIsEnforced() public {
        open(tab, 1000);
        vm.warp(expiry + DELAY);
        vm.assertEq(redeem(node, TAB_KEY, 5), 5, "in the last second");
        vm.warp(expiry + DELAY + 1);
        expectNothing(node, TAB_KEY, 10);
    }

    function test_flaw_oneBalancePromisedToManyPayeesIsProvableAndCostsTheBond() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 1000);
        expectNothing(otherNode, TAB_KEY, 400);
        Vouchers.Promise[] memory promises = new Vouchers.Promise[](1);
        promises[0] = promiseOf(TAB_KEY, otherNode, 400);
        channels.proveOverPromise(channelId, tab, promises);
        vm.warp(START + DELAY + 1);
        channels.claimLoss(channelId, tab, promises[0]);
        vm.warp(START + 2 * DELAY + 1);
        channels.collectLoss(channelId, tab, toPayee(otherNode));
        vm.assertEq(channels.balances(otherNode), 50, "half of the bond of 100");
        vm.assertEq(channels.balances(treasury), 50, "the other half");
    }

    function test_flaw_eachKeyHasItsOwnCap() public {
        open(tab, 300);
        open(vm.addr(8), 700);
        vm.assertEq(redeem(node, TAB_KEY, 1000), 300, "no more than its own cap");
        vm.assertEq(redeem(node, 8, 700), 700, "which takes nothing from the other's");
    }
}
