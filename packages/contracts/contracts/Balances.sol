// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Registry} from "./Registry.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice What each account has inside the contract: deposits that are not locked, and earnings. The same
/// thing, so that earnings can be spent as they are.
abstract contract Balances {
    using SafeERC20 for IERC20;

    /// @dev The account has less than this needs, in wei of the token.
    error InsufficientBalance(address account, uint256 balance, uint256 needed);
    /// @dev Only the payee itself or its owner in the registry may claim for it.
    error NotTheOwner(address payee, address caller);

    event Deposited(address indexed account, address indexed from, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /// @dev EIP-2612, signed by the caller for this contract. A zero deadline: approved before, nothing signed.
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @dev EIP-3009 `ReceiveWithAuthorization`, signed by the payer; its nonce follows from what it is for.
    struct Receive {
        uint256 validAfter;
        uint256 validBefore;
        bytes32 entropy;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    IERC20 public immutable token;
    Registry public immutable registry;
    mapping(address account => uint256) public balances;

    constructor(IERC20 token_, Registry registry_) {
        token = token_;
        registry = registry_;
    }

    /// @notice Deposits the caller's tokens (in wei) for `account`.
    function deposit(address account, uint96 amount, Permit calldata permit) external {
        balances[account] += amount;
        _receive(account, amount, permit);
    }

    /// @notice Sends `amount` (in wei) of the caller's balance to `to`, at once: what is locked is not in it.
    function withdraw(address to, uint256 amount) external {
        _withdraw(msg.sender, to, amount);
    }

    /// @notice Sends all of a payee's balance to `to`. For the payee, or the wallet that owns it as operator.
    function claim(address payee, address to) external {
        if (msg.sender != payee && msg.sender != registry.ownerOf(payee)) {
            revert NotTheOwner(payee, msg.sender);
        }
        _withdraw(payee, to, balances[payee]);
    }

    /// @dev Takes the caller's tokens. A permit that fails was perhaps used by somebody who saw it in the
    /// mempool; what counts is the allowance, which the transfer checks.
    function _receive(address account, uint256 amount, Permit calldata permit) internal {
        emit Deposited(account, msg.sender, amount);
        if (permit.deadline != 0) {
            try IERC20Permit(address(token))
                .permit(
                    msg.sender, address(this), amount, permit.deadline, permit.v, permit.r, permit.s
                ) {}
                catch {}
        }
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Takes the payer's tokens by its signature, whoever sends it.
    function _receive(address payer, uint256 amount, bytes32 nonce, Receive calldata auth)
        internal
    {
        emit Deposited(payer, payer, amount);
        IERC3009(address(token))
            .receiveWithAuthorization(
                payer,
                address(this),
                amount,
                auth.validAfter,
                auth.validBefore,
                nonce,
                auth.v,
                auth.r,
                auth.s
            );
    }

    function _withdraw(address account, address to, uint256 amount) private {
        uint256 balance = balances[account];
        if (amount > balance) revert InsufficientBalance(account, balance, amount);
        balances[account] = balance - amount;
        emit Withdrawn(account, to, amount);
        token.safeTransfer(to, amount);
    }
}
