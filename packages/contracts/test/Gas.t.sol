// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice What transactions cost, each measured as one of its own, calldata and all: packages/contracts/gas.
/// @dev Of fifty lanes on their first day and later, with every share of the split above zero.
/// forge-config: default.isolate = true
contract GasTest is Fixture {
    uint256 private constant LANES = 50;
    bytes32 private model;

    function setUp() public override {
        super.setUp();
        model = models.publish(abi.encodePacked(hex"01711220", keccak256("m")), "MIT", 500);
        vm.warp(START + 7 days);
        expiry = uint64(block.timestamp + 7 days);
        vm.prank(governance);
        channels.setPools(pools(200, 300, 400));
    }

    /// @dev What the others measure starts from a node, a publisher and pools that were paid before.
    function payAllOnce() private {
        open(tab, 1000e18);
        channels.redeem(node, model, one(voucher(TAB_KEY, channelId, node, model, 1e18)));
    }

    function test_gasOfOpening() public {
        open(tab, 1000e18);
        vm.snapshotGasLastCall("open, approved before");
    }

    function test_gasOfFiftyLanes() public {
        payAllOnce();
        for (uint256 i; i < LANES; ++i) {
            address someone = vm.addr(10_000 + i);
            token.transfer(someone, 100e18);
            vm.prank(someone);
            token.approve(address(channels), 100e18);
            vm.prank(someone);
            channels.open(100e18, authorization(vm.addr(20_000 + i), 50e18), noPermit());
        }
        channels.redeem(node, model, vouchers(1e18));
        vm.snapshotGasLastCall("redeem 50 lanes, first time");
        channels.redeem(node, model, vouchers(2e18));
        vm.snapshotGasLastCall("redeem 50 lanes, later");
        vm.prank(node);
        channels.claim(node, node);
        vm.snapshotGasLastCall("claim");
    }

    function test_gasOfOneLane() public {
        open(tab, 1000e18);
        Vouchers.Voucher[] memory first = one(voucher(TAB_KEY, channelId, node, model, 1e18));
        Vouchers.Voucher[] memory second = one(voucher(TAB_KEY, channelId, node, model, 2e18));
        channels.redeem(node, model, first);
        vm.snapshotGasLastCall("redeem 1 lane, first time");
        channels.redeem(node, model, second);
        vm.snapshotGasLastCall("redeem 1 lane, later");
    }

    function vouchers(uint96 max) private view returns (Vouchers.Voucher[] memory list) {
        list = new Vouchers.Voucher[](LANES);
        for (uint256 i; i < LANES; ++i) {
            bytes32 id = channels.channelIdOf(vm.addr(10_000 + i), SALT);
            list[i] = voucher(20_000 + i, id, node, model, max);
        }
    }
}
