// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice A contract that acts on what a model says.
interface ProvedConsumer {
    /// @notice Called once for each request, by {ProvedInference}: whoever else calls it has to be refused.
    /// @param requester for whom this contract asked
    /// @param scores one for each class, in the model's own scale: the largest says which
    function onScores(uint256 id, address requester, int32[3] calldata scores) external;
}
