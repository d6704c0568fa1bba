pragma circom 2.2.0;

include "poseidon.circom";

// The root of a Lean incremental Merkle tree (https://zkkit.org/leanimt-paper.pdf) over a leaf, by its path.
//
// In such a tree a node without a sibling goes up as it is. A path therefore names only the levels on which
// there is a sibling, at most MAX_DEPTH of them: `isUsed` is 1 for those, which come first, and 0 for the rest,
// on which the node goes up and sibling and side must be 0. So a leaf's path has exactly one witness.
//
// Inner nodes are Poseidon(2). Leaves have to be hashed in another way, or a node could pass for a leaf.
template LeanTreeRoot(MAX_DEPTH) {
    signal input leaf;
    signal input isUsed[MAX_DEPTH];
    // 1 where the path comes from the right, that is where the sibling is on the left.
    signal input isRight[MAX_DEPTH];
    signal input siblings[MAX_DEPTH];
    signal output root;

    signal nodes[MAX_DEPTH + 1];
    signal moved[MAX_DEPTH];
    signal parents[MAX_DEPTH];
    nodes[0] <== leaf;
    for (var i = 0; i < MAX_DEPTH; i++) {
        // Proves: both are bits.
        isUsed[i] * (isUsed[i] - 1) === 0;
        isRight[i] * (isRight[i] - 1) === 0;
        // Proves: levels in use come first.
        if (i > 0) {
            isUsed[i] * (1 - isUsed[i - 1]) === 0;
        }
        // Proves: a level that is not in use has nothing to choose.
        isRight[i] * (1 - isUsed[i]) === 0;
        siblings[i] * (1 - isUsed[i]) === 0;
        // Proves: the parent is the hash of both children in their order.
        moved[i] <== isRight[i] * (siblings[i] - nodes[i]);
        parents[i] <== Poseidon(2)([nodes[i] + moved[i], siblings[i] - moved[i]]);
        // Proves: the node goes up as its parent, or as it is.
        nodes[i + 1] <== nodes[i] + isUsed[i] * (parents[i] - nodes[i]);
    }
    root <== nodes[MAX_DEPTH];
}
