import type { MessageStream, Stream } from '@libp2p/interface'
import { expect } from 'chai'
import { createPeer } from './fuzz.ts'
import { createTargets } from './targets.ts'

describe('streams of somebody who has shown no proof', () => {
  const targets = createTargets()

  async function toMember() {
    const member = await targets.member()
    const peer = await createPeer()
    const { connection, line } = await peer.connect(
      member.addresses.find((address) => !address.includes('/ws')) as string
    )
    return { member, peer, connection, line }
  }
  const over = (stream: Stream) =>
    new Promise<void>((resolve) => {
      if (stream.status !== 'open') return resolve()
      stream.addEventListener('close', () => resolve(), { once: true })
    })

  it('hold a question each, and no more: one that is longer ends its stream', async () => {
    const { member, peer, connection } = await toMember()
    try {
      const stream = await connection.newStream('/ghmesh/1/exchange')
      // 5,000 bytes are announced, of which few come: whoever waits for the rest would keep them.
      stream.send(Uint8Array.of(0x88, 0x27, 1, 2, 3))
      await over(stream)
      await member.works()
    } finally {
      await peer.stop()
    }
  })

  it('are bounded in number on a connection', async () => {
    const { member, peer, line } = await toMember()
    try {
      const refused = resetsUntilPong(line)
      // Opened by frames of its own, so that no bound of this side's muxer comes first: 300 odd numbers.
      for (let i = 0; i < 300; i++) line.send(frame(types.windowUpdate, 10_001 + 2 * i, 0))
      // Frames are taken in their order, so the answer to this comes after all refusals.
      line.send(frame(types.ping, 0, pingId))
      expect(await refused).to.be.at.least(300 - 256)
      await member.works()
    } finally {
      await peer.stop()
    }
  })
})

const types = { data: 0, windowUpdate: 1, ping: 2 }
const flags = { syn: 1, ack: 2, rst: 8 }
const pingId = 0x6768

/** A frame of yamux without data: version, type, flags, stream, length. */
function frame(type: number, stream: number, length: number): Uint8Array {
  const header = Buffer.alloc(12)
  header.writeUInt8(type, 1)
  header.writeUInt16BE(flags.syn, 2)
  header.writeUInt32BE(stream, 4)
  header.writeUInt32BE(length, 8)
  return Uint8Array.from(header)
}

/** Reads the frames that come, beside whoever else does; how many streams were reset until the ping is answered. */
function resetsUntilPong(line: MessageStream): Promise<number> {
  let left = Buffer.alloc(0)
  let resets = 0
  return new Promise((resolve) => {
    line.addEventListener('message', ({ data }) => {
      left = Buffer.concat([left, data.subarray()])
      while (left.byteLength >= 12) {
        const length = left.readUInt32BE(8)
        const bytes = left[1] === types.data ? length : 0
        if (left.byteLength < 12 + bytes) break
        if (left.readUInt16BE(2) & flags.rst) resets++
        if (left[1] === types.ping && length === pingId) resolve(resets)
        left = left.subarray(12 + bytes)
      }
    })
  })
}
