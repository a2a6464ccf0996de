import type { Transport, TransportHandlers } from '../transport/transport.ts'
import {
  type Awaitable,
  assert,
  assertBytes,
  assertCode,
  assertEqual,
  type ContractTest,
  collect,
  rejection
} from './contract.ts'

/** What the suite needs. */
export interface TransportContractSetup {
  /** So many new ones, not started, that can dial each other and nobody else; the suite stops them. */
  group(count: number): Awaitable<Transport[]>
}

const bytes = (length: number, seed = 7) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255)
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

type Heard = { from: string; bytes: Uint8Array; through: string }

type Answer = (question: Uint8Array, signal?: AbortSignal) => AsyncIterable<Uint8Array>

interface Member {
  transport: Transport
  heard: Heard[]
  connected: string[]
  verdict: (message: Uint8Array) => 'accept' | 'ignore' | 'reject'
  answer: Answer
  start(topics?: readonly string[]): Promise<void>
  /** Resolves when it is so, which only a handler's call can change. */
  until(fits: () => boolean): Promise<void>
  /** Whether it has heard a message that begins so. */
  has(first: number | undefined): boolean
  dial(other: Member): Promise<void>
  /** Publishes again and again until it has arrived: who has just connected may not know all topics yet. */
  say(message: Uint8Array, ...to: Member[]): Promise<void>
  ask(other: Member, question: Uint8Array, signal?: AbortSignal): Promise<Uint8Array[]>
}

