// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Registry} from "./Registry.sol";
import {Seats} from "./Seats.sol";

/// @notice Who checks which answer: time has epochs, and each epoch has a number that nobody knew before it began,
/// nor who asked for it.
/// @dev An epoch is recorded in two calls. The first fixes how many seats there are, and that its own block's hash
/// will be the number; the second, in a later block, writes it down. So who sends the first sees no number, and the
/// second changes none. Not guaranteed: that who builds that block has no say in its hash; and that the
/// second call comes: after 256 blocks the hash is forgotten, and the first one is made again.
abstract contract Lots is Seats {
    /*//////////////////////////////////////////////////////////////
                            ERRORS AND EVENTS
    //////////////////////////////////////////////////////////////*/

    /// @dev The epoch is recorded already, or its block is not over.
    error EpochRecorded(uint256 epoch);
    /// @dev `epoch` is not the first recorded one after the receipt's.
    error WrongEpoch(uint256 epoch);

    event EpochBegun(uint256 indexed epoch, uint256 blockNumber);
    event EpochStarted(uint256 indexed epoch, uint128 number, uint256 seats);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev Draws for one place of a panel before it stays empty, if all seats were held. Where two panels of 5 and 15
    /// have nobody to spare, and half of those held are the node's owner's, 1 case in 10,000 misses a place.
    uint256 private constant TRIES_PER_PLACE = 32;

    /// @dev One slot. `held` of its `seats` can be drawn, the others were left or come later; `previous` is the
    /// epoch recorded before.
    struct Epoch {
        uint128 number;
        uint40 seats;
        uint40 previous;
        uint40 held;
    }

    /// @dev One slot: an epoch whose number is to be written down; zeros where none is.
    struct Begun {
        uint40 epoch;
        uint40 seats;
        uint40 held;
        uint64 blockNumber;
    }

    mapping(uint256 epoch => Epoch) public epochs;
    /// @dev That has a number.
    uint40 public lastEpoch;
    Begun public begun;

    constructor(Registry registry_, Rules memory rules) Seats(registry_, rules) {}

    /*//////////////////////////////////////////////////////////////
                                FUNCTIONS
    //////////////////////////////////////////////////////////////*/

    /// @notice Begins the running epoch, and gives one that was begun before its number. Anyone may.
    function record() external {
        uint256 epoch = epochAt(block.timestamp);
        bool hasNumbered = _number();
        if (epoch == lastEpoch || epoch == begun.epoch) {
            if (!hasNumbered) revert EpochRecorded(epoch);
            return;
        }
        _dropFree();
        _leaveForTheStakeless();
        begun = Begun(uint40(epoch), uint40(seats.length), _drawable(), uint64(block.number));
        emit EpochBegun(epoch, block.number);
    }

    /// @notice Draws up to `size` verifiers for a receipt of `node`, none of them its own or its owner's, and
    /// none of the `others`. Fewer where there are too few.
    /// @dev Each is as likely as any other: a draw that falls on a seat that was left is made again, the more often the
    /// more of them there are. To go on with the next seat instead would favour who sits behind an empty one.
    /// @param epoch the first that was recorded after the one in which the receipt ended
    function draw(
        bytes32 receiptId,
        address node,
        uint256 epoch,
        uint256 size,
        address[] memory others
    ) public view returns (address[] memory panel) {
        return _draw(receiptId, node, registry.ownerOf(node), epoch, size, others);
    }

    /// @dev For an owner that the node had before.
    function _draw(
        bytes32 receiptId,
        address node,
        address owner,
        uint256 epoch,
        uint256 size,
        address[] memory others
    ) internal view returns (address[] memory panel) {
        Epoch memory e = epochs[epoch];
        panel = new address[](size);
        uint256 found;
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        uint256 tries = e.held == 0 ? 0 : size * TRIES_PER_PLACE * e.seats / e.held;
        for (uint256 i; found < size && i < tries; ++i) {
            // Thousands of draws would fill a memory that costs by its square.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
            uint256 ticket = uint256(keccak256(abi.encode(receiptId, e.number, others.length, i)));
            uint256 place = ticket % e.seats;
            // Dropped since: it was left before the epoch.
            if (place >= seats.length) continue;
            Seat memory seat = seats[place];
            address drawn = seat.operator;
            if (epoch < seat.from || (seat.until != 0 && epoch >= seat.until)) continue;
            if (drawn == node || _has(panel, found, drawn)) continue;
            if (_has(others, others.length, drawn)) continue;
            if (owner != address(0) && _ownerWhenSeated[drawn] == owner) continue;
            panel[found++] = drawn;
        }
        assembly ("memory-safe") {
            mstore(panel, found)
        }
    }

    /// @dev Reverts unless `epoch` is the first that was recorded after the one of `timestamp`, and not long ago.
    function _checkEpoch(uint256 timestamp, uint256 epoch) internal view {
        Epoch memory e = epochs[epoch];
        uint256 own = epochAt(timestamp);
        if (e.number == 0 || epoch <= own || e.previous > own) revert WrongEpoch(epoch);
        if (block.timestamp > epoch * epochSeconds + limitation) revert WrongEpoch(epoch);
    }

    /// @dev The hash of a block that nobody has written down in time is 0: then the epoch begins anew.
    function _number() private returns (bool) {
        Begun memory b = begun;
        if (b.epoch == 0 || b.blockNumber == block.number) return false;
        delete begun;
        bytes32 hash = blockhash(b.blockNumber);
        if (hash == 0) return false;
        uint128 number = uint128(uint256(keccak256(abi.encode(hash, b.epoch))));
        epochs[b.epoch] = Epoch(number, b.seats, lastEpoch, b.held);
        lastEpoch = b.epoch;
        emit EpochStarted(b.epoch, number, b.seats);
        return true;
    }

    function _has(address[] memory list, uint256 length, address wanted)
        internal
        pure
        returns (bool)
    {
        for (uint256 i; i < length; ++i) {
            if (list[i] == wanted) return true;
        }
        return false;
    }
}
