// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Balances} from "./Balances.sol";
import {Collaterals} from "./Collaterals.sol";

/// @notice A payer lets keys spend: each up to its cap, until its expiry, out of money locked for it.
/// @dev A channel is (payer, salt). In it a key has collateral, which nothing but its vouchers can touch until
/// `expiry + withdrawDelay`: that long after the last voucher a payee may still redeem. For another
/// `withdrawDelay` over-promises can be proved; then the payer takes back what is left. A key that is through
/// goes on in a channel with another salt, where its old vouchers mean nothing.
abstract contract Authorizations is Balances, Collaterals {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev Nobody can sign for the zero address; a broken signature looks as if it had.
    error ZeroSigner();
    /// @dev The expiry has passed, or is before the one that payees know of.
    error ExpiryTooEarly(uint64 expiry, uint256 earliest);
    /// @dev The key has no collateral here, or its time is over: use another salt.
    error NotAuthorized(bytes32 channelId, address signer);
    /// @dev The key promised more than its cap and may not be trusted again in this channel.
    error OverPromised(bytes32 channelId, address signer);
    /// @dev Not enough of the cap is free, in wei of the token.
    error InsufficientCap(uint256 available, uint256 needed);
    /// @dev The collateral is locked until `availableAt`, in seconds since 1970.
    error StillLocked(uint256 availableAt);

    event Authorized(
        bytes32 indexed channelId,
        address indexed payer,
        address indexed signer,
        uint96 cap,
        uint64 expiry
    );
    event Revoked(bytes32 indexed channelId, address indexed signer, uint64 expiry);
    event Reserved(
        bytes32 indexed channelId, address indexed payee, address signer, bytes32 model, uint96 upTo
    );
    event Released(bytes32 indexed channelId, address indexed signer, uint256 amount);

    struct Authorization {
        bytes32 salt;
        address signer;
        uint96 cap;
        uint64 expiry;
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Deposits and authorises in one transaction.
    function open(uint96 amount, Authorization calldata auth, Permit calldata permit) external {
        _authorize(msg.sender, amount, auth);
        _receive(msg.sender, amount, permit);
    }

    /// @notice The same, sent and its gas paid by anybody: the payer's one signature (EIP-3009) covers both,
    /// its nonce being {openingNonce}.
    function openFor(
        address payer,
        uint96 amount,
        Authorization calldata auth,
        Receive calldata received
    ) external {
        _authorize(payer, amount, auth);
        _receive(payer, amount, openingNonce(auth, received.entropy), received);
    }

    /// @notice Locks `cap` more of the caller's balance, and the bond, for a key, which may spend until `expiry`.
    /// Again for the same key: more cap, or later, as long as its time is not over.
    function authorize(Authorization calldata auth) external {
        _authorize(msg.sender, 0, auth);
    }

    /// @notice Ends a key's time now. Vouchers that it has signed stay good for `withdrawDelay`.
    function revoke(bytes32 salt, address signer) public {
        bytes32 channelId = channelIdOf(msg.sender, salt);
        Collateral storage c = collaterals[channelId][signer];
        if (block.timestamp >= c.expiry) revert NotAuthorized(channelId, signer);
        c.expiry = uint64(block.timestamp);
        emit Revoked(channelId, signer, c.expiry);
    }

    /// @notice Revokes one key and authorises another, out of the free balance: the old one's collateral
    /// stays with those whom it has promised something.
    function rotate(bytes32 salt, address signer, Authorization calldata auth) external {
        revoke(salt, signer);
        _authorize(msg.sender, 0, auth);
    }

    /// @notice Locks `amount` of a key's cap for one lane, beyond what that lane was paid or had reserved.
    function reserve(bytes32 salt, address signer, LaneKey calldata key, uint96 amount) external {
        bytes32 channelId = channelIdOf(msg.sender, salt);
        Collateral storage c = collaterals[channelId][signer];
        if (block.timestamp >= c.expiry) revert NotAuthorized(channelId, signer);
        if (amount > c.cap - c.committed) revert InsufficientCap(c.cap - c.committed, amount);
        Lane storage lane = lanes[laneIdOf(channelId, signer, key.payee, key.model)];
        c.committed += amount;
        lane.reserved = _held(lane) + amount;
        emit Reserved(channelId, key.payee, signer, key.model, lane.reserved);
    }

    /// @notice Takes back what a key has not spent, and its bond if it kept its word. Reserved money comes back
    /// lane by lane, named in `unused`; more may follow in another call.
    function release(bytes32 salt, address signer, LaneKey[] calldata unused) external {
        bytes32 channelId = channelIdOf(msg.sender, salt);
        Collateral storage c = collaterals[channelId][signer];
        if (c.expiry == 0) revert NotAuthorized(channelId, signer);
        Dispute storage dispute = disputes[channelId][signer];
        uint256 availableAt = _claimsEnd(c, dispute);
        if (block.timestamp <= availableAt) revert StillLocked(availableAt);
        for (uint256 i; i < unused.length; ++i) {
            Lane storage lane = lanes[laneIdOf(channelId, signer, unused[i].payee, unused[i].model)];
            c.committed -= _held(lane) - lane.paid;
            lane.reserved = 0;
        }
        uint256 amount = c.cap - c.committed;
        if (dispute.provenAt == 0 && !dispute.isSettled) {
            amount += _bondOf(c.cap);
            dispute.isSettled = true;
        }
        c.cap = c.committed;
        balances[msg.sender] += amount;
        emit Released(channelId, signer, amount);
    }

    /// @return the EIP-3009 nonce that binds a sponsored deposit to the key that it is for
    function openingNonce(Authorization calldata auth, bytes32 entropy)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(auth, entropy));
    }

    /// @dev `deposited` counts before the lock, so that a first deposit writes its payer's balance once.
    function _authorize(address payer, uint256 deposited, Authorization calldata auth) private {
        if (auth.signer == address(0)) revert ZeroSigner();
        bytes32 channelId = channelIdOf(payer, auth.salt);
        Collateral storage c = collaterals[channelId][auth.signer];
        (uint96 cap, uint64 expiry) = (c.cap, c.expiry);
        if (expiry != 0) {
            if (block.timestamp > _deadline(c)) revert NotAuthorized(channelId, auth.signer);
            if (disputes[channelId][auth.signer].provenAt != 0) {
                revert OverPromised(channelId, auth.signer);
            }
        }
        uint256 earliest = expiry > block.timestamp ? expiry : block.timestamp;
        if (auth.expiry < earliest) revert ExpiryTooEarly(auth.expiry, earliest);

        uint256 balance = balances[payer] + deposited;
        uint256 needed = auth.cap + _bondOf(cap + auth.cap) - _bondOf(cap);
        if (needed > balance) revert InsufficientBalance(payer, balance, needed);
        balances[payer] = balance - needed;
        (c.cap, c.expiry) = (cap + auth.cap, auth.expiry);
        emit Authorized(channelId, payer, auth.signer, cap + auth.cap, auth.expiry);
    }
}
