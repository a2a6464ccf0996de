import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { utf8 } from '../../packages/core/src/bytes.ts'
import { decodeAnswer, encodeQuestion, type Question } from '../../packages/core/src/protocol/wire.ts'
import { next } from '../support/events.ts'
import { type Attacker, collect, world } from './world.ts'

const list = { version: 1, type: 'list' } as const
const types = (answers: ({ type: string; code?: string } | undefined)[]) =>
  answers.map((answer) => answer?.code ?? answer?.type)

describe('questions that nobody honest asks', () => {
  const here = world()
  const path = '/repos/octocat/hello-world/issues/3'

  /** A member that holds and shares an entry, and somebody connected to it. */
  async function holder(how: { secret?: string } = {}, limits = {}) {
    const mesh = await here.member({ limits })
    await mesh.fetch(`${here.github.url}/repos/octocat/hello-world`) // says that it is public
    const attacker = await here.attacker(how)
    const shared = next(mesh, 'announced', ({ url }) => url.endsWith(path))
    await mesh.fetch(here.github.url + path)
    await shared
    if (how.secret) await attacker.transport.dial(mesh.addresses[0] as string)
    else await attacker.join(mesh)
    return { mesh, attacker, told: await attacker.forge(path, '') }
  }

  // README: "Outsiders see no content."
  // README: "Without the secret, URLs and bodies"
  // README: "A peer that connects without the secret"
  it('with another secret: gets nothing, is dropped, and disturbs nobody', async () => {
    const { mesh, attacker, told } = await holder({ secret: createSecret() }, { proofMs: 100 })
    const dropped = attacker.dropped()
    const rightKey = await (await here.attacker()).forge(path, '')
    expect(types(await attacker.ask(mesh, list))).to.deep.equal(['unproven'])
    for (const { wireKey } of [told, rightKey])
      expect(types(await attacker.ask(mesh, { version: 1, type: 'get', key: wireKey }))).to.deep.equal(['unproven'])
    const proof = await attacker.group.proofFor(attacker.peerId)
    expect(types(await attacker.ask(mesh, { version: 1, type: 'proof', proof }))).to.deep.equal(['unproven'])
    expect(
      await attacker.tell(mesh, { type: 'purge', sentAt: Date.now(), target: 'octocat/hello-world', asOf: Date.now() })
    ).to.equal('reject')
    await dropped
    expect(mesh.peers()).to.deep.equal([])
    expect(Object.keys(mesh.stats().rejected)).to.deep.equal(['proof'])
    await here.answered(mesh, path, 'cache')
  })

  it('without a proof that is its own: the one of a member does not help another', async () => {
    const { mesh, attacker } = await holder({ secret: createSecret() })
    const member = await here.attacker()
    const stolen = await member.group.proofFor(member.peerId)
    expect(types(await attacker.ask(mesh, { version: 1, type: 'proof', proof: stolen }))).to.deep.equal(['unproven'])
    expect(types(await attacker.ask(mesh, list))).to.deep.equal(['unproven'])
    expect(mesh.peers()).to.deep.equal([])
  })

  const malformed: [name: string, code: string, question: Uint8Array][] = [
    ['no bytes', 'malformed', new Uint8Array()],
    ['no CBOR', 'malformed', Uint8Array.of(0xff, 0, 1)],
    ['no known type', 'malformed', encodeQuestion({ version: 1, type: 'everything' } as unknown as Question)],
    ['a key of another length', 'malformed', encodeQuestion({ version: 1, type: 'get', key: new Uint8Array(31) })],
    ['a later version', 'version', encodeQuestion({ version: 2, type: 'list' } as unknown as Question)],
    ['more than 4 KiB', 'malformed', encodeQuestion({ ...list, padding: new Uint8Array(5000) } as unknown as Question)],
    ['a mebibyte', 'malformed', new Uint8Array(2 ** 20)],
    ['nested deeply', 'malformed', new Uint8Array(4000).fill(0x81)]
  ]
  it('malformed: an error for an answer, and counted', async () => {
    const { mesh, attacker } = await holder()
    for (const [name, code, question] of malformed)
      expect(types(await attacker.ask(mesh, question)), name).to.deep.equal([code])
    // A later version is nobody's fault.
    expect(mesh.stats().rejected.malformed).to.equal(malformed.filter(([, code]) => code === 'malformed').length)
    await here.answered(mesh, path, 'cache')
  })

  it('a thousand at once: some answers, the others "busy", and all works afterwards', async () => {
    const { mesh, attacker, told } = await holder()
    const question = encodeQuestion({ version: 1, type: 'get', key: told.wireKey })
    const all = await Promise.all(Array.from({ length: 1000 }, () => attacker.ask(mesh, question)))
    const first = all.map((answers) => types(answers)[0])
    expect(new Set(first)).to.deep.equal(new Set(['entry', 'busy']))
    expect(first.filter((type) => type === 'entry')).to.have.length.greaterThanOrEqual(16)
    expect(types(await attacker.ask(mesh, question))[0]).to.equal('entry')
    await here.answered(mesh, path, 'cache')
  })

  it('answers that are asked for and not read, or only begun, give their place back', async () => {
    const { mesh, attacker, told } = await holder()
    const question = encodeQuestion({ version: 1, type: 'get', key: told.wireKey })
    for (let i = 0; i < 40; i++) {
      for await (const frame of attacker.transport.request(mesh.peerId as string, question)) {
        expect(decodeAnswer(frame)?.type).to.equal('entry')
        break
      }
    }
  })

  it('a key that nobody holds, or another version of the body, says no more than that', async () => {
    const { mesh, attacker, told } = await holder()
    expect(types(await attacker.ask(mesh, { version: 1, type: 'get', key: new Uint8Array(32) }))).to.deep.equal([
      'none'
    ])
    const [head, ...frames] = await attacker.ask(mesh, {
      version: 1,
      type: 'get',
      key: told.wireKey,
      hash: new Uint8Array(32)
    })
    expect([head?.type, frames.length]).to.deep.equal(['entry', 1])
  })

  it("what is not for members is answered to none: the private, the viewer's own, what carries a credential", async () => {
    const { mesh, attacker } = await holder()
    for (const own of ['/repos/octocat/secret-plans/issues', '/user', '/repos/octocat/secret-plans']) {
      await mesh.fetch(here.github.url + own)
      const { wireKey } = await attacker.forge(own, '')
      expect(types(await attacker.ask(mesh, { version: 1, type: 'get', key: wireKey })), own).to.deep.equal(['none'])
    }
    const [keys] = await attacker.ask(mesh, list)
    expect(keys?.type === 'keys' && keys.items.length).to.be.within(1, 2) // the issue and perhaps its repository
  })

  it('a list of what there is names what any member said to be stale, and nothing private that this one wrote to', async () => {
    const { mesh, attacker } = await holder()
    const target = 'octocat/spoon-knife'
    await attacker.tell(mesh, { type: 'purge', sentAt: Date.now(), target, asOf: Date.now() })
    const issue = `${here.github.url}/repos/octocat/secret-plans/issues/1`
    await mesh.fetch(issue, { method: 'PATCH', body: '{"title":"x"}' })
    const [keys] = await attacker.ask(mesh, list)
    expect(keys?.type === 'keys' && keys.purges?.map(([one]) => one)).to.deep.equal([target])
  })

  it('a list of what there is fits into a frame, however long the URLs are that were made stale', async () => {
    const { mesh, attacker } = await holder()
    for (let n = 0; n < 80; n++)
      await mesh.purge(`${here.github.url}/repos/octocat/hello-world/contents/${String(n).padStart(1000, 'x')}`)
    const [keys] = await attacker.ask(mesh, list)
    const told = keys?.type === 'keys' ? (keys.purges ?? []) : []
    expect(told).to.have.length.within(1, 79)
    expect(told.map(([target]) => target).join('')).to.have.length.at.most(65_536)
  })

  describe('after 20 of them', () => {
    async function shutOut(): Promise<{ attacker: Attacker; mesh: Awaited<ReturnType<typeof here.member>> }> {
      const { mesh, attacker } = await holder()
      const dropped = attacker.dropped()
      const answers = Array.from({ length: 20 }, () =>
        collect(attacker.transport.request(mesh.peerId as string, utf8('?')))
      )
      await Promise.allSettled(answers)
      await dropped
      return { mesh, attacker }
    }

    it('a peer is disconnected', async () => {
      const { mesh } = await shutOut()
      expect(mesh.peers()).to.deep.equal([])
      expect(mesh.stats().rejected).to.deep.equal({ malformed: 20 })
      await here.answered(mesh, path, 'cache')
    })

    it('and its questions are not parsed, however fast it asks after it has dialled again', async () => {
      const { mesh, attacker } = await shutOut()
      // As a transport does whose connection is up before it is hung up.
      const handlers = here.hub.nodes.get(mesh.peerId as string)?.handlers
      if (!handlers) throw new Error('the member is gone')
      const signal = new AbortController().signal
      const proof = await attacker.group.proofFor(attacker.peerId)
      const questions = [encodeQuestion({ version: 1, type: 'proof', proof }), encodeQuestion(list), utf8('?')]
      for (const question of questions) {
        const frames = await collect(handlers.request(attacker.peerId, question, { signal })).catch(() => [])
        expect(types(frames.map(decodeAnswer)).filter((type) => type !== 'unproven')).to.deep.equal([])
      }
      expect(mesh.stats().rejected).to.deep.equal({ malformed: 20 })
    })
  })
})
