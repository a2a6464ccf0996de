import { expect } from 'chai'
import { createPeerRequests } from '../src/exchange/request.ts'
import type { Group } from '../src/group/group.ts'
import { defaultLimits } from '../src/limits.ts'

describe('questions to a member that says nothing', () => {
  const late: string[] = []
  const request = async function* (
    peerId: string,
    _bytes: Uint8Array,
    { signal }: { signal?: AbortSignal | null | undefined } = {}
  ) {
    await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    yield new Uint8Array([peerId.length])
  }
  const requests = createPeerRequests({
    transport: { peerId: 'me', request } as never,
    visits: { request },
    group: {} as Group,
    reputation: { reject() {} } as never,
    responseTimes: { answered() {}, late: (peerId) => late.push(peerId) },
    limits: { ...defaultLimits, membersBudgetMs: 5, proofMs: 5 }
  })
  beforeEach(() => {
    late.length = 0
  })

  it('count against it where a request waits for the answer', async () => {
    expect(await requests.get('silent', new Uint8Array(32))).to.equal(undefined)
    expect(late).to.deep.equal(['silent'])
  })

  it('do not where no request waits, so that a member is asked as soon as its cable is plugged in again', async () => {
    expect(await requests.members('silent')).to.deep.equal([])
    expect(await requests.list('silent')).to.equal(undefined)
    expect(late).to.deep.equal([])
  })
})