/** A transport with handlers that note what they are called with. */
function member(transport: Transport): Member {
  const heard: Heard[] = []
  const connected: string[] = []
  const waiting = new Set<() => void>()
  const noted = () => {
    for (const look of waiting) look()
  }
  const self: Member = {
    transport,
    heard,
    connected,
    verdict: () => 'accept',
    answer: async function* (question) {
      yield question
    },
    start(topics = ['topic']) {
      const handlers: TransportHandlers = {
        async message(from, message, through) {
          heard.push({ from, bytes: message, through })
          noted()
          return self.verdict(message)
        },
        request: (_from, question, { signal }) => self.answer(question, signal),
        connect({ id }) {
          connected.push(id)
          noted()
        },
        disconnect({ id }) {
          connected.splice(connected.indexOf(id), 1)
          noted()
        }
      }
      return transport.start(topics, handlers)
    },
    until: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          if (!fits()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    has: (first) => heard.some((message) => message.bytes[0] === first),
    async dial(other) {
      const id = await transport.dial(other.transport.addresses[0] ?? '')
      assertEqual(id, other.transport.peerId, 'what dial resolves to')
      await Promise.all([
        self.until(() => connected.includes(other.transport.peerId)),
        other.until(() => other.connected.includes(transport.peerId))
      ])
    },
    async say(message, ...to) {
      while (!to.every((other) => other.has(message[0]))) {
        await transport.publish(message)
        await pause()
      }
    },
    ask: (other, question, signal) => collect(transport.request(other.transport.peerId, question, { signal }))
  }
  return self
}

/**
 * The acceptance suite of transports, for any test runner:
 * `for (const { name, run } of transportContract({ group: myTransports })) it(name, run)`
 * It waits for what must arrive and never for time: give the runner's time limit for the rest.
 */
export function transportContract({ group }: TransportContractSetup): ContractTest[] {
  const tests: ContractTest[] = []
  function test(name: string, run: (a: Member, b: Member, c: Member) => Promise<void>, started = true) {
    tests.push({
      name,
      async run() {
        const all = await group(3)
        const [a, b, c] = all.map(member) as [Member, Member, Member]
        try {
          if (started) await Promise.all([a.start(), b.start(), c.start()])
          await run(a, b, c)
        } finally {
          await Promise.all(all.map((transport) => transport.stop()))
        }
      }
    })
  }

  test('has a peer id and addresses that end in it', async (a, b) => {
    const { peerId, addresses } = a.transport
    assert(peerId && peerId !== b.transport.peerId, 'expected a peer id of its own')
    assert(addresses.length > 0, 'expected addresses')
    for (const address of addresses)
      assert(address.endsWith(`/p2p/${peerId}`), `${address} does not end in /p2p/${peerId}`)
  })

  test('connects, tells both sides, and connects once', async (a, b) => {
    await a.dial(b)
    await a.dial(b)
    assertEqual(
      a.transport.peers().map(({ id }) => id),
      [b.transport.peerId],
      'peers of who dialled'
    )
    assertEqual(
      b.transport.peers().map(({ id }) => id),
      [a.transport.peerId],
      'peers of who was dialled'
    )
    assertEqual([a.connected.length, b.connected.length], [1, 1], 'connections told')
  })

  test('cannot dial who is not there', async (a, b) => {
    const [address = ''] = b.transport.addresses
    // While it is there: only the signal can be what keeps it from being dialled.
    await rejection(a.transport.dial(address, { signal: AbortSignal.abort() }), 'dial with an aborted signal')
    assertEqual(a.transport.peers().length, 0, 'peers after an aborted dial')
    await b.transport.stop()
    await assertCode(a.transport.dial(address), 'ERR_TRANSPORT', 'dial')
    await assertCode(a.transport.dial('nonsense'), 'ERR_TRANSPORT', 'dial of nonsense')
  })

  test('publishes to who is connected, and says to how many', async (a, b) => {
    assertEqual(await a.transport.publish(bytes(3)), { recipients: 0 }, 'alone')
    await a.dial(b)
    const message = bytes(60_000, 1)
    await a.say(message, b)
    const [heard] = b.heard
    assertEqual([heard?.from, heard?.through], [a.transport.peerId, a.transport.peerId], 'from and through')
    assertBytes(heard?.bytes ?? bytes(0), message, 'the message')
    assertEqual((await a.transport.publish(bytes(3, 2))).recipients, 1, 'recipients')
    assertEqual(a.heard.length, 0, 'its own messages heard')
  })

  test('hands on what its handler accepts, and nothing else', async (a, b, c) => {
    await Promise.all([a.dial(b), b.dial(c)])
    b.verdict = ([first]) => (first === 1 ? 'ignore' : first === 2 ? 'reject' : 'accept')
    await a.say(bytes(9, 1), b)
    await a.say(bytes(9, 2), b)
    await a.say(bytes(9, 3), b, c)
    const { from, through } = c.heard[0] ?? {}
    assertEqual([from, through], [a.transport.peerId, b.transport.peerId], 'from and through')
    assert(!c.has(1) && !c.has(2), 'what was ignored or rejected went on')
  })

  test('hears a message once', async (a, b, c) => {
    await Promise.all([a.dial(b), b.dial(c)])
    await c.dial(a)
    await a.say(bytes(9, 1), b, c)
    const before = c.heard.length
    await a.transport.publish(bytes(9, 2))
    await Promise.all([b, c].map((one) => one.until(() => one.has(2))))
    await a.say(bytes(9, 3), b, c)
    for (const one of [b, c])
      assertEqual(
        one.heard.slice(one === c ? before : 0).filter(({ bytes: [first] }) => first === 2).length,
        1,
        'times heard'
      )
  })

  test(
    'publishes to the first topic, and hears all',
    async (a, b, c) => {
      await Promise.all([a.start(['new', 'old']), b.start(['old', 'new']), c.start(['other'])])
      await Promise.all([a.dial(b), a.dial(c)])
      await a.say(bytes(9, 1), b)
      await b.say(bytes(9, 2), a)
      assertEqual(c.heard.length, 0, 'messages of other topics')
    },
    false
  )

  test('asks, and gets the frames in order', async (a, b) => {
    await a.dial(b)
    b.answer = async function* (question) {
      yield question
      for (let i = 0; i < 5; i++) yield bytes(256 * 1024, i)
    }
    const [echo, ...frames] = await a.ask(b, bytes(4000))
    assertBytes(echo ?? bytes(0), bytes(4000), 'the question')
    assertEqual(frames.length, 5, 'frames')
    for (const [i, frame] of frames.entries()) assertBytes(frame, bytes(256 * 1024, i), `frame ${i}`)
    b.answer = async function* () {}
    assertEqual(await a.ask(b, bytes(1)), [], 'an answer without frames')
    assertEqual((await b.ask(a, bytes(2))).length, 1, 'frames the other way')
  })

  test('asks many things at once', async (a, b) => {
    await a.dial(b)
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => a.ask(b, bytes(100, i))))
    for (const [i, [frame]] of answers.entries()) assertBytes(frame ?? bytes(0), bytes(100, i), `answer ${i}`)
  })

  test('rejects when an answer breaks off', async (a, b) => {
    await a.dial(b)
    b.answer = async function* () {
      yield bytes(1)
      throw new Error('broken')
    }
    await assertCode(a.ask(b, bytes(1)), 'ERR_TRANSPORT', 'a broken answer')
    b.answer = async function* () {
      yield bytes(2)
    }
    assertEqual((await a.ask(b, bytes(1))).length, 1, 'frames of the next answer')
    await assertCode(collect(a.transport.request('nobody', bytes(1))), 'ERR_TRANSPORT', 'asking who is not connected')
  })

  test('gives up an answer when told to, even one that never begins', async (a, b) => {
    await a.dial(b)
    const control = new AbortController()
    b.answer = async function* () {
      control.abort()
      yield await new Promise<never>(() => {})
    }
    await rejection(a.ask(b, bytes(1), control.signal), 'an aborted question')
    await rejection(a.ask(b, bytes(1), AbortSignal.abort()), 'a question with an aborted signal')
    b.answer = async function* (question) {
      yield question
    }
    assertEqual((await a.ask(b, bytes(1))).length, 1, 'frames of the next answer')
  })

  test('lets go of an answer that is read no more', async (a, b) => {
    await a.dial(b)
    const letGo = new Promise<void>((resolve) => {
      b.answer = async function* (_question, signal) {
        signal?.addEventListener('abort', () => resolve())
        try {
          for (;;) {
            yield bytes(100)
            await pause()
          }
        } finally {
          resolve()
        }
      }
    })
    for await (const _frame of a.transport.request(b.transport.peerId, bytes(1))) break
    await letGo
  })

  test('ends an answer when the other goes away', async (a, b) => {
    await a.dial(b)
    const asked = new Promise<void>((resolve) => {
      b.answer = async function* () {
        resolve()
        yield await new Promise<never>(() => {})
      }
    })
    const answer = assertCode(a.ask(b, bytes(1)), 'ERR_TRANSPORT', 'an answer of who stopped')
    await asked
    await b.transport.stop()
    await answer
  })

  test('disconnects, tells both sides, and connects again', async (a, b) => {
    await a.transport.disconnect(b.transport.peerId)
    await a.dial(b)
    await a.transport.disconnect(b.transport.peerId)
    await Promise.all([a, b].map((one) => one.until(() => one.connected.length === 0)))
    assertEqual([a.transport.peers(), b.transport.peers()], [[], []], 'peers')
    await b.dial(a)
    await a.say(bytes(9, 1), b)
  })

  test('stops, tells others, and is silent afterwards', async (a, b) => {
    await a.dial(b)
    await a.transport.stop()
    await a.transport.stop()
    await b.until(() => b.connected.length === 0)
    assertEqual((await b.transport.publish(bytes(3))).recipients, 0, 'recipients')
    assertEqual([a.heard.length, a.transport.peers().length], [0, 0], 'what a stopped one hears and has')
    await assertCode(a.transport.publish(bytes(3)), 'ERR_TRANSPORT', 'publish of a stopped one')
    await assertCode(a.transport.dial(b.transport.addresses[0] ?? ''), 'ERR_TRANSPORT', 'dial of a stopped one')
    await assertCode(a.ask(b, bytes(1)), 'ERR_TRANSPORT', 'a question of a stopped one')
  })

  test('stops without a start', async (a) => a.transport.stop(), false)

  return tests
}
