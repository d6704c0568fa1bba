// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "./Authorizations.sol";
import {Splits} from "./Splits.sol";

/// @notice A key that promises more than its cap is caught by its own vouchers and loses its bond.
/// @dev prove (any time until the collateral is released; ends the key's time) -> the last vouchers are redeemed
/// until the deadline -> losses are claimed for one `withdrawDelay` -> half of the bond, at most, makes them good
/// pro rata, the rest goes to the treasury: a payer who is its own loser never gets more than half back.
abstract contract Bonds is Authorizations, Splits {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev What is promised fits into the cap, both in wei.
    error NotOverPromised(uint256 promised, uint256 cap);
    /// @dev Nothing is proved, or nothing is left to prove, for this key.
    error NoDispute(bytes32 channelId, address signer);
    /// @dev The promises are not in ascending order of their lanes' ids, one each.
    error NotAscending(uint256 index);
    /// @dev The promise is not signed by the key in question.
    error NotPromised(address payee, bytes32 model);
    /// @dev Possible only after `from` and until `until`, in seconds since 1970.
    error NotNow(uint256 from, uint256 until);
    /// @dev The lane lost nothing, or its loss is claimed already.
    error NoLoss(bytes32 laneId);

    event OverPromiseProved(
        bytes32 indexed channelId, address indexed signer, uint256 promised, uint256 cap
    );
    event LossClaimed(
        bytes32 indexed channelId, address indexed payee, bytes32 laneId, uint256 loss
    );
    event BondSettled(
        bytes32 indexed channelId, address indexed signer, uint256 toLosers, uint256 toTreasury
    );
    event LossPaid(
        bytes32 indexed channelId, address indexed payee, bytes32 laneId, uint256 amount
    );

    /// @dev In wei, of lanes whose loss is claimed and not yet made good.
    mapping(bytes32 laneId => uint96) public losses;

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Proves that a key promised more than its cap: what the cap owes by payments and reservations,
    /// and what `promises` add to it, is more. Ascending by lane id.
    function proveOverPromise(bytes32 channelId, address signer, Promise[] calldata promises)
        external
    {
        Collateral storage c = collaterals[channelId][signer];
        Dispute storage dispute = disputes[channelId][signer];
        if (c.expiry == 0 || dispute.provenAt != 0 || dispute.isSettled) {
            revert NoDispute(channelId, signer);
        }
        uint256 promised = c.committed;
        bytes32 last;
        for (uint256 i; i < promises.length; ++i) {
            Promise calldata p = promises[i];
            bytes32 laneId = _laneOf(channelId, signer, p);
            if (laneId <= last) revert NotAscending(i);
            uint96 held = _held(lanes[laneId]);
            if (p.maxClaimableAmount > held) promised += p.maxClaimableAmount - held;
            last = laneId;
        }
        if (promised <= c.cap) revert NotOverPromised(promised, c.cap);
        dispute.provenAt = uint40(block.timestamp);
        dispute.bond = uint96(_bondOf(c.cap));
        if (c.expiry > block.timestamp) c.expiry = uint64(block.timestamp);
        emit OverPromiseProved(channelId, signer, promised, c.cap);
    }

    /// @notice Claims what a lane was promised and not paid, once nothing more can be redeemed.
    /// @dev A loss counts up to the key's cap: a voucher over the moon does not crowd out the others.
    function claimLoss(bytes32 channelId, address signer, Promise calldata p) external {
        Collateral storage c = collaterals[channelId][signer];
        Dispute storage dispute = disputes[channelId][signer];
        if (dispute.provenAt == 0) revert NoDispute(channelId, signer);
        uint256 until = _claimsEnd(c, dispute);
        uint256 from = until - withdrawDelay;
        if (block.timestamp <= from || block.timestamp > until) revert NotNow(from, until);
        bytes32 laneId = _laneOf(channelId, signer, p);
        uint96 paid = lanes[laneId].paid;
        if (p.maxClaimableAmount <= paid || losses[laneId] != 0) revert NoLoss(laneId);
        uint96 loss = p.maxClaimableAmount - paid;
        if (loss > c.cap) loss = c.cap;
        losses[laneId] = loss;
        dispute.losses += loss;
        emit LossClaimed(channelId, p.payee, laneId, loss);
    }

    /// @notice Shares out the bond when the time for claims is over: at most half makes losses good.
    function settleBond(bytes32 channelId, address signer) public {
        Dispute storage dispute = disputes[channelId][signer];
        if (dispute.provenAt == 0) revert NoDispute(channelId, signer);
        uint256 until = _claimsEnd(collaterals[channelId][signer], dispute);
        if (block.timestamp <= until) revert NotNow(until, type(uint256).max);
        if (dispute.isSettled) revert NoDispute(channelId, signer);
        uint256 toLosers = dispute.bond / 2;
        if (dispute.losses < toLosers) toLosers = dispute.losses;
        uint256 toTreasury = dispute.bond - toLosers;
        dispute.isSettled = true;
        dispute.bond = uint96(toLosers);
        balances[pools.treasury] += toTreasury;
        emit BondSettled(channelId, signer, toLosers, toTreasury);
    }

    /// @notice Credits one lane's payee with its share of the bond.
    /// @dev Shares are taken from what is left of both: rounding moves wei between losers, and nothing remains.
    function collectLoss(bytes32 channelId, address signer, LaneKey calldata key) external {
        Dispute storage dispute = disputes[channelId][signer];
        if (!dispute.isSettled) settleBond(channelId, signer);
        bytes32 laneId = laneIdOf(channelId, signer, key.payee, key.model);
        uint96 loss = losses[laneId];
        if (loss == 0) revert NoLoss(laneId);
        uint256 share = uint256(dispute.bond) * loss / dispute.losses;
        losses[laneId] = 0;
        dispute.losses -= loss;
        dispute.bond -= uint96(share);
        balances[key.payee] += share;
        emit LossPaid(channelId, key.payee, laneId, share);
    }

    function _laneOf(bytes32 channelId, address signer, Promise calldata p)
        private
        view
        returns (bytes32)
    {
        address by = _voucherSigner(channelId, p.payee, p.model, p.maxClaimableAmount, p.r, p.vs);
        if (by != signer) revert NotPromised(p.payee, p.model);
        return laneIdOf(channelId, signer, p.payee, p.model);
    }
}
