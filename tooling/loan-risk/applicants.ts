/**
 * Loan applicants that never were, and what became of their loans: drawn from a seed by rules that stand here, so
 * that nobody's data is in it and no licence is on it. What a person is born with (age, sex, origin) is not in it
 * either. It shows how a score is proved; lend nothing by it.
 * @module
 */

export type Applicant = {
  /** In the order of `questions`. */
  answers: readonly number[]
  /** Of `outcomes`. */
  outcome: 0 | 1 | 2
}

export const outcomes = ['repaid', 'paid late', 'defaulted'] as const

/** What is asked, in which unit, and where answers end. */
export const questions = [
  { name: 'income', unit: 'EUR a month', low: 800, high: 6_000 },
  { name: 'debt payments', unit: 'EUR a month', low: 0, high: 2_000 },
  { name: 'loan', unit: 'EUR', low: 500, high: 20_000 },
  { name: 'term', unit: 'months', low: 6, high: 60 },
  { name: 'in this job', unit: 'months', low: 0, high: 120 },
  { name: 'at this address', unit: 'months', low: 0, high: 120 },
  { name: 'open credit lines', unit: '', low: 0, high: 12 },
  { name: 'credit in use', unit: '%', low: 0, high: 100 },
  { name: 'late payments in 2 years', unit: '', low: 0, high: 10 },
  { name: 'since the last late payment', unit: 'months', low: 0, high: 24 },
  { name: 'enquiries in 6 months', unit: '', low: 0, high: 8 },
  { name: 'savings', unit: 'EUR', low: 0, high: 10_000 },
  { name: 'credit history', unit: 'years', low: 0, high: 25 },
  { name: 'overdrafts in a year', unit: '', low: 0, high: 12 },
  { name: 'income that varies', unit: '%', low: 0, high: 100 },
  { name: 'guarantors', unit: '', low: 0, high: 2 },
] as const

/** The same ones for the same seed. */
export function drawApplicants(count: number, seed: number): Applicant[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => drawApplicant(random))
}

/**
 * A hidden steadiness makes all answers hang together. What a loan takes of an income, how used the lines are and
 * how lately something was late add up to a danger, each the worse for the others; chance adds what nobody is asked.
 */
function drawApplicant(random: () => number): Applicant {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const steadiness = normal()
  const income = 2_400 * Math.exp(0.4 * normal() + 0.15 * steadiness)
  const debt = income * Math.max(0, 0.14 + 0.1 * normal() - 0.04 * steadiness)
  const loan = 600 + 7_000 * random() * Math.exp(0.5 * normal())
  const term = 6 + 54 * random()
  const job = 55 + 40 * normal() + 18 * steadiness
  const address = 60 + 45 * normal() + 10 * steadiness
  const lines = Math.round(4 + 2.4 * normal())
  const used = 45 + 25 * normal() - 14 * steadiness
  const late = Math.round(Math.max(0, 1.2 + 1.8 * normal() - 1.3 * steadiness))
  const sinceLate = late > 0 ? 24 * random() : 24
  const enquiries = Math.round(Math.max(0, 1.5 + 1.6 * normal() - 0.6 * steadiness))
  const savings = 2_600 * Math.exp(0.8 * normal() + 0.5 * steadiness) - 600
  const history = 9 + 5 * normal() + 2 * steadiness
  const overdrafts = Math.round(Math.max(0, 2 + 2.4 * normal() - 1.6 * steadiness))
  const varies = 30 + 26 * normal() - 8 * steadiness
  const guarantors = Math.floor(2.4 * random() * random())
  const drawn = [
    ...[income, debt, loan, term, job, address, lines, used],
    ...[late, sinceLate, enquiries, savings, history, overdrafts, varies, guarantors],
  ]
  const answers = questions.map(({ low, high }, index) =>
    Math.round(Math.min(high, Math.max(low, drawn[index] ?? 0))),
  )
  const danger = dangerOf(answers) + 0.35 * normal()
  return { answers, outcome: danger > 2.1 ? 2 : danger > 1.2 ? 1 : 0 }
}

function dangerOf(answers: readonly number[]): number {
  const [income = 1, debt = 0, loan = 0, term = 1, job = 0, address = 0, lines = 0, used = 0] =
    answers
  const [late = 0, since = 0, enquiries = 0, savings = 0, history = 0, overdrafts = 0] =
    answers.slice(8)
  const [varies = 0, guarantors = 0] = answers.slice(14)
  const burden = (debt + loan / term) / income
  const recent = late * Math.exp(-since / 10)
  const cushion = Math.min(1, savings / (3 * income))
  return (
    5 * Math.max(0, burden - 0.15) * (1 + varies / 100) +
    0.5 * recent +
    (used > 60 ? (0.02 * (used - 60) * lines) / 4 : 0) +
    0.09 * enquiries +
    0.12 * overdrafts +
    (job < 12 ? 0.4 : 0) +
    (history < 3 ? 0.3 : 0) -
    0.002 * address -
    0.9 * cushion -
    0.35 * guarantors +
    0.5
  )
}

/** Mulberry32. @returns 0 to below 1 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
