/**
 * The contract that holds one circuit's verification key; the check itself is written by hand, in `Groth16.sol`.
 * @module
 */
import type { VerificationKey } from 'snarkjs'

type VerifierInit = {
  /** Of the circuit, e.g. `credit`. */
  name: string
  key: VerificationKey
  isDevelopment: boolean
}

/** @returns as forge formats it */
export function solidityVerifier({ name, key, isDevelopment }: VerifierInit): string {
  const point = ([x, y]: readonly string[]) =>
    `Groth16.G1(\n            ${x},\n            ${y}\n        )`
  // The precompile takes the imaginary part first (EIP-197), snarkjs writes it last.
  const pair = ([real, imaginary]: readonly string[]) =>
    `[\n                ${imaginary},\n                ${real}\n            ]`
  const twisted = ([x = [], y = []]: readonly string[][]) =>
    `Groth16.G2(\n            ${pair(x)},\n            ${pair(y)}\n        )`
  const inputs = key.IC.map((term, index) => `        key.inputs[${index}] = ${point(term)};`).join(
    '\n',
  )
  return `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Groth16} from "../Groth16.sol";

/// @notice Verifies proofs of circuits/${name}.circom${isDevelopment ? ' with a DEVELOPMENT key: whoever made it can forge proofs' : ''}.
/// @dev Written by \`npm run circuits\`; not by hand.
contract ${contractName(name)} {
    bool public constant IS_DEVELOPMENT = ${isDevelopment};

    /// @notice Reverts unless the proof holds for these inputs.
    function verify(Groth16.Proof calldata proof, uint256[${key.nPublic}] calldata inputs) external view {
        uint256[] memory list = new uint256[](${key.nPublic});
        for (uint256 i; i < ${key.nPublic}; ++i) {
            list[i] = inputs[i];
        }
        Groth16.verify(_key(), proof, list);
    }

    function _key() private pure returns (Groth16.Key memory key) {
        key.alpha = ${point(key.vk_alpha_1)};
        key.beta = ${twisted(key.vk_beta_2)};
        key.gamma = ${twisted(key.vk_gamma_2)};
        key.delta = ${twisted(key.vk_delta_2)};
        key.inputs = new Groth16.G1[](${key.IC.length});
${inputs}
    }
}
`
}

/** @param name - in kebab-case */
export function contractName(name: string): string {
  const words = name.split('-').map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
  return `${words.join('')}Verifier`
}
