/**
 * The largest numbers of long rows, picked on the GPU: a vocabulary of logits stays there, a few
 * numbers come back. All in integers whose order is that of the numbers, so that NaN, infinities and
 * the order of equal numbers do not depend on how a driver treats floats.
 * @module
 */

import { float32OfHalves } from '../graph/float16.ts'
import { bytesPerElement, type FloatType, type Largest, type Selection } from './executor.ts'

/** Of a row, what one workgroup looks through: each of its 256 threads at 8 numbers. */
const chunk = 2048

const shader = /* wgsl */ `
override isHalf: bool = false;
// The second pass merges what the workgroups of the first found.
override isMerge: bool = false;

struct Shape { width: u32, chunk: u32, k: u32, rows: array<u32> }
struct Entry { key: u32, index: u32 }

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read> shape: Shape;
@group(0) @binding(2) var<storage, read_write> found: array<Entry>;

const threads = 256u;
const nothing = Entry(0u, 0xffffffffu);
const notNumber = 0xfffffffeu;
const beforeAll = Entry(0xffffffffu, 0u);

var<workgroup> best: array<Entry, threads>;

fn isBefore(a: Entry, b: Entry) -> bool {
  return a.key > b.key || (a.key == b.key && a.index < b.index);
}

// A half number keeps its order with 16 zero bits behind it.
fn keyOf(at: u32) -> u32 {
  var bits = 0u;
  var infinity = 0x7f800000u;
  if (isHalf) {
    bits = select(source[at / 2u] << 16u, source[at / 2u] & 0xffff0000u, at % 2u == 1u);
    infinity = 0x7c000000u;
  } else {
    bits = source[at];
  }
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > infinity) { return notNumber; }
  // Both zeros are one number.
  if (magnitude == 0u) { return 0x80000000u; }
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn entryAt(row: u32, index: u32) -> Entry {
  let at = row * shape.width + index;
  if (isMerge) { return Entry(source[2u * at], source[2u * at + 1u]); }
  return Entry(keyOf(at), index);
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = shape.rows[group.y];
  let start = group.x * shape.chunk;
  let end = min(start + shape.chunk, shape.width);
  var last = beforeAll;
  var mine = nothing;
  for (var place = 0u; place < shape.k; place++) {
    // Only the thread whose number was taken looks for its next.
    if (place == 0u || mine.index == last.index) {
      mine = nothing;
      for (var index = start + thread; index < end; index += threads) {
        let entry = entryAt(row, index);
        if (isBefore(last, entry) && isBefore(entry, mine)) { mine = entry; }
      }
    }
    best[thread] = mine;
    workgroupBarrier();
    for (var half = threads / 2u; half > 0u; half /= 2u) {
      if (thread < half && isBefore(best[thread + half], best[thread])) {
        best[thread] = best[thread + half];
      }
      workgroupBarrier();
    }
    last = best[0];
    workgroupBarrier();
    if (thread == 0u) { found[(group.y * groups.x + group.x) * shape.k + place] = last; }
  }
}
`

/** `GPUBufferUsage`, which Node does not have. */
const usage = { mapRead: 0x01, copySource: 0x04, copyTarget: 0x08, storage: 0x80 }
const mapForReading = 1
const entryBytes = 8

type SelectOnGpuInit = {
  /** [any, width] of `type` */
  source: GPUBuffer
  type: FloatType
  width: number
  /** Rows of `source` to pick from. */
  rows: readonly number[]
  k: number
}

type GpuSelection = Omit<Selection, 'first'> & {
  /** int64 [rows], and perhaps one more */
  firstIndices: GPUBuffer
}

export type GpuSelector = (init: SelectOnGpuInit) => GpuSelection

