import { expect } from 'chai'
import { discoveryContract } from '../../packages/core/src/contract/index.ts'
import type { PeerRecord } from '../../packages/core/src/discovery/discovery.ts'
import { mdns } from '../../packages/core/src/discovery/mdns.ts'

let tags = 0
const newTag = () => `${process.pid}x${++tags}`

describe('mdns', () => {
  // Nothing but an expiry of minutes takes an announcement back here, so the suite runs without its abilities of groups.
  for (const { name, run } of discoveryContract({ create: () => mdns({ tag: newTag() }) })) it(name, run)

  const record = (letter: string): PeerRecord => {
    const peerId = {
      a: '12D3KooWKoX63riwyW2VWY5w13isHgQg2R6VsfJQTBKCWD9EPz3X',
      b: '12D3KooWJvmsVymLrguoy5HPm3XMGH6VabpJFGJWF9EHdPTBjbmi'
    }[letter] as string
    return { peerId, name: letter, addresses: [`/ip4/192.168.7.7/tcp/9100/p2p/${peerId}`], lastSeen: 0 }
  }

  it('finds who has the same tag, and nobody else', async () => {
    const tag = newTag()
    const all = [
      mdns({ tag, intervalMs: 20 }),
      mdns({ tag, intervalMs: 20 }),
      mdns({ tag: newTag(), intervalMs: 20 })
    ] as const
    const [a, b, stranger] = all
    try {
      const strange: string[] = []
      await stranger.announce(record('b'))
      await stranger.start(({ peerId }) => strange.push(peerId))
      await a.announce(record('a'))
      await b.announce(record('b'))
      const found = new Promise<PeerRecord>((resolve) => void b.start(resolve))
      await a.start(() => {})
      const { peerId, addresses } = await found
      expect({ peerId, addresses }).to.deep.equal({ peerId: record('a').peerId, addresses: record('a').addresses })
      expect(strange).to.deep.equal([])
    } finally {
      await Promise.all(all.map((one) => one.stop()))
    }
  })
})
