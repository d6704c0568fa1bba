/**
 * What each grade of checking does, what it costs, and what it does not show.
 * @module
 */
type GradeWords = { name: string; does: string; costs: string; not: string }

export const gradeWords: Record<'signed' | 'sampled' | 'always' | 'quorum', GradeWords> = {
  signed: {
    name: 'Signed',
    does: 'The tab that answers signs exactly these tokens, and this tab checks the signature as they come.',
    costs: 'Costs nothing.',
    not: 'Not shown: that the model chose them.',
  },
  sampled: {
    name: 'Signed, and one in ten checked',
    does: 'One answer in ten, by lot, is computed again by another tab; a second and a third are asked before anybody is accused. No tab can know which.',
    costs: 'Costs nothing here, and you wait for nothing.',
    not: 'Not shown: that this one answer is right. Who cheats often is found sooner or later, and loses part of its stake where a court sits; who does it once may not be. Where the lot falls, up to six other tabs read the conversation; what is found false may be kept for a court, whose panels read it as well.',
  },
  always: {
    name: 'Signed, and every one checked',
    does: 'Every answer is computed again by another tab while you read on; a second and a third are asked before anybody is accused.',
    costs:
      'Costs a tenth to a quarter of an answer’s work. For free answers that is a favour, and may take a while.',
    not: 'Not found: a single changed token, and at temperature 0 another seed. Up to six tabs that check read the conversation; what is found false may be kept for a court, whose panels read it as well.',
  },
  quorum: {
    name: 'Several tabs at once',
    does: 'The same question, the same seed, to several tabs: their tokens are compared as they come, and where they part other tabs are asked who is right.',
    costs: 'Costs as many times as much as there are tabs.',
    not: 'Not shown: that they do not belong together; tabs of one owner can tell the same lie. Each of them reads the conversation, and so do those who are asked where they part.',
  },
}
