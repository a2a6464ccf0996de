import { randomBytes } from 'node:crypto'
import { encode } from 'cborg'
import fc from 'fast-check'
import { sha256, utf8 } from '../../packages/core/src/bytes.ts'
import { isHomeOf } from '../../packages/core/src/exchange/homes.ts'
import { keyOf, valueKeyOf } from '../../packages/core/src/github/key.ts'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import { type EntryHead, encodeAnswer, type Gossip } from '../../packages/core/src/protocol/wire.ts'
import { fuzz } from '../ports/fuzz.ts'
import { headOf } from './entry-head.ts'
import type { Liar } from './liar.ts'

/** What a liar does to a member until it is told to stop. */
export interface Attack {
  name: string
  run(liar: Liar, member: { peerId: string; address: string; apiUrl: string }, over: () => boolean): Promise<void>
}

const digest = () => Uint8Array.from(randomBytes(32))
const KiB = 1024
const MiB = 1024 * KiB
/** As fast as the other side takes it, but this process has a loop of its own to keep. */
const breath = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms))

/** JSON with as much for a parser to do as so many bytes can hold, which deflates to little. */
const busyJson = (byteLength: number) => utf8(`[${'{"a":[1]},'.repeat(Math.floor((byteLength - 6) / 10))}null]`)

async function entryOf(liar: Liar, apiUrl: string, path: string, body: Uint8Array<ArrayBuffer>) {
  const head = await headOf(apiUrl + path, body)
  return { head, wireKey: await liar.group.wireKey(await keyOf(head)) }
}

/** Repeats a message that is new each time. */
const flood =
  (
    make: (liar: Liar, apiUrl: string, n: number) => Promise<Gossip | Uint8Array> | Gossip | Uint8Array
  ): Attack['run'] =>
  async (liar, { apiUrl }, over) => {
    for (let n = 0; !over(); n++) {
      await liar.says(await make(liar, apiUrl, n)).catch(() => 0)
      if (n % 20 === 0) await breath(10)
    }
  }

/** A body that a `get` is answered with, and what is said of it so that the member asks. */
const answering =
  (body: Uint8Array<ArrayBuffer>, frames: Liar['answer'] | undefined): Attack['run'] =>
  async (liar, { apiUrl }, over) => {
    const compressed = await deflate(body)
    const hash = await sha256(body)
    const heads = new Map<string, EntryHead>()
    const name = (key: Uint8Array) => Buffer.from(key).toString('hex')
    liar.answer =
      frames ??
      async function* ({ key }) {
        const head = heads.get(name(key))
        if (!head) return yield encodeAnswer({ type: 'none' })
        yield encodeAnswer({ type: 'entry', entry: head, encoding: 'deflate-raw', length: compressed.byteLength })
        for (let at = 0; at < compressed.byteLength; at += 256 * KiB) yield compressed.subarray(at, at + 256 * KiB)
      }
    for (let n = 0; !over(); n++) {
      const made = await entryOf(liar, apiUrl, `/repos/octocat/hello-world/contents/${n}`, new Uint8Array())
      const head = { ...made.head, hash, size: body.byteLength }
      heads.set(name(made.wireKey), head)
      await liar.says({ type: 'announce', sentAt: Date.now(), key: made.wireKey, entry: head }).catch(() => 0)
      await breath(20)
    }
  }

const bomb = busyJson(256 * KiB)

