// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Groth16} from "./Groth16.sol";
import {Models} from "./Models.sol";
import {ProvedConsumer} from "./ProvedConsumer.sol";
import {MlpVerifier} from "./generated/MlpVerifier.sol";

/// @notice Models whose weights are secret: contracts ask what they say of features, and act on it once it is proved.
/// @dev A proof shows that the weights behind the model's commitment say so of these features. It does not show that
/// the features are true, or that the model is good. For networks of circuits/mlp.circom, and for one key of it.
contract ProvedInference {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The caller did not publish this model in {Models}.
    error NotThePublisher(bytes32 model, address caller);
    /// @dev Zero, or no number of the field.
    error NotACommitment(uint256 commitment);
    /// @dev A model's weights are committed to once: who relies on them could not know which those are.
    error AlreadyCommitted(bytes32 model);
    /// @dev Nobody committed to its weights, or it was struck.
    error UnknownModel(bytes32 model);
    error UnknownRequest(uint256 id);
    /// @dev Each request is answered once: the proof was here before.
    error AlreadyProved(uint256 id);
    /// @dev The proof is for another chain or contract.
    error ForeignProof(uint256 domain);
    /// @dev The proof is for another request, or for who made another.
    error NotForThisRequest(uint256 id, address requester);

    event Committed(bytes32 indexed model, uint256 commitment);
    event Asked(
        uint256 indexed id,
        bytes32 indexed model,
        address indexed requester,
        address consumer,
        uint128 features
    );
    event Proved(uint256 indexed id, int32[3] scores);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev `features` are 16 numbers of 8 bits, the first in the lowest, each with 128 added: what they mean is in
    /// the model's card, which its CID names.
    struct Request {
        address consumer;
        bool isProved;
        address requester;
        uint128 features;
        bytes32 model;
    }

    /// @dev A proof, the scores that it shows (32 bits each, the first in the lowest, 2^31 added), and what it is for.
    /// That is computed here and not believed; it is in the answer so that a wrong one says what is wrong with it.
    struct Answer {
        uint256 packedScores;
        uint256 domain;
        uint256 request;
        Groth16.Proof proof;
    }

    Models public immutable models;
    MlpVerifier public immutable verifier;
    mapping(bytes32 model => uint256) public commitments;
    mapping(uint256 id => Request) public requests;
    uint256 public requestCount;

    constructor(Models models_, MlpVerifier verifier_) {
        (models, verifier) = (models_, verifier_);
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Says for good which weights the caller's model has.
    /// @param commitment Poseidon over a salt and the weights, as circuits/mlp.circom computes it
    function commit(bytes32 model, uint256 commitment) external {
        if (_publisherOf(model) != msg.sender) revert NotThePublisher(model, msg.sender);
        if (commitment == 0 || commitment >= Groth16.R) revert NotACommitment(commitment);
        if (commitments[model] != 0) revert AlreadyCommitted(model);
        commitments[model] = commitment;
        emit Committed(model, commitment);
    }

    /// @notice Asks what a model says of `features`. The caller, a {ProvedConsumer}, is told when somebody proves it.
    /// @param requester for whom it asks: no other can use the answer
    function ask(bytes32 model, uint128 features, address requester) external returns (uint256 id) {
        if (commitments[model] == 0 || _publisherOf(model) == address(0)) {
            revert UnknownModel(model);
        }
        id = ++requestCount;
        requests[id] = Request(msg.sender, false, requester, features, model);
        emit Asked(id, model, requester, msg.sender, features);
    }

    /// @notice Answers a request; anybody may who has a proof. Reverts where the consumer does: it can be sent again.
    function prove(uint256 id, Answer calldata answer) external {
        Request memory r = requests[id];
        if (r.consumer == address(0)) revert UnknownRequest(id);
        if (r.isProved) revert AlreadyProved(id);
        uint256 domain = domainOf();
        if (answer.domain != domain) revert ForeignProof(answer.domain);
        uint256 request = _requestOf(domain, id, r);
        if (answer.request != request) revert NotForThisRequest(id, r.requester);
        verifier.verify(
            answer.proof, [commitments[r.model], answer.packedScores, r.features, domain, request]
        );
        // Before the consumer is called: it finds the request answered, whatever it calls.
        requests[id].isProved = true;
        int32[3] memory scores = _unpack(answer.packedScores);
        emit Proved(id, scores);
        ProvedConsumer(r.consumer).onScores(id, r.requester, scores);
    }

    /// @return what proofs for this chain and contract are made for; below the field's order
    function domainOf() public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this)))) >> 8;
    }

    /// @return what a proof for this request is made for; below the field's order
    function requestOf(uint256 id) external view returns (uint256) {
        Request memory r = requests[id];
        if (r.consumer == address(0)) revert UnknownRequest(id);
        return _requestOf(domainOf(), id, r);
    }

    function _requestOf(uint256 domain, uint256 id, Request memory r)
        private
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(domain, id, r.consumer, r.requester))) >> 8;
    }

    /// @dev What is proved is below 2^96.
    function _unpack(uint256 packed) private pure returns (int32[3] memory scores) {
        for (uint256 i; i < 3; ++i) {
            scores[i] = int32(int256(packed >> (32 * i) & type(uint32).max) - 2 ** 31);
        }
    }

    function _publisherOf(bytes32 model) private view returns (address publisher) {
        (publisher,,) = models.models(model);
    }
}
