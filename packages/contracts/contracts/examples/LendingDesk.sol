// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ProvedConsumer} from "../ProvedConsumer.sol";
import {ProvedInference} from "../ProvedInference.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice An EXAMPLE of a contract that acts on a proved score: lends where the model says that loans are repaid.
/// @dev It believes what applicants say of themselves, and nobody pays back. One that lends money that is worth
/// something takes features that somebody answers for, and knows one person from another.
contract LendingDesk is ProvedConsumer {
    using SafeERC20 for IERC20;

    error NotFromProvedInference(address caller);
    /// @dev The model did not say that this one is repaid.
    error NotApproved(uint256 id, Decision decision);
    /// @dev The caller did not apply for this loan.
    error NotTheApplicant(uint256 id, address caller);
    /// @dev One loan each.
    error HasALoan(address applicant);

    event Decided(uint256 indexed id, address indexed applicant, Decision decision);
    event Lent(uint256 indexed id, address indexed applicant, uint256 amount);

    /// @dev As the model's classes: repaid, paid late, defaulted.
    enum Decision {
        Waiting,
        Approved,
        ForAPerson,
        Refused
    }

    struct Application {
        address applicant;
        Decision decision;
    }

    ProvedInference public immutable inference;
    bytes32 public immutable model;
    IERC20 public immutable token;
    /// @dev Of each loan, in wei of the token.
    uint256 public immutable amount;
    mapping(uint256 id => Application) public applications;
    mapping(address applicant => bool) public hasLoan;

    constructor(ProvedInference inference_, bytes32 model_, IERC20 token_, uint256 amount_) {
        (inference, model, token, amount) = (inference_, model_, token_, amount_);
    }

    /// @notice Asks for a loan. @return id of the request that has to be proved
    function applyFor(uint128 features) external returns (uint256 id) {
        id = inference.ask(model, features, msg.sender);
        applications[id].applicant = msg.sender;
    }

    /// @inheritdoc ProvedConsumer
    function onScores(uint256 id, address requester, int32[3] calldata scores) external {
        if (msg.sender != address(inference)) revert NotFromProvedInference(msg.sender);
        Decision decision = Decision.Approved;
        if (scores[1] > scores[0]) decision = Decision.ForAPerson;
        if (scores[2] > scores[0] && scores[2] > scores[1]) decision = Decision.Refused;
        applications[id].decision = decision;
        emit Decided(id, requester, decision);
    }

    /// @notice Pays an approved loan out to who applied for it.
    function draw(uint256 id) external {
        Application memory a = applications[id];
        if (a.applicant != msg.sender) revert NotTheApplicant(id, msg.sender);
        if (a.decision != Decision.Approved) revert NotApproved(id, a.decision);
        if (hasLoan[msg.sender]) revert HasALoan(msg.sender);
        hasLoan[msg.sender] = true;
        emit Lent(id, msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }
}
