// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Seats} from "../contracts/Seats.sol";
import {Statements} from "../contracts/Statements.sol";
import {Verdicts} from "../contracts/Verdicts.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Verdicts deployed as in production, a node and thirty verifiers with stake and seats.
abstract contract CourtFixture is Fixture {
    uint96 internal constant STAKE = 1_000e18;
    uint256 internal constant BOND = 50e18;
    uint256 internal constant EPOCH = 1 hours;
    uint256 internal constant VERIFIERS = 30;
    uint256 internal constant NODE_KEY = 0x0DE1;
    uint256 internal constant FIRST_VERIFIER_KEY = 0xFE00;
    uint256 internal constant DEAD = 80;
    uint256 internal constant FIRST_DEAD_KEY = 0xDEAD00;

    Verdicts internal verdicts;

    function setUp() public virtual override {
        super.setUp();
        verdicts = new Verdicts(registry, channels, rules(), 5_000, 2_000, governance);
        bytes32 role = registry.SLASHER_ROLE();
        vm.prank(governance);
        registry.grantRole(role, address(verdicts));
        audit = address(verdicts);
        vm.prank(governance);
        channels.setPools(pools(500, 0, 0));
        enrol(NODE_KEY, 1);
        for (uint256 i; i < VERIFIERS; ++i) {
            enrol(FIRST_VERIFIER_KEY + i, 2);
            sitDown(FIRST_VERIFIER_KEY + i);
        }
        passEpoch();
    }

    function rules() internal pure virtual returns (Seats.Rules memory) {
        return Seats.Rules({
            epochSeconds: EPOCH,
            limitation: 2 days,
            minimumStake: STAKE,
            sampleBps: 10_000,
            panelSize: 5,
            appealSize: 15,
            answerSeconds: 1 days,
            appealBond: BOND
        });
    }

    /// @dev Each key has an owner of its own.
    function enrol(uint256 key, uint8 roles) internal {
        enrol(key, roles, ownerOf(key));
    }

    function enrol(uint256 key, uint8 roles, address owner) internal {
        address operator = vm.addr(key);
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Registration(address operator,address owner,uint8 roles,uint256 nonce,uint256 deadline)"
                ),
                operator,
                owner,
                roles,
                registry.nonces(operator),
                block.timestamp
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, typedFor("Weft Registry", address(registry), hash));
        token.transfer(owner, STAKE);
        vm.prank(owner);
        token.approve(address(registry), STAKE);
        vm.prank(owner);
        registry.register(operator, roles, STAKE, block.timestamp, abi.encodePacked(r, s, v));
    }

    function ownerOf(uint256 key) internal pure returns (address) {
        return address(uint160(key + 0x0123_0000));
    }

    /// @dev A receipt that ends now, told at once. @return epoch the one that draws its panel
    function told(Statements.Receipt memory receipt) internal returns (uint256 epoch) {
        verdicts.tell(receipt);
        return passEpoch();
    }

    /// @return epoch the first that is recorded after now
    function passEpoch() internal returns (uint256 epoch) {
        vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
        record();
        return block.timestamp / EPOCH;
    }

    /// @dev Begun in one block, numbered in the next.
    function record() internal {
        verdicts.record();
        vm.roll(vm.getBlockNumber() + 1);
        verdicts.record();
    }

    /// @dev As many are left as panels of 5 and 15 take, among four times as many seats that were left.
    /// @return epoch in which they are drawn
    function deadSeats() internal returns (uint256 epoch) {
        for (uint256 i; i < DEAD; ++i) {
            enrol(FIRST_DEAD_KEY + i, 2);
            sitDown(FIRST_DEAD_KEY + i);
        }
        passEpoch();
        for (uint256 i; i < DEAD; ++i) {
            giveUp(FIRST_DEAD_KEY + i);
        }
        for (uint256 i = 20; i < VERIFIERS; ++i) {
            giveUp(FIRST_VERIFIER_KEY + i);
        }
        return passEpoch();
    }

    function sitDown(uint256 key) internal {
        vm.prank(ownerOf(key));
        verdicts.takeSeat(vm.addr(key));
    }

    function takeBack(uint256 key) internal {
        (, uint96 staked,,,) = registry.operators(vm.addr(key));
        vm.prank(ownerOf(key));
        registry.unbond(vm.addr(key), staked);
    }

    function giveUp(uint256 key) internal {
        vm.prank(ownerOf(key));
        verdicts.leaveSeat(vm.addr(key));
    }

    /// @dev A receipt that ends now, signed by the node.
    function receiptOf(uint256 key, uint256 salt, uint96 costWei)
        internal
        view
        returns (Statements.Receipt memory receipt)
    {
        bytes32 paid = costWei == 0 ? bytes32(0) : channelId;
        receipt = Statements.Receipt(
            keccak256(abi.encode(salt)), paid, tab, NO_MODEL, costWei, uint64(block.timestamp), 0, 0
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version)"),
                keccak256("Weft Receipt"),
                keccak256("1")
            )
        );
        bytes32 id = verdicts.receiptIdOf(receipt);
        (receipt.r, receipt.vs) =
            vm.signCompact(key, keccak256(abi.encodePacked(hex"1901", domain, id)));
    }

    function verdict(uint256 key, bytes32 receiptId, bool isFalse)
        internal
        view
        returns (Statements.Verdict memory v)
    {
        bytes32 finding = keccak256("margins");
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("Verdict(bytes32 receiptId,bool isFalse,bytes32 finding)"),
                receiptId,
                isFalse,
                finding
            )
        );
        (bytes32 r, bytes32 vs) =
            vm.signCompact(key, typedFor("Weft Verdicts", address(verdicts), hash));
        return Statements.Verdict(isFalse, finding, r, vs);
    }

    /// @return v by the first `isFalse` of a panel that it is false, by `isTrue` more that it is not
    function verdictsOf(address[] memory panel, bytes32 receiptId, uint256 isFalse, uint256 isTrue)
        internal
        view
        returns (Statements.Verdict[] memory v)
    {
        v = new Statements.Verdict[](isFalse + isTrue);
        for (uint256 i; i < v.length; ++i) {
            v[i] = verdict(keyOf(panel[i]), receiptId, i < isFalse);
        }
    }

    function keyOf(address verifier) internal pure returns (uint256 key) {
        for (key = FIRST_VERIFIER_KEY; vm.addr(key) != verifier; ++key) {}
    }

    function stakeOf(address operator) internal view returns (uint256) {
        (, uint96 stake, uint96 unbonding,,) = registry.operators(operator);
        return uint256(stake) + unbonding;
    }

    function none() internal pure returns (address[] memory) {
        return new address[](0);
    }
}