/** Pipelines are compiled at the first use of each. */
export function createGpuSelector(device: GPUDevice): GpuSelector {
  const pipelines = new Map<string, GPUComputePipeline>()
  const pipelineFor = (constants: { isHalf: 0 | 1; isMerge: 0 | 1 }): GPUComputePipeline => {
    const name = JSON.stringify(constants)
    const known = pipelines.get(name)
    if (known) return known
    const module = device.createShaderModule({ code: shader })
    const pipeline = device.createComputePipeline({
      layout: 'auto',
      compute: { module, constants },
    })
    pipelines.set(name, pipeline)
    return pipeline
  }

  return ({ source, type, width, rows, k }) => {
    const groups = Math.ceil(width / chunk)
    const buffers: GPUBuffer[] = []
    const create = (size: number, flags: number): GPUBuffer => {
      const buffer = device.createBuffer({ size, usage: flags })
      buffers.push(buffer)
      return buffer
    }
    const shapeOf = (...values: number[]): GPUBuffer => {
      const buffer = create(4 * values.length, usage.storage | usage.copyTarget)
      device.queue.writeBuffer(buffer, 0, Uint32Array.from(values))
      return buffer
    }
    const resultBytes = rows.length * k * entryBytes
    const parts = create(groups * resultBytes, usage.storage)
    const result = create(resultBytes, usage.storage | usage.copySource)
    const readable = create(resultBytes, usage.mapRead | usage.copyTarget)
    // ONNX Runtime copies whole multiples of 16 bytes.
    const firstIndices = create(
      Math.ceil((rows.length * 8) / 16) * 16,
      usage.storage | usage.copySource | usage.copyTarget,
    )

    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    const dispatch = (
      pipeline: GPUComputePipeline,
      bound: GPUBufferBinding[],
      groupsPerRow: number,
    ) => {
      const entries = bound.map((resource, binding) => ({ binding, resource }))
      pass.setPipeline(pipeline)
      pass.setBindGroup(
        0,
        device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }),
      )
      pass.dispatchWorkgroups(groupsPerRow, rows.length)
    }
    const isHalf = type === 'float16' ? 1 : 0
    // The runtime's buffer may be longer than its tensor, and than what may be bound.
    const bytes = (Math.max(...rows) + 1) * width * bytesPerElement(type)
    const bound = [
      { buffer: source, size: Math.ceil(bytes / 4) * 4 },
      { buffer: shapeOf(width, chunk, k, ...rows) },
      { buffer: parts },
    ]
    dispatch(pipelineFor({ isHalf, isMerge: 0 }), bound, groups)
    const merged = groups * k
    const shape = shapeOf(merged, merged, k, ...rows.keys())
    const merging = [{ buffer: parts }, { buffer: shape }, { buffer: result }]
    dispatch(pipelineFor({ isHalf: 0, isMerge: 1 }), merging, 1)
    pass.end()
    encoder.copyBufferToBuffer(result, 0, readable, 0, resultBytes)
    rows.forEach((_, row) => {
      // The low half of the int64; the high one is 0.
      encoder.copyBufferToBuffer(result, row * k * entryBytes + 4, firstIndices, row * 8, 4)
    })
    device.queue.submit([encoder.finish()])

    return {
      firstIndices,
      async read() {
        await readable.mapAsync(mapForReading)
        const entries = new Uint32Array(readable.getMappedRange().slice(0))
        readable.unmap()
        return rows.map((_, row) => {
          const found = entries.subarray(2 * row * k, 2 * (row + 1) * k)
          return largestOf(found, { isHalf: isHalf === 1, width })
        })
      },
      dispose() {
        for (const buffer of buffers) buffer.destroy()
      },
    }
  }
}

/** @param entries key and index in turn; those past the end of a short row name no index of it */
function largestOf(
  entries: Uint32Array,
  { isHalf, width }: { isHalf: boolean; width: number },
): Largest {
  const count = Math.min(entries.length / 2, width)
  const keys = Uint32Array.from({ length: count }, (_, place) => entries[2 * place] ?? 0)
  const indices = Uint32Array.from({ length: count }, (_, place) => entries[2 * place + 1] ?? 0)
  const bits = keys.map((key) => (key >= 0x80000000 ? key & 0x7fffffff : ~key))
  const values = isHalf
    ? float32OfHalves(Uint16Array.from(bits, (each) => each >>> 16))
    : new Float32Array(bits.buffer)
  return { indices, values }
}
