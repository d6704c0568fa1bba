/**
 * How fast WebAssembly reads memory here: the floor under every decode step, which has to read all
 * weights once.
 * @module
 */
export type Bandwidth = { threads: number; bytesPerSecond: number }

/** Larger than any cache. */
const bufferBytes = 512 * 1024 * 1024
const passes = 4
const rounds = 5

/**
 * The best of five rounds: what disturbs only ever makes it slower.
 * @param threads workers that read a share of the buffer each
 */
export async function measureBandwidth(threads: number): Promise<Bandwidth> {
  const memory = new WebAssembly.Memory({
    initial: bufferBytes / 65536,
    maximum: bufferBytes / 65536,
    shared: true,
  })
  new Uint32Array(memory.buffer).fill(1)
  const share = bufferBytes / threads
  const workers = Array.from({ length: threads }, () => startWorker())
  let fastestMs = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const startedMs = performance.now()
    await Promise.all(
      workers.map((worker, index) =>
        readIn(worker, { memory, from: index * share, to: (index + 1) * share, passes }),
      ),
    )
    fastestMs = Math.min(fastestMs, performance.now() - startedMs)
  }
  for (const worker of workers) worker.terminate()
  return { threads, bytesPerSecond: (passes * bufferBytes * 1000) / fastestMs }
}

function startWorker(): Worker {
  return new Worker(new URL('./bandwidth-worker.ts', import.meta.url), { type: 'module' })
}

export type ReadTask = { memory: WebAssembly.Memory; from: number; to: number; passes: number }

function readIn(worker: Worker, task: ReadTask): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve()
    worker.onerror = (event) => reject(new Error(event.message))
    worker.postMessage(task)
  })
}
