// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Bonds} from "../contracts/Bonds.sol";
import {Channels} from "../contracts/Channels.sol";
import {Collaterals} from "../contracts/Collaterals.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Over-promises: provable when there is one, never when there is none; who gets the bond.
contract BondsTest is Fixture {
    function test_anOverPromiseIsProvedFromVouchersAloneBeforeAnythingIsRedeemed() public {
        open(tab, 1000);
        channels.proveOverPromise(channelId, tab, pair(600, 401));
        (,, uint40 provenAt,) = channels.disputes(channelId, tab);
        vm.assertEq(provenAt, START, "proved");
    }

    function test_promisesThatFitIntoTheCapAreNoOverPromise() public {
        open(tab, 1000);
        Vouchers.Promise[] memory promises = pair(600, 400);
        vm.expectPartialRevert(Bonds.NotOverPromised.selector);
        channels.proveOverPromise(channelId, tab, promises);
    }

    /// @dev The rule that a payer's own books follow: highest vouchers, reservations and grants within the cap.
    function testFuzz_aPayerWhoKeepsWithinTheCapIsNeverConvicted(
        uint96 a,
        uint96 b,
        uint96 paid,
        uint256 when
    ) public {
        a = uint96(bound(a, 1, 999));
        b = uint96(bound(b, 1, 1000 - a));
        open(tab, 1000);
        if (bound(paid, 0, a) > 0) redeem(node, TAB_KEY, uint96(bound(paid, 0, a)));
        vm.warp(bound(when, START, expiry + 2 * DELAY));
        Vouchers.Promise[] memory promises = pair(a, b);
        vm.expectPartialRevert(Bonds.NotOverPromised.selector);
        channels.proveOverPromise(channelId, tab, promises);
    }

    function test_onePromiseCountsOnceInAProof() public {
        open(tab, 1000);
        Vouchers.Promise[] memory promises = new Vouchers.Promise[](2);
        promises[0] = promiseOf(TAB_KEY, node, 600);
        promises[1] = promiseOf(TAB_KEY, node, 601);
        vm.expectPartialRevert(Bonds.NotAscending.selector);
        channels.proveOverPromise(channelId, tab, promises);
    }

    function test_nobodyIsConvictedByWhatAnotherKeySigned() public {
        open(tab, 1000);
        Vouchers.Promise[] memory promises = new Vouchers.Promise[](1);
        promises[0] = promiseOf(8, node, 5000);
        vm.expectPartialRevert(Bonds.NotPromised.selector);
        channels.proveOverPromise(channelId, tab, promises);
    }

    function test_aReservationBehindAPayeesBackIsAnOverPromise() public {
        open(tab, 1000);
        Vouchers.Promise[] memory promises = new Vouchers.Promise[](1);
        promises[0] = promiseOf(TAB_KEY, node, 500);
        vm.prank(payer);
        channels.reserve(SALT, tab, toPayee(otherNode), 600);
        channels.proveOverPromise(channelId, tab, promises);
    }

    function test_aLateVoucherCannotConvictAPayerWhoHasTakenTheRestBack() public {
        open(tab, 1000);
        vm.warp(expiry + 2 * DELAY + 1);
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        Vouchers.Promise[] memory promises = pair(600, 400);
        vm.expectPartialRevert(Bonds.NoDispute.selector);
        channels.proveOverPromise(channelId, tab, promises);
    }

    function test_aConvictedKeyIsThroughAndItsBondDoesNotComeBack() public {
        open(tab, 1000);
        channels.proveOverPromise(channelId, tab, pair(600, 401));
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.OverPromised.selector);
        channels.authorize(authorization(tab, 0));
        vm.assertEq(redeem(node, TAB_KEY, 600), 600, "vouchers still pay until the deadline");
        vm.warp(START + 2 * DELAY + 1);
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        vm.assertEq(channels.balances(payer), 400, "what is left of the cap, no bond");
        channels.settleBond(channelId, tab);
        vm.assertEq(channels.balances(treasury), 100, "nobody claimed: all to the treasury");
    }

    /// @dev A proof in the last moment: the payer's money waits until the losers have had their time.
    function test_hostile_aPayerCannotTakeItsCapBackBeforeLossesAreClaimed() public {
        open(tab, 1000);
        Vouchers.Promise[] memory promises = pair(600, 401);
        vm.warp(expiry + 2 * DELAY);
        channels.proveOverPromise(channelId, tab, promises);
        vm.warp(expiry + 3 * DELAY);
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.StillLocked.selector);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        channels.claimLoss(channelId, tab, promises[0]);
        vm.warp(expiry + 3 * DELAY + 1);
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        vm.assertEq(channels.balances(payer), 1000, "the cap, not the bond");
    }

    function test_lossesAreClaimedInTheirTimeOnly() public {
        open(tab, 1000);
        Vouchers.Promise[] memory promises = pair(600, 401);
        channels.proveOverPromise(channelId, tab, promises);
        vm.warp(START + DELAY);
        vm.expectPartialRevert(Bonds.NotNow.selector);
        channels.claimLoss(channelId, tab, promises[0]);
        vm.warp(START + DELAY + 1);
        channels.claimLoss(channelId, tab, promises[0]);
        vm.expectPartialRevert(Bonds.NoLoss.selector);
        channels.claimLoss(channelId, tab, promises[0]);
        vm.expectPartialRevert(Bonds.NotNow.selector);
        channels.settleBond(channelId, tab);
        vm.warp(START + 2 * DELAY + 1);
        vm.expectPartialRevert(Bonds.NotNow.selector);
        channels.claimLoss(channelId, tab, promises[1]);
    }

    /// @dev A payer who is its own loser: a voucher over the moon counts as the cap, and half is gone anyway.
    function test_hostile_aPayerWhoClaimsItsOwnLossGetsLessThanHalfOfItsBondBack() public {
        open(tab, 1000);
        address sybil = vm.addr(99);
        redeem(node, TAB_KEY, 1000);
        Vouchers.Promise[] memory promises = new Vouchers.Promise[](1);
        promises[0] = promiseOf(TAB_KEY, otherNode, 1000);
        channels.proveOverPromise(channelId, tab, promises);
        vm.warp(START + DELAY + 1);
        channels.claimLoss(channelId, tab, promises[0]);
        channels.claimLoss(channelId, tab, promiseOf(TAB_KEY, sybil, type(uint96).max));
        vm.warp(START + 2 * DELAY + 1);
        channels.collectLoss(channelId, tab, toPayee(sybil));
        channels.collectLoss(channelId, tab, toPayee(otherNode));
        vm.assertEq(channels.balances(sybil), 25, "a quarter");
        vm.assertEq(channels.balances(otherNode), 25, "as much as the honest loser");
        vm.assertEq(channels.balances(treasury), 50, "half");
    }

    function testFuzz_theBondIsSharedOutToTheWei(uint96[5] memory promised, uint96 cap) public {
        cap = uint96(bound(cap, 10, 900_000e18));
        open(tab, cap);
        redeem(node, TAB_KEY, cap);
        uint256 treasuryAndLosers;
        for (uint256 i; i < 5; ++i) {
            promised[i] = uint96(bound(promised[i], 1, type(uint96).max));
            if (i == 0) {
                Vouchers.Promise[] memory proof = new Vouchers.Promise[](1);
                proof[0] = promiseOf(TAB_KEY, vm.addr(100), promised[0]);
                channels.proveOverPromise(channelId, tab, proof);
                vm.warp(START + DELAY + 1);
            }
            channels.claimLoss(channelId, tab, promiseOf(TAB_KEY, vm.addr(100 + i), promised[i]));
        }
        vm.warp(START + 2 * DELAY + 1);
        for (uint256 i; i < 5; ++i) {
            channels.collectLoss(channelId, tab, toPayee(vm.addr(100 + i)));
            uint256 got = channels.balances(vm.addr(100 + i));
            vm.assertLe(got, promised[i], "nobody gets more than it lost");
            treasuryAndLosers += got;
        }
        treasuryAndLosers += channels.balances(treasury);
        vm.assertEq(treasuryAndLosers, bondOf(cap), "nothing remains");
        vm.expectPartialRevert(Bonds.NoLoss.selector);
        channels.collectLoss(channelId, tab, toPayee(vm.addr(100)));
    }

    /// @dev Promises to both nodes, in the order that a proof needs.
    function pair(uint96 toNode, uint96 toOther)
        private
        view
        returns (Vouchers.Promise[] memory promises)
    {
        promises = new Vouchers.Promise[](2);
        bool isFirst = channels.laneIdOf(channelId, tab, node, NO_MODEL)
            < channels.laneIdOf(channelId, tab, otherNode, NO_MODEL);
        promises[isFirst ? 0 : 1] = promiseOf(TAB_KEY, node, toNode);
        promises[isFirst ? 1 : 0] = promiseOf(TAB_KEY, otherNode, toOther);
    }
}
