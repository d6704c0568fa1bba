pragma circom 2.2.0;

include "bitify.circom";

// Whole numbers of BITS bits with a sign, -2^(BITS-1) to 2^(BITS-1) - 1, packed into field elements of 248 bits
// at most, the first number in the lowest bits, each with 2^(BITS-1) added. What does not fill the last is 0.
template Pack(COUNT, BITS) {
    var EACH = 248 \ BITS;
    var ELEMENTS = (COUNT + EACH - 1) \ EACH;
    signal input values[COUNT];
    signal output packed[ELEMENTS];

    for (var element = 0; element < ELEMENTS; element++) {
        var sum = 0;
        for (var i = 0; i < EACH; i++) {
            if (element * EACH + i < COUNT) {
                var shifted = values[element * EACH + i] + (1 << (BITS - 1));
                // Proves: the number is within its bits. So no two lists of numbers pack into the same elements.
                _ <== Num2Bits(BITS)(shifted);
                sum += shifted * (1 << (BITS * i));
            }
        }
        packed[element] <== sum;
    }
}

// A layer of a network: sums[o] = biases[o] + weights[o] * values. All are small, so nothing wraps around.
template Dense(INPUTS, OUTPUTS) {
    signal input values[INPUTS];
    signal input weights[OUTPUTS][INPUTS];
    signal input biases[OUTPUTS];
    signal output sums[OUTPUTS];

    signal products[OUTPUTS][INPUTS];
    for (var o = 0; o < OUTPUTS; o++) {
        var sum = biases[o];
        for (var i = 0; i < INPUTS; i++) {
            // Proves: each product is one.
            products[o][i] <== weights[o][i] * values[i];
            sum += products[o][i];
        }
        sums[o] <== sum;
    }
}

// value = min(max(sum, 0) >> SHIFT, 127), for -2^BITS <= sum < 2^BITS, which the caller has to know.
template Rectify(BITS, SHIFT) {
    signal input sum;
    signal output value;

    // Proves: these are the bits of sum + 2^BITS. The highest says that the sum is not negative; the others are
    // then the sum's own.
    signal bits[BITS + 1] <== Num2Bits(BITS + 1)(sum + (1 << BITS));
    var low = 0;
    for (var i = 0; i < 7; i++) {
        low += bits[SHIFT + i] * (1 << i);
    }
    // Proves: `isSmall` is 1 where no bit above those seven is set, 0 where one is.
    var ABOVE = BITS - SHIFT - 7;
    signal areClear[ABOVE + 1];
    areClear[0] <== 1;
    for (var i = 0; i < ABOVE; i++) {
        areClear[i + 1] <== areClear[i] * (1 - bits[SHIFT + 7 + i]);
    }
    // Proves: the value is the seven bits, or 127 where they are too few, ...
    signal clamped <== areClear[ABOVE] * (low - 127) + 127;
    // ... and 0 for a negative sum.
    value <== bits[BITS] * clamped;
}
