// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Token} from "./Token.sol";
import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {VestingWalletCliff} from "@openzeppelin/contracts/finance/VestingWalletCliff.sol";

/// @notice Vests in a straight line, with nothing before the cliff.
contract Vesting is VestingWalletCliff {
    constructor(address beneficiary, uint64 start, uint64 duration, uint64 cliffSeconds)
        VestingWallet(beneficiary, start, duration)
        VestingWalletCliff(cliffSeconds)
    {}
}

/// @notice Who gets the token: the whole of it, in this one file. Deploying it deploys the token and sends
/// every part to where it stays; afterwards it holds nothing and can do nothing.
///
///   40 %  network     vested 8 years, rewards for work done: never more than fees earned allow
///   20 %  treasury    vested 4 years, spent by governance
///   17 %  builders    vested 4 years, nothing in the first
///   13 %  backers     vested 3 years, nothing in the first
///   10 %  launch      at once: liquidity, first deposits, the sponsor budgets of first apps
contract Allocation {
    /// @dev One beneficiary is missing.
    error NoBeneficiary();

    event Allocated(
        string part, address indexed holder, address indexed beneficiary, uint256 amount
    );

    /// @dev Each may be replaced later by itself (vesting wallets are owned), e.g. by a Timelock.
    struct Beneficiaries {
        address network;
        address treasury;
        address builders;
        address backers;
        address launch;
    }

    Token public immutable token;

    constructor(Beneficiaries memory to) {
        if (to.launch == address(0)) revert NoBeneficiary();
        token = new Token(address(this));
        _vest("network", to.network, 40, 8 * 365 days, 0);
        _vest("treasury", to.treasury, 20, 4 * 365 days, 0);
        _vest("builders", to.builders, 17, 4 * 365 days, 365 days);
        _vest("backers", to.backers, 13, 3 * 365 days, 365 days);
        _send("launch", to.launch, to.launch, token.balanceOf(address(this)));
    }

    /// @dev A vesting wallet refuses the zero address as its beneficiary.
    function _vest(
        string memory part,
        address beneficiary,
        uint256 percent,
        uint64 duration,
        uint64 cliffSeconds
    ) private {
        address wallet = address(
            new Vesting(beneficiary, uint64(block.timestamp), duration, cliffSeconds)
        );
        _send(part, wallet, beneficiary, token.SUPPLY() * percent / 100);
    }

    function _send(string memory part, address holder, address beneficiary, uint256 amount)
        private
    {
        token.transfer(holder, amount);
        emit Allocated(part, holder, beneficiary, amount);
    }
}
