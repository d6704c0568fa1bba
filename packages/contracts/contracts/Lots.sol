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
    event EpochStarted(uint256 indexed epoch, uint160 number, uint256 seats);

    /*//////////////////////////////////////////////////////////////
                                 STORAGE
    //////////////////////////////////////////////////////////////*/

    /// @dev Draws for one place of a panel before it stays empty: seats may have been left.
    uint256 private constant TRIES_PER_PLACE = 16;

    /// @dev One slot. `seats` counts all that were ever taken, `previous` is the epoch recorded before.
    struct Epoch {
        uint160 number;
        uint40 seats;
        uint40 previous;
    }

    /// @dev One slot: an epoch whose number is to be written down; zeros where none is.
    struct Begun {
        uint40 epoch;
        uint40 seats;
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
        begun = Begun(uint40(epoch), uint40(seats.length), uint64(block.number));
        emit EpochBegun(epoch, block.number);
    }

    /// @notice Draws up to `size` verifiers for a receipt of `node`, none of them its own or its owner's, and
    /// none of the `others`. Fewer where there are too few.
    /// @param epoch the first that was recorded after the one in which the receipt ended
    function draw(
        bytes32 receiptId,
        address node,
        uint256 epoch,
        uint256 size,
        address[] memory others
    ) public view returns (address[] memory panel) {
        Epoch memory e = epochs[epoch];
        address owner = registry.ownerOf(node);
        panel = new address[](size);
        uint256 found;
        for (uint256 i; e.seats > 0 && found < size && i < size * TRIES_PER_PLACE; ++i) {
            uint256 ticket = uint256(keccak256(abi.encode(receiptId, e.number, others.length, i)));
            Seat memory seat = seats[ticket % e.seats];
            address drawn = seat.operator;
            if (epoch < seat.from || (seat.until != 0 && epoch >= seat.until)) continue;
            if (drawn == node || _has(panel, found, drawn)) continue;
            if (_has(others, others.length, drawn)) continue;
            if (owner != address(0) && registry.ownerOf(drawn) == owner) continue;
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
        uint160 number = uint160(uint256(keccak256(abi.encode(hash, b.epoch))));
        epochs[b.epoch] = Epoch(number, b.seats, lastEpoch);
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
