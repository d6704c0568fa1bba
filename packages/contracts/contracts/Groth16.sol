// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice Checks Groth16 proofs over BN254 (https://eprint.iacr.org/2016/260), by the precompiles of EIP-196 and 197.
/// @dev Reverts where others return false: a caller cannot forget to look, and a transaction with too little gas for
/// the pairing fails instead of passing for one with a wrong proof, so that gas is estimated rightly.
library Groth16 {
    /// @dev The proof does not hold for these inputs under this key.
    error InvalidProof();
    /// @dev An input is no number of the field: it and the number above it by the field's order would be one.
    error NotInField(uint256 index);

    /// @dev Order of the field that circuits compute in.
    uint256 internal constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev Order of the field that points are over.
    uint256 private constant Q =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    struct G1 {
        uint256 x;
        uint256 y;
    }

    /// @dev Each coordinate's imaginary part first.
    struct G2 {
        uint256[2] x;
        uint256[2] y;
    }

    struct Proof {
        G1 a;
        G2 b;
        G1 c;
    }

    /// @dev One more of `inputs` than the circuit has public inputs: the first is for the constant.
    struct Key {
        G1 alpha;
        G2 beta;
        G2 gamma;
        G2 delta;
        G1[] inputs;
    }

    /// @notice Reverts unless e(a, b) = e(alpha, beta) * e(sum of inputs, gamma) * e(c, delta).
    function verify(Key memory key, Proof calldata proof, uint256[] memory inputs) internal view {
        G1 memory sum = key.inputs[0];
        for (uint256 i; i < inputs.length; ++i) {
            if (inputs[i] >= R) revert NotInField(i);
            sum = _add(sum, _mul(key.inputs[i + 1], inputs[i]));
        }
        // A point with y above Q is refused by the precompile; Q - y is where y is below.
        G1 memory minusA = G1(proof.a.x, proof.a.y < Q ? Q - proof.a.y : Q);
        bytes memory pairs = abi.encode(minusA, proof.b, key.alpha, key.beta);
        pairs = bytes.concat(pairs, abi.encode(sum, key.gamma, proof.c, key.delta));
        (bool isDone, bytes memory product) = address(8).staticcall(pairs);
        if (!isDone || abi.decode(product, (uint256)) != 1) revert InvalidProof();
    }

    function _add(G1 memory left, G1 memory right) private view returns (G1 memory) {
        return _point(address(6), abi.encode(left, right));
    }

    function _mul(G1 memory point, uint256 factor) private view returns (G1 memory) {
        return _point(address(7), abi.encode(point, factor));
    }

    function _point(address precompile, bytes memory data) private view returns (G1 memory) {
        (bool isDone, bytes memory result) = precompile.staticcall(data);
        if (!isDone) revert InvalidProof();
        return abi.decode(result, (G1));
    }
}
