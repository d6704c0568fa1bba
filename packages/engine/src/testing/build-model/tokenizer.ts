/**
 * A tokenizer for a made-up model: Bobbin's, with filler tokens up to the model's vocabulary, so that
 * every id has a text.
 * @module
 */
import tokenizerJson from '../../../../../public/models/bobbin/tokenizer.json' with { type: 'json' }
import tokenizerConfig from '../../../../../public/models/bobbin/tokenizer_config.json' with {
  type: 'json',
}

export type TokenizerFiles = { tokenizerJson: object; tokenizerConfig: object }

/** @throws RangeError when the model has fewer tokens than the tokenizer */
export function tokenizerFor({
  vocab: size,
  context,
}: {
  vocab: number
  context: number
}): TokenizerFiles {
  const { model } = tokenizerJson
  const known = Object.keys(model.vocab).length
  if (known > size) throw new RangeError(`The tokenizer has ${known} tokens, the model ${size}.`)
  const fillers = Array.from({ length: size - known }, (_, index): [string, number] => {
    const id = known + index
    return [`Ġfiller${id}`, id]
  })
  const vocab = { ...model.vocab, ...Object.fromEntries(fillers) }
  return {
    tokenizerJson: { ...tokenizerJson, model: { ...model, vocab } },
    tokenizerConfig: { ...tokenizerConfig, model_max_length: context },
  }
}
