// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Channels} from "../contracts/Channels.sol";
import {Collaterals} from "../contracts/Collaterals.sol";
import {Models} from "../contracts/Models.sol";
import {Registry} from "../contracts/Registry.sol";
import {Token} from "../contracts/Token.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Books} from "./Books.sol";

/// @notice Two payers with two keys each, three nodes, a visitor; forge calls what they may do at random.
/// @dev Even keys are honest: their books keep promises, reservations and grants within the cap. Odd keys sign
/// what they like. Every action adds to books of its own, which the invariants compare with the contract's.
contract World is Books {
    constructor(Token t, Registry r, Models m, Channels c) Books(t, r, m, c) {}

    /// @dev Gives both payers tokens. Forge must find no other start.
    function setUp() public override {
        for (uint256 p; p < KEYS && token.balanceOf(payerOf(p)) == 0; p += 2) {
            token.transfer(payerOf(p), 10_000e18);
            vm.prank(payerOf(p));
            token.approve(address(channels), type(uint256).max);
            deposit(p, 400e18);
            authorize(p, 150e18, 3 days);
            authorize(p + 1, 150e18, 3 days);
        }
    }

    /*//////////////////////////////////////////////////////////////
                              WHAT PAYERS DO
    //////////////////////////////////////////////////////////////*/

    function deposit(uint256 p, uint256 amount) public {
        amount = bound(amount, 1, 500e18);
        vm.prank(payerOf(p % KEYS));
        channels.deposit(payerOf(p % KEYS), uint96(amount), noPermit());
        deposited += amount;
    }

    function authorize(uint256 i, uint256 cap, uint256 duration) public {
        i %= KEYS;
        cap = bound(cap, 0, channels.balances(payerOf(i)) / 2);
        (,, uint64 last) = channels.collaterals(channelOf(i), signerOf(i));
        if (last < block.timestamp) last = uint64(block.timestamp);
        duration = bound(duration, 0, 1 days);
        vm.prank(payerOf(i));
        channels.authorize(
            Authorizations.Authorization(SALT, signerOf(i), uint96(cap), last + uint64(duration))
        );
    }

    function reserve(uint256 i, uint256 j, uint256 amount) external {
        (i, j) = (i % KEYS, j % NODES);
        amount = bound(amount, 1, 50e18);
        uint96 held = uint96(heldFor(i, j));
        if (!isLying(i)) {
            // In an honest payer's books a reservation is a promise of the whole lane, made at once.
            uint256 beyond = held + amount > signed[i][j] ? held + amount - signed[i][j] : 0;
            if (promisedBy[i] + beyond > capOf(i)) return;
        }
        vm.prank(payerOf(i));
        channels.reserve(SALT, signerOf(i), toPayee(nodeOf(j)), uint96(amount));
        if (held + amount > signed[i][j]) {
            promisedBy[i] += held + amount - signed[i][j];
            signed[i][j] = uint96(held + amount);
        }
    }

    function revoke(uint256 i) external {
        i %= KEYS;
        vm.prank(payerOf(i));
        channels.revoke(SALT, signerOf(i));
    }

    function release(uint256 i, bool withReservations) external {
        i %= KEYS;
        Collaterals.LaneKey[] memory unused =
            new Collaterals.LaneKey[](withReservations ? NODES : 0);
        for (uint256 j; j < unused.length; ++j) {
            unused[j] = toPayee(nodeOf(j));
        }
        if (unused.length > 0) waitUntil(deadlineOf(i) + DELAY + 1);
        vm.prank(payerOf(i));
        channels.release(SALT, signerOf(i), unused);
        isReleased[i] = true;
    }

    function withdraw(uint256 p, uint256 amount) external {
        p %= KEYS;
        amount = bound(amount, 0, channels.balances(payerOf(p)) / 4);
        vm.prank(payerOf(p));
        channels.withdraw(address(this), amount);
    }

    /*//////////////////////////////////////////////////////////////
                          WHAT NODES AND OTHERS DO
    //////////////////////////////////////////////////////////////*/

    /// @dev A key promises more to a node, within its books if it is honest.
    function sign(uint256 i, uint256 j, uint256 more) public {
        (i, j) = (i % KEYS, j % NODES);
        more = bound(more, 1, 100e18);
        if (!isLying(i)) {
            uint256 left = capOf(i) > promisedBy[i] ? capOf(i) - promisedBy[i] : 0;
            if (more > left) more = left;
        }
        signed[i][j] += uint96(more);
        promisedBy[i] += more;
    }

    /// @dev A node redeems its newest voucher, or an older one; now and then one that was never signed.
    function redeem(uint256 i, uint256 j, uint256 more, uint256 back) external {
        (i, j) = (i % KEYS, j % NODES);
        sign(i, j, more);
        back = bound(back, 0, signed[i][j] / 8);
        Vouchers.Voucher[] memory vouchers = one(voucherOf(i, j, signed[i][j] - uint96(back)));
        bool forge = more % 8 == 0;
        if (forge) vouchers[0].maxClaimableAmount += 1;
        bool isLate = !isOpen(i);
        uint256 total = channels.redeem(nodeOf(j), NO_MODEL, vouchers);
        paidInAll += total;
        paidBy[i] += total;
        if (isLate || forge) paidTooLate += total;
    }

    /// @dev A visitor spends a grant of a lying key: grants of an honest one would be in its books.
    function redeemGranted(uint256 i, uint256 j, uint256 cap, uint256 more) external {
        (i, j) = (i % 2 * 2 + 1, j % NODES);
        visitorSigned[j] += uint96(bound(more, 1, 30e18));
        channelId = channelOf(i);
        Vouchers.GrantedVoucher[] memory vouchers = new Vouchers.GrantedVoucher[](1);
        vouchers[0] = Vouchers.GrantedVoucher(
            voucher(VISITOR_KEY, nodeOf(j), visitorSigned[j]),
            grant(
                keyOf(i),
                vm.addr(VISITOR_KEY),
                uint96(bound(cap, 1, 60e18)),
                uint64(block.timestamp)
            )
        );
        bool isLate = !isOpen(i);
        uint256 total = channels.redeemGranted(nodeOf(j), NO_MODEL, vouchers);
        paidInAll += total;
        paidBy[i] += total;
        grantedBy[i] += total;
        if (isLate) paidTooLate += total;
    }

    function distribute() external {
        channels.distribute();
    }

    function claim(uint256 j) external {
        vm.prank(nodeOf(j % NODES));
        channels.claim(nodeOf(j % NODES), address(this));
    }

    /// @dev A lying key promises one node more than all it has, and that node says so.
    function prove(uint256 i, uint256 j, uint256 more) external {
        (i, j) = (i % KEYS, j % NODES);
        sign(i, j, more);
        if (isLying(i)) sign(i, j, 100e18 - 1);
        Vouchers.Promise[] memory promises = new Vouchers.Promise[](1);
        promises[0] = promiseFor(i, j);
        channels.proveOverPromise(channelOf(i), signerOf(i), promises);
    }

    function claimLoss(uint256 i, uint256 j) external {
        (i, j) = (i % 2 * 2 + 1, j % NODES);
        if (isConvicted(i)) waitUntil(deadlineOf(i) + 1);
        channels.claimLoss(channelOf(i), signerOf(i), promiseFor(i, j));
    }

    function collectLoss(uint256 i, uint256 j) external {
        (i, j) = (i % 2 * 2 + 1, j % NODES);
        if (isConvicted(i)) waitUntil(deadlineOf(i) + DELAY + 1);
        channels.collectLoss(channelOf(i), signerOf(i), toPayee(nodeOf(j)));
    }

    function wait(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 12 hours));
    }

    function waitUntil(uint256 timestamp) private {
        if (timestamp > block.timestamp) vm.warp(timestamp);
    }
}
