/**
 * Both halves of the road on their own, for those who put another engine or network under them.
 * @module
 */
export { generate } from '../generate.ts'
export { findLayers } from '../layers/find-layers.ts'
export { serveLayers } from '../layers/serve-layers.ts'
export { createNodeMemory } from '../node-memory.ts'
export { serve } from '../serve.ts'
export type { GenerateEvent } from '../tab.ts'
