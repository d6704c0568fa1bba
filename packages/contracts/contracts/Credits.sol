// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Authorizations} from "./Authorizations.sol";
import {Balances} from "./Balances.sol";
import {Channels} from "./Channels.sol";
import {Collaterals} from "./Collaterals.sol";
import {CreditMembers} from "./CreditMembers.sol";
import {CreditTickets} from "./CreditTickets.sol";
import {CreditVerifier} from "./generated/CreditVerifier.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @notice Tickets that are bought by a wallet and spent by keys that nobody can tell it by.
/// @dev A ticket opens an ordinary lane-paying key in a channel of this contract, the same for all: see {Channels},
/// where it pays registered operators alone. So money leaves to operators, back to who paid it in, or to the treasury,
/// and this does not launder it. All that is here is this contract's balance in {Channels}.
contract Credits is CreditMembers, CreditTickets, EIP712("Weft Credits", "1") {
    using SafeERC20 for IERC20;

    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev Possible from then on, in seconds since 1970.
    error NotYet(uint256 from);
    /// @dev The key did not sign for this.
    error NotSigned(address key);
    /// @dev The key has left less than this costs, in wei of the token.
    error NotEnoughLeft(uint256 left, uint256 needed);

    /// @dev `x` and `y` are a point on the ticket's line: with another one they tell the secret.
    event Spent(
        uint256 indexed denomination,
        uint256 indexed nullifier,
        address indexed key,
        uint256 x,
        uint256 y
    );
    event TicketWithdrawn(
        uint256 indexed denomination, uint256 indexed identity, uint256 nullifier
    );
    event BondReturned(uint256 indexed denomination, uint256 indexed identity);
    event Slashed(
        uint256 indexed denomination, uint256 indexed identity, uint256 secret, address to
    );

    /// @dev `feeBps` of a ticket's value go to who submits it, `sessionSeconds` a key may spend.
    struct Terms {
        uint96[] values;
        uint256 lifetime;
        uint256 bondBps;
        uint256 feeBps;
        uint64 sessionSeconds;
        address treasury;
    }

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    bytes32 private constant CHANGE_TYPEHASH =
        keccak256("Change(uint256 denomination,uint256 identity,uint256 count)");

    Channels public immutable channels;
    uint256 public immutable feeBps;
    uint64 public immutable sessionSeconds;
    address public immutable treasury;
    /// @dev What keys have left when their time was over, in wei of the token.
    mapping(address key => uint256) public remainders;

    constructor(Channels channels_, CreditVerifier verifier_, Terms memory terms)
        CreditMembers(terms.values, terms.lifetime, terms.bondBps)
        CreditTickets(verifier_)
    {
        if (terms.feeBps >= 10_000) revert BadTerms();
        channels = channels_;
        (feeBps, sessionSeconds, treasury) = (terms.feeBps, terms.sessionSeconds, terms.treasury);
        channels.token().approve(address(channels), type(uint256).max);
    }

    /*//////////////////////////////////////////////////////////////
                           WHAT A WALLET DOES
    //////////////////////////////////////////////////////////////*/

    /// @notice Buys `count` tickets with the caller's tokens. `identity` is Poseidon(secret), fresh for each purchase.
    function buy(
        uint256 denomination,
        uint256 identity,
        uint256 count,
        Balances.Permit calldata permit
    ) external {
        uint96 price = uint96(priceOf(denomination, count));
        _join(denomination, identity, count, msg.sender);
        IERC20 token = channels.token();
        // As in {Balances}: what counts is the allowance.
        if (permit.deadline != 0) {
            try IERC20Permit(address(token))
                .permit(
                    msg.sender, address(this), price, permit.deadline, permit.v, permit.r, permit.s
                ) {}
                catch {}
        }
        token.safeTransferFrom(msg.sender, address(this), price);
        channels.deposit(address(this), price, Balances.Permit(0, 0, 0, 0));
    }

    /// @notice Gives an unused ticket back to who bought it, in the open: its proof's tree is that one leaf.
    function withdraw(uint256 denomination, uint256 identity, Ticket calldata ticket) external {
        Member memory m = _memberOf(denomination, identity);
        if (ticket.root != _leafOf(identity, m)) revert UnknownRoot(ticket.root);
        _use(denomination, ticket, address(0));
        emit TicketWithdrawn(denomination, identity, ticket.nullifier);
        channels.withdraw(m.owner, _valueOf(denomination));
    }

    /// @notice Gives a bond back when its time is over, whatever became of the tickets.
    function returnBond(uint256 denomination, uint256 identity) external {
        (Member memory m, uint256 bond) = _takeBond(denomination, identity);
        if (block.timestamp <= m.expiry) revert NotYet(m.expiry);
        emit BondReturned(denomination, identity);
        channels.withdraw(m.owner, bond);
    }

    /*//////////////////////////////////////////////////////////////
                          WHAT ANYBODY SUBMITS
    //////////////////////////////////////////////////////////////*/

    /// @notice Lets `key` spend a ticket's value, less the submitter's fee and what {Channels} holds as its bond.
    function spend(uint256 denomination, Ticket calldata ticket, address key) external {
        if (!isRoot[denomination][ticket.root]) revert UnknownRoot(ticket.root);
        if (ticket.aliveAt < block.timestamp) revert TooOld(ticket.aliveAt);
        _use(denomination, ticket, key);
        uint256 value = _valueOf(denomination);
        uint256 bondOfCap = channels.BOND_BPS();
        uint256 cap = value * (10_000 - feeBps) / (10_000 + bondOfCap);
        emit Spent(denomination, ticket.nullifier, key, ticket.x, ticket.y);
        channels.authorize(
            Authorizations.Authorization(
                0, key, uint96(cap), uint64(block.timestamp) + sessionSeconds
            )
        );
        // What is rounded off goes with the fee.
        channels.withdraw(msg.sender, value - cap - cap * bondOfCap / 10_000);
    }

    /// @notice Ends the purchase of who used a ticket twice, which told its secret: half of the bond for `to`, half
    /// for the treasury, unused tickets back to who bought them. Of {change} all is the treasury's, else it paid cash.
    function slash(uint256 denomination, uint256 secret, address to) external {
        uint256 identity = _identityOf(secret);
        (Member memory m, uint256 bond) = _takeBond(denomination, identity);
        uint256 left = _useAll(denomination, secret, m.count) * _valueOf(denomination);
        if (m.owner == treasury) to = treasury;
        emit Slashed(denomination, identity, secret, to);
        channels.withdraw(to, bond / 2);
        channels.withdraw(treasury, bond - bond / 2);
        if (left > 0) channels.withdraw(m.owner, left);
    }

    /// @notice Notes what a key has left, once {Channels} gives it back.
    function collect(address key) external {
        uint256 before = channels.balances(address(this));
        channels.release(0, key, new Collaterals.LaneKey[](0));
        remainders[key] += channels.balances(address(this)) - before;
    }

    /// @notice Buys tickets for a fresh identity with what a key has left and signs for; the submitter is paid as for
    /// a ticket. Owned by the treasury: they can be spent and not be withdrawn, nor can their bond.
    function change(
        address key,
        uint256 denomination,
        uint256 identity,
        uint256 count,
        bytes calldata signature
    ) external {
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(CHANGE_TYPEHASH, denomination, identity, count))
        );
        if (ECDSA.recoverCalldata(digest, signature) != key) revert NotSigned(key);
        uint256 fee = count * _valueOf(denomination) * feeBps / 10_000;
        uint256 needed = priceOf(denomination, count) + fee;
        if (needed > remainders[key]) revert NotEnoughLeft(remainders[key], needed);
        remainders[key] -= needed;
        _join(denomination, identity, count, treasury);
        channels.withdraw(msg.sender, fee);
    }

    /// @notice Gives the treasury what a key has left and nobody has signed for, one `lifetime` after its time.
    function sweep(address key) external {
        bytes32 channelId = channels.channelIdOf(address(this), 0);
        (,, uint64 expiry) = channels.collaterals(channelId, key);
        if (block.timestamp <= expiry + lifetime) revert NotYet(expiry + lifetime);
        uint256 amount = remainders[key];
        remainders[key] = 0;
        channels.withdraw(treasury, amount);
    }
}
