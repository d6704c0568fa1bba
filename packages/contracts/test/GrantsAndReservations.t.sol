// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Channels} from "../contracts/Channels.sol";
import {Collaterals} from "../contracts/Collaterals.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Part of a cap handed on by signature, and part of a cap locked for one payee.
contract GrantsAndReservationsTest is Fixture {
    uint256 private constant VISITOR_KEY = 0x515;
    address private visitor = vm.addr(VISITOR_KEY);

    /*//////////////////////////////////////////////////////////////
                                  GRANTS
    //////////////////////////////////////////////////////////////*/

    function test_aVisitorSpendsWithinTheGrantAndWithinTheCap() public {
        open(tab, 1000);
        Vouchers.Grant memory g = grant(TAB_KEY, visitor, 300, expiry);
        vm.assertEq(redeemGranted(node, 200, g), 200, "first");
        vm.assertEq(redeemGranted(otherNode, 200, g), 100, "the grant's end, over all lanes");
        vm.assertEq(
            redeemGranted(otherNode, 200, grant(TAB_KEY, visitor, 2000, expiry)), 100, "more"
        );
        redeem(node, TAB_KEY, 550);
        Vouchers.Grant memory rich = grant(TAB_KEY, visitor, 2000, expiry);
        vm.assertEq(redeemGranted(node, 900, rich), 50, "the cap's end");
    }

    function test_hostile_aGrantThatItsSignerDidNotSignPaysNothing() public {
        open(tab, 1000);
        Vouchers.Grant memory g = grant(TAB_KEY, visitor, 300, expiry);
        g.cap = 301;
        expectNothingGranted(node, 200, g);
        g = grant(8, visitor, 300, expiry);
        g.signer = tab;
        expectNothingGranted(node, 200, g);
        g = grant(TAB_KEY, otherNode, 300, expiry);
        expectNothingGranted(node, 200, g);
        g = Vouchers.Grant(address(0), 300, expiry, 0, 0);
        expectNothingGranted(node, 200, g);
    }

    function test_aGrantEndsByItselfOrWithItsSigner() public {
        open(tab, 1000);
        Vouchers.Grant memory g = grant(TAB_KEY, visitor, 300, uint64(START + 10));
        vm.warp(START + 10 + DELAY);
        vm.assertEq(redeemGranted(node, 100, g), 100, "in its last second");
        vm.warp(START + 11 + DELAY);
        expectNothingGranted(node, 200, g);
        g = grant(TAB_KEY, visitor, 300, expiry + 100 days);
        vm.warp(expiry + DELAY + 1);
        expectNothingGranted(node, 200, g);
    }

    /// @dev One lane whoever backs it: a grantee with two sponsors cannot have one voucher paid by both.
    function test_hostile_oneVoucherUnderTwoGrantsIsPaidOnce() public {
        open(tab, 1000);
        open(vm.addr(8), 1000);
        vm.assertEq(redeemGranted(node, 200, grant(TAB_KEY, visitor, 300, expiry)), 200, "once");
        expectNothingGranted(node, 200, grant(8, visitor, 300, expiry));
        open(visitor, 1000);
        expectNothing(node, VISITOR_KEY, 200);
        vm.assertEq(redeem(node, VISITOR_KEY, 250), 50, "only what is new");
    }

    /*//////////////////////////////////////////////////////////////
                               RESERVATIONS
    //////////////////////////////////////////////////////////////*/

    function testFuzz_aReservedLaneIsPaidWhateverElseIsPromised(uint96 reserved, uint96 others)
        public
    {
        reserved = uint96(bound(reserved, 1, 1000));
        open(tab, 1000);
        vm.prank(payer);
        channels.reserve(SALT, tab, toPayee(node), reserved);
        others = uint96(bound(others, 1, 5000));
        if (reserved < 1000) redeem(otherNode, TAB_KEY, others);
        vm.warp(expiry + DELAY);
        vm.assertEq(redeem(node, TAB_KEY, reserved), reserved, "all that was reserved");
    }

    function test_reservationsAddUpWithinTheCapAndCountFromWhatWasPaid() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 100);
        vm.prank(payer);
        channels.reserve(SALT, tab, toPayee(node), 300);
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.InsufficientCap.selector);
        channels.reserve(SALT, tab, toPayee(otherNode), 601);
        vm.prank(payer);
        channels.reserve(SALT, tab, toPayee(otherNode), 600);
        vm.assertEq(redeem(node, TAB_KEY, 500), 300, "the reservation, nothing else is free");
        vm.assertEq(redeem(otherNode, TAB_KEY, 600), 600, "and the other's");
    }

    function test_anUnusedReservationComesBackAfterItsTimeNotBefore() public {
        open(tab, 1000);
        vm.prank(payer);
        channels.reserve(SALT, tab, toPayee(node), 300);
        redeem(node, TAB_KEY, 100);
        Collaterals.LaneKey[] memory unused = new Collaterals.LaneKey[](1);
        unused[0] = toPayee(node);
        vm.warp(expiry + 2 * DELAY);
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.StillLocked.selector);
        channels.release(SALT, tab, unused);
        vm.warp(expiry + 2 * DELAY + 1);
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        vm.assertEq(channels.balances(payer), 800, "700 and the bond");
        vm.prank(payer);
        channels.release(SALT, tab, unused);
        vm.assertEq(channels.balances(payer), 1000, "and the 200 that were reserved and not earned");
    }

    function test_hostile_nobodyElseReservesOutOfMyCap() public {
        open(tab, 1000);
        vm.expectPartialRevert(Authorizations.NotAuthorized.selector);
        channels.reserve(SALT, tab, toPayee(node), 1);
    }

    /*//////////////////////////////////////////////////////////////
                                 HELPING
    //////////////////////////////////////////////////////////////*/

    function redeemGranted(address payee, uint96 max, Vouchers.Grant memory g)
        private
        returns (uint256)
    {
        return channels.redeemGranted(payee, NO_MODEL, granted(payee, max, g));
    }

    function expectNothingGranted(address payee, uint96 max, Vouchers.Grant memory g) private {
        Vouchers.GrantedVoucher[] memory vouchers = granted(payee, max, g);
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeemGranted(payee, NO_MODEL, vouchers);
    }

    function granted(address payee, uint96 max, Vouchers.Grant memory g)
        private
        view
        returns (Vouchers.GrantedVoucher[] memory vouchers)
    {
        vouchers = new Vouchers.GrantedVoucher[](1);
        vouchers[0] = Vouchers.GrantedVoucher(voucher(VISITOR_KEY, payee, max), g);
    }
}
