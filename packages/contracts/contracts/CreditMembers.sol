// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Groth16} from "./Groth16.sol";
import {InternalLeanIMT, LeanIMTData} from "@zk-kit/lean-imt.sol/InternalLeanIMT.sol";
import {PoseidonT2} from "poseidon-solidity/PoseidonT2.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

/// @notice Who has paid for how many tickets, as one growing tree for each denomination.
/// @dev A leaf is never taken out, so a root is good for ever: a proof does not fail because somebody else bought
/// meanwhile. Leaves have three inputs and nodes two: an identity cannot be chosen so that its leaf passes for a node.
abstract contract CreditMembers {
    using InternalLeanIMT for LeanIMTData;

    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev There is no such denomination, or no bond, by these terms.
    error BadTerms();
    /// @dev An identity is a Poseidon hash: a number of the field, not zero.
    error NotAnIdentity(uint256 identity);
    /// @dev 1 to {MAXIMUM_COUNT} tickets can be bought together.
    error BadCount(uint256 count);
    /// @dev Somebody bought for this identity: with it again, tickets would be the same ones.
    error IdentityUsed(uint256 identity);
    /// @dev Nobody has bought for this identity.
    error NotAMember(uint256 identity);
    /// @dev The tree has as many leaves as the circuit can prove.
    error TreeFull();

    /// @dev In the order of the tree's leaves. The leaf is Poseidon(identity, count, expiry).
    event Joined(
        uint256 indexed denomination,
        uint256 indexed identity,
        address indexed owner,
        uint256 count,
        uint256 expiry
    );

    /// @dev One slot. `owner` gets back what is not used; until `expiry` (seconds since 1970) the bond is at stake.
    struct Member {
        address owner;
        uint40 expiry;
        uint8 count;
        bool isBondTaken;
    }

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev The circuit has eight bits for it; who buys few at once is one of many who do.
    uint256 public constant MAXIMUM_COUNT = 100;
    /// @dev The circuit's levels.
    uint256 public constant MAXIMUM_DEPTH = 20;

    /// @dev Seconds from buying until the bond can be had back.
    uint256 public immutable lifetime;
    /// @dev Beside the tickets' value, in basis points of it.
    uint256 public immutable bondBps;
    /// @dev What a ticket of each denomination is worth, in wei of the token.
    uint96[] public values;
    mapping(uint256 denomination => mapping(uint256 identity => Member)) public members;
    mapping(uint256 denomination => mapping(uint256 root => bool)) public isRoot;
    mapping(uint256 denomination => LeanIMTData) private trees;

    constructor(uint96[] memory values_, uint256 lifetime_, uint256 bondBps_) {
        if (values_.length == 0 || bondBps_ == 0) revert BadTerms();
        (values, lifetime, bondBps) = (values_, lifetime_, bondBps_);
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @return how many have bought tickets of this denomination: among them a spender hides
    function memberCount(uint256 denomination) external view returns (uint256) {
        return trees[denomination].size;
    }

    /// @return the tickets' value with their bond, in wei of the token
    function priceOf(uint256 denomination, uint256 count) public view returns (uint256) {
        return count * _valueOf(denomination) + _bondOf(denomination, count);
    }

    function _join(uint256 denomination, uint256 identity, uint256 count, address owner) internal {
        if (identity == 0 || identity >= Groth16.R) revert NotAnIdentity(identity);
        if (count == 0 || count > MAXIMUM_COUNT) revert BadCount(count);
        Member storage m = members[denomination][identity];
        if (m.owner != address(0)) revert IdentityUsed(identity);
        LeanIMTData storage tree = trees[denomination];
        if (tree.size == 1 << MAXIMUM_DEPTH) revert TreeFull();
        (m.owner, m.expiry, m.count) = (owner, uint40(block.timestamp + lifetime), uint8(count));
        uint256 root = tree._insert(_leafOf(identity, m));
        isRoot[denomination][root] = true;
        emit Joined(denomination, identity, owner, count, m.expiry);
    }

    /// @dev Of a member that there is, with the bond still there.
    function _takeBond(uint256 denomination, uint256 identity)
        internal
        returns (Member memory m, uint256 bond)
    {
        m = _memberOf(denomination, identity);
        if (m.isBondTaken) revert NotAMember(identity);
        members[denomination][identity].isBondTaken = true;
        bond = _bondOf(denomination, m.count);
    }

    function _memberOf(uint256 denomination, uint256 identity)
        internal
        view
        returns (Member memory m)
    {
        m = members[denomination][identity];
        if (m.owner == address(0)) revert NotAMember(identity);
    }

    function _identityOf(uint256 secret) internal pure returns (uint256) {
        return PoseidonT2.hash([secret]);
    }

    function _leafOf(uint256 identity, Member memory m) internal pure returns (uint256) {
        return PoseidonT4.hash([identity, uint256(m.count), uint256(m.expiry)]);
    }

    function _valueOf(uint256 denomination) internal view returns (uint256) {
        if (denomination >= values.length) revert BadTerms();
        return values[denomination];
    }

    function _bondOf(uint256 denomination, uint256 count) private view returns (uint256) {
        return count * _valueOf(denomination) * bondBps / 10_000;
    }
}
