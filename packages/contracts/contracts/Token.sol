// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// @notice The Weft token: a fixed supply of one billion, minted once, with no owner and no way to mint,
/// burn or pause.
/// @dev Permit lets a deposit need one signature. EIP-3009 lets somebody else pay the gas of a deposit, and
/// is what x402's `exact` scheme settles with. Votes count by time, since block numbers mean little on rollups.
contract Token is ERC20, ERC20Permit, ERC20Votes, ERC3009 {
    /// @dev The supply in wei of the token, 18 decimals. Fits in 90 bits.
    uint256 public constant SUPPLY = 1_000_000_000e18;

    /// @dev Mints everything to `holder`, which hands it on in the same transaction (see {Allocation}).
    constructor(address holder) ERC20("Weft", "WEFT") ERC20Permit("Weft") {
        _mint(holder, SUPPLY);
    }

    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
