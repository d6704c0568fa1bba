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
  mlp: {
    constraints: 13566,
    isDevelopment: true,
    artifacts: {
      wasm: {
        path: 'proofs/mlp-fc05626b6b9d9e56.wasm',
        bytes: 5732025,
        sha256: 'fc05626b6b9d9e56e76c337b5b2c01dcf107fcbe96667a3c47f3fd3db3e9da74',
      },
      zkey: {
        path: 'proofs/mlp-93f6de300800fa65.zkey',
        bytes: 9871233,
        sha256: '93f6de300800fa656ae8b157bb4a9d13642c6e8c56aec19edbdbb5365d03577a',
      },
      verificationKey: {
        path: 'proofs/mlp-b5304b286b53a87b.json',
        bytes: 3259,
        sha256: 'b5304b286b53a87b45c7e7cb6a23a188252b1ebaa3151ebf946d995da2bf40de',
      },
    },
  },
} as const
