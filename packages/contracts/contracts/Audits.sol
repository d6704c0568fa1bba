// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Channels} from "./Channels.sol";
import {Lots} from "./Lots.sol";
import {Statements} from "./Statements.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Pays a verifier for an answer that it was drawn to check, out of what redeemed answers brought in.
/// @dev A lane never pays out more for checks than it brought into the pool: who invents jobs, and checks them
/// with its own verifiers, gets a part of its own money back.
abstract contract Audits is Lots, Statements {
    using SafeERC20 for IERC20;

    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The lot did not fall on this receipt.
    error NotSampled(bytes32 receiptId);
    /// @dev The verdict is by nobody who was drawn for this receipt.
    error NotDrawn(bytes32 receiptId, address signer);
    /// @dev Somebody was paid for this receipt already, or it brought nothing in.
    error NothingToPay(bytes32 receiptId);

    event CheckPaid(
        bytes32 indexed receiptId,
        address indexed node,
        address indexed verifier,
        bool isFalse,
        uint256 amount
    );
    event Claimed(address indexed account, address indexed to, uint256 amount);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    Channels public immutable channels;
    IERC20 public immutable token;
    /// @dev Of all receipts so many, in basis points, are checked and paid for.
    uint256 public immutable sampleBps;
    /// @dev Verifiers that are drawn for a receipt; any one of them may check it.
    uint256 public immutable panelSize;
    /// @dev For checks, in wei of the token.
    uint256 public pool;
    /// @dev Earned and not claimed, in wei.
    mapping(address account => uint256) public owed;
    /// @dev Paid for checks out of what a lane brought in, in wei.
    mapping(bytes32 laneId => uint256) public paidForChecks;
    mapping(bytes32 receiptId => bool) public isPaid;

    constructor(Channels channels_, Rules memory rules) {
        channels = channels_;
        token = channels_.token();
        sampleBps = rules.sampleBps;
        panelSize = rules.panelSize;
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Pays for one check. Anyone may send it.
    /// @return amount in wei: the audit share of the answer's price, for the answers that are not checked as well
    function payForCheck(Receipt calldata receipt, uint256 epoch, Verdict calldata verdict)
        external
        returns (uint256 amount)
    {
        (bytes32 receiptId, address node) = _read(receipt, epoch);
        if (!isSampled(receiptId, epoch)) revert NotSampled(receiptId);
        if (isPaid[receiptId]) revert NothingToPay(receiptId);
        address verifier = _verifierOf(receiptId, verdict);
        address[] memory panel = draw(receiptId, node, epoch, panelSize, new address[](0));
        if (!_has(panel, verifier)) revert NotDrawn(receiptId, verifier);
        collect();

        (uint16 auditBps,,,,,) = channels.pools();
        bytes32 laneId = channels.laneIdOf(receipt.channelId, receipt.payer, node, receipt.model);
        (uint96 paid,) = channels.lanes(laneId);
        uint256 broughtIn = uint256(paid) * auditBps / 10_000;
        uint256 left = broughtIn > paidForChecks[laneId] ? broughtIn - paidForChecks[laneId] : 0;
        amount = uint256(receipt.costWei) * auditBps / sampleBps;
        if (amount > left) amount = left;
        if (amount > pool) amount = pool;
        if (amount == 0) revert NothingToPay(receiptId);
        isPaid[receiptId] = true;
        paidForChecks[laneId] += amount;
        pool -= amount;
        owed[verifier] += amount;
        emit CheckPaid(receiptId, node, verifier, verdict.isFalse, amount);
    }

    /// @notice Brings what Channels holds for checks into the pool.
    function collect() public {
        channels.distribute();
        uint256 balance = channels.balances(address(this));
        if (balance == 0) return;
        pool += balance;
        channels.claim(address(this), address(this));
    }

    /// @notice Sends what an account has earned to `to`. For itself, or the wallet that owns it as operator.
    function claim(address account, address to) external {
        if (msg.sender != account && msg.sender != registry.ownerOf(account)) {
            revert NotForTheCaller(account, msg.sender);
        }
        uint256 amount = owed[account];
        owed[account] = 0;
        emit Claimed(account, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @return whether the lot of an epoch falls on a receipt
    function isSampled(bytes32 receiptId, uint256 epoch) public view returns (bool) {
        uint256 lot = uint256(keccak256(abi.encode(receiptId, epochs[epoch].number)));
        return lot % 10_000 < sampleBps;
    }

    /// @dev Reverts unless a node signed the receipt and `epoch` draws for it.
    function _read(Receipt calldata receipt, uint256 epoch)
        internal
        view
        returns (bytes32 receiptId, address node)
    {
        _checkEpoch(receipt.endedAt, epoch);
        receiptId = receiptIdOf(receipt);
        node = _nodeOf(receiptId, receipt);
    }

    function _has(address[] memory list, address wanted) internal pure returns (bool) {
        return wanted != address(0) && _has(list, list.length, wanted);
    }
}
