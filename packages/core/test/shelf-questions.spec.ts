import { expect } from 'chai'
import { fromHex, hex } from '../src/bytes.ts'
import { createShelfQuestions, maxQuestions } from '../src/exchange/shelf-questions.ts'
import { decodeShelfQuestion, encodeShelfAnswer } from '../src/protocol/shelf.ts'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve))
const keyOf = (n: number) => fromHex(n.toString(16).padStart(64, '0'))

describe('what relays are asked for', () => {
  /** Each question is answered when a test says so, with a record for each of its keys. */
  function setUp() {
    const questions: [number, number][][] = []
    const answers: (() => void)[] = []
    const bad: string[] = []
    const want = createShelfQuestions({
      publicKey: new Uint8Array(32),
      counters: { rejected: (reason) => void bad.push(reason) },
      async *ask(_relay, question) {
        const asked = decodeShelfQuestion(question)
        if (asked?.type !== 'get') throw new Error('not a get')
        questions.push(asked.keys.map(([key, after]) => [Number(`0x${hex(key)}`), after]))
        await new Promise<void>((resolve) => answers.push(resolve))
        for (const [key] of asked.keys)
          yield encodeShelfAnswer({ type: 'record', key, sender: 'member', sealed: new Uint8Array(8) })
      },
      bad: (_relay, reason) => void bad.push(reason)
    })
    return {
      questions,
      bad,
      want: (key: number, after = 0) => want('relay', keyOf(key), after, new AbortController().signal),
      async answer() {
        answers.shift()?.()
        await turn()
      }
    }
  }

  it('goes together while as many questions as may be are under way', async () => {
    const { want, answer, questions } = setUp()
    for (let key = 1; key <= maxQuestions + 2; key++) void want(key)
    await turn()
    expect(questions).to.deep.equal([[[1, 0]], [[2, 0]], [[3, 0]]])
    await answer()
    expect(questions.slice(3)).to.deep.equal([
      [
        [4, 0],
        [5, 0]
      ]
    ])
  })

  it('is each key once in a question: another request for it waits for the next', async () => {
    const { want, answer, questions, bad } = setUp()
    for (let key = 1; key <= maxQuestions; key++) void want(key)
    const [older, newer, other] = [want(7, 1), want(7, 2), want(8)]
    await turn()
    await answer()
    await answer()
    expect(questions.slice(3)).to.deep.equal([
      [
        [7, 1],
        [8, 0]
      ],
      [[7, 2]]
    ])
    for (let left = 0; left < 3; left++) await answer()
    for (const one of [older, newer, other]) expect(await one).to.include({ type: 'record' })
    expect(bad).to.deep.equal([])
  })
})
