// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Balances} from "../contracts/Balances.sol";
import {Splits} from "../contracts/Splits.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @notice Ways in, the way out, and where redeemed value goes.
contract DepositsTest is Fixture {
    /*//////////////////////////////////////////////////////////////
                                DEPOSITS
    //////////////////////////////////////////////////////////////*/

    function test_onePermitOpensAChannel() public {
        vm.prank(payer);
        token.approve(address(channels), 0);
        Balances.Permit memory permit = permitFor(1100);
        vm.prank(payer);
        channels.open(1100, authorization(tab, 1000), permit);
        vm.assertEq(redeem(node, TAB_KEY, 1000), 1000, "open");
    }

    function test_hostile_aPermitUsedByAnotherBeforeDoesNotStopTheDeposit() public {
        vm.prank(payer);
        token.approve(address(channels), 0);
        Balances.Permit memory permit = permitFor(1100);
        token.permit(payer, address(channels), 1100, permit.deadline, permit.v, permit.r, permit.s);
        vm.prank(payer);
        channels.open(1100, authorization(tab, 1000), permit);
        vm.assertEq(redeem(node, TAB_KEY, 1000), 1000, "open all the same");
    }

    function test_aDepositIsSponsoredByOneSignatureThatCoversTheKeyToo() public {
        Authorizations.Authorization memory auth = authorization(tab, 1000);
        Balances.Receive memory received = receiveFor(1100, auth, bytes32(uint256(5)));
        Authorizations.Authorization memory forged = authorization(vm.addr(8), 1000);
        vm.expectPartialRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.openFor(payer, 1100, forged, received);
        channels.openFor(payer, 1100, auth, received);
        vm.expectPartialRevert(ERC3009.ERC3009UsedAuthorization.selector);
        channels.openFor(payer, 1100, auth, received);
        vm.assertEq(redeem(node, TAB_KEY, 1000), 1000, "open");
    }

    /// @dev {openFor} locks a payer's balance by the signature's word alone: without one it must do nothing.
    function test_hostile_nobodyAuthorisesAKeyFromAnothersBalance() public {
        vm.prank(payer);
        channels.deposit(payer, 5000, noPermit());
        Authorizations.Authorization memory mine = authorization(vm.addr(8), 1000);
        Balances.Receive memory another = receiveFor(0, authorization(tab, 1000), 0);
        vm.expectPartialRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.openFor(payer, 0, mine, another);
    }

    function test_topUpAndWithdrawWhatIsNotLocked() public {
        open(tab, 1000);
        vm.prank(payer);
        channels.deposit(payer, 700, noPermit());
        vm.prank(payer);
        vm.expectPartialRevert(Balances.InsufficientBalance.selector);
        channels.withdraw(payer, 701);
        vm.prank(payer);
        channels.withdraw(address(0xBEEF), 700);
        vm.assertEq(token.balanceOf(address(0xBEEF)), 700, "at once");
    }

    function test_anOperatorsOwnerClaimsItsEarnings() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 300);
        register(0x0DE1, address(0xCAFE));
        vm.prank(address(0xCAFE));
        channels.claim(node, address(0xCAFE));
        vm.assertEq(token.balanceOf(address(0xCAFE)), 300, "paid to the wallet");
    }

    function test_anEarnerSpendsItsEarningsAsTheyAre() public {
        open(tab, 1000);
        redeem(node, TAB_KEY, 550);
        vm.prank(node);
        channels.authorize(authorization(vm.addr(8), 500));
        bytes32 id = channels.channelIdOf(node, SALT);
        Vouchers.Voucher[] memory vouchers = one(voucher(8, id, otherNode, NO_MODEL, 500));
        vm.assertEq(channels.redeem(otherNode, NO_MODEL, vouchers), 500, "spent");
    }

    /*//////////////////////////////////////////////////////////////
                                 SPLITS
    //////////////////////////////////////////////////////////////*/

    function testFuzz_splitsSumExactly(
        uint96 amount,
        uint16 auditBps,
        uint16 commonsBps,
        uint16 treasuryBps,
        uint16 royaltyBps
    ) public {
        amount = uint96(bound(amount, 1, 900_000e18));
        setPools(
            uint16(bound(auditBps, 0, 500)),
            uint16(bound(commonsBps, 0, 500)),
            uint16(bound(treasuryBps, 0, 500))
        );
        bytes32 model = publish(uint16(bound(royaltyBps, 0, 1000)));
        open(tab, amount);
        Vouchers.Voucher[] memory vouchers = one(voucher(TAB_KEY, channelId, node, model, amount));
        vm.assertEq(channels.redeem(node, model, vouchers), amount, "redeemed");
        channels.distribute();
        vm.assertEq(channels.pooled(), 0, "distributed");
        uint256 sum = channels.balances(node) + channels.balances(address(0x9B1))
            + channels.balances(audit) + channels.balances(commons) + channels.balances(treasury);
        vm.assertEq(sum, amount, "to the wei");
        vm.assertLe(uint256(amount) * 75 / 100, channels.balances(node), "a node keeps 75 %");
    }

    function test_eachShareGoesWhereItBelongs() public {
        setPools(200, 300, 400);
        bytes32 model = publish(500);
        open(tab, 10_000);
        channels.redeem(node, model, one(voucher(TAB_KEY, channelId, node, model, 10_000)));
        channels.distribute();
        vm.assertEq(channels.balances(node), 8600, "node");
        vm.assertEq(channels.balances(address(0x9B1)), 500, "publisher");
        vm.assertEq(channels.balances(audit), 200, "verifiers");
        vm.assertEq(channels.balances(commons), 300, "data and storage");
        vm.assertEq(channels.balances(treasury), 400, "treasury");
    }

    function test_hostile_governanceCannotTakeMoreThanItsLimitNorAnyoneElseAnything() public {
        Splits.Pools memory greedy = pools(500, 500, 501);
        vm.prank(governance);
        vm.expectPartialRevert(Splits.SharesTooHigh.selector);
        channels.setPools(greedy);
        Splits.Pools memory mine = pools(1, 1, 1);
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        channels.setPools(mine);
        mine.audit = address(0);
        vm.prank(governance);
        vm.expectPartialRevert(Splits.NoPool.selector);
        channels.setPools(mine);
    }

    /*//////////////////////////////////////////////////////////////
                                 HELPING
    //////////////////////////////////////////////////////////////*/

    function permitFor(uint256 amount) private view returns (Balances.Permit memory permit) {
        permit.deadline = START + 100;
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
                ),
                payer,
                address(channels),
                amount,
                token.nonces(payer),
                permit.deadline
            )
        );
        (permit.v, permit.r, permit.s) = vm.sign(PAYER_KEY, typedFor("Weft", address(token), hash));
    }

    function receiveFor(uint256 amount, Authorizations.Authorization memory auth, bytes32 entropy)
        private
        view
        returns (Balances.Receive memory received)
    {
        received.validBefore = START + 100;
        received.entropy = entropy;
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                payer,
                address(channels),
                amount,
                received.validAfter,
                received.validBefore,
                channels.openingNonce(auth, entropy)
            )
        );
        (received.v, received.r, received.s) =
            vm.sign(PAYER_KEY, typedFor("Weft", address(token), hash));
    }

    function register(uint256 operatorKey, address owner) private {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Registration(address operator,address owner,uint8 roles,uint256 nonce,uint256 deadline)"
                ),
                vm.addr(operatorKey),
                owner,
                1,
                0,
                START + 100
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(operatorKey, typedFor("Weft Registry", address(registry), hash));
        vm.prank(owner);
        registry.register(vm.addr(operatorKey), 1, 0, START + 100, abi.encodePacked(r, s, v));
    }

    function publish(uint16 royaltyBps) private returns (bytes32 model) {
        vm.prank(address(0x9B1));
        model =
            models.publish(abi.encodePacked(hex"01711220", keccak256("model")), "MIT", royaltyBps);
        vm.warp(START + models.disputePeriod());
        expiry = uint64(block.timestamp + 7 days);
    }

    function setPools(uint16 a, uint16 c, uint16 t) private {
        Splits.Pools memory p = pools(a, c, t);
        vm.prank(governance);
        channels.setPools(p);
    }
}
