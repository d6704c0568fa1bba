/**
 * What ONNX Runtime throws, turned into codes to decide by. It has no codes of its own that cross
 * its JavaScript border, so the words of its messages are what there is.
 * @module
 */
import { WeftError } from '@weft/protocol'

const kinds: { code: string; pattern: RegExp; message: string }[] = [
  {
    code: 'engine/device-lost',
    pattern: /device (is|was) lost|lost device|device lost|external Instance reference/i,
    message: 'The graphics device was lost. Load the model again, or choose the CPU backend.',
  },
  {
    code: 'engine/out-of-memory',
    pattern:
      /out of memory|bad_alloc|not enough memory|failed to allocate|allocation failed|array buffer allocation|Aborted\(OOM|RangeError: WebAssembly|maxBufferSize|maxStorageBufferBindingSize/i,
    message:
      'There is not enough memory for this model. Close other tabs, or choose a smaller one.',
  },
  {
    code: 'engine/unsupported',
    pattern:
      /NOT_IMPLEMENTED|not implemented|not a registered function|No Op registered|unsupported (operator|data type)/i,
    message: 'This model uses an operation that the backend does not have. Choose another backend.',
  },
]

const otherwise = {
  load: {
    code: 'engine/bad-graph',
    message: 'The model file cannot be read. Download it again.',
  },
  run: {
    code: 'engine/run-failed',
    message: 'The model stopped while computing. Load it again, or choose another backend.',
  },
}

/** @param during what was being done; decides what an unknown failure counts as */
export function toModelError(cause: unknown, during: 'load' | 'run'): WeftError {
  const words = String(cause)
  const { code, message } = kinds.find(({ pattern }) => pattern.test(words)) ?? otherwise[during]
  return WeftError.from(cause, code, message)
}

export function notLoaded(): WeftError {
  return new WeftError('engine/not-loaded', 'No model is loaded. Load one first.')
}
