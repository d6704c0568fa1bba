// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {CreditTickets} from "../contracts/CreditTickets.sol";
import {CreditFixture} from "./CreditFixture.sol";
import {InternalLeanIMT, LeanIMTData} from "@zk-kit/lean-imt.sol/InternalLeanIMT.sol";

/// @notice Buyers, tickets and keys; forge calls what they may do at random. What they should have by then is counted
/// here, and the invariants compare it with the contract's.
contract CreditWorld is CreditFixture {
    using InternalLeanIMT for LeanIMTData;

    uint256 private constant MEMBERS = 4;
    uint256 private constant KEYS = 6;

    uint256[2] public bought;
    uint256[2] public used;
    /// @dev In wei: of tickets not used, of bonds not taken, and what keys have left.
    uint256 public owed;
    uint256 public usedTwice;
    /// @dev Of what only the treasury may have.
    uint256 public inCoins;
    address private finder = address(0xF17D);
    uint256 private nextKey = 1;
    uint256 private nextFresh = SECRET + 1_000;
    uint256[2] private lastRoot;
    mapping(uint256 denomination => LeanIMTData) private trees;

    /// @dev Forge must find no other start.
    function setUp() public override {
        if (address(credits) == address(0)) super.setUp();
    }

    function join(uint256 member, uint256 denomination, uint256 count) external {
        (member, denomination, count) = (member % MEMBERS, denomination % 2, bound(count, 1, 5));
        buy(denomination, SECRET + member, count);
        joined(denomination, SECRET + member, count);
        owed += credits.priceOf(denomination, count);
    }

    /// @dev Any index, bought or not, used or not; what the circuit would not prove is not proved.
    function use(uint256 member, uint256 denomination, uint256 index) external {
        (member, denomination, index) = (member % MEMBERS, denomination % 2, index % 6);
        CreditTickets.Ticket memory ticket = ticketOf(member, denomination, index, vm.addr(nextKey));
        bool isUsed = credits.isUsed(ticket.nullifier);
        spend(denomination, ticket, vm.addr(nextKey));
        if (isUsed) ++usedTwice;
        nextKey = nextKey % KEYS + 1;
        ++used[denomination];
        owed -= credits.values(denomination);
    }

    function withdraw(uint256 member, uint256 denomination, uint256 index) external {
        (member, denomination, index) = (member % MEMBERS, denomination % 2, index % 6);
        CreditTickets.Ticket memory ticket = ticketOf(member, denomination, index, address(0));
        ticket.root = leafOf(denomination, SECRET + member);
        bool isUsed = credits.isUsed(ticket.nullifier);
        if (isBought(member, denomination, index)) prover.prove(inputsOf(ticket));
        credits.withdraw(denomination, identityOf(SECRET + member), ticket);
        if (isUsed) ++usedTwice;
        ++used[denomination];
        owed -= credits.values(denomination);
    }

    function takeBond(uint256 member, uint256 denomination, bool isSlashed) external {
        (member, denomination) = (member % MEMBERS, denomination % 2);
        uint256 identity = identityOf(SECRET + member);
        if (isSlashed) return slash(SECRET + member, denomination);
        (,, uint8 count,) = credits.members(denomination, identity);
        credits.returnBond(denomination, identity);
        owed -= credits.priceOf(denomination, count) - count * uint256(credits.values(denomination));
    }

    function slashChange(uint256 which, uint256 denomination) external {
        slash(bound(which, SECRET + 1_000, nextFresh), denomination % 2);
    }

    function collect(uint256 key) external {
        address signer = vm.addr(key % KEYS + 1);
        uint256 before = credits.remainders(signer);
        credits.collect(signer);
        owed += credits.remainders(signer) - before;
    }

    function change(uint256 key, uint256 denomination, uint256 count) external {
        (key, denomination, count) = (key % KEYS + 1, denomination % 2, bound(count, 1, 3));
        uint256 secret = nextFresh++;
        bytes memory signature = sign(key, denomination, identityOf(secret), count);
        credits.change(vm.addr(key), denomination, identityOf(secret), count, signature);
        joined(denomination, secret, count);
        owed -= count * credits.values(denomination) / 100;
    }

    function sweep(uint256 key) external {
        address signer = vm.addr(key % KEYS + 1);
        uint256 left = credits.remainders(signer);
        credits.sweep(signer);
        owed -= left;
    }

    function wait(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 12 days));
    }

    function inContract() external view returns (uint256) {
        return channels.balances(address(credits));
    }

    /// @dev Takes the bond, and what is not used of the tickets.
    function slash(uint256 secret, uint256 denomination) private {
        (address owner,, uint8 count,) = credits.members(denomination, identityOf(secret));
        uint256 left;
        for (uint256 index; index < count; ++index) {
            uint256 nullifier = shareOf(credits, denomination, secret, index, relay).nullifier;
            if (!credits.isUsed(nullifier)) ++left;
        }
        uint256 coins = token.balanceOf(finder);
        credits.slash(denomination, secret, finder);
        if (owner == treasury) inCoins += token.balanceOf(finder) - coins;
        used[denomination] += left;
        uint256 value = credits.values(denomination);
        owed -= credits.priceOf(denomination, count) - (count - left) * value;
    }

    function joined(uint256 denomination, uint256 secret, uint256 count) private {
        lastRoot[denomination] = trees[denomination]._insert(leafOf(denomination, secret));
        vm.assertTrue(credits.isRoot(denomination, lastRoot[denomination]), "the same tree");
        bought[denomination] += count;
    }

    /// @dev Proved where the circuit would: the member's, below its count, with its bond at stake.
    function ticketOf(uint256 member, uint256 denomination, uint256 index, address key)
        private
        returns (CreditTickets.Ticket memory ticket)
    {
        ticket = shareOf(credits, denomination, SECRET + member, index, key);
        (ticket.root, ticket.aliveAt) =
        (lastRoot[denomination], key == address(0) ? 0 : block.timestamp);
        if (!isBought(member, denomination, index)) return ticket;
        (, uint40 until,,) = credits.members(denomination, identityOf(SECRET + member));
        if (until >= ticket.aliveAt) prover.prove(inputsOf(ticket));
    }

    function isBought(uint256 member, uint256 denomination, uint256 index)
        private
        view
        returns (bool)
    {
        (,, uint8 count,) = credits.members(denomination, identityOf(SECRET + member));
        return index < count;
    }
}
