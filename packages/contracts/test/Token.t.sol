// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Allocation, Vesting} from "../contracts/Allocation.sol";
import {Token} from "../contracts/Token.sol";
import {Vm} from "./Vm.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice The supply, where it goes at deployment, and when it comes out.
contract TokenTest {
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    uint256 private constant START = 1_800_000_000;

    function test_theWholeSupplyIsAllocatedAtDeploymentAndNothingStaysBehind() public {
        (Token token, address[4] memory wallets) = deploy();
        uint256[4] memory percents = [uint256(40), 20, 17, 13];
        uint256 sum = token.balanceOf(address(0x5));
        vm.assertEq(sum, token.SUPPLY() / 10, "launch");
        for (uint256 i; i < 4; ++i) {
            uint256 amount = token.balanceOf(wallets[i]);
            vm.assertEq(amount, token.SUPPLY() * percents[i] / 100, "part");
            vm.assertEq(Vesting(payable(wallets[i])).owner(), address(uint160(i + 1)), "whose");
            sum += amount;
        }
        vm.assertEq(sum, 1_000_000_000e18, "one billion");
        vm.assertEq(token.totalSupply(), sum, "and no more");
    }

    function test_buildersAndBackersGetNothingInTheFirstYearAndAllInTheEnd() public {
        (Token token, address[4] memory wallets) = deploy();
        for (uint256 i = 2; i < 4; ++i) {
            Vesting wallet = Vesting(payable(wallets[i]));
            uint256 amount = token.balanceOf(address(wallet));
            vm.warp(START + 365 days - 1);
            vm.assertEq(wallet.releasable(address(token)), 0, "before the cliff");
            vm.warp(START + 365 days);
            vm.assertEq(
                wallet.releasable(address(token)), amount * 365 days / wallet.duration(), "at it"
            );
            vm.warp(START + 4 * 365 days);
            vm.assertEq(wallet.releasable(address(token)), amount, "in the end");
        }
    }

    function test_noPartGoesToNobody() public {
        vm.expectPartialRevert(Ownable.OwnableInvalidOwner.selector);
        new Allocation(
            Allocation.Beneficiaries(address(1), address(0), address(3), address(4), address(5))
        );
        vm.expectPartialRevert(Allocation.NoBeneficiary.selector);
        new Allocation(
            Allocation.Beneficiaries(address(1), address(2), address(3), address(4), address(0))
        );
    }

    function test_votesCountByTimeOnceDelegated() public {
        (Token token,) = deploy();
        vm.assertEq(token.clock(), START, "the clock is the time");
        vm.prank(address(5));
        token.delegate(address(6));
        vm.warp(START + 1);
        vm.assertEq(token.getPastVotes(address(6), START), token.SUPPLY() / 10, "votes");
    }

    /// @dev A contract's addresses follow from its nonces: the token is the allocation's first, vestings follow.
    function deploy() private returns (Token token, address[4] memory wallets) {
        vm.warp(START);
        Allocation allocation = new Allocation(
            Allocation.Beneficiaries(address(1), address(2), address(3), address(4), address(5))
        );
        for (uint8 i; i < 4; ++i) {
            bytes memory rlp = abi.encodePacked(hex"d694", address(allocation), uint8(i + 2));
            wallets[i] = address(uint160(uint256(keccak256(rlp))));
        }
        return (allocation.token(), wallets);
    }
}