/** Every message of the protocol with something else in it. */
const anyMessage = fc
  .tuple(
    fc.constantFrom('announce', 'value', 'touch', 'purge', 'presence', 'lease', ''),
    fc.dictionary(
      fc.constantFrom(
        'key',
        'entry',
        'value',
        'items',
        'target',
        'asOf',
        'name',
        'stats',
        'addresses',
        'offset',
        'body'
      ),
      fc.oneof(
        fc.anything({ withTypedArray: true, maxDepth: 3 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('octocat/hello-world', -1, 2 ** 53 - 1, 1e300, '', '__proto__', [], {})
      )
    )
  )
  .map(([type, fields]) => {
    try {
      return encode({ type, sentAt: Date.now(), ...fields })
    } catch {
      return encode({ type, sentAt: Date.now() })
    }
  })

/** An answer's head that is nearly right, or bytes of a body. */
const anyAnswer = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc
    .tuple(
      fc.constantFrom('entry', 'value', 'keys', 'none', 'proof', 'error', ''),
      fc.dictionary(
        fc.constantFrom('entry', 'value', 'items', 'encoding', 'length', 'code', 'proof'),
        fc.oneof(
          fc.anything({ withTypedArray: true, maxDepth: 3 }),
          fc.constantFrom('identity', 'deflate-raw', 'held', 0, -1, 2 ** 40)
        )
      )
    )
    .map(([type, fields]) => {
      try {
        return encode({ type, ...fields })
      } catch {
        return encode({ type })
      }
    })
)

export const attacks: Attack[] = [
  {
    name: 'none, to compare with',
    run: async (_liar, _member, over) => {
      while (!over()) await breath(10)
    }
  },
  {
    name: 'announcements whose bodies inflate a thousandfold',
    run: flood(async (liar, apiUrl, n) => {
      const { head, wireKey } = await entryOf(liar, apiUrl, `/repos/octocat/hello-world/contents/bomb${n}`, bomb)
      return { type: 'announce', sentAt: Date.now(), key: wireKey, entry: head, body: await deflate(bomb) }
    })
  },
  {
    name: 'announcements of 16 MiB in 17 KiB',
    run: flood(async (liar, apiUrl, n) => {
      const { head, wireKey } = await entryOf(liar, apiUrl, `/repos/octocat/hello-world/contents/${n}`, bomb)
      return {
        type: 'announce',
        sentAt: Date.now(),
        key: wireKey,
        entry: { ...head, size: 16 * MiB },
        body: new Uint8Array(17 * KiB)
      }
    })
  },
  {
    name: 'touches of keys that nobody has',
    run: flood(() => ({
      type: 'touch',
      sentAt: Date.now(),
      items: Array.from({ length: 200 }, () => [digest(), digest(), Date.now()])
    }))
  },
  {
    name: 'purges of the repository that is read, and of others',
    run: flood((_liar, _apiUrl, n) => ({
      type: 'purge',
      sentAt: Date.now(),
      target: n % 2 ? `octocat/other${n}` : 'octocat/hello-world',
      asOf: Date.now()
    }))
  },
  {
    name: 'named values',
    run: flood(async (liar, _apiUrl, n) => {
      const json = utf8(`"${'x'.repeat(60 * KiB)}"`)
      const value = {
        name: `flood ${n}`,
        at: Date.now(),
        by: liar.peerId,
        expiresAt: Date.now() + 1e6,
        deleted: false,
        hash: await sha256(json),
        size: json.byteLength
      }
      const key = await liar.group.wireKey(await valueKeyOf(value.name))
      return { type: 'value', sentAt: Date.now(), key, value, body: await deflate(json) }
    })
  },
  {
    name: 'presence with sixteen addresses, new each time',
    run: flood((liar, _apiUrl, n) => ({
      type: 'presence',
      sentAt: Date.now(),
      name: `liar ${n}`,
      version: '9',
      stats: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`figure ${i}`, n])),
      addresses: Array.from(
        { length: 16 },
        (_, i) => `/ip4/127.0.0.1/tcp/${1024 + ((n * 16 + i) % 60_000)}/p2p/${liar.peerId}`
      ),
      offset: n * 1e6
    }))
  },
  {
    name: 'messages of any shape',
    run: flood((_liar, _apiUrl, n) => fc.sample(anyMessage, { seed: fuzz.seed + n, numRuns: 1 })[0] as Uint8Array)
  },
  { name: 'bodies of 16 MiB from a few KiB, when asked', run: answering(busyJson(16 * MiB - 64), undefined) },
  {
    name: 'a byte now and then, when asked',
    run: answering(busyJson(MiB), async function* (_question, signal) {
      yield encodeAnswer({ type: 'none' }).subarray(0, 1)
      while (!signal?.aborted) {
        await breath(200)
        yield Uint8Array.of(0)
      }
    })
  },
  {
    name: 'answers of any shape, when asked',
    run: answering(busyJson(MiB), async function* () {
      const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
      for (const frame of fc.sample(anyAnswer, { seed, numRuns: 4 })) if (frame.byteLength > 0) yield frame
    })
  },
  {
    name: 'questions without end',
    async run(liar, { peerId }, over) {
      while (!over()) {
        await Promise.all(
          Array.from({ length: 16 }, (_, i) =>
            liar.asks(peerId, i % 2 ? { version: 1, type: 'list' } : { version: 1, type: 'get', key: digest() })
          )
        )
      }
    }
  },
  {
    name: 'a thousand keys of its own homes, each time it comes, and a thousand members that do not exist',
    async run(liar, member, over) {
      liar.members = Array.from({ length: 1000 }, (_, n) => ({
        peerId: `12D3KooW${n.toString(36).padStart(44, 'x')}`,
        name: `nobody ${n}`,
        version: '1.0.0',
        addresses: [`/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooW${n.toString(36).padStart(44, 'x')}`],
        leases: true,
        heardMs: 0
      }))
      const names = [liar.peerId, ...liar.members.map(({ peerId }) => peerId)]
      // To find out whose these are takes the most: the member is one of their homes.
      const items: Liar['keys'] = []
      while (items.length < 100) {
        const key = digest()
        if (isHomeOf(Buffer.from(key).toString('hex'), member.peerId, names)) items.push([key, digest(), Date.now()])
      }
      liar.keys = Array.from({ length: 10 }, () => items).flat()
      const before = liar.listed
      do {
        await liar.transport.disconnect(member.peerId)
        await liar.join(member.address)
        await breath(200)
      } while (!over())
      if (liar.listed < before + 3) throw new Error(`asked for its list only ${liar.listed - before} times`)
    }
  }
]
