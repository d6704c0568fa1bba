/**
 * How the words of an answer were chosen, in lines: what was switched on, and nothing else.
 * @module
 */
import { greedySampling, type Job } from '@weft/protocol'

export function samplingFacts(job: Job): { name: string; value: string }[] {
  // A job kept from a time with fewer settings had the others off.
  const sampling = { ...greedySampling, ...job.sampling }
  const { grammar, stop } = sampling
  const texts = stop.map((text) => JSON.stringify(text)).join(', ')
  return [
    { name: 'Sampling', value: chosenBy(sampling) },
    { name: 'Form', value: formWords[grammar.type] },
    { name: 'Schema', value: grammar.type === 'json-schema' ? grammar.schema : '' },
    { name: 'Stop texts', value: texts },
    { name: 'Too long', value: job.overflow === 'slide' ? 'Oldest turns may be left out' : '' },
  ]
}

const formWords = { text: '', json: 'JSON', 'json-schema': 'JSON by a schema' }

function chosenBy(sampling: Job['sampling']): string {
  const { temperature, topK, topP, minP, logitBias } = sampling
  const { repetitionPenalty, frequencyPenalty, presencePenalty } = sampling
  const parts = [
    temperature === 0 ? 'always the likeliest' : `temperature ${temperature}`,
    topK > 0 && temperature > 0 && `top-k ${topK}`,
    topP < 1 && temperature > 0 && `top-p ${topP}`,
    minP > 0 && temperature > 0 && `min-p ${minP}`,
    repetitionPenalty !== 1 && `repetition penalty ${repetitionPenalty}`,
    frequencyPenalty !== 0 && `frequency penalty ${frequencyPenalty}`,
    presencePenalty !== 0 && `presence penalty ${presencePenalty}`,
    logitBias.length > 0 && `bias on ${logitBias.length} of the tokens`,
  ]
  return parts.filter(Boolean).join(', ')
}
