// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @notice What a payer's keys sign, and who signed it.
/// @dev The EIP-712 domain holds the chain and this contract: a voucher for another chain or contract is
/// signed, as seen from here, by nobody who has anything. All signatures are in the compact form of EIP-2098
/// (`r`, and `s` with the parity in its top bit); OpenZeppelin's recovery refuses the malleable half.
abstract contract Vouchers is EIP712("Weft Channels", "1") {
    bytes32 private constant VOUCHER_TYPEHASH = keccak256(
        "Voucher(bytes32 channelId,address payee,bytes32 model,uint96 maxClaimableAmount)"
    );
    bytes32 private constant GRANT_TYPEHASH = keccak256(
        "Grant(bytes32 channelId,address signer,address grantee,uint96 cap,uint64 expiry)"
    );

    /// @dev Half of secp256k1's order: of the two signatures that are one, the higher is refused.
    uint256 private constant HIGHEST_S =
        0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @dev The whole of what one key of one channel owes one payee for one model so far, in wei of the token.
    /// Payee and model are said once for a batch.
    struct Voucher {
        bytes32 channelId;
        uint96 maxClaimableAmount;
        bytes32 r;
        bytes32 vs;
    }

    /// @dev `signer` lets whoever signs the voucher beside it spend `cap` in all, until `expiry`.
    struct Grant {
        address signer;
        uint96 cap;
        uint64 expiry;
        bytes32 r;
        bytes32 vs;
    }

    struct GrantedVoucher {
        Voucher voucher;
        Grant grant;
    }

    /// @dev A voucher whose channel is known: what an over-promise is proved with.
    struct Promise {
        address payee;
        bytes32 model;
        uint96 maxClaimableAmount;
        bytes32 r;
        bytes32 vs;
    }

    /// @return the id of the `salt`-th channel of a payer
    function channelIdOf(address payer, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(payer, salt));
    }

    /// @return the id of a lane: one key of one channel pays one payee for one model
    function laneIdOf(bytes32 channelId, address signer, address payee, bytes32 model)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(channelId, signer, payee, model));
    }

    /// @return who signed the voucher; zero where the signature is not one
    function _voucherSigner(
        bytes32 channelId,
        address payee,
        bytes32 model,
        uint96 maxClaimableAmount,
        bytes32 r,
        bytes32 vs
    ) internal view returns (address) {
        return _signerOf(
            keccak256(abi.encode(VOUCHER_TYPEHASH, channelId, payee, model, maxClaimableAmount)),
            r,
            vs
        );
    }

    /// @dev By the gas report: hashing and recovering is most of what a batch computes. So what is the same for
    /// all its vouchers is laid out in memory once, and {_recover} fills in the rest: the voucher's struct (5
    /// words), from 0xa0 the digest's input (66 bytes), at 0x100 the precompile's (4), at 0x180 the lane's (4).
    function _layOut(address payee, bytes32 model) internal view returns (uint256 page) {
        bytes32 domain = _domainSeparatorV4();
        bytes32 typehash = VOUCHER_TYPEHASH;
        assembly ("memory-safe") {
            page := mload(0x40)
            mstore(0x40, add(page, 0x200))
            mstore(page, typehash)
            mstore(add(page, 0x40), payee)
            mstore(add(page, 0x60), model)
            mstore(add(page, 0xa0), hex"1901")
            mstore(add(page, 0xa2), domain)
            mstore(add(page, 0x1c0), payee)
            mstore(add(page, 0x1e0), model)
        }
    }

    /// @return signer the same as {_voucherSigner} says
    /// @return laneId the same as {laneIdOf} says
    function _recover(uint256 page, Voucher calldata v)
        internal
        view
        returns (address signer, bytes32 laneId)
    {
        uint256 highestS = HIGHEST_S;
        assembly ("memory-safe") {
            let channelId := calldataload(v)
            mstore(add(page, 0x20), channelId)
            mstore(add(page, 0x80), calldataload(add(v, 0x20)))
            mstore(add(page, 0xc2), keccak256(page, 0xa0))
            mstore(add(page, 0x100), keccak256(add(page, 0xa0), 0x42))
            let vs := calldataload(add(v, 0x60))
            mstore(add(page, 0x120), add(27, shr(255, vs)))
            mstore(add(page, 0x140), calldataload(add(v, 0x40)))
            let s := shr(1, shl(1, vs))
            mstore(add(page, 0x160), s)
            // A signature that is none returns nothing: then what is read is the zero written here.
            mstore(0, 0)
            pop(staticcall(gas(), 1, add(page, 0x100), 0x80, 0, 0x20))
            if iszero(gt(s, highestS)) { signer := mload(0) }
            mstore(add(page, 0x180), channelId)
            mstore(add(page, 0x1a0), signer)
            laneId := keccak256(add(page, 0x180), 0x80)
        }
    }

    /// @return whether the grant is signed by the key that it names as its signer
    function _isSigned(Grant calldata grant, bytes32 channelId, address grantee)
        internal
        view
        returns (bool)
    {
        bytes32 structHash = keccak256(
            abi.encode(GRANT_TYPEHASH, channelId, grant.signer, grantee, grant.cap, grant.expiry)
        );
        address signer = _signerOf(structHash, grant.r, grant.vs);
        return signer == grant.signer && signer != address(0) && grantee != address(0);
    }

    function _signerOf(bytes32 structHash, bytes32 r, bytes32 vs)
        private
        view
        returns (address signer)
    {
        (signer,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), r, vs);
    }
}
