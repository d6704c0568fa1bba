// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @notice What nodes and verifiers sign. Signatures are in the compact form of EIP-2098.
/// @dev A receipt's domain names no chain and no contract: a node signs one thing, whoever holds its stake. A
/// verdict's names both.
abstract contract Statements is EIP712("Weft Verdicts", "1") {
    bytes32 private constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(bytes32 content,bytes32 channelId,address payer,bytes32 model,uint96 costWei,uint64 endedAt)"
    );
    bytes32 private constant VERDICT_TYPEHASH =
        keccak256("Verdict(bytes32 receiptId,bool isFalse,bytes32 finding)");
    bytes32 private constant RECEIPT_DOMAIN = keccak256(
        abi.encode(
            keccak256("EIP712Domain(string name,string version)"),
            keccak256("Weft Receipt"),
            keccak256("1")
        )
    );

    /// @dev What a node says it computed. `content` is the hash of everything else in it, above all of the tokens;
    /// the lane that pays is (channelId, payer's key, node, model), zeros where nothing is paid. `endedAt` in
    /// seconds since 1970.
    struct Receipt {
        bytes32 content;
        bytes32 channelId;
        address payer;
        bytes32 model;
        uint96 costWei;
        uint64 endedAt;
        bytes32 r;
        bytes32 vs;
    }

    /// @dev `isFalse`: the model would not have made these tokens. `finding` is the hash of the margins.
    struct Verdict {
        bool isFalse;
        bytes32 finding;
        bytes32 r;
        bytes32 vs;
    }

    /// @dev EIP-712's hash of the receipt's struct: one of two receipts for the same content is another receipt.
    function receiptIdOf(Receipt calldata receipt) public pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_TYPEHASH,
                receipt.content,
                receipt.channelId,
                receipt.payer,
                receipt.model,
                receipt.costWei,
                receipt.endedAt
            )
        );
    }

    /// @return node the key that signed the receipt; zero where the signature is none
    function _nodeOf(bytes32 receiptId, Receipt calldata receipt)
        internal
        pure
        returns (address node)
    {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", RECEIPT_DOMAIN, receiptId));
        (node,,) = ECDSA.tryRecover(digest, receipt.r, receipt.vs);
    }

    /// @return verifier the key that signed the verdict; zero where the signature is none
    function _verifierOf(bytes32 receiptId, Verdict calldata verdict)
        internal
        view
        returns (address verifier)
    {
        bytes32 structHash = keccak256(
            abi.encode(VERDICT_TYPEHASH, receiptId, verdict.isFalse, verdict.finding)
        );
        (verifier,,) = ECDSA.tryRecover(_hashTypedDataV4(structHash), verdict.r, verdict.vs);
    }
}
