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
    Seat[] public seats;
    /// @dev The operator's seat and one, 0 where it never had one; it may be somebody else's by now.
    mapping(address operator => uint256) public seatOf;
    /// @dev Seats that were left, the earliest first; those before `_reused` have somebody again.
    uint256[] private _left;
    uint256 private _reused;

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
        if (known != 0 && seats[known - 1].operator == operator) {
            if (seats[known - 1].until == 0) revert AlreadySeated(operator);
            if (!_isFree(known - 1)) revert SeatStillKept(operator);
        }
        uint40 from = uint40(epochAt(block.timestamp) + 1);
        uint256 seat = _freeSeat();
        if (seat == seats.length) seats.push();
        seats[seat] = Seat(operator, from, 0);
        seatOf[operator] = seat + 1;
        emit SeatTaken(operator, seat, from);
    }

    /// @notice Gives the seat up: not drawn from the next epoch on. Anyone may do so for an operator that has
    /// lost its stake or its role.
    function leaveSeat(address operator) external {
        if (registry.isActive(operator, VERIFY, minimumStake)) _onlyFor(operator);
        uint256 known = seatOf[operator];
        if (known == 0) revert NoSeat(operator);
        Seat storage seat = seats[known - 1];
        if (seat.operator != operator || seat.until != 0) revert NoSeat(operator);
        uint40 until = uint40(epochAt(block.timestamp) + 1);
        seat.until = until;
        _left.push(known - 1);
        emit SeatLeft(operator, known - 1, until);
    }

    /// @return how many have a seat, those included who are drawn from the next epoch on
    function seatsHeld() public view returns (uint256) {
        return seats.length - (_left.length - _reused);
    }

    /// @return of a moment in seconds since 1970
    function epochAt(uint256 timestamp) public view returns (uint256) {
        return timestamp / epochSeconds;
    }

    /// @dev One that was left so long ago that no draw can come upon it, or a new one.
    function _freeSeat() private returns (uint256) {
        if (_reused == _left.length) return seats.length;
        uint256 seat = _left[_reused];
        if (!_isFree(seat)) return seats.length;
        ++_reused;
        return seat;
    }

    function _isFree(uint256 seat) private view returns (bool) {
        return (uint256(seats[seat].until) + 1) * epochSeconds + keptSeconds <= block.timestamp;
    }

    function _onlyFor(address operator) private view {
        if (msg.sender != operator && msg.sender != registry.ownerOf(operator)) {
            revert NotForTheCaller(operator, msg.sender);
        }
    }
}
