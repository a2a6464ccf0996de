import { closed, createTargets, reachWebSocket, type Target } from './targets.ts'

const mask = [0, 0, 0, 0]
/** Frames that RFC 6455 forbids a client to send. */
const forbidden: Record<string, number[]> = {
  'reserved bits (5.2)': [0xf2, 0x80, ...mask],
  'an unknown opcode (5.2)': [0x83, 0x80, ...mask],
  'an unknown control opcode (5.2)': [0x8b, 0x80, ...mask],
  'no mask (5.1)': [0x82, 0x01, 0x00],
  'a length beyond 2^53 (5.2)': [0x82, 0xff, 0x7f, ...Array(7).fill(0xff), ...mask],
  'a message above the bound': [0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, ...mask],
  'a ping that is too long (5.5)': [0x89, 0xfe, 0x00, 0x7e, ...mask, ...Array(126).fill(0)],
  'a ping in fragments (5.5)': [0x09, 0x80, ...mask],
  'a continuation of nothing (5.4)': [0x80, 0x80, ...mask],
  'a message within a message (5.4)': [0x02, 0x81, ...mask, 0x00, 0x82, 0x80, ...mask],
  'a close code that is none (7.4)': [0x88, 0x82, ...mask, 0x03, 0xe7],
  'half a close code (7.1.5)': [0x88, 0x81, ...mask, 0x03],
  'a close reason that is not UTF-8 (8.1)': [0x88, 0x83, ...mask, 0x03, 0xe8, 0xff],
  'text that is not UTF-8 (8.1)': [0x81, 0x81, ...mask, 0xff]
}

describe('one forbidden WebSocket frame', () => {
  const targets = createTargets()
  let all: Target[]
  before(async () => {
    all = await Promise.all([targets.relay(), targets.member()])
  })

  for (const [what, bytes] of Object.entries(forbidden)) {
    it(`ends its own connection and nothing else: ${what}`, async () => {
      for (const target of all) {
        for (const { port } of target.ports.filter(({ kind }) => kind === 'websocket')) {
          const socket = await reachWebSocket(port)
          socket.write(Uint8Array.from(bytes))
          await closed(socket)
          socket.destroy()
        }
        await target.works()
      }
    })
  }
})
