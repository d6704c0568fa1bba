// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "../contracts/Authorizations.sol";
import {Channels} from "../contracts/Channels.sol";
import {CreditMembers} from "../contracts/CreditMembers.sol";
import {CreditTickets} from "../contracts/CreditTickets.sol";
import {Credits} from "../contracts/Credits.sol";
import {Groth16} from "../contracts/Groth16.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {CreditFixture} from "./CreditFixture.sol";

/// @notice Tickets are bought in the open, spent by keys that nobody can tell a buyer by, each once.
contract CreditsTest is CreditFixture {
    bytes32 private creditChannel;

    function setUp() public override {
        super.setUp();
        creditChannel = channels.channelIdOf(address(credits), 0);
    }

    /// @dev The first in a tree: its root is its leaf.
    function ticketOf(uint256 index, address key)
        private
        returns (CreditTickets.Ticket memory ticket)
    {
        return ticketFor(0, SECRET, index, leafOf(0, SECRET), key);
    }

    /*//////////////////////////////////////////////////////////////
                                 BUYING
    //////////////////////////////////////////////////////////////*/

    function test_aBuyerPaysTheTicketsAndTheirBond() public {
        uint256 before = token.balanceOf(payer);
        buy(1, SECRET, 5);
        vm.assertEq(before - token.balanceOf(payer), 55e18, "five tens and a tenth");
        vm.assertEq(channels.balances(address(credits)), 55e18, "in Channels");
        vm.assertEq(credits.memberCount(1), 1, "members");
        vm.assertTrue(credits.isRoot(1, leafOf(1, SECRET)), "its root");
        vm.assertTrue(!credits.isRoot(0, leafOf(1, SECRET)), "of its own tree");
    }

    function test_hostile_whatCannotBeBought() public {
        buy(0, SECRET, 1);
        uint256 identity = identityOf(SECRET);
        vm.expectPartialRevert(CreditMembers.IdentityUsed.selector);
        credits.buy(0, identity, 2, noPermit());
        vm.expectPartialRevert(CreditMembers.BadCount.selector);
        credits.buy(0, identity + 1, 0, noPermit());
        vm.expectPartialRevert(CreditMembers.BadCount.selector);
        credits.buy(0, identity + 1, 101, noPermit());
        vm.expectPartialRevert(CreditMembers.BadTerms.selector);
        credits.buy(2, identity, 1, noPermit());
        vm.expectPartialRevert(CreditMembers.NotAnIdentity.selector);
        credits.buy(0, 0, 1, noPermit());
        vm.expectPartialRevert(CreditMembers.NotAnIdentity.selector);
        credits.buy(0, identity + Groth16.R, 1, noPermit());
    }

    /*//////////////////////////////////////////////////////////////
                                SPENDING
    //////////////////////////////////////////////////////////////*/

    function test_aTicketOpensItsKeyAndPaysWhoSubmitsIt() public {
        buy(0, SECRET, 2);
        spend(0, ticketOf(0, tab), tab);
        (uint256 cap, uint256 fee) = capOf(ONE);
        (uint96 open_,, uint64 until) = channels.collaterals(creditChannel, tab);
        vm.assertEq(open_, cap, "cap");
        vm.assertEq(until, START + 7 days, "until");
        vm.assertEq(token.balanceOf(relay), fee, "fee");
        vm.assertEq(channels.balances(address(credits)), 1.2e18, "a ticket and two bonds");
    }

    function test_oldRootsStayGood() public {
        buy(0, SECRET, 2);
        CreditTickets.Ticket memory ticket = ticketOf(1, tab);
        buy(0, SECRET + 1, 3);
        spend(0, ticket, tab);
    }

    function test_hostile_aTicketIsUsedOnce() public {
        buy(0, SECRET, 2);
        spend(0, ticketOf(0, tab), tab);
        CreditTickets.Ticket memory again = ticketOf(0, tab);
        CreditTickets.Ticket memory other = ticketOf(0, node);
        vm.expectPartialRevert(CreditTickets.TicketUsed.selector);
        credits.spend(0, again, tab);
        vm.expectPartialRevert(CreditTickets.TicketUsed.selector);
        credits.spend(0, other, node);
    }

    function test_hostile_aTicketIsForItsKeyItsContractItsDenominationAndItsChain() public {
        buy(0, SECRET, 2);
        buy(1, SECRET, 2);
        CreditTickets.Ticket memory ticket = ticketOf(0, tab);
        vm.expectPartialRevert(CreditTickets.NotForThisKey.selector);
        credits.spend(0, ticket, node);
        ticket.root = leafOf(1, SECRET);
        vm.expectPartialRevert(CreditTickets.ForeignTicket.selector);
        credits.spend(1, ticket, tab);
        ticket = shareOf(newCredits(), 0, SECRET, 0, tab);
        (ticket.root, ticket.aliveAt) = (leafOf(0, SECRET), block.timestamp);
        vm.expectPartialRevert(CreditTickets.ForeignTicket.selector);
        credits.spend(0, ticket, tab);
        ticket = ticketOf(0, tab);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(CreditTickets.ForeignTicket.selector);
        credits.spend(0, ticket, tab);
    }

    /// @dev Each public input but the two that are computed here; those are in the test above.
    function test_hostile_nothingOfATicketCanBeChanged() public {
        buy(0, SECRET, 2);
        CreditTickets.Ticket memory ticket = ticketOf(0, tab);
        ticket.y += 1;
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        credits.spend(0, ticket, tab);
        ticket = ticketOf(0, tab);
        ticket.nullifier += 1;
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        credits.spend(0, ticket, tab);
        ticket = ticketOf(0, tab);
        ticket.nullifier += Groth16.R;
        vm.expectPartialRevert(Groth16.NotInField.selector);
        credits.spend(0, ticket, tab);
        ticket = ticketOf(0, tab);
        ticket.aliveAt += 1;
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        credits.spend(0, ticket, tab);
        ticket.root += 1;
        vm.expectPartialRevert(CreditTickets.UnknownRoot.selector);
        credits.spend(0, ticket, tab);
    }

    function test_hostile_aTicketWhoseBondMayBeGoneIsRefused() public {
        buy(0, SECRET, 2);
        CreditTickets.Ticket memory ticket = ticketOf(0, tab);
        vm.warp(block.timestamp + 1);
        vm.expectPartialRevert(CreditTickets.TooOld.selector);
        credits.spend(0, ticket, tab);
    }

    function test_aPrivateKeyPaysRegisteredOperatorsOnly() public {
        buy(0, SECRET, 2);
        spend(0, ticketOf(0, tab), tab);
        channelId = creditChannel;
        expectNothing(node, TAB_KEY, 1000);
        registerOperator(0x0DE1);
        vm.assertEq(redeem(node, TAB_KEY, 1000), 1000, "paid");
    }

    /*//////////////////////////////////////////////////////////////
                        WHAT COMES BACK, AND WHEN
    //////////////////////////////////////////////////////////////*/

    function test_anUnusedTicketGoesBackToWhoBoughtIt() public {
        buy(0, SECRET, 2);
        uint256 before = token.balanceOf(payer);
        credits.withdraw(0, identityOf(SECRET), ticketOf(1, address(0)));
        vm.assertEq(token.balanceOf(payer) - before, ONE, "its value");
        CreditTickets.Ticket memory ticket = ticketOf(1, tab);
        vm.expectPartialRevert(CreditTickets.TicketUsed.selector);
        credits.spend(0, ticket, tab);
    }

    function test_hostile_aTicketGoesBackToNobodyElse() public {
        buy(0, SECRET, 2);
        CreditTickets.Ticket memory ticket = ticketOf(1, address(0));
        vm.prank(payer);
        token.transfer(address(this), 10e18);
        token.approve(address(credits), type(uint256).max);
        credits.buy(0, identityOf(SECRET + 1), 2, noPermit());
        uint256 own = identityOf(SECRET + 1);
        vm.expectPartialRevert(CreditTickets.UnknownRoot.selector);
        credits.withdraw(0, own, ticket);
        uint256 nobody = identityOf(SECRET + 2);
        vm.expectPartialRevert(CreditMembers.NotAMember.selector);
        credits.withdraw(0, nobody, ticket);
    }

    function test_aBondComesBackWhenItsTimeIsOver() public {
        buy(0, SECRET, 2);
        uint256 identity = identityOf(SECRET);
        uint256 before = token.balanceOf(payer);
        vm.expectPartialRevert(Credits.NotYet.selector);
        credits.returnBond(0, identity);
        vm.warp(START + LIFETIME + 1);
        credits.returnBond(0, identity);
        vm.assertEq(token.balanceOf(payer) - before, 0.2e18, "bond");
        vm.expectPartialRevert(CreditMembers.NotAMember.selector);
        credits.returnBond(0, identity);
    }

    function test_twoUsesOfATicketTellTheSecretAndCostTheBond() public {
        buy(1, SECRET, 2);
        CreditTickets.Ticket memory one_ = ticketFor(1, SECRET, 0, leafOf(1, SECRET), tab);
        CreditTickets.Ticket memory other = ticketFor(1, SECRET, 0, leafOf(1, SECRET), node);
        uint256 secret = secretOf(one_, other);
        vm.assertEq(secret, SECRET, "told");
        uint256 before = token.balanceOf(treasury);
        credits.slash(1, secret, relay);
        vm.assertEq(token.balanceOf(relay), 1e18, "half");
        vm.assertEq(token.balanceOf(treasury) - before, 1e18, "half");
        vm.expectPartialRevert(CreditMembers.NotAMember.selector);
        credits.slash(1, secret, relay);
        vm.expectPartialRevert(CreditMembers.NotAMember.selector);
        credits.slash(1, secret + 1, relay);
    }

    /// @dev Anybody can tell its own secret: no use of the tickets is left then that says that there is a bond.
    function test_hostile_whoIsSlashedHasNoTicketThatShowsABond() public {
        buy(1, SECRET, 3);
        spend(1, ticketFor(1, SECRET, 1, leafOf(1, SECRET), tab), tab);
        CreditTickets.Ticket memory early = ticketFor(1, SECRET, 0, leafOf(1, SECRET), node);
        CreditTickets.Ticket memory back = ticketFor(1, SECRET, 2, leafOf(1, SECRET), address(0));
        uint256 before = token.balanceOf(payer);
        // The same secret for a hash, and so the same nullifiers.
        credits.slash(1, SECRET + Groth16.R, relay);
        vm.assertEq(token.balanceOf(payer) - before, 20e18, "two that were not used, and no bond");
        vm.assertEq(channels.balances(address(credits)), 0, "nothing is owed");
        vm.expectPartialRevert(CreditTickets.TicketUsed.selector);
        credits.spend(1, early, node);
        uint256 identity = identityOf(SECRET);
        vm.expectPartialRevert(CreditTickets.TicketUsed.selector);
        credits.withdraw(1, identity, back);
    }

    /// @dev Else whoever told the secret of its own {change} would have coins for what it may only spend.
    function test_hostile_theBondOfChangeIsNobodysButTheTreasurys() public {
        buy(1, SECRET, 1);
        spend(1, ticketFor(1, SECRET, 0, leafOf(1, SECRET), tab), tab);
        vm.warp(START + 7 days + 2 * DELAY + 1);
        credits.collect(tab);
        uint256 fresh = identityOf(SECRET + 1);
        credits.change(tab, 0, fresh, 8, sign(TAB_KEY, 0, fresh, 8));
        CreditTickets.Ticket memory ticket =
            ticketFor(0, SECRET + 1, 0, leafOf(0, SECRET + 1), node);
        uint256 before = token.balanceOf(treasury);
        credits.slash(0, SECRET + 1, node);
        vm.assertEq(token.balanceOf(node), 0, "no coins");
        vm.assertEq(token.balanceOf(treasury) - before, 8.8e18, "eight tickets and their bond");
        vm.expectPartialRevert(CreditTickets.TicketUsed.selector);
        credits.spend(0, ticket, node);
    }

    /// @dev So that no purchase is too large to be slashed.
    function test_theLargestPurchaseFitsABlockWhenItIsSlashed() public {
        vm.prank(payer);
        token.transfer(address(this), 200e18);
        token.approve(address(credits), type(uint256).max);
        credits.buy(0, identityOf(SECRET), 100, noPermit());
        uint256 before = gasleft();
        credits.slash(0, SECRET, relay);
        vm.assertLe(before - gasleft(), 10_000_000, "gas");
    }

    function test_whatAKeyHasLeftBuysTicketsForAFreshIdentity() public {
        buy(1, SECRET, 1);
        spend(1, ticketFor(1, SECRET, 0, leafOf(1, SECRET), tab), tab);
        vm.expectPartialRevert(Authorizations.StillLocked.selector);
        credits.collect(tab);
        vm.warp(START + 7 days + 2 * DELAY + 1);
        credits.collect(tab);
        (uint256 cap,) = capOf(TEN);
        vm.assertEq(credits.remainders(tab), cap + bondOf(cap), "all of it");
        uint256 fresh = identityOf(SECRET + 1);
        bytes memory signature = sign(TAB_KEY, 0, fresh, 8);
        vm.expectPartialRevert(Credits.NotSigned.selector);
        credits.change(tab, 0, fresh, 7, signature);
        credits.change(tab, 0, fresh, 8, signature);
        vm.assertEq(credits.remainders(tab), cap + bondOf(cap) - 8.88e18, "left");
        uint256 before = token.balanceOf(treasury);
        credits.withdraw(0, fresh, ticketFor(0, SECRET + 1, 0, leafOf(0, SECRET + 1), address(0)));
        vm.assertEq(token.balanceOf(treasury) - before, ONE, "never to a person");
    }

    function test_whatNobodySignsForIsTheTreasurys() public {
        buy(1, SECRET, 1);
        spend(1, ticketFor(1, SECRET, 0, leafOf(1, SECRET), tab), tab);
        vm.warp(START + 7 days + 2 * DELAY + 1);
        credits.collect(tab);
        vm.expectPartialRevert(Credits.NotYet.selector);
        credits.sweep(tab);
        vm.warp(START + 7 days + LIFETIME + 1);
        uint256 left = credits.remainders(tab);
        credits.sweep(tab);
        vm.assertEq(token.balanceOf(treasury), left, "all");
        vm.assertEq(credits.remainders(tab), 0, "none");
    }

    /*//////////////////////////////////////////////////////////////
                                 VALUES
    //////////////////////////////////////////////////////////////*/

    /// @dev Where the line through two points meets x = 0.
    function secretOf(CreditTickets.Ticket memory one_, CreditTickets.Ticket memory other)
        private
        view
        returns (uint256)
    {
        uint256 r = Groth16.R;
        uint256 run = addmod(one_.x, r - other.x, r);
        (, bytes memory inverse) = address(5).staticcall(abi.encode(32, 32, 32, run, r - 2, r));
        uint256 rise = addmod(one_.y, r - other.y, r);
        uint256 slope = mulmod(rise, abi.decode(inverse, (uint256)), r);
        return addmod(one_.y, r - mulmod(slope, one_.x, r), r);
    }
}
