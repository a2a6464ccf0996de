import { expect } from 'chai'
import type { Mesh } from 'ghmesh'
import { gitBlobId } from '../../packages/core/src/github/git-blob.ts'
import { deflate } from '../../packages/core/src/protocol/compress.ts'
import type { EntryHead } from '../../packages/core/src/protocol/wire.ts'
import { next } from '../support/events.ts'
import { type Attacker, announce, world } from './world.ts'

const bob = 'sim-token-bob'
const repo = '/repos/octocat/Hello-World'

describe('a member that tells true bodies, and lies about the rest', () => {
  const w = world()
  const calls = () => w.github.calls.filter(({ login, path }) => login === 'bob' && path !== repo.toLowerCase())
  let attacker: Attacker
  beforeEach(async () => {
    w.github.clearCalls()
    attacker = await w.attacker()
  })

  /** GitHub's own body of a path. */
  async function bodyOf(path: string, accept = 'application/vnd.github+json') {
    const headers = { accept, authorization: 'token sim-token-alice', 'user-agent': 'a test' }
    const body = new Uint8Array(await (await fetch(w.github.url + path, { headers })).arrayBuffer())
    return body
  }
  async function told(mesh: Mesh, path: string, body: Uint8Array<ArrayBuffer>, head: Partial<EntryHead>) {
    const lie = await attacker.forge(path, body, head)
    const received = next(mesh, 'received')
    await attacker.tell(mesh, announce(lie, await deflate(body)))
    await received
  }
  async function victim(options: object = {}) {
    const mesh = await w.member({ token: bob, trust: 'verify', ...options })
    await attacker.join(mesh)
    return mesh
  }
  const honestLink = async (path: string) =>
    (await fetch(w.github.url + path, { headers: { authorization: `token ${bob}` } })).headers.get('link')

  const lists = {
    'an array': `${repo}/issues?per_page=2`,
    'workflow runs in an object': `${repo}/actions/runs?per_page=1`,
    'check runs in an object': `${repo}/commits/main/check-runs?per_page=1`
  }
  const lies: Record<string, EntryHead['links']> = {
    'no next page': {},
    'far too many pages': { next: { page: '2' }, last: { page: '999999' } },
    'a cursor of its own': { next: { page: '2', after: 'Y3Vyc29yOnYyOpLPAAABlkdSAhjOsw1S3g==' } },
    'the first page only': { first: { page: '1' } }
  }
  for (const [list, path] of Object.entries(lists))
    for (const [lie, links] of Object.entries(lies)) {
      it(`verify: ${list} with ${lie} comes with GitHub's own links`, async () => {
        const honest = await honestLink(path)
        const mesh = await victim()
        await told(mesh, path, await bodyOf(path), { links })
        for (const cache of ['default', 'no-cache', 'force-cache'] as const) {
          const answer = await mesh.fetch(w.github.url + path, { cache })
          expect([answer.status, answer.headers.get('link')], cache).to.deep.equal([200, honest])
        }
      })

      it(`group: ${list} with ${lie} stays a member's word after a 304, and is so for those who verify`, async () => {
        const mesh = await victim({ trust: 'group' })
        await told(mesh, path, await bodyOf(path), { links, asOf: Date.now() - 120_000 })
        await mesh.fetch(w.github.url + path)
        const again = await mesh.fetch(w.github.url + path)
        // What is whole, or was asked for anew because it is full and has no next page, is this member's own.
        if (again.headers.get('cache-status') === 'ghmesh; hit')
          expect(again.headers.get('link')).to.equal(await honestLink(path))
        else expect(again.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
      })
    }

  for (const path of [`${repo}/labels`, `${repo}/actions/runs`, `${repo}/git/trees/main`, `${repo}/issues/1`])
    it(`verify: what is whole costs nothing still: ${path}`, async () => {
      const mesh = await victim()
      await told(mesh, path, await bodyOf(path), {})
      const answer = await mesh.fetch(w.github.url + path)
      expect(answer.headers.get('cache-status')).to.match(/fwd-status=304/)
      expect(calls().map(({ units }) => units)).to.deep.equal([0])
    })

  it('verify: a file’s content does not pass for the JSON of it, whose ETag is the same', async () => {
    const path = `${repo}/contents/pretending.json`
    const file = new TextEncoder().encode('{"forged":true}')
    w.github.repository('octocat/Hello-World').setFile('pretending.json', file)
    const mesh = await victim()
    await told(mesh, path, file, { validator: 'object', etag: `"${await gitBlobId(file)}"` })
    const answer = await mesh.fetch(w.github.url + path)
    expect((await answer.json()).name).to.equal('pretending.json')
    expect(calls()[0]).to.include({ ifNoneMatch: undefined, status: 200 })
  })

  it('verify: a raw file is proven by its own id, and no page of it by a forged link', async () => {
    const path = `${repo}/contents/README.md`
    const accept = 'application/vnd.github.raw'
    const raw = await bodyOf(path, accept)
    const mesh = await victim()
    await told(mesh, path, raw, { accept, validator: 'object', etag: `"${await gitBlobId(raw)}"` })
    expect((await mesh.fetch(w.github.url + path, { headers: { accept } })).headers.get('cache-status')).to.match(
      /=304/
    )
    const other = await victim()
    await told(other, path, raw, { accept, validator: 'object', etag: `"${await gitBlobId(raw)}"`, pages: { next: 2 } })
    expect((await other.fetch(w.github.url + path, { headers: { accept } })).headers.get('link')).to.equal(null)
  })

  for (const said of ['nothing of its links', 'a page that the list has not', 'another list'] as const)
    it(`group: a member that says ${said} of a page by cursor is not believed, and the list comes whole from GitHub`, async () => {
      const path = `${repo}/issues?per_page=2`
      const links: Record<typeof said, EntryHead['links']> = {
        'nothing of its links': undefined, // as members of an older version do
        'a page that the list has not': { next: { page: '7', after: 'Y3Vy' } },
        'another list': { next: { page: '2', after: 'Y3Vy', state: 'closed' } }
      }
      const mesh = await victim({ trust: 'group' })
      const lie = await attacker.forge(path, await bodyOf(path), { links: links[said] })
      await attacker.tell(mesh, announce(lie, await deflate(lie.body)))
      expect(mesh.stats().rejected).to.deep.equal({ links: 1 })
      const answer = await mesh.fetch(w.github.url + path)
      expect(answer.headers.get('cache-status')).to.match(/fwd-status=200/)
      expect(answer.headers.get('link')).to.equal(await honestLink(path))
    })
})
