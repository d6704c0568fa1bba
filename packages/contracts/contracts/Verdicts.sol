// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Audits} from "./Audits.sol";
import {Cases} from "./Cases.sol";
import {Channels} from "./Channels.sol";
import {Lots} from "./Lots.sol";
import {Registry} from "./Registry.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @notice A node that most of a panel found cheating loses stake. Whoever doubts that calls a larger panel, and
/// who was in the minority in the end pays.
/// @dev Read from the ground up: {Seats}, {Lots}, {Statements}, {Audits}, {Cases}, and here how they end. What a node unbonds
/// stays within reach for longer than all of it takes.
contract Verdicts is Cases, Ownable2Step {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The times do not fit, or a share is above all there is.
    error BadRules();

    /// @dev `lost`: by the node, the bond of an appeal included, whoever put it down; or by the verifiers who were wrong
    /// about it.
    event Settled(bytes32 indexed receiptId, address indexed node, Outcome outcome, uint256 lost);
    event SharesChanged(uint16 slashBps, uint16 minorityBps);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev Undecided: the larger panel did not answer; nobody pays.
    enum Outcome {
        Undecided,
        Convicted,
        Acquitted
    }

    /// @dev Of what a convicted node loses: to who accused it, and to all verifiers that were right together. The
    /// rest pays for checks: to convict must never be worth more than to look.
    uint256 public constant ACCUSER_BPS = 1_000;
    uint256 public constant RIGHT_BPS = 2_000;

    /// @dev Of its stake: what a convicted node loses, and a verifier whose verdict did not hold.
    uint16 public slashBps;
    uint16 public minorityBps;

    constructor(
        Registry registry_,
        Channels channels_,
        Rules memory rules,
        uint16 slashBps_,
        uint16 minorityBps_,
        address governance
    ) Lots(registry_, rules) Audits(channels_, rules) Cases(rules) Ownable(governance) {
        uint256 longest = 2 * (rules.limitation + rules.answerSeconds + rules.epochSeconds);
        if (longest > registry_.unbondingDelay() || rules.appealSize <= rules.panelSize) {
            revert BadRules();
        }
        if (rules.sampleBps == 0 || rules.sampleBps > 10_000) revert BadRules();
        _setShares(slashBps_, minorityBps_);
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    function setShares(uint16 slashBps_, uint16 minorityBps_) external onlyOwner {
        _setShares(slashBps_, minorityBps_);
    }

    /// @notice Ends a case when its time is over. Anyone may.
    function settle(bytes32 receiptId) external returns (Outcome outcome) {
        Case storage c = cases[receiptId];
        bool isOpen = c.stage == Stage.Accused || c.stage == Stage.Appealed;
        if (!isOpen || block.timestamp <= c.endsAt) revert NotNow(receiptId, c.stage);
        outcome = c.stage == Stage.Accused ? Outcome.Convicted : _outcomeOfAppeal(receiptId);
        c.stage = Stage.Settled;
        uint256 lost;
        if (outcome == Outcome.Convicted) lost = _convict(receiptId, c);
        else if (outcome == Outcome.Acquitted) lost = _acquit(receiptId, c);
        else _returnBond(c);
        emit Settled(receiptId, c.node, outcome, lost);
    }

    /*//////////////////////////////////////////////////////////////
                                 PRIVATE
    //////////////////////////////////////////////////////////////*/

    function _outcomeOfAppeal(bytes32 receiptId) private view returns (Outcome) {
        address[] memory panel = panelOf(receiptId);
        uint256 needed = panel.length / 2 + 1;
        if (_among(panel, _votes[receiptId][false]) >= needed) return Outcome.Acquitted;
        if (_among(panel, _votes[receiptId][true]) >= needed) return Outcome.Convicted;
        return Outcome.Undecided;
    }

    function _convict(bytes32 receiptId, Case storage c) private returns (uint256 lost) {
        lost = _slash(c.node, slashBps);
        uint256 toAccuser = lost * ACCUSER_BPS / 10_000;
        uint256 toRight = lost * RIGHT_BPS / 10_000;
        owed[c.accuser] += toAccuser;
        uint256 rest = lost - toAccuser - toRight + _slashAll(_votes[receiptId][false]);
        uint256 bond = c.appellant == address(0) ? 0 : appealBond;
        if (c.appellant == c.node) {
            bond = registry.slash(c.node, uint96(appealBond), address(this));
        }
        pool += rest + bond + _share(_votes[receiptId][true], toRight);
        lost += bond;
    }

    /// @dev Whom the panel wronged gets half of what the wrong verdicts cost.
    function _acquit(bytes32 receiptId, Case storage c) private returns (uint256 lost) {
        _returnBond(c);
        lost = _slashAll(_votes[receiptId][true]);
        uint256 toRight = lost * RIGHT_BPS / 10_000;
        owed[c.node] += lost / 2;
        pool += lost - lost / 2 - toRight + _share(_votes[receiptId][false], toRight);
    }

    function _returnBond(Case storage c) private {
        if (c.appellant != c.node) owed[c.appellant] += appealBond;
    }

    function _slashAll(address[] memory wrong) private returns (uint256 lost) {
        for (uint256 i; i < wrong.length; ++i) {
            lost += _slash(wrong[i], minorityBps);
        }
    }

    function _slash(address operator, uint256 bps) private returns (uint256) {
        uint256 amount = _stakeOf(operator) * bps / 10_000;
        return registry.slash(operator, uint96(amount), address(this));
    }

    /// @return rest what does not divide, or all of it where nobody was right
    function _share(address[] memory right, uint256 amount) private returns (uint256 rest) {
        if (right.length == 0) return amount;
        uint256 each = amount / right.length;
        for (uint256 i; i < right.length; ++i) {
            owed[right[i]] += each;
        }
        return amount - each * right.length;
    }

    function _among(address[] memory panel, address[] memory votes)
        private
        pure
        returns (uint256 n)
    {
        for (uint256 i; i < votes.length; ++i) {
            if (_has(panel, votes[i])) ++n;
        }
    }

    function _setShares(uint16 slashBps_, uint16 minorityBps_) private {
        if (slashBps_ > 10_000 || minorityBps_ > 10_000) revert BadRules();
        slashBps = slashBps_;
        minorityBps = minorityBps_;
        emit SharesChanged(slashBps_, minorityBps_);
    }
}
