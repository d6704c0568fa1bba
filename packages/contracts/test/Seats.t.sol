// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Cases} from "../contracts/Cases.sol";
import {Statements} from "../contracts/Statements.sol";
import {CourtFixture} from "./CourtFixture.sol";

/// @notice Seats that nobody sits on keep no panel from being full, and nobody is drawn more often for them.
contract SeatsTest is CourtFixture {
    /// @dev Else a few stakes for a few days would let every cheat go.
    function test_hostile_deadSeatsKeepNoPanelFromBeingFull() public {
        uint256 epoch = deadSeats();
        (, uint40 seats,, uint40 held) = verdicts.epochs(epoch);
        vm.assertEq(seats, VERIFIERS + DEAD, "all of them");
        vm.assertEq(held, 20, "those that are drawn");
        for (uint256 salt; salt < 100; ++salt) {
            bytes32 id = keccak256(abi.encode(salt));
            address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
            address[] memory larger = verdicts.draw(id, node, epoch, 15, panel);
            vm.assertEq(panel.length + larger.length, 20, "both are full");
        }
    }

    /// @dev Twenty draws are expected for each of twenty; twice as many, or a quarter, is beyond four deviations.
    function test_hostile_whoSitsBesideDeadSeatsIsDrawnNoMoreOftenThanOthers() public {
        uint256 epoch = deadSeats();
        uint256[] memory drawn = new uint256[](20);
        for (uint256 salt; salt < 400; ++salt) {
            bytes32 id = keccak256(abi.encode(salt));
            address[] memory one_ = verdicts.draw(id, node, epoch, 1, none());
            ++drawn[keyOf(one_[0]) - FIRST_VERIFIER_KEY];
        }
        for (uint256 i; i < 20; ++i) {
            vm.assertLe(drawn[i], 40, "not too often");
            vm.assertLe(5, drawn[i], "nor too seldom");
        }
    }

    function test_deadSeatsAreDroppedWhenTheyAreFreeAndOldDrawsStayTheSame() public {
        uint256 before = deadSeats();
        bytes32 id = keccak256("case");
        bytes32 panel = keccak256(abi.encode(verdicts.draw(id, node, before, 5, none())));
        for (uint256 i; i < 20; ++i) {
            passEpoch();
        }
        (, uint40 seats,, uint40 held) = verdicts.epochs(block.timestamp / EPOCH);
        vm.assertEq(seats, VERIFIERS + DEAD, "kept for as long as a case may need them");
        vm.warp(block.timestamp + 4 days);
        for (uint256 i; i < 15; ++i) {
            passEpoch();
        }
        (, seats,, held) = verdicts.epochs(block.timestamp / EPOCH);
        vm.assertEq(seats, 20, "those that are held");
        vm.assertEq(held, 20, "all of them");
        vm.assertEq(
            keccak256(abi.encode(verdicts.draw(id, node, before, 5, none()))), panel, "the same"
        );
        vm.assertEq(verdicts.seatOf(vm.addr(FIRST_DEAD_KEY)), 0, "who has left has none");
        sitDown(FIRST_DEAD_KEY);
        vm.assertEq(verdicts.seatOf(vm.addr(FIRST_DEAD_KEY)), 21, "and may come back");
    }

    /// @dev Else stakes that were taken back long ago would be drawn for ever, and no panel would come to a majority.
    function test_hostile_whoTakesItsStakeBackLosesItsSeat() public {
        for (uint256 i; i < DEAD; ++i) {
            enrol(FIRST_DEAD_KEY + i, 2);
            sitDown(FIRST_DEAD_KEY + i);
        }
        for (uint256 i; i < DEAD; ++i) {
            takeBack(FIRST_DEAD_KEY + i);
        }
        vm.assertEq(verdicts.seatsHeld(), VERIFIERS + DEAD, "nobody has looked");
        for (uint256 i; i < (VERIFIERS + DEAD) / 8 + 1; ++i) {
            passEpoch();
        }
        uint256 epoch = passEpoch();
        (,,, uint40 held) = verdicts.epochs(epoch);
        vm.assertEq(held, VERIFIERS, "those with a stake");
        vm.assertEq(verdicts.seatsHeld(), VERIFIERS, "from now on too");
    }

    /// @dev Its owner is nobody, or another one, by now.
    function test_hostile_anyoneGivesUpTheSeatOfAnOperatorThatWasDeregistered() public {
        uint256 key = FIRST_VERIFIER_KEY;
        address operator = vm.addr(key);
        uint256 ofOwner = verdicts.seatsOfOwner(ownerOf(key));
        takeBack(key);
        vm.warp(block.timestamp + registry.unbondingDelay());
        vm.prank(ownerOf(key));
        registry.withdraw(operator, ownerOf(key));
        vm.prank(ownerOf(key));
        registry.deregister(operator);
        vm.prank(address(0xACC));
        verdicts.leaveSeat(operator);
        vm.assertEq(verdicts.seatsHeld(), VERIFIERS - 1, "one fewer");
        vm.assertEq(verdicts.seatsOfOwner(ownerOf(key)), ofOwner - 1, "of its owner then");
    }

    /// @dev Its owner's own verifiers would be drawn else, and the votes of those drawn before would not count.
    function test_hostile_aPanelStaysTheSameWhenItsNodeIsGivenUp() public {
        address owner = ownerOf(NODE_KEY);
        for (uint256 i; i < 10; ++i) {
            enrol(0xF00D + i, 2, owner);
            vm.prank(owner);
            verdicts.takeSeat(vm.addr(0xF00D + i));
        }
        Statements.Receipt memory receipt = receiptOf(NODE_KEY, 1, 0);
        bytes32 id = verdicts.receiptIdOf(receipt);
        verdicts.tell(receipt);
        uint256 epoch = passEpoch();
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        verdicts.accuse(receipt, epoch, verdictsOf(panel, id, 5, 0));
        vm.prank(node);
        verdicts.appeal(id);
        bytes32 larger = keccak256(abi.encode(verdicts.panelOf(id)));
        vm.prank(address(verdicts));
        registry.slash(node, STAKE, address(0xBEEF));
        vm.prank(owner);
        registry.deregister(node);
        vm.assertEq(keccak256(abi.encode(verdicts.panelOf(id))), larger, "the same");
        vm.assertTrue(
            keccak256(abi.encode(verdicts.draw(id, node, epoch, 5, none())))
                != keccak256(abi.encode(panel)),
            "as if nobody had owned it"
        );
    }

    /// @dev They are never drawn, so they do not fill the panels either.
    function test_hostile_theSeatsOfTheNodesOwnerAreNotCounted() public {
        for (uint256 i = 19; i < VERIFIERS; ++i) {
            giveUp(FIRST_VERIFIER_KEY + i);
        }
        for (uint256 i; i < 10; ++i) {
            enrol(0xF00D + i, 2, ownerOf(NODE_KEY));
            vm.prank(ownerOf(NODE_KEY));
            verdicts.takeSeat(vm.addr(0xF00D + i));
        }
        passEpoch();
        vm.assertEq(verdicts.seatsHeld(), 29, "all of them");
        Statements.Receipt memory receipt = receiptOf(NODE_KEY, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(Cases.TooFewVerifiers.selector, 19));
        verdicts.tell(receipt);
    }

    /// forge-config: default.fuzz.runs = 24
    /// @dev Seats that are taken in the epoch itself count for nothing in it, however they come and go.
    function testFuzz_asManyAreCountedAsCanBeDrawn(uint256 seed) public {
        for (uint256 step; step < 60; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 key = FIRST_VERIFIER_KEY + seed % VERIFIERS;
            if (seed >> 8 & 1 == 0) {
                vm.prank(ownerOf(key));
                try verdicts.leaveSeat(vm.addr(key)) {} catch {}
            } else {
                vm.prank(ownerOf(key));
                try verdicts.takeSeat(vm.addr(key)) {} catch {}
            }
            if (seed >> 16 & 7 == 0) vm.warp(block.timestamp + 1 days);
            if (seed >> 24 & 3 != 0) continue;
            vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
            // Who comes and goes before the epoch is recorded changes nothing in it.
            vm.prank(ownerOf(key));
            try verdicts.leaveSeat(vm.addr(key)) {} catch {}
            record();
            checkCounts(block.timestamp / EPOCH);
        }
    }

    function checkCounts(uint256 epoch) private view {
        (, uint40 seats,, uint40 held) = verdicts.epochs(epoch);
        uint256 drawable;
        uint256 seated;
        for (uint256 i; i < seats; ++i) {
            (address operator, uint40 from, uint40 until) = verdicts.seats(i);
            if (from <= epoch && (until == 0 || epoch < until)) ++drawable;
            if (until == 0) ++seated;
            if (until == 0) vm.assertEq(verdicts.seatOf(operator), i + 1, "its own");
        }
        vm.assertEq(held, drawable, "in the epoch");
        vm.assertEq(verdicts.seatsHeld(), seated, "from now on");
    }
}
