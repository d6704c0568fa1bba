/**
 * The contracts as the rest of Weft sees them: typed ABIs, EIP-712 types of what keys sign, addresses. What
 * deploys them is apart, in `@weft/contracts/deploy`, since it carries their bytecode.
 * @module
 */
export { type Deployment, deployments } from './addresses.ts'
export {
  allocationAbi,
  channelsAbi,
  creditsAbi,
  creditVerifierAbi,
  lendingDeskAbi,
  mlpVerifierAbi,
  modelsAbi,
  provedInferenceAbi,
  registryAbi,
  tokenAbi,
  verdictsAbi,
  vestingAbi,
} from './generated/abis.ts'
export {
  channelsDomain,
  grantTypes,
  permitTypes,
  receiveTypes,
  registrationTypes,
  registryDomain,
  tokenDomain,
  voucherTypes,
} from './typed-data.ts'
