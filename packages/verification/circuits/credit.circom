pragma circom 2.2.0;

include "poseidon.circom";
include "bitify.circom";
include "comparators.circom";
include "lean-imt.circom";

// A ticket of a private credit: who proves this has paid for it, and shows neither who paid nor which other
// tickets are theirs. A rate-limiting nullifier (Vac RFC 58, "RLN-V2"), after "ZK API usage credits" (Crapis and
// Buterin, 2026). contracts/Credits.sol checks the proof and computes `domain` and `x` by itself.
//
// Each block says what it proves. Hashes of different meaning have different numbers of inputs, or an input that
// only its owner knows: Poseidon(1) of the secret is the identity, of a share's slope the nullifier; Poseidon(2)
// are the tree's nodes; Poseidon(3) the leaves, which the contract makes, and slopes, which nobody sees.
template Credit(MAX_DEPTH, COUNT_BITS, TIME_BITS) {
    // Known to the buyer alone. Two shares of one ticket on different signals give it away.
    signal input secret;
    // Which of the tickets that were bought together, from 0.
    signal input index;
    // How many those are, and until when (in seconds since 1970) their bond is at stake: part of the leaf.
    signal input count;
    signal input expiry;
    signal input isUsed[MAX_DEPTH];
    signal input isRight[MAX_DEPTH];
    signal input siblings[MAX_DEPTH];

    // Public. Chain, contract and denomination, hashed by the contract to less than the field.
    signal input domain;
    // Public. What the ticket is used for, hashed by the contract with all that `domain` has: the fresh key.
    signal input x;
    // Public. The bond is at stake at least until then.
    signal input aliveAt;

    signal output root;
    signal output nullifier;
    signal output y;

    // Proves: whoever made this knows the secret behind the identity that was paid for, ...
    signal identity <== Poseidon(1)([secret]);
    // ... together with this count and this expiry, ...
    signal leaf <== Poseidon(3)([identity, count, expiry]);
    // ... in the tree that has this root.
    root <== LeanTreeRoot(MAX_DEPTH)(leaf, isUsed, isRight, siblings);

    // Proves: the ticket is one of those. The comparison needs both within their bits.
    _ <== Num2Bits(COUNT_BITS)(index);
    _ <== Num2Bits(COUNT_BITS)(count);
    signal isBought <== LessThan(COUNT_BITS)([index, count]);
    isBought === 1;

    // Proves: the bond is still at stake at `aliveAt`.
    _ <== Num2Bits(TIME_BITS)(expiry);
    _ <== Num2Bits(TIME_BITS)(aliveAt);
    signal isAlive <== LessEqThan(TIME_BITS)([aliveAt, expiry]);
    isAlive === 1;

    // Proves: (x, y) lies on the ticket's own line through the secret. One point says nothing of it, two say all.
    signal slope <== Poseidon(3)([secret, domain, index]);
    y <== secret + slope * x;

    // Proves: the nullifier is the ticket's, here and nowhere else, whatever it is used for.
    nullifier <== Poseidon(1)([slope]);
}

component main {public [domain, x, aliveAt]} = Credit(20, 8, 40);
