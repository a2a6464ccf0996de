import { encode } from 'cborg'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { concat, hex } from '../src/bytes.ts'
import { unpackRecord } from '../src/exchange/shelf-record.ts'
import { openGroup } from '../src/group/group.ts'
import { packEnvelope, unpackEnvelope } from '../src/protocol/envelope.ts'
import {
  decodeShelfAnswer,
  decodeShelfQuestion,
  decodeShelved,
  encodeShelfAnswer,
  encodeShelfQuestion,
  encodeShelved
} from '../src/protocol/shelf.ts'
import {
  type Answer,
  decodeAnswer,
  decodeGossip,
  decodeQuestion,
  type EntryHead,
  encodeAnswer,
  encodeGossip,
  encodeQuestion,
  type Gossip,
  type Question,
  questionVersion
} from '../src/protocol/wire.ts'

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => new Uint8Array(array))
const digest = bytes(32)
const body = fc.uint8Array({ maxLength: 50 }).map((array) => new Uint8Array(array))
const time = fc.maxSafeNat()
const page = fc.integer({ min: 1, max: 2 ** 53 - 1 })
/** Absent or there, never `undefined`. */
const maybe = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] })
const joined = <A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>) =>
  fc.tuple(a, b).map(([a, b]) => ({ ...a, ...b }) as A & B)

const changes = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.option(fc.string()), { maxKeys: 12 })
  .map((found) => ({ ...found }))

const entryHead = joined(
  fc.record({
    url: fc.webUrl(),
    accept: fc.string(),
    apiVersion: fc.string({ maxLength: 64 }),
    asOf: time,
    hash: digest,
    size: time,
    validator: fc.constantFrom('portable' as const, 'object' as const, 'verbatim' as const, 'none' as const),
    public: fc.boolean(),
    anonymous: fc.boolean(),
    variant: fc.boolean()
  }),
  maybe({
    etag: fc.stringMatching(/^(?:W\/)?"[\da-f]{40}"$/),
    links: maybe({ next: changes, prev: changes, first: changes, last: changes }),
    pages: maybe({ next: page, prev: page, first: page, last: page })
  })
) as fc.Arbitrary<EntryHead>
const valueHead = fc.record({
  name: fc.string(),
  at: time,
  by: fc.string(),
  expiresAt: time,
  deleted: fc.boolean(),
  hash: digest,
  size: time
})
const items = fc.array(fc.tuple(digest, digest, time), { maxLength: 5 })
const type = <T extends string>(name: T) => fc.constant(name)
const withBody = <T extends object>(message: fc.Arbitrary<T>) => joined(message, maybe({ body }))

const whereabouts = {
  name: fc.string(),
  version: fc.string(),
  addresses: fc.array(fc.string(), { maxLength: 16 })
}
const presence = joined(
  fc.record({
    ...whereabouts,
    sentAt: time,
    // Too short for the names that valibot leaves out of records: prototype and constructor.
    stats: fc
      .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.maxSafeInteger(), fc.string(), fc.boolean()))
      .map((stats) => ({ ...stats }))
  }),
  maybe({ offset: fc.maxSafeInteger() })
)
const member = fc.record({ ...whereabouts, peerId: fc.string(), heardMs: time })

