import { spawnSync } from 'node:child_process'
import { type Call, type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import {
  createMesh,
  createSecret,
  type GithubIssueOptions,
  githubIssue,
  type Mesh,
  memoryStore,
  type PeerRecord
} from 'ghmesh'
import { discoveryContract } from '../../packages/core/src/contract/index.ts'

const repository = 'octocat/Hello-World'
const minute = 60_000
const secret = createSecret()

const peer = (n: number, ip = '192.0.2.1'): PeerRecord => {
  const peerId = `12D3KooW${String.fromCharCode(65 + n).repeat(44)}`
  return { peerId, name: `laptop-${n}`, addresses: [`/ip4/${ip}/tcp/91${10 + n}/p2p/${peerId}`], lastSeen: Date.now() }
}

describe('the registry in a GitHub issue', () => {
  let github: GitHub
  let now: number
  const made: { stop(): Promise<void> }[] = []

  beforeEach(async () => {
    now = Date.now()
    github = await startGitHub({ secondaryLimits: false, now: () => now })
  })
  afterEach(async () => {
    await Promise.all(made.splice(0).map((one) => one.stop()))
    await github.stop()
  })

  const registry = (options: Partial<GithubIssueOptions> = {}) => {
    const discovery = githubIssue({
      repository,
      secret,
      apiUrl: github.url,
      token: () => 'sim-token-alice',
      pollMs: 5,
      now: () => now,
      ...options
    })
    made.push(discovery)
    return discovery
  }
  /** A registry that was started, and what it finds. */
  const reader = async (options: Partial<GithubIssueOptions> = {}) => {
    const found: PeerRecord[] = []
    const waiting = new Set<() => void>()
    const discovery = registry(options)
    await discovery.start((record) => {
      found.push(record)
      for (const look of waiting) look()
    })
    const until = (fits: (record: PeerRecord) => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => found.some(fits) && resolve()
        waiting.add(look)
        look()
      })
    return { discovery, found, until }
  }
  const writes = () =>
    github.calls
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace(/\d+/g, 'N')}`)
  const comments = async (): Promise<{ id: number; body: string }[]> => {
    const headers = { authorization: 'token sim-token-alice' }
    const all = await (await fetch(`${github.url}/repos/${repository}/issues?per_page=100`, { headers })).json()
    const numbers = all
      .filter(({ title }: { title: string }) => title === 'p2p-peer-registry')
      .map(({ number }: { number: number }) => number)
    if (numbers.length === 0) return []
    return (
      await fetch(`${github.url}/repos/${repository}/issues/${Math.min(...numbers)}/comments?per_page=100`, { headers })
    ).json()
  }

  describe('the suite of discoveries', () => {
    const group = (count: number) => Array.from({ length: count }, () => registry())
    for (const { name, run } of discoveryContract({ create: () => registry(), group })) it(name, run)
  })

  it('makes the issue, one comment for each member, and edits its own', async () => {
    const a = registry()
    await a.announce(peer(0))
    await a.announce(peer(0))
    await a.announce(peer(0, '192.0.2.9'))
    expect(writes()).to.deep.equal([
      'POST /repos/octocat/Hello-World/issues',
      'POST /repos/octocat/Hello-World/issues/N/comments',
      'PATCH /repos/octocat/Hello-World/issues/comments/N'
    ])
    await registry().announce(peer(1))
    expect(await comments()).to.have.length(2)
  })

  it('of two issues made at the same moment, all use the one with the lower number', async () => {
    await Promise.all([registry().announce(peer(0)), registry().announce(peer(1))])
    const { until } = await reader()
    await Promise.all([0, 1].map((n) => until(({ name }) => name === `laptop-${n}`)))
  })

  it('in a repository with a thousand issues makes one, and others find it', async () => {
    github.repository(repository).setIssues(1000)
    const { discovery } = await reader()
    for (let n = 1; n <= 3; n++) await discovery.announce(peer(0, `192.0.2.${n}`))
    const other = await reader()
    await other.discovery.announce(peer(1))
    await other.until(({ name }) => name === 'laptop-0')
    expect(github.count(({ method, path }) => method === 'POST' && path.endsWith('/issues'))).to.equal(1)
  })

  it('makes no second issue where the first is not listed yet', async () => {
    github.respond(({ method, path }) => method === 'GET' && path.endsWith('/issues'), Response.json([]))
    const { discovery } = await reader()
    for (let n = 1; n <= 3; n++) await discovery.announce(peer(0, `192.0.2.${n}`))
    expect(writes().filter((write) => write === 'POST /repos/octocat/Hello-World/issues')).to.have.length(1)
  })

  const lastIssue = () => github.repository(repository).issueNumbers.at(-1) as number
  const issuesMade = () => writes().filter((write) => write === 'POST /repos/octocat/Hello-World/issues').length

  // GitHub answers 410 for an issue that was deleted (https://docs.github.com/rest/issues/issues#get-an-issue).
  for (const status of [404, 410])
    it(`makes another issue where the one that it made was deleted or moved (${status})`, async () => {
      const { discovery } = await reader()
      await discovery.announce(peer(0))
      const deleted = lastIssue()
      const below = `/repos/${repository}/issues/${deleted}`
      github.respond(
        ({ path }) => path === below || path === `${below}/comments`,
        () => Response.json({}, { status })
      )
      github.respond(
        ({ path }) => path.startsWith(`/repos/${repository}/issues/comments/`),
        () => Response.json({}, { status: 404 })
      )
      github.repository(repository).editIssue(deleted, { title: 'not in the list any more' })
      await discovery.announce(peer(0, '192.0.2.7'))
      expect(issuesMade()).to.equal(2)
      expect(
        github.count(
          ({ method, path }) => method === 'POST' && path === `/repos/${repository}/issues/${lastIssue()}/comments`
        )
      ).to.equal(1)
    })

  it('makes no other issue where its own was locked', async () => {
    const { discovery } = await reader()
    await discovery.announce(peer(0))
    github.respond(
      ({ method }) => method === 'POST' || method === 'PATCH',
      () => Response.json({ message: 'Unable to create comment because issue is locked.' }, { status: 403 })
    )
    await discovery.announce(peer(0, '192.0.2.7'))
    expect(issuesMade()).to.equal(1)
  })

  it('is renewed, and tried again, at once where its clock was set back by hours', async () => {
    const a = registry({ random: () => 0.5 })
    await a.announce(peer(0))
    now -= 3 * 60 * minute
    await a.announce(peer(0))
    expect(writes()[2]).to.match(/^PATCH/)
    await a.announce(peer(0))
    expect(writes()).to.have.length(3)
  })

  it('goes on in an issue that was closed', async () => {
    await registry().announce(peer(0))
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    github.repository(repository).editIssue(issue as number, { state: 'closed' })
    const { discovery, until } = await reader()
    await discovery.announce(peer(1))
    await until(({ name }) => name === 'laptop-0')
    expect(github.count(({ method, path }) => method === 'POST' && path.endsWith('/issues'))).to.equal(1)
  })

  // README: "Anyone who can read the folder"
  it('says nothing of names and addresses to the public', async () => {
    await registry().announce(peer(0))
    const [{ body }] = (await comments()) as unknown as [{ body: string }]
    expect(body).to.match(/^<!-- p2p-peer-registry:[\da-f]{32} -->\n```json\n/)
    expect(body).not.to.match(/laptop|192\.0\.2|12D3/)
  })

  it('leaves the comments of the Python tool alone, old ones too, and is not in the way of its reader', async function () {
    const theirs = (name: string) => {
      const last_seen = new Date(now).toISOString().replace('Z', '001')
      const said = { last_seen, metadata: {}, multiaddr: '/ip4/192.0.2.1/tcp/9', peer_id: 'Qm', runner_name: name }
      return `<!-- p2p-peer-registry:${name} -->\n\`\`\`json\n${JSON.stringify(said, null, 2)}\n\`\`\`\n`
    }
    await registry().announce(peer(0))
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    const names = ['runner', '0123456789abcdef0123456789abcdef']
    for (const name of names) github.repository(repository).addComment(issue as number, { body: theirs(name) })
    now += 31 * minute
    const { discovery, found } = await reader()
    await discovery.announce(peer(1))
    expect(found.map(({ name }) => name)).to.deep.equal(['laptop-1'])
    const bodies = (await comments()).map(({ body }) => body)
    expect(bodies.filter((body) => body.includes('runner_name'))).to.have.length(2)
    expect(bodies).to.have.length(3)
    if (spawnSync('python3', ['--version']).status !== 0) return this.skip()
    // It skips a comment whose time it cannot read, and gives up on all where it cannot compare one.
    const script = `
import json, sys
from datetime import datetime
seen = 0
for body in json.load(sys.stdin):
    said = json.loads(body[body.index("{"):body.rindex("}") + 1])
    try:
        last_seen = datetime.fromisoformat(said.get("last_seen", ""))
    except Exception:
        continue
    datetime.utcnow() - last_seen
    seen += 1
print(seen)`
    const { stdout, stderr } = spawnSync('python3', ['-W', 'ignore', '-c', script], {
      input: JSON.stringify(bodies),
      encoding: 'utf8'
    })
    expect([stdout, stderr]).to.deep.equal(['2\n', ''])
  })

  it('another secret reads nothing of it', async () => {
    await registry().announce(peer(0))
    const { found } = await reader({ secret: createSecret() })
    expect(found).to.deep.equal([])
  })

  it('reading costs nothing while nothing changes', async () => {
    await registry({ token: () => 'sim-token-alice' }).announce(peer(0))
    const { until } = await reader({ token: () => 'sim-token-bob' })
    await until(({ name }) => name === 'laptop-0')
    const spent = github.units('bob')
    for (let n = 0; n < 3; n++) await github.nextCall((call) => call.login === 'bob' && call.status === 304)
    expect(github.units('bob')).to.equal(spent)
  })

  it('a token that cannot be had for a while ends nothing', async () => {
    let failed = 0
    let isAway = false
    const { until } = await reader({
      async token() {
        if (!isAway) return 'sim-token-bob'
        failed++
        throw new Error('the vault is away')
      }
    })
    isAway = true
    while (failed < 5) await new Promise((resolve) => setTimeout(resolve, 1))
    isAway = false
    await registry().announce(peer(0))
    await until(({ name }) => name === 'laptop-0')
  })

  it('a token that may not write reads, with one warning', async () => {
    const warnings: string[] = []
    await registry().announce(peer(0))
    const refused = (call: Pick<Call, 'method' | 'login'>) => call.method === 'POST' && call.login === 'bob'
    github.respond(
      refused,
      () => new Response('{"message":"Resource not accessible by personal access token"}', { status: 403 })
    )
    const { discovery, until } = await reader({
      token: () => 'sim-token-bob',
      onWarning: ({ message }) => warnings.push(message)
    })
    for (let n = 0; n < 3; n++) await discovery.announce(peer(1))
    await until(({ name }) => name === 'laptop-0')
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/a token that may write issues there/)
    expect(github.count(refused)).to.equal(1)
    now += 61 * minute
    await discovery.announce(peer(1))
    expect([github.count(refused), warnings.length]).to.deep.equal([2, 1])
  })

  it('a limit is no refusal: the next announcement is written', async () => {
    const { discovery } = await reader()
    await discovery.announce(peer(0))
    const limit = new Response('{"message":"You have exceeded a secondary rate limit"}', { status: 403 })
    github.respondOnce(({ method }) => method === 'PATCH', limit)
    await discovery.announce(peer(0, '192.0.2.2')).then(
      () => expect.fail('it was limited'),
      () => {}
    )
    await discovery.announce(peer(0, '192.0.2.3'))
    expect(writes().slice(1)).to.deep.equal([
      'POST /repos/octocat/Hello-World/issues/N/comments',
      'PATCH /repos/octocat/Hello-World/issues/comments/N',
      'PATCH /repos/octocat/Hello-World/issues/comments/N'
    ])
  })

  it('a stop in the middle of a write asks nothing more, and removes what was written', async () => {
    const { discovery } = await reader()
    const writing = github.hold(({ method, path }) => method === 'POST' && path.endsWith('/comments'))
    const announced = discovery.announce(peer(0))
    await writing.arrived
    const asked = github.calls.length
    const stopped = discovery.stop()
    writing.release()
    await Promise.all([announced, stopped])
    expect(github.calls.slice(asked).map(({ method }) => method)).to.deep.equal(['DELETE'])
    expect(await comments()).to.deep.equal([])
  })

  it('a stop waits for a GitHub that says nothing only for a while', async () => {
    let write = () => {}
    const writing = new Promise<void>((resolve) => {
      write = resolve
    })
    const { discovery } = await reader({
      fetch(input, init) {
        if (init?.method !== 'POST') return fetch(input, init)
        write()
        return new Promise((_, reject) => {
          init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        })
      }
    })
    const announced = discovery.announce(peer(0)).then(
      () => 'written',
      () => 'given up'
    )
    await writing
    await discovery.stop()
    expect(await announced).to.equal('given up')
  })

  it("a stranger's copy of its marker keeps nobody out", async () => {
    const { discovery } = await reader()
    await discovery.announce(peer(0))
    const [{ body }] = (await comments()) as [{ id: number; body: string }]
    await discovery.stop()
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    github.repository(repository).addComment(issue as number, { body, user: 'octocat' })
    github.respondOnce(({ method }) => method === 'PATCH', new Response('{}', { status: 403 }))
    const again = await reader()
    await again.discovery.announce(peer(0))
    expect(await comments()).to.have.length(2)
  })

  it('reads more than a hundred comments', async () => {
    const { discovery } = await reader()
    await discovery.announce(peer(0))
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    for (let n = 0; n < 150; n++) github.repository(repository).addComment(issue as number, { body: `noise ${n}` })
    await registry().announce(peer(1))
    const { until } = await reader()
    await until(({ name }) => name === 'laptop-1')
  })

  it('a thousand comments by a stranger hide nobody, before them or after them, and are read in ten calls', async () => {
    await registry().announce(peer(0))
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    for (let n = 0; n < 1100; n++) github.repository(repository).addComment(issue as number, { body: `noise ${n}` })
    await registry().announce(peer(1))
    github.clearCalls()
    const { found, until } = await reader({ token: () => 'sim-token-bob', pollMs: 60_000 })
    await until(({ name }) => name === 'laptop-1')
    expect(found.map(({ name }) => name)).to.have.members(['laptop-0', 'laptop-1'])
    expect(github.count(({ login, path }) => login === 'bob' && path.endsWith('/comments'))).to.equal(10)
  })

  it('a page that is full, and unchanged, does not hide the one after it', async () => {
    await registry().announce(peer(0))
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    for (let n = 0; n < 99; n++) github.repository(repository).addComment(issue as number, { body: `noise ${n}` })
    const { until } = await reader({ token: () => 'sim-token-bob' })
    await until(({ name }) => name === 'laptop-0')
    await github.nextCall((call) => call.login === 'bob' && call.status === 304)
    await registry().announce(peer(1))
    await until(({ name }) => name === 'laptop-1')
  })

  it('a second comment about a peer takes nothing away from what the first says', async () => {
    // Of a group that changes its secret: each member writes with its first one.
    const [before, after] = [createSecret(), createSecret()]
    await registry({ secret: [before, after] }).announce(peer(0))
    await registry({ secret: [after, before] }).announce({ ...peer(0, '203.0.113.9'), name: 'somebody else' })
    const { found } = await reader({ secret: [after, before] })
    expect(found).to.have.length(1)
    expect(found[0]?.addresses).to.deep.equal([...peer(0).addresses, ...peer(0, '203.0.113.9').addresses])
  })

  it('rubbish of strangers is read over: no JSON, ten megabytes, half a marker, an address elsewhere', async () => {
    await registry().announce(peer(0))
    const [issue] = github.repository(repository).issueNumbers.slice(-1)
    const marker = '<!-- p2p-peer-registry:x -->\n```json\n'
    for (const body of [
      '',
      'x'.repeat(10_000_000),
      `${marker}{`,
      `${marker}{}\n\`\`\``,
      `${marker}{"sealed":"AAAA"}\n\`\`\``,
      `${marker}{"sealed":7}\n\`\`\``
    ]) {
      github.repository(repository).addComment(issue as number, { body })
    }
    // To read each of these back and forth would take seconds.
    const begun = `<!-- p2p-peer-registry:${'a'.repeat(32)} -->`
    const spaces = ' '.repeat(60_000)
    for (const rest of [`\n\`\`\`json${spaces}x`, spaces, `\n\`\`\`json\n{}\`\`\`${spaces}x`])
      for (let n = 0; n < 20; n++) github.repository(repository).addComment(issue as number, { body: begun + rest })
    const { found, until } = await reader()
    await until(({ name }) => name === 'laptop-0')
    expect(found).to.have.length(1)
  })

  it('entries expire after half an hour, and whoever may removes them', async () => {
    const gone = githubIssue({ repository, secret, apiUrl: github.url, token: () => 'sim-token-alice', now: () => now })
    await gone.announce(peer(0))
    now += 31 * minute
    const { discovery, found } = await reader()
    expect(found).to.deep.equal([])
    await discovery.announce(peer(1))
    expect((await comments()).length).to.equal(1)
  })

  // 403: the token may not remove what others wrote. 404: another member was faster.
  for (const status of [403, 404])
    it(`a member is found though what expired cannot be removed: ${status}`, async () => {
      const gone = githubIssue({
        repository,
        secret,
        apiUrl: github.url,
        token: () => 'sim-token-alice',
        now: () => now
      })
      await gone.announce(peer(0))
      now += 31 * minute
      const warnings: string[] = []
      const { discovery } = await reader({
        onWarning: ({ message }) => void warnings.push(message),
        fetch: async (url, init) =>
          init?.method === 'DELETE' ? Response.json({ message: 'no' }, { status }) : fetch(url, init)
      })
      for (let renewed = 0; renewed < 4; renewed++) {
        await discovery.announce(peer(1))
        now += 13 * minute
      }
      const { found } = await reader()
      expect(found.map(({ name }) => name)).to.deep.equal(['laptop-1'])
      expect(warnings).to.deep.equal([])
    })

  it("a member whose clock is wrong removes nobody, nor does one that cannot read GitHub's", async () => {
    await registry().announce(peer(0))
    const { discovery } = await reader({ now: () => now + 31 * minute })
    await discovery.announce(peer(1))
    now += 31 * minute
    const dateless: typeof fetch = async (...asked) => {
      const answer = await fetch(...asked)
      const headers = new Headers(answer.headers)
      headers.delete('date')
      return new Response(answer.body, { status: answer.status, headers })
    }
    await registry({ fetch: dateless }).announce(peer(2))
    expect(await comments()).to.have.length(3)
  })

  it('is renewed after some ten minutes, and not before', async () => {
    const a = registry({ random: () => 0.5 })
    await a.announce(peer(0))
    now += 9 * minute
    await a.announce(peer(0))
    expect(writes()).to.have.length(2)
    now += 2 * minute
    await a.announce(peer(0))
    expect(writes()[2]).to.match(/^PATCH/)
  })

  it('a member that is well connected adds nothing to a full registry', async () => {
    for (let n = 0; n < 10; n++) await registry().announce(peer(n))
    const before = writes().length
    const { discovery } = await reader({ connected: () => 3 })
    await discovery.announce(peer(20))
    expect(writes()).to.have.length(before)
    const lonely = await reader({ connected: () => 2 })
    await lonely.discovery.announce(peer(21))
    expect(writes()).to.have.length(before + 1)
  })

  it('a member is found though the registry is full of others: of another group, or of no member', async () => {
    for (let n = 0; n < 10; n++) await registry().announce(peer(n))
    const other = createSecret()
    const { discovery } = await reader({ secret: other, connected: () => 3 })
    await discovery.announce(peer(20))
    const { found } = await reader({ secret: other })
    expect(found.map(({ name }) => name)).to.deep.equal(['laptop-20'])
  })

  // README: "`GITHUB_REPOSITORY`"
  it('two members with nothing but a repository and a secret find each other, and share', async () => {
    const members: Mesh[] = []
    const join = async (name: string, token: string) => {
      const mesh = await createMesh({
        repository,
        secret,
        name,
        token,
        apiUrl: github.url,
        listenPort: 0,
        forceLocalhost: true,
        store: memoryStore(),
        cacheDir: '/dev/null/none',
        limits: { dialMs: 50 }
      })
      members.push(mesh)
      made.push(mesh)
      return mesh
    }
    const a = await join('a', 'sim-token-alice')
    const joined = new Promise((resolve) => a.addEventListener('peer:connect', resolve))
    const b = await join('b', 'sim-token-bob')
    await joined
    const received = new Promise((resolve) => b.addEventListener('received', resolve))
    await a.fetch(`${github.url}/repos/${repository}/labels`)
    await received
    const answer = await b.fetch(`${github.url}/repos/${repository}/labels`)
    expect(answer.headers.get('cache-status')).to.equal('ghmesh; hit; detail=peer')
  })
})
