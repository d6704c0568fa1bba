// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Channels} from "../contracts/Channels.sol";
import {Models} from "../contracts/Models.sol";
import {Registry} from "../contracts/Registry.sol";
import {Token} from "../contracts/Token.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Fixture} from "./Fixture.sol";

/// @notice The people of {World}, what they signed and were paid by its count, and what the contract says.
abstract contract Books is Fixture {
    uint256 public constant KEYS = 4;
    uint256 public constant NODES = 3;
    uint256 internal constant VISITOR_KEY = 0x515;

    address[] private payers;
    address[] private signers;
    bytes32[] private channelIds;
    address[] private nodes;

    uint256 public deposited;
    uint256 public paidInAll;
    uint256 public paidTooLate;
    mapping(uint256 i => mapping(uint256 j => uint96)) public signed;
    mapping(uint256 i => uint256) public promisedBy;
    mapping(uint256 i => uint256) public paidBy;
    mapping(uint256 i => uint256) public grantedBy;
    mapping(uint256 i => bool) public isReleased;
    mapping(uint256 j => uint96) internal visitorSigned;

    constructor(Token t, Registry r, Models m, Channels c) {
        (token, registry, models, channels) = (t, r, m, c);
        // Once: an address from a key is dear, and every invariant asks for all of them after every action.
        for (uint256 i; i < KEYS; ++i) {
            payers.push(vm.addr(0xBEE + i / 2));
            signers.push(vm.addr(keyOf(i)));
            channelIds.push(c.channelIdOf(payers[i], SALT));
        }
        for (uint256 j; j < NODES; ++j) {
            nodes.push(vm.addr(0x0DE1 + j));
        }
    }

    function isLying(uint256 i) public pure returns (bool) {
        return i % 2 == 1;
    }

    function sumOfBalances() external view returns (uint256 sum) {
        for (uint256 p; p < KEYS; p += 2) {
            sum += channels.balances(payerOf(p));
        }
        for (uint256 j; j < NODES; ++j) {
            sum += channels.balances(nodeOf(j));
        }
        sum += channels.balances(audit) + channels.balances(commons) + channels.balances(treasury);
        sum += channels.pooled();
    }

    /// @dev Of a key's cap and bond, what is in the contract and nobody's balance.
    function lockedFor(uint256 i) external view returns (uint256) {
        (, uint96 bond, uint40 provenAt, bool isSettled) =
            channels.disputes(channelOf(i), signerOf(i));
        bool isAside = provenAt != 0 || isSettled;
        return capOf(i) - paidBy[i] + (isAside ? bond : bondOf(capOf(i)));
    }

    function capOf(uint256 i) public view returns (uint256 cap) {
        (cap,,) = channels.collaterals(channelOf(i), signerOf(i));
    }

    function committedOf(uint256 i) external view returns (uint256 committed) {
        (, committed,) = channels.collaterals(channelOf(i), signerOf(i));
    }

    function isOpen(uint256 i) public view returns (bool) {
        return block.timestamp <= deadlineOf(i);
    }

    function deadlineOf(uint256 i) internal view returns (uint256) {
        (,, uint64 until) = channels.collaterals(channelOf(i), signerOf(i));
        return until + DELAY;
    }

    function isConvicted(uint256 i) public view returns (bool) {
        (,, uint40 provenAt,) = channels.disputes(channelOf(i), signerOf(i));
        return provenAt != 0;
    }

    function paid(uint256 i, uint256 j) public view returns (uint96 amount) {
        (amount,) = channels.lanes(laneOf(i, j));
    }

    function heldFor(uint256 i, uint256 j) public view returns (uint256) {
        (uint96 amount, uint96 reserved) = channels.lanes(laneOf(i, j));
        return amount > reserved ? amount : reserved;
    }

    function laneOf(uint256 i, uint256 j) internal view returns (bytes32) {
        return channels.laneIdOf(channelOf(i), signerOf(i), nodeOf(j), NO_MODEL);
    }

    function channelOf(uint256 i) internal view returns (bytes32) {
        return channelIds[i];
    }

    function payerOf(uint256 i) internal view returns (address) {
        return payers[i];
    }

    function keyOf(uint256 i) internal pure returns (uint256) {
        return 0x7AB00 + i;
    }

    function signerOf(uint256 i) internal view returns (address) {
        return signers[i];
    }

    function nodeOf(uint256 j) internal view returns (address) {
        return nodes[j];
    }

    function voucherOf(uint256 i, uint256 j, uint96 max)
        internal
        view
        returns (Vouchers.Voucher memory)
    {
        return voucher(keyOf(i), channelOf(i), nodeOf(j), NO_MODEL, max);
    }

    function promiseFor(uint256 i, uint256 j) internal view returns (Vouchers.Promise memory) {
        Vouchers.Voucher memory v = voucherOf(i, j, signed[i][j]);
        return Vouchers.Promise(nodeOf(j), NO_MODEL, v.maxClaimableAmount, v.r, v.vs);
    }
}
