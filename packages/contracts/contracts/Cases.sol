// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Audits} from "./Audits.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Who accuses whom of which answer, and what the panels say.
/// @dev tell -> the next epoch draws a panel -> accuse (a majority of those drawn says so) -> time for an appeal -> settled; or appeal -> time for the
/// larger panel -> settled.
abstract contract Cases is Audits {
    using SafeERC20 for IERC20;

    /*//////////////////////////////////////////////////////////////
                        ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The case is not in the state that the call needs.
    error NotNow(bytes32 receiptId, Stage stage);
    /// @dev The receipt was told before, ended too long ago, or was not told yet, contrary to what the call needs.
    error NotToTell(bytes32 receiptId);
    error NotTold(bytes32 receiptId);
    /// @dev Nobody signed the receipt who has a stake.
    error NothingAtStake(address node);
    /// @dev So many of those drawn must say so.
    error NoMajority(uint256 votes, uint256 needed);
    /// @dev There are not enough verifiers for a panel and a larger one beside it: nobody is convicted who could not
    /// appeal.
    error TooFewVerifiers(uint256 drawn);
    event Told(bytes32 indexed receiptId, address indexed node);
    event Accused(bytes32 indexed receiptId, address indexed node, address accuser);
    event Voted(bytes32 indexed receiptId, address indexed verifier, bool isFalse, bytes32 finding);
    event Appealed(bytes32 indexed receiptId, address indexed appellant);

    /*//////////////////////////////////////////////////////////////
                             STORAGE
    //////////////////////////////////////////////////////////////*/

    enum Stage {
        None,
        Accused,
        Appealed,
        Settled
    }

    struct Case {
        address node;
        uint40 endsAt;
        uint40 epoch;
        Stage stage;
        address accuser;
        address appellant;
    }

    uint256 public immutable appealSize;
    /// @dev For an appeal, and again for the larger panel.
    uint256 public immutable answerSeconds;
    /// @dev In wei of the token; lost where the appeal fails. Who is accused pays it then, out of its stake.
    uint256 public immutable appealBond;
    mapping(bytes32 receiptId => Case) public cases;
    /// @dev Of the accused node. Who has nothing left may give it up, and the panel must stay the same.
    mapping(bytes32 receiptId => address owner) private _ownerWhenAccused;
    /// @dev When a receipt was told, in seconds since 1970.
    mapping(bytes32 receiptId => uint40) public toldAt;
    /// @dev Who said so, by what was said; {didVote} for both.
    mapping(bytes32 receiptId => mapping(bool isFalse => address[])) internal _votes;
    mapping(bytes32 receiptId => mapping(address verifier => bool)) public didVote;

    constructor(Rules memory rules) {
        appealSize = rules.appealSize;
        answerSeconds = rules.answerSeconds;
        appealBond = rules.appealBond;
    }

    /*//////////////////////////////////////////////////////////////
                            FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Says that a receipt may be accused, where as many have a seat as both panels take, the node's own and its
    /// owner's not counted: the first epoch that is recorded after this draws its panel. Once
    /// for a receipt, so that neither who made it nor who tells it can try until the panel suits.
    function tell(Receipt calldata receipt) external {
        bytes32 receiptId = receiptIdOf(receipt);
        address node = _nodeOf(receiptId, receipt);
        _checkStake(node);
        uint256 held = seatsHeld() - seatsOfOwner[registry.ownerOf(node)];
        if (held < panelSize + appealSize) revert TooFewVerifiers(held);
        if (toldAt[receiptId] != 0 || block.timestamp > uint256(receipt.endedAt) + limitation) {
            revert NotToTell(receiptId);
        }
        toldAt[receiptId] = uint40(block.timestamp);
        emit Told(receiptId, node);
    }

    /// @notice Accuses a node by its receipt and the verdicts of the panel that `epoch` draws for it: most of it
    /// must say that the receipt is false. Also here counts who says that it is not.
    function accuse(Receipt calldata receipt, uint256 epoch, Verdict[] calldata verdicts) external {
        bytes32 receiptId = receiptIdOf(receipt);
        address node = _nodeOf(receiptId, receipt);
        uint256 told = toldAt[receiptId];
        if (told == 0) revert NotTold(receiptId);
        _checkEpoch(told, epoch);
        if (cases[receiptId].stage != Stage.None) revert NotNow(receiptId, cases[receiptId].stage);
        _checkStake(node);
        cases[receiptId] =
            Case(node, _endsAt(), uint40(epoch), Stage.Accused, msg.sender, address(0));
        _ownerWhenAccused[receiptId] = registry.ownerOf(node);
        address[] memory panel = panelOf(receiptId);
        uint256 drawn = panel.length + _drawFor(receiptId, appealSize, panel).length;
        if (drawn < panelSize + appealSize) revert TooFewVerifiers(drawn);
        _count(receiptId, panel, verdicts);
        uint256 votes = _votes[receiptId][true].length;
        uint256 needed = panelSize / 2 + 1;
        if (votes < needed) revert NoMajority(votes, needed);
        emit Accused(receiptId, node, msg.sender);
    }

    /// @notice Adds verdicts of those whose turn it is, until the time is over.
    function vote(bytes32 receiptId, Verdict[] calldata verdicts) external {
        Case storage c = cases[receiptId];
        bool isOpen = c.stage == Stage.Accused || c.stage == Stage.Appealed;
        if (!isOpen || block.timestamp > c.endsAt) revert NotNow(receiptId, c.stage);
        _count(receiptId, panelOf(receiptId), verdicts);
    }

    /// @notice Calls the larger panel, none of the first in it. Takes {appealBond} from the caller, unless that is the
    /// accused node itself: its key may have nothing but coins for fees, and must be able to defend its stake.
    function appeal(bytes32 receiptId) external {
        Case storage c = cases[receiptId];
        if (c.stage != Stage.Accused || block.timestamp > c.endsAt) {
            revert NotNow(receiptId, c.stage);
        }
        c.stage = Stage.Appealed;
        c.endsAt = _endsAt();
        c.appellant = msg.sender;
        emit Appealed(receiptId, msg.sender);
        if (msg.sender != c.node) token.safeTransferFrom(msg.sender, address(this), appealBond);
    }

    /// @return whose turn it is in a case: those drawn first, after an appeal the larger panel
    function panelOf(bytes32 receiptId) public view returns (address[] memory) {
        address[] memory first = _drawFor(receiptId, panelSize, new address[](0));
        if (cases[receiptId].appellant == address(0)) return first;
        return _drawFor(receiptId, appealSize, first);
    }

    /// @return who has said so in a case, in the order in which it came
    function votesOf(bytes32 receiptId, bool isFalse) external view returns (address[] memory) {
        return _votes[receiptId][isFalse];
    }

    function _drawFor(bytes32 receiptId, uint256 size, address[] memory others)
        private
        view
        returns (address[] memory)
    {
        Case memory c = cases[receiptId];
        return _draw(receiptId, c.node, _ownerWhenAccused[receiptId], c.epoch, size, others);
    }

    /// @dev A verdict by who was not drawn, or has said something already, counts for nothing and stops no other.
    function _count(bytes32 receiptId, address[] memory panel, Verdict[] calldata verdicts)
        private
    {
        for (uint256 i; i < verdicts.length; ++i) {
            Verdict calldata v = verdicts[i];
            address verifier = _verifierOf(receiptId, v);
            if (!_has(panel, verifier) || didVote[receiptId][verifier]) continue;
            // A seat outlives a stake that was asked back: a vote that can cost nothing is none.
            if (_stakeOf(verifier) < minimumStake) continue;
            didVote[receiptId][verifier] = true;
            _votes[receiptId][v.isFalse].push(verifier);
            emit Voted(receiptId, verifier, v.isFalse, v.finding);
        }
    }

    function _checkStake(address node) private view {
        if (_stakeOf(node) == 0) revert NothingAtStake(node);
    }

    /// @dev What can still be slashed, in wei.
    function _stakeOf(address operator) internal view returns (uint256) {
        (, uint96 stake, uint96 unbonding,,) = registry.operators(operator);
        return uint256(stake) + unbonding;
    }

    function _endsAt() private view returns (uint40) {
        return uint40(block.timestamp + answerSeconds);
    }
}
