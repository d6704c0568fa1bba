// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Channels} from "../contracts/Channels.sol";
import {Collaterals} from "../contracts/Collaterals.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Both ways to read a voucher, of the same domain as {Fixture} signs for.
contract Batch is Vouchers {
    function recover(address payee, bytes32 model, Voucher calldata v)
        external
        view
        returns (address, bytes32)
    {
        return _recover(_layOut(payee, model), v);
    }

    function plain(address payee, bytes32 model, Voucher calldata v)
        external
        view
        returns (address)
    {
        return _voucherSigner(v.channelId, payee, model, v.maxClaimableAmount, v.r, v.vs);
    }
}

/// @notice What vouchers pay, and until when.
contract RedeemTest is Fixture {
    event Redeemed(
        address indexed payee,
        bytes32 indexed model,
        uint256 toPayee,
        uint256 royalty,
        uint256 toPools,
        Channels.Payment[] payments
    );

    Batch private batch;

    function setUp() public override {
        super.setUp();
        batch = new Batch();
    }

    function test_aVoucherPaysItsWholeValueOnce() public {
        open(tab, 1000);
        vm.assertEq(redeem(node, TAB_KEY, 300), 300, "first");
        vm.assertEq(redeem(node, TAB_KEY, 450), 150, "what is new in the second");
        vm.prank(node);
        channels.claim(node, address(0xBEEF));
        vm.assertEq(token.balanceOf(address(0xBEEF)), 450, "claimed");
        vm.assertEq(channels.balances(node), 0, "nothing left");
    }

    function testFuzz_vouchersInAnyOrderPayTheHighest(uint96[8] memory amounts) public {
        open(tab, 1000);
        uint256 highest;
        uint256 total;
        for (uint256 i; i < amounts.length; ++i) {
            uint96 amount = uint96(bound(amounts[i], 1, 1000));
            if (amount <= highest) {
                expectNothing(node, TAB_KEY, amount);
            } else {
                total += redeem(node, TAB_KEY, amount);
                highest = amount;
            }
        }
        vm.assertEq(total, highest, "the sum is the highest");
    }

    function test_aLaneThatCannotPayStopsNoOther() public {
        open(tab, 1000);
        Vouchers.Voucher[] memory vouchers = new Vouchers.Voucher[](3);
        vouchers[0] = voucher(0xBAD, node, 10);
        vouchers[1] = voucher(TAB_KEY, node, 20);
        vouchers[2] = voucher(TAB_KEY, node, 20);
        Channels.Payment[] memory payments = new Channels.Payment[](3);
        for (uint256 i; i < 3; ++i) {
            payments[i].channelId = channelId;
        }
        payments[1].amount = 20;
        vm.expectEmit();
        emit Redeemed(node, NO_MODEL, 20, 0, 0, payments);
        vm.assertEq(channels.redeem(node, NO_MODEL, vouchers), 20, "the good one, once");
    }

    /// @dev The batch's assembly against plain Solidity: digest, signer and lane of any voucher whatever.
    function testFuzz_whatIsWrittenInAssemblyIsWhatSolidityWouldDo(
        uint256 key,
        bytes32 id,
        address payee,
        bytes32 model,
        uint96 max,
        uint256 flip
    ) public {
        key = bound(key, 1, 1e70);
        channels = Channels(address(batch));
        Vouchers.Voucher memory v = voucher(key, id, payee, model, max);
        (address signer, bytes32 laneId) = batch.recover(payee, model, v);
        vm.assertEq(signer, vm.addr(key), "signer");
        vm.assertEq(laneId, batch.laneIdOf(id, signer, payee, model), "lane");
        v.vs ^= bytes32(1 << bound(flip, 0, 255));
        (signer, laneId) = batch.recover(payee, model, v);
        vm.assertEq(signer, batch.plain(payee, model, v), "also of a broken one");
        vm.assertEq(laneId, batch.laneIdOf(id, signer, payee, model), "lane");
    }

    function testFuzz_revokingNeverHurtsAPayeeWhoRedeemsInTime(uint256 revokedAt, uint256 late)
        public
    {
        revokedAt = bound(revokedAt, START, uint256(expiry) - 1);
        open(tab, 1000);
        vm.warp(revokedAt);
        vm.prank(payer);
        channels.revoke(SALT, tab);
        vm.warp(revokedAt + bound(late, 0, DELAY));
        vm.assertEq(redeem(node, TAB_KEY, 1000), 1000, "all of it");
    }

    function test_afterBothDelaysThePayerHasEverythingBackAndOldVouchersPayNothing() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 300);
        vm.warp(expiry + 2 * DELAY + 1);
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        vm.assertEq(channels.balances(payer), 800, "700 unspent and the bond of 100");
        expectNothing(node, TAB_KEY, 400);
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.NotAuthorized.selector);
        channels.authorize(
            Authorizations.Authorization(SALT, tab, 100, uint64(block.timestamp + 1))
        );
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        vm.assertEq(channels.balances(payer), 800, "and nothing twice");
    }

    function test_aKeyGoesOnInAnotherChannelWhereItsOldVouchersMeanNothing() public {
        open(tab, 1000);
        vm.warp(expiry + 2 * DELAY + 1);
        bytes32 salt = bytes32(uint256(2));
        vm.prank(payer);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
        vm.prank(payer);
        channels.authorize(
            Authorizations.Authorization(salt, tab, 500, uint64(block.timestamp + 1))
        );
        expectNothing(node, TAB_KEY, 400);
        bytes32 next = channels.channelIdOf(payer, salt);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, next, node, NO_MODEL, 7));
        vm.assertEq(channels.redeem(node, NO_MODEL, vouchers), 7, "the new one pays");
    }

    function test_capAndExpiryOnlyGrowWhileOthersRelyOnThem() public {
        open(tab, 1000);
        vm.prank(payer);
        channels.deposit(payer, 220, noPermit());
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.ExpiryTooEarly.selector);
        channels.authorize(Authorizations.Authorization(SALT, tab, 0, expiry - 1));
        vm.prank(payer);
        channels.authorize(Authorizations.Authorization(SALT, tab, 200, expiry + 1));
        vm.assertEq(redeem(node, TAB_KEY, 2000), 1200, "cap and more cap");
        vm.assertEq(channels.balances(payer), 0, "its bond was taken too");
    }
}
