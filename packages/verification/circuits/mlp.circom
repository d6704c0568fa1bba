pragma circom 2.2.0;

include "poseidon.circom";
include "dense.circom";

// Poseidon over more elements than it takes at once: the hash of the first 16, then of that and 15 more, and so on.
// For one COUNT only: lists of different length are told apart by what they are for.
template HashAll(COUNT) {
    signal input values[COUNT];
    signal output hash;

    var BLOCKS = COUNT <= 16 ? 1 : 1 + (COUNT - 2) \ 15;
    component blocks[BLOCKS];
    var next = 0;
    for (var block = 0; block < BLOCKS; block++) {
        var kept = block > 0 ? 1 : 0;
        var size = COUNT - next + kept < 16 ? COUNT - next + kept : 16;
        blocks[block] = Poseidon(size);
        if (block > 0) {
            blocks[block].inputs[0] <== blocks[block - 1].out;
        }
        for (var i = kept; i < size; i++) {
            blocks[block].inputs[i] <== values[next];
            next++;
        }
    }
    hash <== blocks[BLOCKS - 1].out;
}

// What a network of three layers says of its features: a proof of that shows nothing of its weights but what the
// scores themselves tell. Weights, features and values between layers have 8 bits, biases 16; sums are exact.
//
// The prover gives all weights. `commitment` says which those were, `domain` and `request` what the proof is for:
// contracts compute both themselves.
template Mlp(FEATURES, HIDDEN, MORE, SCORES, SHIFT) {
    // Known to the model's owner, and whom it gives the model. The salt has 248 random bits: without it a small
    // model could be guessed and each guess compared with the commitment.
    signal input salt;
    signal input weights1[HIDDEN][FEATURES];
    signal input biases1[HIDDEN];
    signal input weights2[MORE][HIDDEN];
    signal input biases2[MORE];
    signal input weights3[SCORES][MORE];
    signal input biases3[SCORES];
    signal input features[FEATURES];

    // Public. The features, each with 128 added, in 8 bits: the first in the lowest.
    signal input packedFeatures;
    // Public. Chain and contract, and the request there with who made it; each hashed to less than the field.
    signal input domain;
    signal input request;

    signal output commitment;
    // The scores, each with 2^31 added, in 32 bits: the first in the lowest.
    signal output packedScores;

    // Proves: all weights have 8 bits and all biases 16, ...
    var WEIGHTS = HIDDEN * FEATURES + MORE * HIDDEN + SCORES * MORE;
    var BIASES = HIDDEN + MORE + SCORES;
    component packWeights = Pack(WEIGHTS, 8);
    component packBiases = Pack(BIASES, 16);
    var weight = 0;
    var bias = 0;
    for (var o = 0; o < HIDDEN; o++) {
        packBiases.values[bias] <== biases1[o];
        bias++;
        for (var i = 0; i < FEATURES; i++) {
            packWeights.values[weight] <== weights1[o][i];
            weight++;
        }
    }
    for (var o = 0; o < MORE; o++) {
        packBiases.values[bias] <== biases2[o];
        bias++;
        for (var i = 0; i < HIDDEN; i++) {
            packWeights.values[weight] <== weights2[o][i];
            weight++;
        }
    }
    for (var o = 0; o < SCORES; o++) {
        packBiases.values[bias] <== biases3[o];
        bias++;
        for (var i = 0; i < MORE; i++) {
            packWeights.values[weight] <== weights3[o][i];
            weight++;
        }
    }
    // ... and are, with their salt, those that were committed to.
    var PACKED = (WEIGHTS + 30) \ 31;
    var PACKED_BIASES = (BIASES + 14) \ 15;
    component hash = HashAll(1 + PACKED + PACKED_BIASES);
    hash.values[0] <== salt;
    for (var i = 0; i < PACKED; i++) {
        hash.values[1 + i] <== packWeights.packed[i];
    }
    for (var i = 0; i < PACKED_BIASES; i++) {
        hash.values[1 + PACKED + i] <== packBiases.packed[i];
    }
    commitment <== hash.hash;

    // Proves: the features have 8 bits and are those that the contract was asked about.
    signal packed[(FEATURES + 30) \ 31] <== Pack(FEATURES, 8)(features);
    packedFeatures === packed[0];

    // Proves: the scores are what this network says of them. A sum of the first layer is at most
    // 16 * 2^14 + 2^15, of the second 32 * 2^14 + 2^15: both below 2^20.
    signal sums1[HIDDEN] <== Dense(FEATURES, HIDDEN)(features, weights1, biases1);
    signal values1[HIDDEN];
    for (var o = 0; o < HIDDEN; o++) {
        values1[o] <== Rectify(20, SHIFT)(sums1[o]);
    }
    signal sums2[MORE] <== Dense(HIDDEN, MORE)(values1, weights2, biases2);
    signal values2[MORE];
    for (var o = 0; o < MORE; o++) {
        values2[o] <== Rectify(20, SHIFT)(sums2[o]);
    }
    signal scores[SCORES] <== Dense(MORE, SCORES)(values2, weights3, biases3);
    // A score is below 2^19, by what is proved above: so each has its own 32 bits.
    var sum = 0;
    for (var o = 0; o < SCORES; o++) {
        sum += (scores[o] + (1 << 31)) * (1 << (32 * o));
    }
    packedScores <== sum;

    // Ties the proof to both, which nothing else here reads.
    signal tie <== domain * request;
}

component main {public [packedFeatures, domain, request]} = Mlp(16, 32, 16, 3, 8);