const gossip = fc.oneof(
  withBody(fc.record({ type: type('announce'), sentAt: time, key: digest, entry: entryHead })),
  withBody(fc.record({ type: type('value'), sentAt: time, key: digest, value: valueHead })),
  fc.record({ type: type('touch'), sentAt: time, items }),
  joined(
    fc.record({ type: type('purge'), sentAt: time, target: fc.string(), asOf: time }),
    maybe({ only: fc.array(fc.string(), { maxLength: 32 }) })
  ),
  joined(fc.record({ type: type('presence') }), presence)
) as fc.Arbitrary<Gossip>
const version = fc.constant(1 as const)
const question = fc.oneof(
  fc.record({ version, type: type('proof'), proof: bytes(104) }),
  joined(
    fc.record({ version, type: type('get'), key: digest }),
    maybe({ hash: digest, wanted: digest, others: fc.boolean(), after: time, holds: bytes(16) })
  ),
  joined(
    fc.record({ version, type: type('limited'), holds: bytes(16), until: time }),
    maybe({
      resource: fc.stringMatching(/^\w{1,64}$/),
      quota: fc.record({ limit: page, remaining: time, resetAt: time })
    })
  ),
  joined(
    fc.record({ version, type: type('purge'), holds: bytes(16), target: fc.string(), asOf: time }),
    maybe({ only: fc.array(fc.string(), { maxLength: 32 }) })
  ),
  fc.record({ version, type: type('list') }),
  fc.record({ version, type: type('members') })
) as fc.Arbitrary<Question>
const encoding = fc.constantFrom('identity' as const, 'deflate-raw' as const, 'held' as const)
const answer = fc.oneof(
  joined(fc.record({ type: type('proof'), proof: bytes(104) }), maybe({ presence })),
  fc.record({ type: type('members'), items: fc.array(member, { maxLength: 5 }) }),
  fc.record({ type: type('none') }),
  fc.record({ type: type('entry'), entry: entryHead, encoding, length: time }),
  fc.record({ type: type('value'), value: valueHead, encoding, length: time }),
  fc.record({ type: type('keys'), items }),
  fc.record({
    type: type('error'),
    code: fc.constantFrom('version' as const, 'malformed' as const, 'unproven' as const, 'busy' as const)
  })
) as fc.Arbitrary<Answer>

const kinds = {
  gossip: [gossip, encodeGossip, decodeGossip],
  question: [question, encodeQuestion, decodeQuestion],
  answer: [answer, encodeAnswer, decodeAnswer]
} as unknown as Record<
  string,
  [fc.Arbitrary<object>, (message: object) => Uint8Array, (encoded: Uint8Array) => object | undefined]
>

for (const [kind, [messages, encodeIt, decodeIt]] of Object.entries(kinds))
  describe(`wire: ${kind}`, () => {
    it('comes out as it went in', () => {
      fc.assert(
        fc.property(messages, (message) => {
          expect(decodeIt(encodeIt(message))).to.deep.equal(message)
        })
      )
    })

    it('leaves out what is absent, ignores fields it does not know', () => {
      fc.assert(
        fc.property(messages, (message) => {
          expect(
            encodeIt({ ...message, hash: (message as { hash?: unknown }).hash, nothing: undefined })
          ).to.deep.equal(encodeIt(message))
          expect(decodeIt(encode({ ...message, later: [1] }))).to.deep.equal(message)
        })
      )
    })

    it('is a message or nothing, whatever comes', () => {
      const changed = fc.tuple(messages, fc.nat(), fc.nat(255)).map(([message, at, byte]) => {
        const encoded = encodeIt(message)
        encoded[at % encoded.length] = byte
        return encoded
      })
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array(), changed), (encoded) => {
          const message = decodeIt(encoded)
          if (message) expect(decodeIt(encodeIt(message))).to.deep.equal(message)
        }),
        { numRuns: 500 }
      )
    })

    it('is nothing where it was cut, or something hangs on it', () => {
      fc.assert(
        fc.property(messages, fc.nat(), (message, at) => {
          const encoded = encodeIt(message)
          expect(decodeIt(encoded.slice(0, at % encoded.length))).to.equal(undefined)
          expect(decodeIt(concat(encoded, new Uint8Array(1)))).to.equal(undefined)
        })
      )
    })
  })

