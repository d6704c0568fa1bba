import { expect, test } from 'vitest'
import { sampleRate, splitAudio } from './split-audio.ts'

/** Loud, but for half a second each. */
function speech(seconds: number, pausesAt: number[]): Float32Array {
  return Float32Array.from({ length: seconds * sampleRate }, (_, index) => {
    const second = index / sampleRate
    return pausesAt.some((at) => Math.abs(second - at) < 0.25) ? 0 : Math.sin(index)
  })
}

const loudness = (samples: Float32Array) => samples.reduce((sum, value) => sum + Math.abs(value), 0)

test('what is short is one window, and what is very short is filled up', () => {
  const [window, ...others] = splitAudio(speech(19, []))
  expect(others).toEqual([])
  expect(window).toMatchObject({ startMs: 0, endMs: 19_000 })
  const [short] = splitAudio(Float32Array.of(0.5))
  expect(short?.samples).toHaveLength(sampleRate / 4)
  expect(short?.samples[0]).toBe(0.5)
})

test('what is long is cut in its pauses, and nothing of it is lost or heard twice', () => {
  const samples = speech(50, [3, 16, 32.5])
  const windows = splitAudio(samples)
  expect(windows).toHaveLength(3)
  const [first, second, third] = windows
  expect(Math.abs((first?.endMs ?? 0) - 16_000)).toBeLessThan(250)
  expect(Math.abs((second?.endMs ?? 0) - 32_500)).toBeLessThan(250)
  expect(third?.endMs).toBe(50_000)
  expect(splitAudio(new Float32Array(sampleRate))).toEqual([])
  const heard = windows.reduce((sum, { samples }) => sum + loudness(samples), 0)
  expect(heard).toBeCloseTo(loudness(samples), 0)
})
