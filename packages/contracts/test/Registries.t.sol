// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Models} from "../contracts/Models.sol";
import {Registry} from "../contracts/Registry.sol";
import {Fixture} from "./Fixture.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

/// @notice Operators with their stake, and models with their royalties.
contract RegistriesTest is Fixture {
    uint256 private constant OPERATOR_KEY = 0x09;
    address private operator = vm.addr(OPERATOR_KEY);
    bytes32 private digest = keccak256("model");
    bytes private cid = abi.encodePacked(hex"01711220", digest);

    function setUp() public override {
        super.setUp();
        vm.prank(payer);
        token.approve(address(registry), type(uint256).max);
    }

    /*//////////////////////////////////////////////////////////////
                                OPERATORS
    //////////////////////////////////////////////////////////////*/

    function test_anOperatorThatAgreedIsRegisteredWithItsRolesAndStake() public {
        register(500);
        vm.assertEq(registry.ownerOf(operator), payer, "owner");
        vm.assertTrue(registry.isActive(operator, 2, 500), "verifies, with enough at stake");
        vm.assertTrue(!registry.isActive(operator, 4, 500), "has not this role");
        vm.assertTrue(!registry.isActive(operator, 2, 501), "has not that much");
    }

    /// @dev Or anybody could claim anybody's earnings.
    function test_hostile_nobodyRegistersAnOperatorThatDidNotAgree() public {
        bytes memory consent = consentTo(payer, 3, START + 100);
        vm.expectPartialRevert(Registry.NoConsent.selector);
        registry.register(operator, 3, 0, START + 100, consent);
        vm.warp(START + 101);
        vm.prank(payer);
        vm.expectPartialRevert(Registry.NoConsent.selector);
        registry.register(operator, 3, 0, START + 100, consent);
    }

    function test_hostile_anOldConsentIsNotUsedAgain() public {
        bytes memory consent = consentTo(payer, 3, START + 100);
        vm.prank(payer);
        registry.register(operator, 3, 0, START + 100, consent);
        vm.prank(payer);
        vm.expectPartialRevert(Registry.AlreadyRegistered.selector);
        registry.register(operator, 3, 0, START + 100, consent);
        vm.prank(payer);
        registry.deregister(operator);
        vm.prank(payer);
        vm.expectPartialRevert(Registry.NoConsent.selector);
        registry.register(operator, 3, 0, START + 100, consent);
    }

    function test_stakeUnbondsAfterTheDelayAndNotBefore() public {
        register(500);
        vm.prank(payer);
        vm.expectPartialRevert(Registry.NotEnoughStake.selector);
        registry.unbond(operator, 501);
        vm.prank(payer);
        registry.unbond(operator, 200);
        vm.assertTrue(!registry.isActive(operator, 2, 500), "what unbonds does not count");
        vm.warp(START + 7 days - 1);
        vm.prank(payer);
        vm.expectPartialRevert(Registry.StillUnbonding.selector);
        registry.withdraw(operator, payer);
        vm.warp(START + 7 days);
        vm.prank(payer);
        vm.expectPartialRevert(Registry.StillStaked.selector);
        registry.deregister(operator);
        vm.prank(payer);
        registry.withdraw(operator, address(0xBEEF));
        vm.assertEq(token.balanceOf(address(0xBEEF)), 200, "back");
    }

    function testFuzz_slashingReachesUnbondingStakeAndTakesNoMoreThanThereIs(
        uint96 unbonding,
        uint96 amount
    ) public {
        register(500);
        unbonding = uint96(bound(unbonding, 0, 500));
        vm.prank(payer);
        registry.unbond(operator, unbonding);
        vm.prank(slasher);
        uint256 taken = registry.slash(operator, amount, treasury);
        vm.assertEq(taken, amount < 500 ? amount : 500, "what there is");
        (, uint96 stake, uint96 rest,,) = registry.operators(operator);
        vm.assertEq(token.balanceOf(treasury), taken, "arrived");
        vm.assertEq(uint256(stake) + rest + taken, 500, "to the wei");
        vm.assertEq(token.balanceOf(address(registry)), 500 - taken, "and no more held");
    }

    function test_hostile_onlyTheSlasherSlashesAndOnlyTheOwnerMovesStake() public {
        register(500);
        vm.prank(governance);
        vm.expectPartialRevert(IAccessControl.AccessControlUnauthorizedAccount.selector);
        registry.slash(operator, 1, governance);
        vm.expectPartialRevert(Registry.NotTheOwner.selector);
        registry.unbond(operator, 1);
        vm.expectPartialRevert(Registry.NotTheOwner.selector);
        registry.withdraw(operator, address(this));
        vm.expectPartialRevert(Registry.NotTheOwner.selector);
        registry.setRoles(operator, 0);
        vm.expectPartialRevert(Registry.NotTheOwner.selector);
        registry.deregister(operator);
        vm.expectPartialRevert(Registry.NotTheOwner.selector);
        registry.stake(address(0xDEAD), 1);
    }

    /*//////////////////////////////////////////////////////////////
                                  MODELS
    //////////////////////////////////////////////////////////////*/

    function test_aPublishersRoyaltyStartsWhenNobodyCanSurprise() public {
        vm.assertEq(models.publish(cid, "Apache-2.0", 500), digest, "the digest in the CID");
        (address publisher, uint16 royalty) = models.royaltyOf(digest);
        vm.assertEq(royalty, 0, "not yet");
        vm.warp(START + 7 days);
        (publisher, royalty) = models.royaltyOf(digest);
        vm.assertEq(publisher, address(this), "publisher");
        vm.assertEq(royalty, 500, "royalty");
        vm.expectPartialRevert(Models.RoyaltyTooHigh.selector);
        models.lowerRoyalty(digest, 501);
        models.lowerRoyalty(digest, 100);
        models.transfer(digest, node);
        (publisher, royalty) = models.royaltyOf(digest);
        vm.assertEq(publisher, node, "handed on");
        vm.assertEq(royalty, 100, "lower");
    }

    function test_hostile_aModelIsPublishedOnceAndTheCuratorStrikesAFalseClaim() public {
        models.publish(cid, "MIT", 1000);
        vm.prank(node);
        vm.expectPartialRevert(Models.AlreadyPublished.selector);
        models.publish(cid, "MIT", 0);
        vm.expectPartialRevert(IAccessControl.AccessControlUnauthorizedAccount.selector);
        models.decide(digest, address(0));
        vm.prank(governance);
        models.decide(digest, address(0));
        vm.warp(START + 8 days);
        (address publisher, uint16 royalty) = models.royaltyOf(digest);
        vm.assertEq(publisher, address(0), "nobody's");
        vm.assertEq(royalty, 0, "for nothing");
        vm.expectPartialRevert(Models.NotThePublisher.selector);
        models.transfer(digest, address(this));
        vm.expectPartialRevert(Models.AlreadyPublished.selector);
        models.publish(cid, "MIT", 0);
    }

    function test_hostile_whatIsNoCidOrAsksTooMuchIsNotPublished() public {
        vm.expectPartialRevert(Models.RoyaltyTooHigh.selector);
        models.publish(cid, "MIT", 1001);
        vm.expectPartialRevert(Models.NotAModelCid.selector);
        models.publish(abi.encodePacked(hex"01551220", digest), "MIT", 0);
        vm.expectPartialRevert(Models.NotAModelCid.selector);
        models.publish(abi.encodePacked(hex"01711220", digest, hex"00"), "MIT", 0);
    }

    /*//////////////////////////////////////////////////////////////
                                 HELPING
    //////////////////////////////////////////////////////////////*/

    function register(uint96 stake) private {
        bytes memory consent = consentTo(payer, 3, START + 100);
        vm.prank(payer);
        registry.register(operator, 3, stake, START + 100, consent);
    }

    function consentTo(address owner, uint8 roles, uint256 deadline)
        private
        view
        returns (bytes memory)
    {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Registration(address operator,address owner,uint8 roles,uint256 nonce,uint256 deadline)"
                ),
                operator,
                owner,
                roles,
                registry.nonces(operator),
                deadline
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(OPERATOR_KEY, typedFor("Weft Registry", address(registry), hash));
        return abi.encodePacked(r, s, v);
    }
}
