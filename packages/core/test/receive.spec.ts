import { expect } from 'chai'
import { createReceive, type ReceiveOptions } from '../src/exchange/receive.ts'
import { defaultLimits } from '../src/limits.ts'

describe('what proves nothing of its author', () => {
  const rejected: string[] = []
  const receive = createReceive({
    reputation: { hears: () => true, allows: () => true, reject: (from: string) => void rejected.push(from) },
    counters: { rejected() {} },
    limits: defaultLimits,
    localNow: () => 0,
    checkProof: async () => undefined
  } as Partial<Record<keyof ReceiveOptions, unknown>> as ReceiveOptions)
  /** Of the version of today; what is shorter than its proof and seal is no envelope. */
  const ofBytes = (length: number) => new Uint8Array(length).fill(1, 0, 1)

  for (const length of [100, 300])
    it(`counts against who sent it itself, not against a relay that handed it on: ${length} bytes`, async () => {
      expect(await receive('author', ofBytes(length), 'relay')).to.equal('ignore')
      expect(rejected.splice(0)).to.deep.equal([])
      expect(await receive('author', ofBytes(length), 'author')).to.equal('reject')
      expect(rejected.splice(0)).to.deep.equal(['author'])
    })
})