describe('wire: bounds', () => {
  const hash = new Uint8Array(32)
  const entry = {
    url: 'https://api.github.com/',
    accept: '',
    apiVersion: '',
    asOf: 1,
    hash,
    size: 1,
    validator: 'none',
    public: true,
    anonymous: true,
    variant: false
  }
  const announce = (parts: object) =>
    decodeGossip(encode({ type: 'announce', sentAt: 1, key: hash, entry: { ...entry, ...parts } }))
  const presence = (parts: object) =>
    decodeGossip(encode({ type: 'presence', sentAt: 1, name: '', version: '', stats: {}, addresses: [], ...parts }))
  const touches = (n: number) =>
    decodeGossip(encode({ type: 'touch', sentAt: 1, items: Array(n).fill([hash, hash, 1]) }))

  it('of a head', () => {
    expect(announce({})).to.not.equal(undefined)
    const wrong = [
      ...[
        { url: 'x'.repeat(8193) },
        { accept: 'x'.repeat(513) },
        { apiVersion: 'x'.repeat(65) },
        { hash: new Uint8Array(31) },
        { hash: 'x'.repeat(32) }
      ],
      ...[
        { asOf: -1 },
        { asOf: 1.5 },
        { asOf: 2 ** 53 },
        { asOf: '1' },
        { size: -1 },
        { size: null },
        { validator: 'strong' },
        { public: 1 }
      ],
      ...[
        { etag: '"x"' },
        { etag: `"${'a'.repeat(64)}"` },
        { pages: { next: 0 } },
        { pages: { next: 1.5 } },
        { pages: 1 },
        { links: 1 },
        { links: { next: 'page=2' } },
        { links: { next: { page: 2 } } },
        { links: { next: { after: 'x'.repeat(513) } } },
        { links: { next: { ['x'.repeat(33)]: '' } } },
        { links: { next: Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`p${i}`, ''])) } }
      ]
    ]
    for (const parts of wrong) expect(announce(parts), JSON.stringify(parts).slice(0, 60)).to.equal(undefined)
  })

  it('of lists and texts', () => {
    expect(touches(200)).to.not.equal(undefined)
    expect(touches(201)).to.equal(undefined)
    expect(presence({})).to.not.equal(undefined)
    const wrong = [
      { name: 'x'.repeat(129) },
      { version: 'x'.repeat(65) },
      { addresses: Array(17).fill('') },
      { addresses: ['x'.repeat(513)] },
      { stats: 1 },
      { stats: { ['x'.repeat(65)]: 1 } },
      { offset: 1.5 }
    ]
    for (const parts of wrong) expect(presence(parts), Object.keys(parts)[0]).to.equal(undefined)
  })

  it('of the encoding: no second value of a key, no numbers that are none, no lengths left open, no bottomless nesting', () => {
    const list = [0x64, 0x6c, 0x69, 0x73, 0x74] // "list"
    const keyed = (name: string) => [0x60 + name.length, ...new TextEncoder().encode(name)]
    const fields = [...keyed('version'), 1, ...keyed('type'), ...list]
    expect(decodeQuestion(Uint8Array.of(0xa2, ...fields))).to.deep.equal({ version: 1, type: 'list' })
    expect(decodeQuestion(Uint8Array.of(0xa3, ...fields, ...keyed('type'), ...list)), 'twice').to.equal(undefined)
    expect(decodeQuestion(Uint8Array.of(0xbf, ...fields, 0xff)), 'indefinite').to.equal(undefined)
    expect(
      decodeQuestion(Uint8Array.of(0xa2, ...keyed('version'), 0x18, 1, ...keyed('type'), ...list)),
      'not the shortest'
    ).to.equal(undefined)
    expect(
      decodeQuestion(Uint8Array.of(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...fields)),
      'a huge map'
    ).to.equal(undefined)
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(presence({ stats: { number } })).to.equal(undefined)
    expect(decodeGossip(new Uint8Array(60_000).fill(0x81)), 'nested').to.equal(undefined)
  })

  it('of trust: a name like __proto__ is no way into objects', () => {
    expect(presence({ stats: { prototype: 1, constructor: 1, hits: 1 } })).to.have.deep.property('stats', { hits: 1 })
    const stats = Object.defineProperty({}, '__proto__', { value: { polluted: true }, enumerable: true })
    const read = presence({ stats }) as { stats?: object } | undefined
    expect((read?.stats as { polluted?: boolean })?.polluted).to.equal(undefined)
    expect(({} as { polluted?: boolean }).polluted).to.equal(undefined)
  })

  it('of the version: what is spoken later is refused, and known for that', () => {
    const later = encode({ version: 2, type: 'list' })
    expect(decodeQuestion(later)).to.equal(undefined)
    expect(questionVersion(later)).to.equal(2)
    for (const wrong of [encode({}), encode({ version: '2' }), encode([2]), Uint8Array.of(0xff)])
      expect(questionVersion(wrong)).to.equal(undefined)
  })
})

