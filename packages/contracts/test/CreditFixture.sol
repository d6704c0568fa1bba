// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {CreditTickets} from "../contracts/CreditTickets.sol";
import {Credits} from "../contracts/Credits.sol";
import {Groth16} from "../contracts/Groth16.sol";
import {CreditVerifier} from "../contracts/generated/CreditVerifier.sol";
import {Fixture} from "./Fixture.sol";
import {PoseidonT2} from "poseidon-solidity/PoseidonT2.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

/// @notice Knows what has been proved here, since forge makes no proofs. Real ones, and the real verifier, are in
/// packages/payments/src/chain/credits.long.test.ts.
contract Prover {
    mapping(bytes32 statement => bool) private isProved;

    function prove(uint256[6] memory inputs) external {
        isProved[keccak256(abi.encode(inputs))] = true;
    }

    function verify(Groth16.Proof calldata, uint256[6] calldata inputs) external view {
        for (uint256 i; i < 6; ++i) {
            if (inputs[i] >= Groth16.R) revert Groth16.NotInField(i);
        }
        if (!isProved[keccak256(abi.encode(inputs))]) revert Groth16.InvalidProof();
    }
}

/// @notice Credits as in production but for the verifier, buyers with tokens, and tickets as the circuit makes them.
abstract contract CreditFixture is Fixture {
    uint256 internal constant SECRET = 0x5EC7E7;
    uint256 internal constant LIFETIME = 90 days;
    uint96 internal constant ONE = 1e18;
    uint96 internal constant TEN = 10e18;
    address internal relay = address(0x5E1A);

    Credits internal credits;
    Prover internal prover;

    function setUp() public virtual override {
        super.setUp();
        prover = new Prover();
        credits = newCredits();
        vm.assertEq(address(credits), creditsAddress, "where Channels believes it");
        vm.prank(payer);
        token.approve(address(credits), type(uint256).max);
    }

    function newCredits() internal returns (Credits) {
        uint96[] memory values = new uint96[](2);
        (values[0], values[1]) = (ONE, TEN);
        return new Credits(
            channels,
            CreditVerifier(address(prover)),
            Credits.Terms(values, LIFETIME, 1_000, 100, 7 days, treasury)
        );
    }

    /*//////////////////////////////////////////////////////////////
                              WHAT PEOPLE DO
    //////////////////////////////////////////////////////////////*/

    function buy(uint256 denomination, uint256 secret, uint256 count) internal {
        uint256 identity = identityOf(secret);
        vm.prank(payer);
        credits.buy(denomination, identity, count, noPermit());
    }

    function spend(uint256 denomination, CreditTickets.Ticket memory ticket, address key) internal {
        vm.prank(relay);
        credits.spend(denomination, ticket, key);
    }

    function registerOperator(uint256 key) internal {
        address operator = vm.addr(key);
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Registration(address operator,address owner,uint8 roles,uint256 nonce,uint256 deadline)"
                ),
                operator,
                address(this),
                uint8(1),
                registry.nonces(operator),
                block.timestamp
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, typedFor("Weft Registry", address(registry), hash));
        registry.register(operator, 1, 0, block.timestamp, abi.encodePacked(r, s, v));
    }

    /*//////////////////////////////////////////////////////////////
                           WHAT TICKETS PROVE
    //////////////////////////////////////////////////////////////*/

    /// @dev As circuits/credit.circom computes it; proved where `root` is one.
    function ticketFor(
        uint256 denomination,
        uint256 secret,
        uint256 index,
        uint256 root,
        address key
    ) internal returns (CreditTickets.Ticket memory ticket) {
        ticket = shareOf(credits, denomination, secret, index, key);
        (ticket.root, ticket.aliveAt) = (root, key == address(0) ? 0 : block.timestamp);
        prover.prove(inputsOf(ticket));
    }

    function shareOf(Credits from, uint256 denomination, uint256 secret, uint256 index, address key)
        internal
        view
        returns (CreditTickets.Ticket memory ticket)
    {
        ticket.domain = from.domainOf(denomination);
        ticket.x = from.signalOf(denomination, key);
        uint256 slope = PoseidonT4.hash([secret, ticket.domain, index]);
        ticket.nullifier = PoseidonT2.hash([slope]);
        ticket.y = addmod(secret, mulmod(slope, ticket.x, Groth16.R), Groth16.R);
    }

    function leafOf(uint256 denomination, uint256 secret) internal view returns (uint256) {
        (, uint40 until, uint8 count,) = credits.members(denomination, identityOf(secret));
        return PoseidonT4.hash([identityOf(secret), uint256(count), uint256(until)]);
    }

    function identityOf(uint256 secret) internal pure returns (uint256) {
        return PoseidonT2.hash([secret]);
    }

    function inputsOf(CreditTickets.Ticket memory t) internal pure returns (uint256[6] memory) {
        return [t.root, t.nullifier, t.y, t.domain, t.x, t.aliveAt];
    }

    function sign(uint256 key, uint256 denomination, uint256 identity, uint256 count)
        internal
        view
        returns (bytes memory)
    {
        bytes32 typehash = keccak256("Change(uint256 denomination,uint256 identity,uint256 count)");
        bytes32 hash = keccak256(abi.encode(typehash, denomination, identity, count));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, typedFor("Weft Credits", address(credits), hash));
        return abi.encodePacked(r, s, v);
    }

    /// @dev What a ticket's key may spend, and who submitted it gets.
    function capOf(uint256 value) internal view returns (uint256 cap, uint256 fee) {
        cap = value * 9_900 / 11_000;
        fee = value - cap - bondOf(cap);
    }
}
