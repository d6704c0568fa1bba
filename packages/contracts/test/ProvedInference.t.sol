// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Groth16} from "../contracts/Groth16.sol";
import {ProvedConsumer} from "../contracts/ProvedConsumer.sol";
import {ProvedInference} from "../contracts/ProvedInference.sol";
import {LendingDesk} from "../contracts/examples/LendingDesk.sol";
import {MlpVerifier} from "../contracts/generated/MlpVerifier.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Knows what has been proved here, since forge makes no proofs. Real ones, and the real verifier, are in
/// packages/sdk/src/proved/proved-inference.long.test.ts.
contract MlpProver {
    mapping(bytes32 statement => bool) private isProved;

    function prove(uint256[5] memory inputs) external {
        isProved[keccak256(abi.encode(inputs))] = true;
    }

    function verify(Groth16.Proof calldata, uint256[5] calldata inputs) external view {
        for (uint256 i; i < 5; ++i) {
            if (inputs[i] >= Groth16.R) revert Groth16.NotInField(i);
        }
        if (!isProved[keccak256(abi.encode(inputs))]) revert Groth16.InvalidProof();
    }
}

/// @notice Sends the answer again from within.
contract Reentrant is ProvedConsumer {
    ProvedInference private immutable inference;
    ProvedInference.Answer private answer;

    constructor(ProvedInference inference_) {
        inference = inference_;
    }

    function ask(bytes32 model, uint128 features) external returns (uint256) {
        return inference.ask(model, features, address(this));
    }

    function keep(ProvedInference.Answer calldata answer_) external {
        answer = answer_;
    }

    function onScores(uint256 id, address, int32[3] calldata) external {
        inference.prove(id, answer);
    }
}

