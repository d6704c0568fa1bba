/**
 * What the site serves for each circuit, and its hashes. Written by `npm run circuits`; not by hand.
 * @module
 */
export const artifacts = {
  credit: {
    constraints: 6032,
    isDevelopment: true,
    artifacts: {
      wasm: {
        path: 'proofs/credit-2822467ef12a14db.wasm',
        bytes: 2424953,
        sha256: '2822467ef12a14db95a3cb89a3e797bad92153271ea279c926a81aede8bc54a2',
      },
      zkey: {
        path: 'proofs/credit-3eef8c9e7524fd77.zkey',
        bytes: 3508857,
        sha256: '3eef8c9e7524fd771986f70b8e6f3f617921b579dced08a735101a46011fe1f9',
      },
      verificationKey: {
        path: 'proofs/credit-0f1c71a90a852bd5.json',
        bytes: 3426,
        sha256: '0f1c71a90a852bd519f00f75cb85620c750ae3f580f3acdf530332c2b4e50d9c',
      },
    },
  },
} as const
