// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Balances} from "./Balances.sol";
import {Models} from "./Models.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @notice Where redeemed value goes: the node, the model's publisher, who checks, who stores and observes,
/// the treasury. Governed, within a limit that is not.
abstract contract Splits is Balances, Ownable2Step {
    /// @dev The pools' shares together are above the limit.
    error SharesTooHigh(uint256 basisPoints, uint256 limit);
    /// @dev A pool is missing.
    error NoPool();

    event PoolsChanged(Pools pools);
    event Distributed(uint256 toAudit, uint256 toCommons, uint256 toTreasury);

    /// @dev Who is paid how many basis points: verifiers, data and storage providers, the treasury.
    /// The basis points and the first pool share a slot.
    struct Pools {
        uint16 auditBps;
        uint16 commonsBps;
        uint16 treasuryBps;
        address audit;
        address commons;
        address treasury;
    }

    /// @dev 15 %. With the highest royalty a node keeps 75 % whatever governance does.
    uint256 public constant MAXIMUM_POOLS_BPS = 1_500;

    Models public immutable models;
    Pools public pools;
    /// @dev Redeemed for the pools and not yet distributed, in wei.
    uint256 public pooled;

    constructor(Models models_, Pools memory pools_, address governance) Ownable(governance) {
        models = models_;
        _setPools(pools_);
    }

    function setPools(Pools calldata pools_) external onlyOwner {
        distribute();
        _setPools(pools_);
    }

    /// @notice Credits the pools with what has gathered for them: each rounds down, the treasury gets the rest.
    function distribute() public {
        Pools memory p = pools;
        uint256 amount = pooled;
        if (amount == 0) return;
        uint256 sum = uint256(p.auditBps) + p.commonsBps + p.treasuryBps;
        uint256 toAudit = amount * p.auditBps / sum;
        uint256 toCommons = amount * p.commonsBps / sum;
        pooled = 0;
        balances[p.audit] += toAudit;
        balances[p.commons] += toCommons;
        balances[p.treasury] += amount - toAudit - toCommons;
        emit Distributed(toAudit, toCommons, amount - toAudit - toCommons);
    }

    /// @dev Credits `amount` (in wei). Royalty and pools round down, the node gets what is left: they sum exactly.
    function _split(address payee, bytes32 model, uint256 amount)
        internal
        returns (uint256 toPayee, uint256 royalty, uint256 toPools)
    {
        (address publisher, uint256 royaltyBps) = models.royaltyOf(model);
        royalty = amount * royaltyBps / 10_000;
        if (royalty > 0) balances[publisher] += royalty;
        toPools = amount * (uint256(pools.auditBps) + pools.commonsBps + pools.treasuryBps) / 10_000;
        if (toPools > 0) pooled += toPools;
        toPayee = amount - royalty - toPools;
        balances[payee] += toPayee;
    }

    function _setPools(Pools memory p) private {
        uint256 sum = uint256(p.auditBps) + p.commonsBps + p.treasuryBps;
        if (sum > MAXIMUM_POOLS_BPS) revert SharesTooHigh(sum, MAXIMUM_POOLS_BPS);
        if (p.audit == address(0) || p.commons == address(0) || p.treasury == address(0)) {
            revert NoPool();
        }
        pools = p;
        emit PoolsChanged(p);
    }
}
