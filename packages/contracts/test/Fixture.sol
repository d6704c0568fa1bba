// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Allocation} from "../contracts/Allocation.sol";
import {Authorizations} from "../contracts/Authorizations.sol";
import {Balances} from "../contracts/Balances.sol";
import {Channels} from "../contracts/Channels.sol";
import {Collaterals} from "../contracts/Collaterals.sol";
import {Models} from "../contracts/Models.sol";
import {Registry} from "../contracts/Registry.sol";
import {Splits} from "../contracts/Splits.sol";
import {Token} from "../contracts/Token.sol";
import {Vouchers} from "../contracts/Vouchers.sol";
import {Vm} from "./Vm.sol";

/// @notice Everything deployed as in production, a payer with tokens, a key of its, nodes, and what signs for them.
abstract contract Fixture {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant DELAY = 1 days;
    bytes32 internal constant SALT = bytes32(uint256(1));
    bytes32 internal constant NO_MODEL = bytes32(0);
    uint256 internal constant PAYER_KEY = 0xA11CE;
    uint256 internal constant TAB_KEY = 0x7AB;

    Token internal token;
    Registry internal registry;
    Models internal models;
    Channels internal channels;

    address internal payer = vm.addr(PAYER_KEY);
    address internal tab = vm.addr(TAB_KEY);
    address internal node = vm.addr(0x0DE1);
    address internal otherNode = vm.addr(0x0DE2);
    address internal governance = address(0x60);
    address internal audit = address(0xA0D17);
    address internal commons = address(0xC0);
    address internal treasury = address(0x7EA);
    address internal slasher = address(0x51A54E5);
    /// @dev Where this contract's second deployment after Channels goes.
    address internal creditsAddress;
    bytes32 internal channelId;
    uint64 internal expiry = uint64(START + 7 days);

    function setUp() public virtual {
        vm.warp(START);
        token = new Allocation(
                Allocation.Beneficiaries(
                    address(1), address(2), address(3), address(4), address(this)
                )
            ).token();
        registry = new Registry(token, 7 days, governance, slasher);
        models = new Models(7 days, governance);
        creditsAddress = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
        channels = new Channels(
            token, registry, models, DELAY, pools(0, 0, 0), governance, creditsAddress
        );
        token.transfer(payer, 1_000_000e18);
        vm.prank(payer);
        token.approve(address(channels), type(uint256).max);
        channelId = channels.channelIdOf(payer, SALT);
    }

    /*//////////////////////////////////////////////////////////////
                              WHAT PEOPLE DO
    //////////////////////////////////////////////////////////////*/

    /// @dev Deposits what the cap and its bond need, and authorises.
    function open(address signer, uint96 cap) internal {
        uint96 amount = cap + uint96(bondOf(cap));
        vm.prank(payer);
        channels.open(amount, authorization(signer, cap), noPermit());
    }

    function redeem(address payee, uint256 key, uint96 max) internal returns (uint256) {
        return channels.redeem(payee, NO_MODEL, one(voucher(key, payee, max)));
    }

    function expectNothing(address payee, uint256 key, uint96 max) internal {
        Vouchers.Voucher[] memory vouchers = one(voucher(key, payee, max));
        vm.expectPartialRevert(Channels.NothingToPay.selector);
        channels.redeem(payee, NO_MODEL, vouchers);
    }

    /*//////////////////////////////////////////////////////////////
                             WHAT PEOPLE SIGN
    //////////////////////////////////////////////////////////////*/

    function voucher(uint256 key, address payee, uint96 max)
        internal
        view
        returns (Vouchers.Voucher memory)
    {
        return voucher(key, channelId, payee, NO_MODEL, max);
    }

    function voucher(uint256 key, bytes32 id, address payee, bytes32 model, uint96 max)
        internal
        view
        returns (Vouchers.Voucher memory v)
    {
        (bytes32 r, bytes32 vs) = vm.signCompact(key, voucherDigest(id, payee, model, max));
        return Vouchers.Voucher(id, max, r, vs);
    }

    function promiseOf(uint256 key, address payee, uint96 max)
        internal
        view
        returns (Vouchers.Promise memory)
    {
        Vouchers.Voucher memory v = voucher(key, payee, max);
        return Vouchers.Promise(payee, NO_MODEL, max, v.r, v.vs);
    }

    function grant(uint256 key, address grantee, uint96 cap, uint64 until)
        internal
        view
        returns (Vouchers.Grant memory)
    {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Grant(bytes32 channelId,address signer,address grantee,uint96 cap,uint64 expiry)"
                ),
                channelId,
                vm.addr(key),
                grantee,
                cap,
                until
            )
        );
        (bytes32 r, bytes32 vs) = vm.signCompact(key, typed(hash));
        return Vouchers.Grant(vm.addr(key), cap, until, r, vs);
    }

    function voucherDigest(bytes32 id, address payee, bytes32 model, uint96 max)
        internal
        view
        returns (bytes32)
    {
        return typed(
            keccak256(
                abi.encode(
                    keccak256(
                        "Voucher(bytes32 channelId,address payee,bytes32 model,uint96 maxClaimableAmount)"
                    ),
                    id,
                    payee,
                    model,
                    max
                )
            )
        );
    }

    function typed(bytes32 hash) internal view returns (bytes32) {
        return typedFor("Weft Channels", address(channels), hash);
    }

    /// @dev EIP-712 spelled out here, so that what wallets show is checked against the contract.
    function typedFor(string memory name, address verifier, bytes32 hash)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, hash));
    }

    /*//////////////////////////////////////////////////////////////
                                  VALUES
    //////////////////////////////////////////////////////////////*/

    function authorization(address signer, uint96 cap)
        internal
        view
        returns (Authorizations.Authorization memory)
    {
        return Authorizations.Authorization(SALT, signer, cap, expiry);
    }

    function noPermit() internal pure returns (Balances.Permit memory) {
        return Balances.Permit(0, 0, 0, 0);
    }

    function pools(uint16 a, uint16 c, uint16 t) internal view returns (Splits.Pools memory) {
        return Splits.Pools(a, c, t, audit, commons, treasury);
    }

    function toPayee(address payee) internal pure returns (Collaterals.LaneKey memory) {
        return Collaterals.LaneKey(payee, NO_MODEL);
    }

    function one(Vouchers.Voucher memory v) internal pure returns (Vouchers.Voucher[] memory l) {
        l = new Vouchers.Voucher[](1);
        l[0] = v;
    }

    function bondOf(uint256 cap) internal view returns (uint256) {
        return cap * channels.BOND_BPS() / 10_000;
    }

    function bound(uint256 x, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + x % (high - low + 1);
    }
}
