// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Registry} from "./Registry.sol";

/// @notice Who may be drawn to check answers: operators with a stake, each on a seat of its own.
/// @dev Who takes a seat has it from the next epoch on, so nobody sits down once a number is known.
abstract contract Seats {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The operator has not the role or the stake for a seat.
    error NotEligible(address operator);
    /// @dev The operator has a seat, or none, contrary to what the call needs.
    error AlreadySeated(address operator);
    /// @dev The seat that the operator has left is still kept: or one stake could leave any number behind.
    error SeatStillKept(address operator);
    error NoSeat(address operator);
    /// @dev Only the operator itself or its owner moves its seat.
    error NotForTheCaller(address operator, address caller);

    event SeatTaken(address indexed operator, uint256 indexed seat, uint256 fromEpoch);
    event SeatLeft(address indexed operator, uint256 indexed seat, uint256 untilEpoch);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev Of the registry's role bits.
    uint8 public constant VERIFY = 2;

    /// @dev One slot. Drawn in epochs from `from` on, and before `until` where that is not 0.
    struct Seat {
        address operator;
        uint40 from;
        uint40 until;
    }

    /// @dev How many seats are drawn in `epoch`, the last in which one was taken or left, and after it. `looked` counts
    /// those whose stake was looked at.
    struct Held {
        uint40 epoch;
        uint40 inIt;
        uint40 later;
        uint40 looked;
    }

    /// @dev A seat that was left; it means nothing where the seat has another `until` by now, or is gone.
    struct Left {
        uint40 seat;
        uint40 until;
    }

    /// @dev Times in seconds, amounts in wei of the token, shares in basis points.
    struct Rules {
        uint256 epochSeconds;
        uint256 limitation;
        uint96 minimumStake;
        uint256 sampleBps;
        uint256 panelSize;
        uint256 appealSize;
        uint256 answerSeconds;
        uint256 appealBond;
    }

    Registry public immutable registry;
    uint256 public immutable epochSeconds;
    /// @dev Of the token in wei, for a seat.
    uint96 public immutable minimumStake;
    /// @dev So long after its epoch a draw counts for a new case, and so long after its end a receipt may become one,
    /// in seconds.
    uint256 public immutable limitation;
    /// @dev So long after it was left a seat is kept, in seconds: panels of open cases must come out the same.
    uint256 public immutable keptSeconds;
    /// @dev Those held, those left that are kept or wait for somebody.
    Seat[] public seats;
    /// @dev The operator's seat and one, 0 where it has none; one that it has left is its own until it is free.
    mapping(address operator => uint256) public seatOf;
    /// @dev Of an owner's operators, the same that {seatsHeld} counts.
    mapping(address owner => uint256) public seatsOfOwner;
    /// @dev Whose that seat was counted as when it was taken; the operator may be another's, or nobody's, by now.
    mapping(address operator => address owner) internal _ownerWhenSeated;
    Held private _held;
    /// @dev Seats that were left, the earliest first; those before `_reused` are dealt with.
    Left[] private _left;
    uint256 private _reused;
    /// @dev So many old entries of `_left` a call looks through, so many free seats it drops, and so many others it
    /// looks at.
    uint256 private constant STEPS = 8;

    constructor(Registry registry_, Rules memory rules) {
        registry = registry_;
        epochSeconds = rules.epochSeconds;
        limitation = rules.limitation;
        keptSeconds = rules.limitation + 2 * rules.answerSeconds;
        minimumStake = rules.minimumStake;
    }

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Takes a seat for an operator that may verify and has the stake: drawn from the next epoch on.
    function takeSeat(address operator) external {
        _onlyFor(operator);
        if (!registry.isActive(operator, VERIFY, minimumStake)) revert NotEligible(operator);
        uint256 known = seatOf[operator];
        if (known != 0) {
            if (seats[known - 1].until == 0) revert AlreadySeated(operator);
            if (!_isFree(seats[known - 1].until)) revert SeatStillKept(operator);
            delete seatOf[operator];
        }
        uint40 from = uint40(epochAt(block.timestamp) + 1);
        uint256 seat = _freeSeat();
        if (seat == seats.length) seats.push();
        else _forget(seat);
        seats[seat] = Seat(operator, from, 0);
        seatOf[operator] = seat + 1;
        ++_heldNow().later;
        address owner = registry.ownerOf(operator);
        _ownerWhenSeated[operator] = owner;
        ++seatsOfOwner[owner];
        emit SeatTaken(operator, seat, from);
    }

    /// @notice Gives the seat up: not drawn from the next epoch on. Anyone may do so for an operator that has
    /// lost its stake or its role.
    function leaveSeat(address operator) external {
        if (registry.isActive(operator, VERIFY, minimumStake)) _onlyFor(operator);
        uint256 known = seatOf[operator];
        if (known == 0) revert NoSeat(operator);
        if (seats[known - 1].until != 0) revert NoSeat(operator);
        _leave(operator, known - 1);
    }

    /// @return how many have a seat, those included who are drawn from the next epoch on
    function seatsHeld() public view returns (uint256) {
        return _held.later;
    }

    /// @return of a moment in seconds since 1970
    function epochAt(uint256 timestamp) public view returns (uint256) {
        return timestamp / epochSeconds;
    }

    /// @return how many seats can be drawn in the running epoch
    function _drawable() internal returns (uint40) {
        return _heldNow().inIt;
    }

    /// @dev Gives up those of the next few seats whose operator has no longer the role or the stake: who drew them would
    /// wait for nobody, and no one else has a reason to pay for that.
    function _leaveForTheStakeless() internal {
        Held storage held = _heldNow();
        for (uint256 i; i < STEPS && i < seats.length; ++i) {
            uint256 place = held.looked++ % seats.length;
            Seat memory seat = seats[place];
            if (seat.until != 0 || registry.isActive(seat.operator, VERIFY, minimumStake)) {
                continue;
            }
            _leave(seat.operator, place);
        }
    }

    /// @dev Takes free seats off the end, so that fewer draws fall on nobody. What an epoch draws stays the same: for
    /// those that count, they were left before it began.
    function _dropFree() internal {
        for (uint256 i; i < STEPS && seats.length > 0; ++i) {
            uint256 last = seats.length - 1;
            if (!_isFree(seats[last].until)) return;
            _forget(last);
            seats.pop();
        }
    }

    function _leave(address operator, uint256 seat) private {
        uint40 until = uint40(epochAt(block.timestamp) + 1);
        seats[seat].until = until;
        _left.push(Left(uint40(seat), until));
        --_heldNow().later;
        --seatsOfOwner[_ownerWhenSeated[operator]];
        emit SeatLeft(operator, seat, until);
    }

    function _heldNow() private returns (Held storage held) {
        held = _held;
        uint40 epoch = uint40(epochAt(block.timestamp));
        if (held.epoch != epoch) (held.epoch, held.inIt) = (epoch, held.later);
    }

    /// @dev One that was left so long ago that no draw can come upon it, or a new one.
    function _freeSeat() private returns (uint256) {
        for (uint256 i; i < STEPS && _reused < _left.length; ++i) {
            Left memory left = _left[_reused];
            if (!_isFree(left.until)) break;
            ++_reused;
            if (left.seat < seats.length && seats[left.seat].until == left.until) return left.seat;
        }
        return seats.length;
    }

    /// @dev Who has left the seat has none any more, unless it has another one by now.
    function _forget(uint256 seat) private {
        address operator = seats[seat].operator;
        if (seatOf[operator] == seat + 1) delete seatOf[operator];
    }

    function _isFree(uint256 until) private view returns (bool) {
        return until != 0 && (until + 1) * epochSeconds + keptSeconds <= block.timestamp;
    }

    function _onlyFor(address operator) private view {
        if (msg.sender != operator && msg.sender != registry.ownerOf(operator)) {
            revert NotForTheCaller(operator, msg.sender);
        }
    }
}
