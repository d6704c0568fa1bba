// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Vouchers} from "./Vouchers.sol";

/// @notice What is locked for each key, what each lane was paid, and where a dispute stands: a slot each.
abstract contract Collaterals is Vouchers {
    /// @dev Locked beside each cap, lost by promising more than the cap.
    uint256 public constant BOND_BPS = 1_000;

    /// @dev One slot. `committed` is what the cap owes already: over all lanes, what was paid or reserved,
    /// whichever is more. Never above `cap`. Amounts in wei; the supply fits in 90 bits.
    struct Collateral {
        uint96 cap;
        uint96 committed;
        uint64 expiry;
    }

    /// @dev One slot. Both count from the lane's first voucher: `paid` so far, payable for sure up to `reserved`.
    struct Lane {
        uint96 paid;
        uint96 reserved;
    }

    /// @dev One slot. `losses` are those claimed and not yet made good, `bond` what is left to do so.
    struct Dispute {
        uint112 losses;
        uint96 bond;
        uint40 provenAt;
        bool isSettled;
    }

    struct LaneKey {
        address payee;
        bytes32 model;
    }

    /// @dev Seconds for payees after an expiry, and as many again for proofs; see {Authorizations}.
    uint256 public immutable withdrawDelay;
    mapping(bytes32 channelId => mapping(address signer => Collateral)) public collaterals;
    mapping(bytes32 channelId => mapping(address signer => Dispute)) public disputes;
    mapping(bytes32 laneId => Lane) public lanes;

    constructor(uint256 withdrawDelay_) {
        withdrawDelay = withdrawDelay_;
    }

    /*//////////////////////////////////////////////////////////////
              A SLOT READ ONCE AND WRITTEN ONCE, FOR REDEEMING
    //////////////////////////////////////////////////////////////*/

    function _read(Collateral storage c)
        internal
        view
        returns (uint256 cap, uint256 committed, uint256 expiry)
    {
        uint256 slot;
        assembly ("memory-safe") {
            slot := sload(c.slot)
        }
        return (uint96(slot), uint96(slot >> 96), slot >> 192);
    }

    function _read(Lane storage lane) internal view returns (uint256 paid, uint256 reserved) {
        uint256 slot;
        assembly ("memory-safe") {
            slot := sload(lane.slot)
        }
        return (uint96(slot), slot >> 96);
    }

    function _write(Collateral storage c, uint256 cap, uint256 committed, uint256 expiry) internal {
        uint256 slot = cap | (committed << 96) | (expiry << 192);
        assembly ("memory-safe") {
            sstore(c.slot, slot)
        }
    }

    function _write(Lane storage lane, uint256 paid, uint256 reserved) internal {
        uint256 slot = paid | (reserved << 96);
        assembly ("memory-safe") {
            sstore(lane.slot, slot)
        }
    }

    /// @dev The last second in which the key's vouchers pay.
    function _deadline(Collateral memory c) internal view returns (uint256) {
        return uint256(c.expiry) + withdrawDelay;
    }

    /// @dev The last second for claims, and of the lock: `withdrawDelay` after the later of deadline and proof.
    function _claimsEnd(Collateral memory c, Dispute memory dispute)
        internal
        view
        returns (uint256)
    {
        uint256 deadline = _deadline(c);
        return (dispute.provenAt > deadline ? dispute.provenAt : deadline) + withdrawDelay;
    }

    /// @dev What the cap owes a lane already.
    function _held(Lane memory lane) internal pure returns (uint96) {
        return lane.paid > lane.reserved ? lane.paid : lane.reserved;
    }

    function _bondOf(uint256 cap) internal pure returns (uint256) {
        return cap * BOND_BPS / 10_000;
    }
}
