/**
 * Natural logarithm and exponential, specified to the bit: IEEE 754 double `+ - * /` and exact bit
 * operations in a fixed order, nothing of `Math`, whose last digits differ between JavaScript
 * engines. After FreeBSD's msun `e_log.c` and `e_exp.c` in the form of musl 1.1:
 *
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 * Developed at SunPro, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this software is freely granted, provided that
 * this notice is preserved.
 * @module
 */

/** ln 2 split so that `k * ln2High` is exact for every exponent k. */
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10
// biome-ignore lint/suspicious/noApproximativeNumericConstant: a bit-exact constant, not Math's
const inverseLn2 = 1.4426950408889634

const view = new DataView(new ArrayBuffer(8))
/** High word of sqrt(1/2): the reduced argument lies in [sqrt(1/2), sqrt(2)). */
const highOfSqrtHalf = 0x3fe6a09e

/**
 * ln x, error under 1 ulp.
 * @param x a positive normal double; others give no useful value
 */
export function naturalLog(x: number): number {
  view.setFloat64(0, x)
  const high = view.getUint32(0) + 0x3ff00000 - highOfSqrtHalf
  const k = (high >>> 20) - 0x3ff
  view.setUint32(0, (high & 0xfffff) + highOfSqrtHalf)
  const f = view.getFloat64(0) - 1
  const halfSquare = 0.5 * f * f
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  const odd =
    z *
    (0.6666666666666735 +
      w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  return s * (halfSquare + (odd + even)) + k * ln2Low - halfSquare + f + k * ln2High
}

/**
 * e^x, error under 1 ulp.
 * @param x at most 0; below -708 the result is 0, so that it is never subnormal
 * @returns a value in [0, 1]
 */
export function exponential(x: number): number {
  if (x < -708) return 0
  const k = (inverseLn2 * x - 0.5) | 0
  const high = x - k * ln2High
  const low = k * ln2Low
  const reduced = high - low
  const square = reduced * reduced
  const c =
    reduced -
    square *
      (0.16666666666666602 +
        square *
          (-0.0027777777777015593 +
            square *
              (6.613756321437934e-5 +
                square * (-1.6533902205465252e-6 + square * 4.1381367970572385e-8))))
  return (1 + ((reduced * c) / (2 - c) - low + high)) * powerOfTwo(k)
}

/** 2^k exactly, k in [-1022, 1023]. */
function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 0x3ff) << 20)
  view.setUint32(4, 0)
  return view.getFloat64(0)
}
