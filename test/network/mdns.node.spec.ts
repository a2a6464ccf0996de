import { createSocket } from 'node:dgram'
import { expect } from 'chai'
import fc from 'fast-check'
import { discoveryContract } from '../../packages/core/src/contract/index.ts'
import type { PeerRecord } from '../../packages/core/src/discovery/discovery.ts'
import { mdns } from '../../packages/core/src/discovery/mdns.ts'
import { fuzz, rawInput, sample } from '../ports/fuzz.ts'

/** Of multicast DNS (RFC 6762, section 3). */
const group = { address: '224.0.0.251', port: 5353 }
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

  // README: "On a local network, multicast"
  it('tells everybody the peer id, the addresses and the beginning of its tag, and neither its name nor the rest', async () => {
    const tag = 'f'.repeat(16) + 'e'.repeat(48)
    const one = mdns({ tag, intervalMs: 20 })
    const eavesdropper = createSocket({ type: 'udp4', reuseAddr: true })
    try {
      await new Promise<void>((resolve) => eavesdropper.bind(group.port, resolve))
      eavesdropper.addMembership(group.address, '127.0.0.1')
      await one.announce({ ...record('a'), name: 'my-runner' })
      const packets: Buffer[] = []
      const told = new Promise<void>((resolve) => {
        eavesdropper.on('message', (packet) => {
          packets.push(packet)
          if (packet.includes('dnsaddr=')) resolve()
        })
      })
      await one.start(() => {})
      await told
      const said = Buffer.concat(packets)
      const { peerId, addresses } = record('a')
      for (const text of [peerId, addresses[0] as string, tag.slice(0, 16)])
        expect(said.includes(text), text).to.equal(true)
      // Two letters could be in the random name that the packets bear.
      for (const text of ['my-runner', 'feee', 'http']) expect(said.includes(text), text).to.equal(false)
    } finally {
      eavesdropper.close()
      await one.stop()
    }
  })

  it(`hears whatever packets come, and finds members all the same (FUZZ_SEED=${fuzz.seed})`, async () => {
    const tag = newTag()
    const [a, b] = [mdns({ tag, intervalMs: 20 }), mdns({ tag, intervalMs: 20 })]
    const eavesdropper = createSocket({ type: 'udp4', reuseAddr: true })
    try {
      await new Promise<void>((resolve) => eavesdropper.bind(group.port, resolve))
      eavesdropper.addMembership(group.address, '127.0.0.1')
      eavesdropper.setMulticastInterface('127.0.0.1')
      await a.announce(record('a'))
      const answers = new Promise<Buffer>((resolve) => {
        eavesdropper.on('message', (packet) => {
          if (packet.includes('dnsaddr=')) resolve(packet)
        })
      })
      await a.start(() => {})
      const found: PeerRecord[] = []
      await b.start((one) => found.push(one))
      const honest = await answers
      const changes = fc.array(fc.tuple(fc.nat(honest.byteLength - 1), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 6
      })
      for (const change of sample(changes)) {
        const packet = Buffer.from(honest)
        for (const [at, byte] of change) packet[at] = byte
        await new Promise((resolve) => eavesdropper.send(packet, group.port, group.address, resolve))
      }
      for (const packet of sample(rawInput))
        await new Promise((resolve) => eavesdropper.send(packet, group.port, group.address, resolve))
      const before = found.length
      while (!found.slice(before).some(({ peerId }) => peerId === record('a').peerId))
        await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      eavesdropper.close()
      await Promise.all([a.stop(), b.stop()])
    }
  })
})
