// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Seats} from "../contracts/Seats.sol";
import {Statements} from "../contracts/Statements.sol";
import {CourtFixture} from "./CourtFixture.sol";

/// @notice What a case costs who brings it to its end through an appeal, each transaction as one of its own, where four
/// seats in five are dead: packages/contracts/gas. What a tab must have before it begins comes from here.
/// @dev With panels as on a public chain.
/// forge-config: default.isolate = true
contract CaseGasTest is CourtFixture {
    function test_gasOfACase() public virtual {
        deadSeats();
        measure();
        // It numbers an epoch, begins the next one, and drops free seats.
        vm.warp(block.timestamp + 8 days);
        verdicts.record();
        vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
        vm.roll(vm.getBlockNumber() + 1);
        verdicts.record();
        vm.snapshotGasLastCall("record");
    }

    /// @dev The other thing that a call does beside beginning an epoch; at the worst both come together.
    function test_gasOfGivingUpSeatsWithoutAStake() public {
        for (uint256 i; i < VERIFIERS; ++i) {
            takeBack(FIRST_VERIFIER_KEY + i);
        }
        vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
        verdicts.record();
        vm.snapshotGasLastCall("recordAmongTheStakeless");
    }

    function measure() internal {
        uint256 size = rules().panelSize;
        uint256 larger = rules().appealSize;
        Statements.Receipt memory receipt = receiptOf(NODE_KEY, 1, 0);
        bytes32 id = verdicts.receiptIdOf(receipt);
        verdicts.tell(receipt);
        vm.snapshotGasLastCall("tell");
        uint256 epoch = passEpoch();
        address[] memory panel = verdicts.draw(id, node, epoch, size, none());
        verdicts.accuse(receipt, epoch, verdictsOf(panel, id, size, 0));
        vm.snapshotGasLastCall("accuse");
        vm.prank(node);
        verdicts.appeal(id);
        panel = verdicts.panelOf(id);
        // As many wrong ones as there can be: each of them is slashed, and unseated where that takes too much.
        uint256 right = larger / 2 + 1;
        verdicts.vote(id, verdictsOf(panel, id, right, larger - right));
        vm.snapshotGasLastCall("vote");
        vm.warp(block.timestamp + 1 days + 1);
        verdicts.settle(id);
        vm.snapshotGasLastCall("settle");
        vm.assertEq(stakeOf(node), STAKE / 2 - BOND, "convicted");
        vm.prank(address(0xACC));
        verdicts.leaveSeat(panel[larger - 1]);
        vm.snapshotGasLastCall("unseat");
    }
}

/// @dev With panels as on a development chain.
/// forge-config: default.isolate = true
contract SmallCaseGasTest is CaseGasTest {
    function test_gasOfACase() public override {
        measure();
    }

    function rules() internal pure override returns (Seats.Rules memory small) {
        small = super.rules();
        small.panelSize = 2;
        small.appealSize = 3;
    }
}
