// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Balances} from "../contracts/Balances.sol";
import {Channels} from "../contracts/Channels.sol";
import {Collaterals} from "../contracts/Collaterals.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice What a payer, a node or a stranger may try.
contract HostileTest is Fixture {
    function test_hostile_aReplayedVoucherPaysNothing() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 300);
        expectNothing(node, TAB_KEY, 300);
    }

    function test_hostile_aVoucherForAnotherChainPaysNothing() public {
        open(tab, 1000);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, node, 300));
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, NO_MODEL, vouchers);
    }

    function test_hostile_aVoucherForAnotherContractPaysNothing() public {
        open(tab, 1000);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, node, 300));
        Channels other = new Channels(
            token, registry, models, DELAY, pools(0, 0, 0), governance, creditsAddress
        );
        vm.prank(payer);
        token.approve(address(other), type(uint256).max);
        vm.prank(payer);
        other.open(1100, authorization(tab, 1000), noPermit());
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        other.redeem(node, NO_MODEL, vouchers);
    }

    function test_hostile_aVoucherPaysNobodyButItsPayeeItsModelAndItsChannel() public {
        open(tab, 1000);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, node, 300));
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(otherNode, NO_MODEL, vouchers);
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, bytes32(uint256(1)), vouchers);
        vouchers[0].channelId = channels.channelIdOf(payer, bytes32(uint256(2)));
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, NO_MODEL, vouchers);
    }

    function test_hostile_aNodeThatClaimsMoreThanWasSignedGetsNothing() public {
        open(tab, 1000);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, node, 300));
        vouchers[0].maxClaimableAmount = 301;
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, NO_MODEL, vouchers);
    }

    function test_hostile_theOtherHalfOfASignatureIsRefused() public {
        open(tab, 1000);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, node, 300));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        uint256 vs = uint256(vouchers[0].vs);
        uint256 parity = vs >> 255;
        uint256 highS = order - (vs & (type(uint256).max >> 1));
        // EIP-2098 has no room for a high s: its top bit is the parity. Whatever is put there is no signature.
        vouchers[0].vs = bytes32(highS | ((1 - parity) << 255));
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, NO_MODEL, vouchers);
        vouchers[0].vs = bytes32(vs ^ (1 << 255));
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, NO_MODEL, vouchers);
    }

    function test_hostile_theZeroAddressIsNoSignerAndABrokenSignatureNobodys() public {
        vm.prank(payer);
        token.approve(address(channels), type(uint256).max);
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.ZeroSigner.selector);
        channels.open(1100, authorization(address(0), 1000), noPermit());
        Vouchers.Voucher[] memory vouchers = new Vouchers.Voucher[](1);
        vouchers[0] = Vouchers.Voucher(channelId, 300, 0, 0);
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(node, NO_MODEL, vouchers);
    }

    function test_hostile_whatIsLockedCannotBeWithdrawnEarly() public {
        open(tab, 1000);
        vm.prank(payer);
        vm.expectPartialRevert(Balances.InsufficientBalance.selector);
        channels.withdraw(payer, 1);
        vm.prank(payer);
        channels.revoke(SALT, tab);
        vm.warp(START + 2 * DELAY);
        vm.prank(payer);
        vm.expectPartialRevert(Authorizations.StillLocked.selector);
        channels.release(SALT, tab, new Collaterals.LaneKey[](0));
    }

    function test_nobodyButThePayeeOrItsOwnerClaims() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 300);
        vm.expectPartialRevert(Balances.NotTheOwner.selector);
        channels.claim(node, address(this));
    }
}
