// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Balances} from "./Balances.sol";
import {Bonds} from "./Bonds.sol";
import {Collaterals} from "./Collaterals.sol";
import {Models} from "./Models.sol";
import {Registry} from "./Registry.sol";
import {Splits} from "./Splits.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @notice Pays nodes by vouchers: one deposit, no transaction per job, one for fifty lanes.
/// @dev Read from the ground up: {Vouchers}, {Collaterals}, {Balances}, {Authorizations}, {Splits}, {Bonds}, and here the
/// redeeming. A lane that cannot pay (expired, spent, signed by nobody known, for another chain) pays nothing and
/// stops no other: whoever asks learns the sum by simulating the call. A batch that pays nothing reverts.
contract Channels is Bonds, Multicall {
    /// @dev None of the vouchers pays.
    error NothingToPay();

    /// @dev Where a batch's value went (the royalty to the model's publisher), and what each voucher paid of it,
    /// in the order of the vouchers. All in wei.
    event Redeemed(
        address indexed payee,
        bytes32 indexed model,
        uint256 toPayee,
        uint256 royalty,
        uint256 toPools,
        Payment[] payments
    );

    struct Payment {
        bytes32 channelId;
        uint256 amount;
    }

    /// @dev The channel of {Credits}: its keys pay registered operators and nobody else.
    bytes32 private immutable PRIVATE_CHANNEL;
    /// @dev Paid so far by vouchers of one grantee under one signer's grants, in wei.
    mapping(bytes32 grantId => uint96) public granted;

    constructor(
        IERC20 token,
        Registry registry,
        Models models,
        uint256 withdrawDelay,
        Pools memory pools,
        address governance,
        address credits
    ) Balances(token, registry) Collaterals(withdrawDelay) Splits(models, pools, governance) {
        PRIVATE_CHANNEL = channelIdOf(credits, 0);
    }

    /// @notice Redeems vouchers of any payers for one payee and one model. Anyone may send it.
    /// @return total what they paid before the split, in wei
    function redeem(address payee, bytes32 model, Voucher[] calldata vouchers)
        external
        returns (uint256 total)
    {
        uint256 page = _layOut(payee, model);
        uint256 payments = _beginPayments(vouchers.length);
        for (uint256 i; i < vouchers.length; ++i) {
            Voucher calldata v;
            assembly ("memory-safe") {
                // Four words each; `i` is below the length, which the decoder has checked.
                v := add(vouchers.offset, shl(7, i))
            }
            (address signer, bytes32 laneId) = _recover(page, v);
            (bytes32 channelId, uint256 max) = (v.channelId, 0);
            assembly ("memory-safe") {
                // Not checked to be below 2^96: what is paid of it is.
                max := calldataload(add(v, 0x20))
            }
            uint256 amount = _isPayable(channelId, payee)
                ? _pay(collaterals[channelId][signer], lanes[laneId], max)
                : 0;
            _setPayment(payments, i, channelId, amount);
            unchecked {
                // Each is below 2^96, and there are fewer than 2^64 of them.
                total += amount;
            }
        }
        _settle(payee, model, payments, total);
    }

    /// @notice Redeems vouchers signed by grantees, each with the grant that it spends.
    /// @return total what they paid before the split, in wei
    function redeemGranted(address payee, bytes32 model, GrantedVoucher[] calldata vouchers)
        external
        returns (uint256 total)
    {
        uint256 payments = _beginPayments(vouchers.length);
        for (uint256 i; i < vouchers.length; ++i) {
            Voucher calldata v = vouchers[i].voucher;
            uint256 amount = _redeemGranted(payee, model, v, vouchers[i].grant);
            _setPayment(payments, i, v.channelId, amount);
            total += amount;
        }
        _settle(payee, model, payments, total);
    }

    function _redeemGranted(address payee, bytes32 model, Voucher calldata v, Grant calldata grant)
        private
        returns (uint256 amount)
    {
        bytes32 channelId = v.channelId;
        address grantee = _voucherSigner(channelId, payee, model, v.maxClaimableAmount, v.r, v.vs);
        if (
            !_isPayable(channelId, payee) || !_isSigned(grant, channelId, grantee)
                || block.timestamp > uint256(grant.expiry) + withdrawDelay
        ) return 0;
        bytes32 grantId = keccak256(abi.encode(channelId, grant.signer, grantee));
        Lane storage lane = lanes[laneIdOf(channelId, grantee, payee, model)];
        uint96 spent = granted[grantId];
        // A reservation is the grantee's own, out of its own collateral: it pays by `redeem`.
        if (grant.cap <= spent || lane.reserved > 0) return 0;

        uint256 upTo = uint256(lane.paid) + grant.cap - spent;
        uint256 max = v.maxClaimableAmount < upTo ? v.maxClaimableAmount : upTo;
        amount = _pay(collaterals[channelId][grant.signer], lane, max);
        granted[grantId] = spent + uint96(amount);
    }

    function _isPayable(bytes32 channelId, address payee) private view returns (bool) {
        return channelId != PRIVATE_CHANNEL || registry.ownerOf(payee) != address(0);
    }

    /// @dev Lays out the data of {Redeemed} as it goes: encoding an array of structs in the end costs more than
    /// all else that is computed for a lane. Three words and an offset, a length, two words for each.
    function _beginPayments(uint256 count) private pure returns (uint256 payments) {
        assembly ("memory-safe") {
            payments := mload(0x40)
            mstore(0x40, add(payments, add(0xa0, shl(6, count))))
            mstore(add(payments, 0x60), 0x80)
            mstore(add(payments, 0x80), count)
        }
    }

    function _setPayment(uint256 payments, uint256 index, bytes32 channelId, uint256 amount)
        private
        pure
    {
        assembly ("memory-safe") {
            let at := add(payments, add(0xa0, shl(6, index)))
            mstore(at, channelId)
            mstore(add(at, 0x20), amount)
        }
    }

    function _settle(address payee, bytes32 model, uint256 payments, uint256 total) private {
        if (total == 0) revert NothingToPay();
        (uint256 toPayee, uint256 royalty, uint256 toPools) = _split(payee, model, total);
        bytes32 topic = Redeemed.selector;
        assembly ("memory-safe") {
            mstore(payments, toPayee)
            mstore(add(payments, 0x20), royalty)
            mstore(add(payments, 0x40), toPools)
            let length := add(0xa0, shl(6, mload(add(payments, 0x80))))
            log3(payments, length, topic, payee, model)
        }
    }

    /// @dev Pays a lane up to `max` in all, out of what is held for it and what the cap has free: nothing after
    /// the deadline. Unchecked: every value is below 2^96, `committed` is never above `cap`, and `max` never
    /// below `held` or `paid` where they are taken from it.
    function _pay(Collateral storage c, Lane storage lane, uint256 max)
        private
        returns (uint256 amount)
    {
        (uint256 cap, uint256 committed, uint256 expiry) = _read(c);
        (uint256 paid, uint256 reserved) = _read(lane);
        unchecked {
            if (block.timestamp > expiry + withdrawDelay) return 0;
            uint256 held = paid > reserved ? paid : reserved;
            uint256 upTo = held + cap - committed;
            if (max > upTo) max = upTo;
            if (max <= paid) return 0;
            if (max > held) _write(c, cap, committed + max - held, expiry);
            _write(lane, max, reserved);
            return max - paid;
        }
    }
}