describe('wire: shelf', () => {
  const record = fc.record({
    version: fc.constant(1 as const),
    type: fc.constant('put' as const),
    group: bytes(32),
    key: bytes(32),
    signedAt: time,
    expiresAt: time,
    signature: bytes(64),
    sealed: body
  })

  it('says what was put in, and nothing of what is not', () => {
    const keys = fc.array(fc.tuple(bytes(32), time), { maxLength: 64 })
    fc.assert(
      fc.property(record, keys, entryHead, (put, keys, entry) => {
        expect(decodeShelfQuestion(encodeShelfQuestion(put))).to.deep.equal(put)
        const get = { version: 1 as const, type: 'get' as const, group: put.group, keys }
        expect(decodeShelfQuestion(encodeShelfQuestion(get))).to.deep.equal(get)
        const given = { type: 'record' as const, key: put.key, sender: 'somebody', sealed: put.sealed }
        expect(decodeShelfAnswer(encodeShelfAnswer(given))).to.deep.equal(given)
        const shelved = { signedAt: put.signedAt, entry, body: put.sealed }
        expect(decodeShelved(encodeShelved(shelved))).to.deep.equal(shelved)
      })
    )
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        for (const decode of [decodeShelfQuestion, decodeShelfAnswer, decodeShelved]) decode(any)
      })
    )
  })

  it('is bounded: keys in a question, and the size of what is sealed', () => {
    const key = new Uint8Array(32)
    const get = (n: number) =>
      encodeShelfQuestion({ version: 1, type: 'get', group: key, keys: Array(n).fill([key, 0]) })
    expect([decodeShelfQuestion(get(64))?.type, decodeShelfQuestion(get(65))]).to.deep.equal(['get', undefined])
    const given = (n: number) =>
      decodeShelfAnswer(encodeShelfAnswer({ type: 'record', key, sender: '', sealed: new Uint8Array(n) }))
    expect([given(255 * 1024)?.type, given(255 * 1024 + 1)]).to.deep.equal(['record', undefined])
  })

  it('opens what its group has sealed, and throws at nothing', async () => {
    const group = await openGroup('ghm1_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', Date.now, 1000)
    const given = fc.record({ type: fc.constant('record' as const), key: bytes(32), sender: fc.string(), sealed: body })
    await fc.assert(
      fc.asyncProperty(given, fc.uint8Array(), async (record, content) => {
        expect(await unpackRecord(group, record, 0, Date.now())).to.equal('sealed')
        const context = { purpose: 'shelf', place: hex(record.key), sender: record.sender }
        const sealed = await group.seal(content, context)
        expect(await unpackRecord(group, { ...record, sealed }, 0, Date.now())).to.equal('malformed')
      }),
      { numRuns: 50 }
    )
  })
})

describe('wire: envelope', () => {
  it('carries a proof and what is sealed', () => {
    fc.assert(
      fc.property(bytes(104), fc.uint8Array({ minLength: 1 }), (proof, sealed) => {
        const unpacked = unpackEnvelope(packEnvelope({ proof, sealed }))
        expect(unpacked).to.deep.equal({ proof, sealed: new Uint8Array(sealed) })
      })
    )
  })

  it('tells another version from rubbish, whatever comes', () => {
    expect(unpackEnvelope(Uint8Array.of(2, 3))).to.equal('version')
    expect(unpackEnvelope(new Uint8Array())).to.equal('version')
    expect(unpackEnvelope(new Uint8Array(105).fill(1))).to.equal('malformed')
    fc.assert(fc.property(fc.uint8Array(), (message) => void unpackEnvelope(message)))
  })
})
