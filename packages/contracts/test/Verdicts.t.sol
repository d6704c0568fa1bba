// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Audits} from "../contracts/Audits.sol";
import {Cases} from "../contracts/Cases.sol";
import {Lots} from "../contracts/Lots.sol";
import {Seats} from "../contracts/Seats.sol";
import {Statements} from "../contracts/Statements.sol";
import {Verdicts} from "../contracts/Verdicts.sol";
import {CourtFixture} from "./CourtFixture.sol";

/// @notice Cheats lose stake by the verdicts of who was drawn; who judges falsely loses more than it could win.
contract VerdictsTest is CourtFixture {
    address private accuser = address(0xACC);
    Statements.Receipt private receipt;
    bytes32 private id;
    uint256 private epoch;

    function setUp() public override {
        super.setUp();
        prepare(1);
    }

    /*//////////////////////////////////////////////////////////////
                                 THE LOT
    //////////////////////////////////////////////////////////////*/

    /// forge-config: default.fuzz.runs = 40
    function testFuzz_aPanelHasNobodyTwiceAndNobodyOfTheNodes(uint256 salt) public {
        prepare(salt);
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        address[] memory larger = verdicts.draw(id, node, epoch, 15, panel);
        vm.assertEq(panel.length, 5, "full");
        vm.assertEq(larger.length, 15, "full");
        for (uint256 i; i < 20; ++i) {
            address one_ = i < 5 ? panel[i] : larger[i - 5];
            keyOf(one_);
            for (uint256 j; j < i; ++j) {
                vm.assertTrue(one_ != (j < 5 ? panel[j] : larger[j - 5]), "once");
            }
        }
    }

    /// @dev Whose own verifiers are drawn could judge itself.
    function test_hostile_theNodesOwnVerifiersAreNotDrawn() public {
        (uint256 key, uint256 friend) = (FIRST_VERIFIER_KEY + 7, 0xF00D);
        enrol(friend, 3, ownerOf(key));
        vm.prank(ownerOf(key));
        verdicts.takeSeat(vm.addr(friend));
        bytes32 ownId = verdicts.receiptIdOf(receiptOf(key, 3, 0));
        epoch = passEpoch();
        address[] memory panel = verdicts.draw(ownId, vm.addr(key), epoch, 29, none());
        vm.assertTrue(panel.length > 20, "the others are");
        for (uint256 i; i < panel.length; ++i) {
            vm.assertTrue(panel[i] != vm.addr(key), "not itself");
            vm.assertTrue(panel[i] != vm.addr(friend), "nor its owner's");
        }
    }

    /// @dev Or a few verifiers could convict whom they like, with nobody left for an appeal.
    function test_hostile_tooFewVerifiersForALargerPanelConvictNobody() public {
        Statements.Receipt memory late = receiptOf(NODE_KEY, 2, 0);
        verdicts.tell(late);
        for (uint256 i = 19; i < VERIFIERS; ++i) {
            vm.prank(ownerOf(FIRST_VERIFIER_KEY + i));
            verdicts.leaveSeat(vm.addr(FIRST_VERIFIER_KEY + i));
        }
        vm.assertEq(verdicts.seatsHeld(), 19, "one too few");
        epoch = passEpoch();
        bytes32 lateId = verdicts.receiptIdOf(late);
        address[] memory panel = verdicts.draw(lateId, node, epoch, 5, none());
        Statements.Verdict[] memory all = verdictsOf(panel, lateId, 5, 0);
        vm.expectRevert(abi.encodeWithSelector(Cases.TooFewVerifiers.selector, 19));
        verdicts.accuse(late, epoch, all);
        late = receiptOf(NODE_KEY, 3, 0);
        vm.expectRevert(abi.encodeWithSelector(Cases.TooFewVerifiers.selector, 19));
        verdicts.tell(late);
    }

    function test_asManyVerifiersAsBothPanelsTakeAreEnough() public {
        for (uint256 i = 20; i < VERIFIERS; ++i) {
            vm.prank(ownerOf(FIRST_VERIFIER_KEY + i));
            verdicts.leaveSeat(vm.addr(FIRST_VERIFIER_KEY + i));
        }
        prepare(2);
        accuse(guilty(5));
        vm.assertEq(appealBy(address(this)).length, 15, "the larger panel is full");
    }

    /// @dev Who sends it could wait for a number that suits.
    function test_hostile_whoBeginsAnEpochSeesNoNumberAndNobodySetsAnother() public {
        vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
        uint256 next = block.timestamp / EPOCH;
        vm.prevrandao(bytes32(uint256(1)));
        verdicts.record();
        vm.assertEq(verdicts.lastEpoch(), next - 1, "it has no number");
        vm.expectPartialRevert(Lots.EpochRecorded.selector);
        verdicts.record();
        // A seat that is taken now is not among those of this epoch.
        enrol(0xBAD, 2);
        vm.prank(ownerOf(0xBAD));
        verdicts.takeSeat(vm.addr(0xBAD));
        uint256 begun = vm.getBlockNumber();
        vm.roll(begun + 7);
        bytes32 hash = keccak256("as it came");
        vm.setBlockhash(begun, hash);
        vm.prevrandao(bytes32(uint256(2)));
        verdicts.record();
        (uint128 number, uint40 seats, uint40 previous, uint40 held) = verdicts.epochs(next);
        vm.assertEq(number, uint128(uint256(keccak256(abi.encode(hash, next)))), "its hash alone");
        vm.assertEq(seats, VERIFIERS, "as many as when it began");
        vm.assertEq(held, VERIFIERS, "all of them held");
        vm.assertEq(previous, next - 1, "after the one before");
        vm.expectPartialRevert(Lots.EpochRecorded.selector);
        verdicts.record();
    }

    function test_anEpochIsNumberedInTheNextOneAsWell() public {
        vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
        uint256 next = block.timestamp / EPOCH;
        verdicts.record();
        vm.warp(block.timestamp + EPOCH);
        vm.roll(vm.getBlockNumber() + 1);
        verdicts.record();
        vm.assertEq(verdicts.lastEpoch(), next, "numbered");
        (uint40 epoch_,,,) = verdicts.begun();
        vm.assertEq(epoch_, next + 1, "and the running one is begun");
    }

    function test_anEpochThatWasForgottenBeginsAnew() public {
        vm.warp((block.timestamp / EPOCH + 1) * EPOCH);
        uint256 next = block.timestamp / EPOCH;
        verdicts.record();
        vm.roll(vm.getBlockNumber() + 257);
        verdicts.record();
        vm.assertEq(verdicts.lastEpoch(), next - 1, "it still has no number");
        vm.roll(vm.getBlockNumber() + 1);
        verdicts.record();
        vm.assertEq(verdicts.lastEpoch(), next, "now it has");
        (,, uint40 previous,) = verdicts.epochs(next);
        vm.assertEq(previous, next - 1, "none is left out");
    }

    /// @dev Or a seat could be taken once the number is known.
    function test_hostile_whoComesLaterIsNotDrawnAndWhoLeavesLaterWas() public {
        address[] memory before = verdicts.draw(id, node, epoch, 5, none());
        enrol(0xBAD, 2);
        vm.prank(ownerOf(0xBAD));
        verdicts.takeSeat(vm.addr(0xBAD));
        vm.prank(ownerOf(keyOf(before[0])));
        verdicts.leaveSeat(before[0]);
        passEpoch();
        vm.assertEq(
            keccak256(abi.encode(verdicts.draw(id, node, epoch, 5, none()))),
            keccak256(abi.encode(before)),
            "the same"
        );
        prepare(2);
        address[] memory later = verdicts.draw(id, node, epoch, 25, none());
        for (uint256 i; i < later.length; ++i) {
            vm.assertTrue(later[i] != before[0], "has left");
        }
    }

    function test_aSeatThatWasLeftLongAgoIsTakenAnew() public {
        address first = vm.addr(FIRST_VERIFIER_KEY);
        vm.prank(ownerOf(FIRST_VERIFIER_KEY));
        verdicts.leaveSeat(first);
        vm.prank(ownerOf(FIRST_VERIFIER_KEY));
        vm.expectPartialRevert(Seats.NoSeat.selector);
        verdicts.leaveSeat(first);
        vm.warp(block.timestamp + 3 days);
        vm.prank(ownerOf(FIRST_VERIFIER_KEY));
        vm.expectPartialRevert(Seats.SeatStillKept.selector);
        verdicts.takeSeat(first);
        vm.warp(block.timestamp + 2 days);
        passEpoch();
        vm.prank(ownerOf(FIRST_VERIFIER_KEY));
        verdicts.takeSeat(first);
        vm.prank(ownerOf(FIRST_VERIFIER_KEY));
        vm.expectPartialRevert(Seats.AlreadySeated.selector);
        verdicts.takeSeat(first);
        (address operator,, uint40 until) = verdicts.seats(0);
        vm.assertEq(operator, first, "the first seat again");
        vm.assertEq(until, 0, "and not left");
    }

    function test_hostile_aSeatNeedsStakeAndItsOwner() public {
        vm.expectPartialRevert(Seats.NotForTheCaller.selector);
        verdicts.leaveSeat(vm.addr(FIRST_VERIFIER_KEY));
        enrol(0xBAD, 1);
        vm.prank(ownerOf(0xBAD));
        vm.expectPartialRevert(Seats.NotEligible.selector);
        verdicts.takeSeat(vm.addr(0xBAD));
        vm.prank(ownerOf(FIRST_VERIFIER_KEY));
        registry.unbond(vm.addr(FIRST_VERIFIER_KEY), 1);
        // By anybody, now that there is not enough at stake.
        verdicts.leaveSeat(vm.addr(FIRST_VERIFIER_KEY));
    }

    function test_hostile_anEpochIsRecordedOnceAndAReceiptHasOne() public {
        vm.expectPartialRevert(Lots.EpochRecorded.selector);
        verdicts.record();
        uint256 next = passEpoch();
        Statements.Verdict[] memory all = guilty(5);
        vm.expectPartialRevert(Lots.WrongEpoch.selector);
        verdicts.accuse(receipt, next, all);
        vm.expectPartialRevert(Lots.WrongEpoch.selector);
        verdicts.accuse(receipt, epoch - 1, all);
        vm.warp(epoch * EPOCH + 2 days + 1);
        vm.expectPartialRevert(Lots.WrongEpoch.selector);
        verdicts.accuse(receipt, epoch, all);
    }

    /*//////////////////////////////////////////////////////////////
                                  CASES
    //////////////////////////////////////////////////////////////*/

    function test_aMajorityConvictsAndWhoWasInTheMinorityPays() public {
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        accuse(verdictsOf(panel, id, 4, 1));
        vm.expectPartialRevert(Cases.NotNow.selector);
        verdicts.settle(id);
        vm.warp(block.timestamp + 1 days + 1);
        vm.assertEq(uint256(verdicts.settle(id)), uint256(Verdicts.Outcome.Convicted), "convicted");
        vm.assertEq(stakeOf(node), STAKE / 2, "half of the node's");
        vm.assertEq(stakeOf(panel[4]), STAKE - STAKE / 5, "a fifth of who said otherwise");
        vm.assertEq(verdicts.owed(accuser), STAKE / 20, "a tenth to who accused");
        for (uint256 i; i < 4; ++i) {
            vm.assertEq(verdicts.owed(panel[i]), STAKE / 40, "a fifth to who was right");
        }
        vm.assertEq(verdicts.pool(), STAKE / 2 * 7 / 10 + STAKE / 5, "the rest for checks");
        checkBooks(panel, 0);
        vm.expectPartialRevert(Cases.NotNow.selector);
        verdicts.settle(id);
    }

    function test_hostile_lessThanAMajorityOrStrangersOrOneTwiceConvictNobody() public {
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        Statements.Verdict[] memory two = verdictsOf(panel, id, 2, 3);
        vm.expectPartialRevert(Cases.NoMajority.selector);
        verdicts.accuse(receipt, epoch, two);
        Statements.Verdict[] memory same = new Statements.Verdict[](5);
        for (uint256 i; i < 5; ++i) {
            same[i] = verdict(keyOf(panel[0]), id, true);
        }
        vm.expectPartialRevert(Cases.NoMajority.selector);
        verdicts.accuse(receipt, epoch, same);
        address[] memory others = verdicts.draw(id, node, epoch, 15, panel);
        Statements.Verdict[] memory strangers = verdictsOf(others, id, 15, 0);
        vm.expectPartialRevert(Cases.NoMajority.selector);
        verdicts.accuse(receipt, epoch, strangers);
        Statements.Verdict[] memory ofAnother = verdictsOf(panel, bytes32(uint256(id) ^ 1), 5, 0);
        vm.expectPartialRevert(Cases.NoMajority.selector);
        verdicts.accuse(receipt, epoch, ofAnother);
        vm.chainId(99);
        Statements.Verdict[] memory elsewhere = verdictsOf(panel, id, 5, 0);
        vm.chainId(31_337);
        vm.expectPartialRevert(Cases.NoMajority.selector);
        verdicts.accuse(receipt, epoch, elsewhere);
    }

    /// @dev A receipt that was changed is signed by nobody who has anything.
    function test_hostile_aChangedReceiptAccusesNobody() public {
        receipt.content = keccak256("other tokens");
        vm.expectPartialRevert(Cases.NothingAtStake.selector);
        verdicts.tell(receipt);
        Statements.Verdict[] memory all = guilty(5);
        vm.expectPartialRevert(Cases.NotTold.selector);
        verdicts.accuse(receipt, epoch, all);
    }

    /// @dev Or who knows the numbers could tell it for the epoch whose panel suits.
    function test_hostile_aReceiptIsToldOnceInTimeAndBeforeItsPanelIsDrawn() public {
        vm.expectPartialRevert(Cases.NotToTell.selector);
        verdicts.tell(receipt);
        Statements.Receipt memory late = receiptOf(NODE_KEY, 9, 0);
        Statements.Verdict[] memory all = guilty(5);
        uint256 first = passEpoch();
        verdicts.tell(late);
        vm.expectPartialRevert(Lots.WrongEpoch.selector);
        verdicts.accuse(late, first, all);
        late = receiptOf(NODE_KEY, 10, 0);
        vm.warp(block.timestamp + 2 days + 1);
        vm.expectPartialRevert(Cases.NotToTell.selector);
        verdicts.tell(late);
    }

    /// @dev Its verdict could cost it nothing.
    function test_hostile_aVerifierWithoutStakeIsNotCounted() public {
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        Statements.Verdict[] memory three = verdictsOf(panel, id, 3, 0);
        vm.prank(ownerOf(keyOf(panel[0])));
        registry.unbond(panel[0], STAKE);
        vm.warp(block.timestamp + 7 days);
        vm.prank(ownerOf(keyOf(panel[0])));
        registry.withdraw(panel[0], address(this));
        vm.warp(epoch * EPOCH + 1 hours);
        vm.expectPartialRevert(Cases.NoMajority.selector);
        verdicts.accuse(receipt, epoch, three);
    }

    /// @dev A seat that somebody else takes would change who is asked.
    function test_hostile_aPanelStaysWhileItsCaseIsOpen() public {
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        vm.prank(ownerOf(keyOf(panel[0])));
        verdicts.leaveSeat(panel[0]);
        vm.warp(epoch * EPOCH + 2 days);
        accuse(guilty(3));
        vm.warp(block.timestamp + 1 days);
        appealBy(address(this));
        vm.warp(block.timestamp + 1 days);
        enrol(0xBAD, 2);
        vm.prank(ownerOf(0xBAD));
        verdicts.takeSeat(vm.addr(0xBAD));
        vm.assertEq(
            keccak256(abi.encode(verdicts.draw(id, node, epoch, 5, none()))),
            keccak256(abi.encode(panel)),
            "the same"
        );
    }

    function test_aNodeIsAccusedOnceForAReceipt() public {
        Statements.Verdict[] memory all = guilty(5);
        accuse(all);
        vm.expectPartialRevert(Cases.NotNow.selector);
        verdicts.accuse(receipt, epoch, all);
    }

    function test_whatUnbondsIsWithinReach() public {
        vm.prank(ownerOf(NODE_KEY));
        registry.unbond(node, STAKE);
        accuse(guilty(3));
        vm.warp(block.timestamp + 1 days + 1);
        verdicts.settle(id);
        vm.assertEq(stakeOf(node), STAKE / 2, "half of it");
    }

    function test_aLargerPanelAcquitsAndTheFirstPays() public {
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        accuse(verdictsOf(panel, id, 3, 2));
        address[] memory larger = appealBy(ownerOf(NODE_KEY));
        verdicts.vote(id, verdictsOf(larger, id, 0, 8));
        vm.warp(block.timestamp + 1 days + 1);
        vm.assertEq(uint256(verdicts.settle(id)), uint256(Verdicts.Outcome.Acquitted), "acquitted");
        vm.assertEq(stakeOf(node), STAKE, "nothing lost");
        uint256 lost = uint256(STAKE) / 5 * 3;
        vm.assertEq(verdicts.owed(node), lost / 2, "and half of what it cost the others");
        vm.assertEq(verdicts.owed(ownerOf(NODE_KEY)), BOND, "the bond is back");
        vm.assertEq(verdicts.owed(panel[3]), lost / 5 / 10, "who was right at once");
        vm.assertEq(verdicts.owed(larger[0]), lost / 5 / 10, "and who was asked later");
        vm.assertEq(verdicts.owed(accuser), 0, "nothing to who accused");
        vm.assertEq(stakeOf(panel[0]), STAKE - STAKE / 5, "who was wrong");
        vm.prank(ownerOf(NODE_KEY));
        verdicts.claim(node, address(0xBEEF));
        vm.assertEq(token.balanceOf(address(0xBEEF)), lost / 2, "claimed");
    }

    function test_anAppealThatFailsCostsItsBond() public {
        accuse(guilty(5));
        address[] memory larger = appealBy(address(this));
        verdicts.vote(id, verdictsOf(larger, id, 8, 7));
        vm.warp(block.timestamp + 1 days + 1);
        expectSettled(Verdicts.Outcome.Convicted, STAKE / 2 + BOND);
        verdicts.settle(id);
        vm.assertEq(stakeOf(node), STAKE / 2, "convicted");
        vm.assertEq(verdicts.owed(address(this)), 0, "bond lost");
        vm.assertEq(stakeOf(larger[14]), STAKE - STAKE / 5, "the minority pays");
        vm.assertTrue(verdicts.pool() >= BOND, "for checks");
    }

    function test_whereTheLargerPanelSaysNothingNobodyPays() public {
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        accuse(guilty(5));
        appealBy(address(this));
        Statements.Verdict[] memory first = verdictsOf(panel, id, 0, 5);
        verdicts.vote(id, first);
        vm.assertEq(verdicts.votesOf(id, false).length, 0, "it is not their turn any more");
        vm.warp(block.timestamp + 1 days + 1);
        vm.assertEq(uint256(verdicts.settle(id)), uint256(Verdicts.Outcome.Undecided), "undecided");
        vm.assertEq(stakeOf(node), STAKE, "nothing lost");
        vm.assertEq(stakeOf(panel[0]), STAKE, "nor here");
        vm.assertEq(verdicts.owed(address(this)), BOND, "the bond is back");
    }

    /// @dev Its key has coins for fees and nothing else: what answers for it is its stake.
    function test_aNodeAppealsWithItsStakeAsBond() public {
        accuse(guilty(3));
        vm.prank(node);
        verdicts.appeal(id);
        vm.assertEq(stakeOf(node), STAKE, "nothing is taken before");
        verdicts.vote(id, verdictsOf(verdicts.panelOf(id), id, 8, 0));
        vm.warp(block.timestamp + 1 days + 1);
        expectSettled(Verdicts.Outcome.Convicted, STAKE / 2 + BOND);
        verdicts.settle(id);
        vm.assertEq(stakeOf(node), STAKE / 2 - BOND, "half of it, and the bond");
        vm.assertTrue(verdicts.pool() >= BOND, "for checks");
    }

    function test_aNodeThatIsAcquittedHasPaidNoBondAndGetsNone() public {
        accuse(guilty(3));
        vm.prank(node);
        verdicts.appeal(id);
        verdicts.vote(id, verdictsOf(verdicts.panelOf(id), id, 0, 8));
        vm.warp(block.timestamp + 1 days + 1);
        verdicts.settle(id);
        vm.assertEq(stakeOf(node), STAKE, "all of it");
        vm.assertEq(
            verdicts.owed(node), uint256(STAKE) / 5 * 3 / 2, "what the liars owe, and no more"
        );
    }

    /// @dev Whatever is said by whom, what is slashed is owed to somebody or in the pool, to the wei.
    /// forge-config: default.fuzz.runs = 40
    function testFuzz_nothingIsMadeAndNothingIsLost(
        uint256 salt,
        uint256 isFalse,
        uint256 laterFalse,
        uint256 laterTrue,
        bool isAppealed,
        bool byItself
    ) public {
        prepare(salt);
        isFalse = bound(isFalse, 3, 5);
        laterFalse = bound(laterFalse, 0, 15);
        laterTrue = bound(laterTrue, 0, 15 - laterFalse);
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        accuse(verdictsOf(panel, id, isFalse, 5 - isFalse));
        address[] memory larger = none();
        if (isAppealed) {
            larger = appealBy(byItself ? node : ownerOf(NODE_KEY));
            verdicts.vote(id, verdictsOf(larger, id, laterFalse, laterTrue));
        }
        vm.warp(block.timestamp + 1 days + 1);
        verdicts.settle(id);
        uint256 held = verdicts.pool() + verdicts.owed(node) + verdicts.owed(accuser)
            + verdicts.owed(ownerOf(NODE_KEY));
        uint256 staked = stakeOf(node);
        for (uint256 i; i < VERIFIERS; ++i) {
            held += verdicts.owed(vm.addr(FIRST_VERIFIER_KEY + i));
            staked += stakeOf(vm.addr(FIRST_VERIFIER_KEY + i));
        }
        vm.assertEq(token.balanceOf(address(verdicts)), held, "all of it is somebody's");
        vm.assertEq(token.balanceOf(address(registry)), staked, "and the rest is at stake");
    }

    /*//////////////////////////////////////////////////////////////
                            PAID FOR CHECKS
    //////////////////////////////////////////////////////////////*/

    function test_aCheckIsPaidOutOfWhatTheLaneBroughtIn() public {
        open(tab, 1_000e18);
        receipt = receiptOf(NODE_KEY, 4, 100e18);
        id = verdicts.receiptIdOf(receipt);
        redeem(node, TAB_KEY, 100e18);
        epoch = passEpoch();
        address[] memory panel = verdicts.draw(id, node, epoch, 5, none());
        Statements.Verdict memory v = verdict(keyOf(panel[2]), id, false);
        vm.assertEq(verdicts.payForCheck(receipt, epoch, v), 5e18, "5 % of 100");
        vm.assertEq(verdicts.owed(panel[2]), 5e18, "owed");
        vm.expectPartialRevert(Audits.NothingToPay.selector);
        verdicts.payForCheck(receipt, epoch, v);
        vm.prank(panel[2]);
        verdicts.claim(panel[2], address(0xBEEF));
        vm.assertEq(token.balanceOf(address(0xBEEF)), 5e18, "arrived");
    }

    /// @dev Jobs can be invented, what they bring in cannot.
    function test_hostile_aLanePaysOutNoMoreThanItBroughtIn() public {
        open(tab, 1_000e18);
        redeem(node, TAB_KEY, 10e18);
        Statements.Receipt[] memory invented = new Statements.Receipt[](3);
        for (uint256 i; i < 3; ++i) {
            invented[i] = receiptOf(NODE_KEY, 10 + i, 8e18);
        }
        epoch = passEpoch();
        uint256 total;
        for (uint256 i; i < 2; ++i) {
            total += verdicts.payForCheck(invented[i], epoch, firstVerdict(invented[i]));
        }
        vm.assertEq(total, 0.5e18, "5 % of what was redeemed");
        Statements.Verdict memory v = firstVerdict(invented[2]);
        vm.expectPartialRevert(Audits.NothingToPay.selector);
        verdicts.payForCheck(invented[2], epoch, v);
    }

    function test_hostile_aFreeAnswerAndAStrangerAreNotPaid() public {
        Statements.Verdict memory v = firstVerdict(receipt);
        vm.expectPartialRevert(Audits.NothingToPay.selector);
        verdicts.payForCheck(receipt, epoch, v);
        v = verdict(0xBAD, id, false);
        vm.expectPartialRevert(Audits.NotDrawn.selector);
        verdicts.payForCheck(receipt, epoch, v);
        vm.expectPartialRevert(Seats.NotForTheCaller.selector);
        verdicts.claim(node, address(this));
    }

    function test_hostile_rulesThatLetStakeEscapeAreRefused() public {
        Seats.Rules memory wrong = rules();
        wrong.answerSeconds = 3 days;
        vm.expectPartialRevert(Verdicts.BadRules.selector);
        new Verdicts(registry, channels, wrong, 5_000, 2_000, governance);
    }

    /*//////////////////////////////////////////////////////////////
                                 HELPING
    //////////////////////////////////////////////////////////////*/

    function prepare(uint256 salt) private {
        receipt = receiptOf(NODE_KEY, salt, 0);
        id = verdicts.receiptIdOf(receipt);
        epoch = told(receipt);
    }

    function guilty(uint256 count) private view returns (Statements.Verdict[] memory) {
        return verdictsOf(verdicts.draw(id, node, epoch, 5, none()), id, count, 0);
    }

    function accuse(Statements.Verdict[] memory v) private {
        vm.prank(accuser);
        verdicts.accuse(receipt, epoch, v);
    }

    function expectSettled(Verdicts.Outcome outcome, uint256 lost) private {
        vm.expectEmit();
        emit Verdicts.Settled(id, node, outcome, lost);
    }

    function appealBy(address appellant) private returns (address[] memory) {
        if (appellant != address(this) && appellant != node) token.transfer(appellant, BOND);
        vm.prank(appellant);
        token.approve(address(verdicts), BOND);
        vm.prank(appellant);
        verdicts.appeal(id);
        return verdicts.panelOf(id);
    }

    function firstVerdict(Statements.Receipt memory of_)
        private
        view
        returns (Statements.Verdict memory)
    {
        bytes32 ofId = verdicts.receiptIdOf(of_);
        return verdict(keyOf(verdicts.draw(ofId, node, epoch, 5, none())[0]), ofId, false);
    }

    function checkBooks(address[] memory panel, uint256 more) private view {
        uint256 sum = verdicts.pool() + verdicts.owed(accuser) + more;
        for (uint256 i; i < panel.length; ++i) {
            sum += verdicts.owed(panel[i]);
        }
        vm.assertEq(token.balanceOf(address(verdicts)), sum, "to the wei");
    }
}
