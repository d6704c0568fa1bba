// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Groth16} from "./Groth16.sol";
import {CreditVerifier} from "./generated/CreditVerifier.sol";
import {PoseidonT2} from "poseidon-solidity/PoseidonT2.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

/// @notice What a ticket proves, and that it proves it once.
/// @dev `domain` and `x` are computed here and not believed: so a ticket is for one chain, contract, denomination and
/// key. They are in the ticket all the same, so that a wrong one says what is wrong with it.
abstract contract CreditTickets {
    /// @dev The ticket is for another chain, contract or denomination.
    error ForeignTicket(uint256 domain);
    /// @dev The ticket is signed over to another key, or for another use.
    error NotForThisKey(address key);
    /// @dev The ticket was used. If it was for something else, both uses together tell its owner's secret: {slash}.
    error TicketUsed(uint256 nullifier);
    /// @dev The tree never had this root.
    error UnknownRoot(uint256 root);
    /// @dev The ticket shows a bond up to a time that is over.
    error TooOld(uint256 aliveAt);

    /// @dev A proof of circuits/credit.circom and what it says.
    struct Ticket {
        uint256 root;
        uint256 nullifier;
        uint256 y;
        uint256 domain;
        uint256 x;
        uint256 aliveAt;
        Groth16.Proof proof;
    }

    CreditVerifier public immutable verifier;
    mapping(uint256 nullifier => bool) public isUsed;

    constructor(CreditVerifier verifier_) {
        verifier = verifier_;
    }

    /// @return what tickets of this chain, contract and denomination are made for; below the field's order
    function domainOf(uint256 denomination) public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), denomination))) >> 8;
    }

    /// @return what a ticket says for `key`, or for its withdrawal where that is zero; below the field's order
    function signalOf(uint256 denomination, address key) public view returns (uint256) {
        return uint256(keccak256(abi.encode(domainOf(denomination), key))) >> 8;
    }

    function _use(uint256 denomination, Ticket calldata ticket, address key) internal {
        if (ticket.domain != domainOf(denomination)) revert ForeignTicket(ticket.domain);
        if (ticket.x != signalOf(denomination, key)) revert NotForThisKey(key);
        if (isUsed[ticket.nullifier]) revert TicketUsed(ticket.nullifier);
        isUsed[ticket.nullifier] = true;
        verifier.verify(
            ticket.proof,
            [ticket.root, ticket.nullifier, ticket.y, ticket.domain, ticket.x, ticket.aliveAt]
        );
    }

    /// @dev Whose secret is known has no bond any more, and no ticket that could say that it has one.
    /// @return left how many of `count` were not used
    function _useAll(uint256 denomination, uint256 secret, uint256 count)
        internal
        returns (uint256 left)
    {
        uint256 domain = domainOf(denomination);
        for (uint256 index; index < count; ++index) {
            uint256 nullifier = PoseidonT2.hash([PoseidonT4.hash([secret, domain, index])]);
            if (isUsed[nullifier]) continue;
            isUsed[nullifier] = true;
            ++left;
        }
    }
}
