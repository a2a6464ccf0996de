import { expect } from 'chai'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import { type Answer, encodeAnswer, type Question } from '../../packages/core/src/protocol/wire.ts'
import { type Attacker, announce, type Told, world } from './world.ts'

type Get = Question & { type: 'get' }
type Frames = (told: Told, question: Get, signal?: AbortSignal) => AsyncIterable<Uint8Array>

const forged = '{"forged":true}'
const header = ({ head, body }: Told, over: Partial<Answer & { type: 'entry' }> = {}) =>
  encodeAnswer({ type: 'entry', entry: head, encoding: 'identity', length: body.byteLength, ...over })
const never = new Promise<void>(() => {})

describe('answers that nobody honest gives', () => {
  const here = world()
  let number = 0
  const newPath = () => `/repos/octocat/hello-world/issues/${++number}`

  /** A member asks the attacker first; GitHub's answer must come all the same. Resolves to what was counted. */
  async function asked(prepare: (attacker: Attacker, path: string) => Promise<Told>, frames: Frames) {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const path = newPath()
    const told = await prepare(attacker, path)
    let questions = 0
    attacker.answer = (question, signal) => {
      questions++
      return frames(told, question, signal)
    }
    await here.answered(mesh, path)
    expect(questions).to.be.greaterThan(0)
    return mesh.stats().rejected
  }
  const entry = (attacker: Attacker, path: string) => attacker.forge(path, forged)

  const wrong: [name: string, reason: string | undefined, frames: Frames][] = [
    [
      'rubbish',
      'malformed',
      async function* () {
        yield Uint8Array.of(1, 2, 3)
      }
    ],
    ['no frame at all', undefined, async function* () {}],
    [
      'a frame above 256 KiB',
      'size',
      async function* () {
        yield new Uint8Array(300_000)
      }
    ],
    [
      'keys instead of an entry',
      undefined,
      async function* () {
        yield encodeAnswer({ type: 'keys', items: [] })
      }
    ],
    [
      'a head without its body',
      'size',
      async function* (told) {
        yield header(told)
      }
    ],
    [
      'a body that is cut',
      'size',
      async function* (told) {
        yield header(told)
        yield told.body.subarray(1)
      }
    ],
    [
      'a body that goes on',
      'size',
      async function* (told) {
        yield header(told)
        yield new Uint8Array(told.body.byteLength + 1)
      }
    ],
    [
      'a length far above the size',
      'size',
      async function* (told) {
        yield header(told, { length: 2 ** 40 })
      }
    ],
    [
      'a size that nobody takes',
      'size',
      async function* (told) {
        yield header({ ...told, head: { ...told.head, size: 2 ** 40 } }, { length: 2 ** 40 })
      }
    ],
    [
      'another body than announced',
      'hash',
      async function* (told) {
        yield header(told)
        yield new Uint8Array(told.body.byteLength)
      }
    ],
    [
      '"you hold it" to one who holds nothing',
      'hash',
      async function* (told) {
        yield header(told, { encoding: 'held', length: 0 })
      }
    ],
    [
      'a body that is no DEFLATE',
      'size',
      async function* (told) {
        yield header(told, { encoding: 'deflate-raw' })
        yield told.body
      }
    ],
    [
      'a decompression bomb',
      'size',
      async function* (told) {
        const bomb = await deflate(new Uint8Array(500_000))
        yield header(told, { encoding: 'deflate-raw', length: bomb.byteLength })
        yield bomb
      }
    ],
    [
      'an error in the middle',
      undefined,
      async function* (told) {
        yield header(told)
        throw new Error('gone')
      }
    ],
    [
      'a value where an entry belongs',
      'key',
      async function* (told) {
        const { hash, size } = told.head
        const value = { name: 'x', at: Date.now(), by: 'x', expiresAt: Date.now() + 1e6, deleted: false, hash, size }
        yield encodeAnswer({ type: 'value', value, encoding: 'identity', length: size })
        yield told.body
      }
    ]
  ]
  for (const [name, reason, frames] of wrong) {
    it(`${name}: ${reason ?? 'nothing to count'}`, async () => {
      expect(await asked(entry, frames)).to.deep.equal(reason ? { [reason]: 1 } : {})
    })
  }

  it('silence, in the beginning or in the middle, and an answer without end: each caller is answered', async () => {
    const done: string[] = []
    const begun: Frames = async function* (told) {
      yield header(told)
      await never
    }
    const endless: Frames = async function* (told, _question, signal) {
      yield header(told)
      for (; !signal?.aborted; await new Promise((resolve) => setImmediate(resolve))) yield new Uint8Array()
    }
    // biome-ignore lint/correctness/useYield: it says nothing
    const silent: Frames = async function* () {
      await never
    }
    const cases = Object.entries({ begun, endless, silent })
    await Promise.all(cases.map(async ([name, frames]) => void done.push((await asked(entry, frames)) && name)))
    // An empty frame ends an answer, and is never one of it: that is noticed at once. The others are given up when the
    // time for members is over, also in the middle of a body.
    expect(done[0]).to.equal('endless')
    expect(done.sort()).to.deep.equal(['begun', 'endless', 'silent'])
  })

  const whole: Frames = async function* (told) {
    yield header(told)
    yield told.body
  }
  const heads: [name: string, reason: string, make: (attacker: Attacker, path: string) => Promise<Told>][] = [
    [
      'under the key of another',
      'key',
      async (a, path) => ({ ...(await entry(a, path)), wireKey: (await entry(a, '/meta')).wireKey })
    ],
    ['of another URL', 'key', (a) => a.forge('/repos/octocat/hello-world/issues/40', forged)],
    [
      'of a URL outside the API',
      'key',
      (a) => a.forge('https://evil.example/repos/octocat/hello-world/issues/1', forged)
    ],
    ['of a URL that is none', 'key', (a, path) => a.forge(path, forged, { url: 'repos' })],
    [
      'of a URL in another spelling',
      'key',
      (a, path) => a.forge(path, forged, { url: `${here.github.url}${path.replace('octocat', 'OctoCat')}` })
    ],
    ['of another media type', 'key', (a, path) => a.forge(path, forged, { accept: 'text/html' })],
    ["of a route that is the viewer's own", 'route', (a) => a.forge('/user', forged)],
    ['of a route that is not cached', 'route', (a) => a.forge('/rate_limit', forged)],
    ['from far ahead', 'future', (a, path) => a.forge(path, forged, { asOf: Date.now() + 60_000 })],
    ['from long ago', 'old', (a, path) => a.forge(path, forged, { asOf: Date.now() - 8 * 86_400_000 })],
    ['with HTML under a JSON type', 'content', (a, path) => a.forge(path, '<!doctype html><p>forged')],
    ['with no JSON under a JSON type', 'credential', (a, path) => a.forge(path, '{"forged":')],
    ['with a token in it', 'credential', (a, path) => a.forge(path, `{"forged":"ghp_${'x'.repeat(36)}"}`)],
    ['with a URL that carries a token', 'credential', (a, path) => a.forge(path, '{"forged":"https://x/?token=ABC"}')],
    ['with a clone token', 'credential', (a, path) => a.forge(path, '{"forged":1,"temp_clone_token":"x"}')]
  ]
  for (const [name, reason, make] of heads) {
    // What is asked for says which key is meant; an announcement has to name it.
    const announcedOnly = name === 'under the key of another'
    if (!announcedOnly)
      it(`an entry ${name}: ${reason}`, async () => {
        expect(await asked(make, whole)).to.deep.equal({ [reason]: 1 })
      })
    // Of another URL it is simply that URL's.
    if (['of another URL', 'of another media type'].includes(name)) continue
    it(`an announcement of an entry ${name}: ${reason}`, async () => {
      const mesh = await here.member()
      const attacker = await here.attacker()
      await attacker.join(mesh)
      const path = newPath()
      const told = await make(attacker, path)
      expect(await attacker.tell(mesh, announce(told, await deflate(told.body)))).to.equal('ignore')
      expect(mesh.stats()).to.deep.include({ rejected: { [reason]: 1 }, entries: 0 })
      await here.answered(mesh, path)
    })
  }

  it('an entry that nobody may share, asked for by its own caller, is never asked of members', async () => {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    attacker.answer = () => expect.fail('was asked')
    await here.answered(mesh, '/user')
  })

  it('an ETag in a head that is no git object id is refused', async () => {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const told = await attacker.forge(newPath(), forged, { validator: 'object', etag: 'W/"x\r\nx-forged: 1"' })
    expect(await attacker.tell(mesh, announce(told, await deflate(told.body)))).to.equal('reject')
    expect(mesh.stats().rejected).to.deep.equal({ malformed: 1 })
  })

  for (const pages of [{ next: 3 }, { next: 1e9 }, { next: 2, first: 7 }]) {
    it(`a Link to ${JSON.stringify(pages)} from page 1 is not followed: the page is refused, and GitHub is asked`, async () => {
      const mesh = await here.member()
      const attacker = await here.attacker()
      await attacker.join(mesh)
      const path = `/repos/octocat/hello-world/issues?per_page=5&x=${JSON.stringify(pages)}`
      const truth = await (
        await fetch(here.github.url + path, { headers: { authorization: 'token sim-token-alice' } })
      ).text()
      const told = await attacker.forge(path, truth, { pages })
      expect(await attacker.tell(mesh, announce(told, await deflate(told.body)))).to.equal('ignore')
      expect(mesh.stats().rejected).to.deep.equal({ links: 1 })
      expect(await mesh.peek(here.github.url + path)).to.equal(undefined)
      const response = await mesh.fetch(here.github.url + path)
      expect(response.headers.get('cache-status')).to.include('fwd-status=200')
      expect(response.headers.get('link')).to.match(/[?&]page=2[^>]*>; rel="next"/)
    })
  }

  it('a Link names nothing but a page of the asked URL', async () => {
    const mesh = await here.member()
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const path = '/repos/octocat/hello-world/issues?per_page=5&page=2'
    const told = await attacker.forge(path, '[]', { pages: { next: 3, prev: 1 } })
    await attacker.tell(mesh, announce(told, await deflate(told.body)))
    const link = (await mesh.peek(here.github.url + path))?.headers.get('link') ?? ''
    expect(
      [...link.matchAll(/<([^>]*)>/g)].map(([, url]) => new URL(url as string).href.replace(/page=\d+$/, ''))
    ).to.have.length(2)
    for (const [, url] of link.matchAll(/<([^>]*)>/g))
      expect(url).to.match(new RegExp(`^${here.github.url}/repos/octocat/hello-world/issues\\?`))
  })

  it("a member's word that a private repository's entry is public is taken: only GitHub could tell, and the liar had it", async () => {
    const mesh = await here.member({ token: 'sim-token-bob' })
    const attacker = await here.attacker()
    await attacker.join(mesh)
    const told = await attacker.forge('/repos/octocat/secret-plans/issues/1', '{"title":"leaked by its reader"}')
    expect(await attacker.tell(mesh, announce(told, await deflate(told.body)))).to.equal('accept')
    expect((await mesh.fetch(told.head.url)).status).to.equal(200)
    const careful = await here.member({ token: 'sim-token-bob', trust: 'verify' })
    await attacker.join(careful)
    await attacker.tell(careful, announce(told, await deflate(told.body)))
    expect((await careful.fetch(told.head.url)).status).to.equal(404)
  })
})