/// @notice A proof answers the one request that it is for, once, and a contract acts on what it says.
contract ProvedInferenceTest is Fixture {
    uint256 private constant COMMITMENT = 0xC0;
    uint128 private constant FEATURES = 0xFEA7;
    uint256 private constant LOAN = 5e18;

    MlpProver private prover;
    ProvedInference private inference;
    LendingDesk private desk;
    bytes32 private model;

    function setUp() public override {
        super.setUp();
        prover = new MlpProver();
        inference = new ProvedInference(models, MlpVerifier(address(prover)));
        model = models.publish(abi.encodePacked(hex"01711220", keccak256("card")), "MIT", 0);
        inference.commit(model, COMMITMENT);
        desk = new LendingDesk(inference, model, token, LOAN);
        token.transfer(address(desk), 10 * LOAN);
    }

    function applyAs(address applicant) private returns (uint256 id) {
        vm.prank(applicant);
        return desk.applyFor(FEATURES);
    }

    function answerTo(uint256 id, int32[3] memory scores)
        private
        returns (ProvedInference.Answer memory answer)
    {
        (answer.domain, answer.request) = (inference.domainOf(), inference.requestOf(id));
        for (uint256 i; i < 3; ++i) {
            answer.packedScores |= uint256(int256(scores[i]) + 2 ** 31) << (32 * i);
        }
        prover.prove([COMMITMENT, answer.packedScores, FEATURES, answer.domain, answer.request]);
    }

    function decisionOf(uint256 id) private view returns (uint256) {
        (, LendingDesk.Decision decision) = desk.applications(id);
        return uint256(decision);
    }

    /*//////////////////////////////////////////////////////////////
                          WHAT A SCORE DECIDES
    //////////////////////////////////////////////////////////////*/

    function test_theDeskDecidesAsTheScoresSay() public {
        int32[3][4] memory scores = [
            [int32(300), -20, -400],
            [int32(-5), -4, -6],
            [int32(-300_000), 0, 290_000],
            [int32(7), 7, 7]
        ];
        uint8[4] memory decisions = [1, 2, 3, 1];
        for (uint256 i; i < 4; ++i) {
            uint256 id = applyAs(tab);
            vm.assertEq(decisionOf(id), 0, "waiting");
            inference.prove(id, answerTo(id, scores[i]));
            vm.assertEq(decisionOf(id), decisions[i], "decision");
        }
    }

    function test_anApprovedLoanIsPaidOnceToWhoAppliedForIt() public {
        uint256 id = applyAs(tab);
        vm.prank(tab);
        vm.expectPartialRevert(LendingDesk.NotApproved.selector);
        desk.draw(id);
        inference.prove(id, answerTo(id, [int32(1), 0, 0]));
        vm.expectPartialRevert(LendingDesk.NotTheApplicant.selector);
        desk.draw(id);
        vm.prank(tab);
        desk.draw(id);
        vm.assertEq(token.balanceOf(tab), LOAN, "paid");
        vm.prank(tab);
        vm.expectPartialRevert(LendingDesk.HasALoan.selector);
        desk.draw(id);
    }

    function test_hostile_aRefusedLoanIsNotPaid() public {
        uint256 id = applyAs(tab);
        inference.prove(id, answerTo(id, [int32(0), 0, 1]));
        vm.prank(tab);
        vm.expectPartialRevert(LendingDesk.NotApproved.selector);
        desk.draw(id);
    }

    function test_hostile_nobodyElseTellsTheDeskScores() public {
        uint256 id = applyAs(tab);
        vm.expectPartialRevert(LendingDesk.NotFromProvedInference.selector);
        desk.onScores(id, tab, [int32(1), 0, 0]);
    }

    function testFuzz_scoresArriveAsTheyWere(int32 a, int32 b, int32 c) public {
        uint256 id = applyAs(tab);
        inference.prove(id, answerTo(id, [a, b, c]));
        uint256 expected = a >= b && a >= c ? 1 : b >= c ? 2 : 3;
        vm.assertEq(decisionOf(id), expected, "decision");
    }

    /*//////////////////////////////////////////////////////////////
                           WHAT A PROOF IS FOR
    //////////////////////////////////////////////////////////////*/

    function test_hostile_aProofAnswersOnce() public {
        uint256 id = applyAs(tab);
        ProvedInference.Answer memory answer = answerTo(id, [int32(1), 0, 0]);
        inference.prove(id, answer);
        vm.expectPartialRevert(ProvedInference.AlreadyProved.selector);
        inference.prove(id, answer);
        vm.expectPartialRevert(ProvedInference.UnknownRequest.selector);
        inference.prove(id + 1, answer);
    }

    /// @dev The same model, the same features, the same desk.
    function test_hostile_aProofIsForNobodyElseAndForNoOtherRequest() public {
        uint256 id = applyAs(tab);
        ProvedInference.Answer memory answer = answerTo(id, [int32(1), 0, 0]);
        uint256 others = applyAs(node);
        uint256 second = applyAs(tab);
        vm.expectPartialRevert(ProvedInference.NotForThisRequest.selector);
        inference.prove(others, answer);
        vm.expectPartialRevert(ProvedInference.NotForThisRequest.selector);
        inference.prove(second, answer);
        answer.request = inference.requestOf(second);
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        inference.prove(second, answer);
    }

    function test_hostile_aProofOfAnotherChainOrContractIsForeign() public {
        uint256 id = applyAs(tab);
        ProvedInference.Answer memory answer = answerTo(id, [int32(1), 0, 0]);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(ProvedInference.ForeignProof.selector);
        inference.prove(id, answer);
        answer.domain = inference.domainOf();
        answer.request = inference.requestOf(id);
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        inference.prove(id, answer);
    }

    function test_hostile_nothingOfAnAnswerCanBeChanged() public {
        uint256 id = applyAs(tab);
        ProvedInference.Answer memory answer = answerTo(id, [int32(0), 0, 1]);
        answer.packedScores += 2 << 64;
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        inference.prove(id, answer);
        answer.packedScores += Groth16.R;
        vm.expectPartialRevert(Groth16.NotInField.selector);
        inference.prove(id, answer);
    }

    /// @dev Features and commitment are the contract's own: a proof of others does not hold.
    function test_hostile_aProofOfOtherFeaturesOrWeightsDoesNotHold() public {
        uint256 id = applyAs(tab);
        ProvedInference.Answer memory answer;
        (answer.domain, answer.request) = (inference.domainOf(), inference.requestOf(id));
        prover.prove([COMMITMENT, 0, FEATURES + 1, answer.domain, answer.request]);
        prover.prove([COMMITMENT + 1, 0, FEATURES, answer.domain, answer.request]);
        vm.expectPartialRevert(Groth16.InvalidProof.selector);
        inference.prove(id, answer);
    }

    function test_hostile_aConsumerThatAnswersItselfAgainFindsItAnswered() public {
        Reentrant consumer = new Reentrant(inference);
        uint256 id = consumer.ask(model, FEATURES);
        ProvedInference.Answer memory answer = answerTo(id, [int32(1), 0, 0]);
        consumer.keep(answer);
        vm.expectPartialRevert(ProvedInference.AlreadyProved.selector);
        inference.prove(id, answer);
    }

    /*//////////////////////////////////////////////////////////////
                             WHOSE MODEL IT IS
    //////////////////////////////////////////////////////////////*/

    function test_hostile_aModelIsCommittedToOnceByItsPublisher() public {
        vm.expectPartialRevert(ProvedInference.AlreadyCommitted.selector);
        inference.commit(model, COMMITMENT + 1);
        vm.prank(node);
        vm.expectPartialRevert(ProvedInference.NotThePublisher.selector);
        inference.commit(model, COMMITMENT);
        bytes32 other = models.publish(abi.encodePacked(hex"01711220", keccak256("o")), "MIT", 0);
        vm.expectPartialRevert(ProvedInference.NotACommitment.selector);
        inference.commit(other, 0);
        vm.expectPartialRevert(ProvedInference.NotACommitment.selector);
        inference.commit(other, Groth16.R);
        vm.expectPartialRevert(ProvedInference.UnknownModel.selector);
        inference.ask(other, FEATURES, tab);
    }

    function test_hostile_aModelThatWasStruckIsNotAsked() public {
        vm.prank(governance);
        models.decide(model, address(0));
        vm.expectPartialRevert(ProvedInference.UnknownModel.selector);
        inference.ask(model, FEATURES, tab);
    }
}
