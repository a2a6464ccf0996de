import { expect } from 'chai'
import { createPendingQuestions } from '../src/tabs/pending-questions.ts'

describe('questions to the tab that leads', () => {
  it('are given up in time, however often a page says that it has taken them', async () => {
    const pending = createPendingQuestions(() => {}, 60_000, 20)
    const asked = pending.ask({ kind: 'question', tab: 'a tab', id: 1, call: 'look', args: [] })
    const page = setInterval(() => pending.taken(1), 2)
    try {
      expect(await asked.catch(({ code }) => code)).to.equal('ERR_TRANSPORT')
    } finally {
      clearInterval(page)
    }
  })
})
