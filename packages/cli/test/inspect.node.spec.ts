import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type GitHub, startGitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createMesh, createSecret, filesystemStore, type Mesh, memoryStore } from 'ghmesh'
import { cli, createCommands, type Running } from '../../../test/support/commands.ts'
import { next } from '../../../test/support/events.ts'
import { figureNames } from '../../../test/support/figure-names.ts'
import { holdingRecord } from '../../core/src/cache/record.ts'
import { entryOf } from '../../core/test/fixtures/entries.ts'
import { hasCache } from '../src/inspect/folder.ts'
import { filterOf } from '../src/inspect/list.ts'
import { askSocket } from '../src/proxy/ask-socket.ts'
import { shown } from '../src/terminal.ts'

const alice = 'sim-token-alice'
const bob = 'sim-token-bob'
const hello = '/repos/octocat/Hello-World'

describe('the commands peers, stats, purge and cache', () => {
  const commands = createCommands()
  const secret = createSecret()
  let github: GitHub
  const members: Mesh[] = []

  before(async () => {
    github = await startGitHub({ secondaryLimits: false })
  })
  afterEach(async () => {
    await Promise.all(members.splice(0).map((member) => member.stop()))
  })
  after(async () => {
    await commands.end()
    await github.stop()
  })

  type Env = Record<string, string | undefined>
  /** A user of their own: home, default socket, default directory. */
  const user = (more: Env = {}): Env => ({
    XDG_CACHE_HOME: commands.folder('user'),
    GITHUB_API_URL: github.url,
    GH_TOKEN: alice,
    IPFS_ACCELERATE_P2P_FORCE_LOCALHOST: '1',
    CACHE_LISTEN_PORT: '0',
    ...more
  })
  const run = (env: Env, ...args: string[]) => commands.ghmesh(args, env).ended
  const ok = async (env: Env, ...args: string[]) => {
    const { code, stdout, stderr } = await run(env, ...args)
    expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0)
    return { stdout, stderr, json: () => JSON.parse(stdout) }
  }
  const get = (env: Env, ...paths: string[]) =>
    Promise.all(paths.map((path) => ok(env, 'get', path, '--quiet', '--wait-seconds', '0')))

  async function startProxy(env: Env, ...args: string[]): Promise<Running> {
    const proxy = commands.ghmesh(['proxy', ...args], env)
    await proxy.said(/^listening on .*\n/m)
    return proxy
  }
  const socketOf = (env: Env) => join(env.XDG_CACHE_HOME as string, 'ghmesh/run/proxy.sock')

  /** A second member in this process. */
  async function startMember(name: string, more: { bootstrap?: string[] } = {}): Promise<Mesh> {
    const member = await createMesh({
      apiUrl: github.url,
      secret,
      name,
      token: bob,
      listenPort: 0,
      forceLocalhost: true,
      store: memoryStore(),
      cacheDir: commands.folder('member'),
      limits: { auditOneIn: 1e9 }, // else GitHub is asked again now and then
      ...more
    })
    members.push(member)
    return member
  }
  const addressOf = (member: Mesh) => member.addresses.find((address) => !address.includes('/ws')) as string
  const together = (member: Mesh) => ({ CACHE_P2P_SHARED_SECRET: secret, CACHE_BOOTSTRAP_PEERS: addressOf(member) })
  const ask = async (member: Mesh, path: string) => {
    const response = await member.fetch(github.url + path)
    await response.text()
    return response.headers.get('cache-status')
  }

  /** Runs a command until its output fits: what members tell arrives when it arrives. */
  async function until<T>(look: () => Promise<T>, fits: (found: T) => boolean): Promise<T> {
    for (;;) {
      const found = await look()
      if (fits(found)) return found
    }
  }
  const peersNamed = (env: Env) =>
    until(
      async () => (await ok(env, 'peers', '--json')).json(),
      ({ peers }) => peers.some(({ name }: { name?: string }) => name !== undefined)
    )

  describe('with a proxy', () => {
    let env: Env
    let proxy: Running
    let through: (path: string, token?: string) => Promise<string>

    /** The proxy, a second member that it is connected with, and a request through the proxy. */
    async function start(more: Env, ...args: string[]) {
      env = user(more)
      proxy = await startProxy(env, ...args)
      through = async (path, token = alice) => {
        const { stdout } = await commands.start('curl', [
          ...['-sS', '-o', '/dev/null', '-D', '-', '--unix-socket', socketOf(env)],
          ...['-H', `authorization: token ${token}`, `http://localhost${path}`]
        ]).ended
        return /^cache-status: (.*)\r$/im.exec(stdout)?.[1] ?? stdout
      }
    }
    afterEach(async () => {
      // A second signal would end it at once.
      if (!proxy.child.killed) proxy.child.kill('SIGTERM')
      expect(await proxy.ended).to.include({ code: 0, stderr: '' })
    })

    it('peers: a table of members, and what is in it does not steer the terminal', async () => {
      const member = await startMember('second\u001b[31m')
      await start({ ...together(member), RUNNER_NAME: 'the proxy' })
      const { proxy: pid, peer_id, connected_peers, peers, addresses } = await peersNamed(env)
      expect([pid, connected_peers]).to.deep.equal([proxy.child.pid, 1])
      expect(peers[0]).to.include({ peer_id: member.peerId, path: 'direct', transport: 'tcp' })
      expect(member.peers()[0]?.id).to.equal(peer_id)
      const { stdout } = await ok(env, 'peers')
      const [head, row, ...rest] = stdout.trimEnd().split('\n')
      expect(head).to.match(/^name +peer id +path +transport +rtt ms$/)
      expect(row).to.match(new RegExp(`^second\\?\\[31m +${member.peerId} +direct +tcp +(\\d+|-)$`))
      const own = rest.filter((line) => line.startsWith('listening: ')).map((line) => line.slice('listening: '.length))
      expect(rest).to.deep.equal(['', ...own.map((address) => `listening: ${address}`)])
      expect(own[0]).to.match(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${peer_id}$`))
      expect(addresses).to.include.members(own)
      // Another machine can try it.
      expect((await ok(env, 'probe', own[0] as string)).stdout).to.contain(peer_id)
    })

    it('stats: the runbook’s names first, as JSON too, of the group, and live', async () => {
      const member = await startMember('second')
      await start({ ...together(member), RUNNER_NAME: 'the proxy' })
      await peersNamed(env)
      await through(`${hello}/labels`)
      expect(await through(`${hello}/labels`)).to.equal('ghmesh; hit')
      const { stdout } = await ok(env, 'stats')
      const names = [...stdout.matchAll(/^ {2}([\w ]+): /gm)].map(([, name]) => name)
      expect(names.slice(0, figureNames.length)).to.deep.equal(figureNames)
      expect(names).to.include.members(['requests', 'quota_saved', 'cache_bytes', 'rejected', 'quota core'])
      const document = (await ok(env, 'stats', '--json')).json()
      expect(document).to.deep.include({ hits: 1, misses: 1, connected_peers: 1, rejected: {} })
      expect(document.proxy).to.include({ pid: proxy.child.pid })
      expect(document.quota.core).to.include.keys('limit', 'remaining', 'reset_at')

      const group = await until(
        async () => (await ok(env, 'stats', '--group', '--json')).json(),
        ({ members }) => 'second' in members
      )
      expect(Object.keys(group.members)).to.have.members(['the proxy', 'second'])
      expect(group.total).to.include({ members: 2, hits: 1 })
      expect((await ok(env, 'stats', '--group')).stdout).to.match(
        /^2 members heard from recently\n {2}name +requests +hits/
      )

      const [watching, documents, group2] = [[], ['--json'], ['--group']].map((more) =>
        commands.ghmesh(['stats', '--watch', '0.05', ...more], env)
      ) as [Running, Running, Running]
      await watching.said(/^\S+Z peer_id=\w+ .*\bhits=1 .*\n\S+Z peer_id=.*\n/m)
      await documents.said(/^\{"at":.*\}\n\{"at":.*\}\n/m)
      await group2.said(/^\S+Z members=2 .*\n/m)
      for (const one of [watching, documents, group2]) {
        one.child.kill('SIGINT')
        expect(await one.ended).to.include({ code: 0, stderr: '' })
      }
    })

    it('stats --watch ends with 1 when the proxy does', async () => {
      await start({})
      const watching = commands.ghmesh(['stats', '--watch', '0.05'], env)
      await watching.said(/^\S+Z peer_id=/m)
      proxy.child.kill('SIGTERM')
      const { code, stderr } = await watching.ended
      expect(code).to.equal(1)
      expect(stderr).to.match(/^ghmesh: the proxy on .*proxy\.sock \(process \d+\) no longer responds: /)
    })

    it('purge: stale in the proxy and at the other member', async () => {
      const member = await startMember('second')
      await start(together(member))
      const told = next(member, 'received', ({ url }) => url.endsWith('/labels'))
      await peersNamed(env)
      await through(`${hello}/labels`)
      await told
      expect(await ask(member, `${hello}/labels`)).to.equal('ghmesh; hit; detail=peer')
      expect(await through(`${hello}/labels`)).to.equal('ghmesh; hit')
      const purged = next(member, 'purged')
      const { stdout, stderr } = await ok(env, 'purge', 'octocat/Hello-World')
      expect(stdout).to.match(/^[1-9]\d* entr(?:y is|ies are) stale here; 1 member was told\n$/)
      expect(stderr).to.equal('')
      expect((await purged).target.toLowerCase()).to.equal('octocat/hello-world')
      github.clearCalls()
      expect(await through(`${hello}/labels`)).to.match(/fwd=stale; fwd-status=304/)
      // By what the proxy has seen since, or by a look of its own.
      const [before] = github.calls.filter(({ url }) => url.endsWith('/labels'))
      expect(before?.status).to.equal(304)
      expect(await ask(member, `${hello}/labels`)).to.match(/hit; detail=peer|fwd=stale/)

      const url = `${github.url}${hello}/labels?per_page=7`
      expect((await ok(env, 'purge', url, '--json')).json()).to.deep.equal({ target: url, purged: 1, members: 1 })
      expect((await ok(env, 'purge', `${hello}/labels`, '--json')).json()).to.include({ purged: 1 })
      for (const wrong of ['nothing', 'https://elsewhere.example/x']) {
        const { code, stderr } = await run(env, 'purge', wrong)
        expect([code, stderr]).to.deep.equal([
          2,
          `ghmesh: purge takes owner/repo, a path such as /repos/octocat/Hello-World, or a URL below ${github.url}/; received "${wrong}"\n`
        ])
      }
    })

    it('cache clear: what the proxy had in memory goes to GitHub again', async () => {
      const cacheDir = commands.folder('cache')
      await start({}, '--cache-dir', cacheDir, '--graphql-ttl', '60')
      const paths = [`${hello}/labels`, '/user', `${hello}/issues?per_page=3`]
      for (const path of paths) await through(path)
      expect(await through(`${hello}/nothing`)).to.match(/fwd-status=404/)
      for (const path of paths) expect(await through(path)).to.equal('ghmesh; hit')
      const identity = readFileSync(join(cacheDir, 'identity.json'), 'utf8')
      const listed = (await ok(env, 'cache', 'ls', '--json')).stdout.trimEnd().split('\n')
      expect(listed.length).to.be.at.least(paths.length)

      const { stdout, stderr } = await ok(env, 'cache', 'clear', '--yes')
      expect(stdout).to.equal(`${listed.length} records removed from ${cacheDir} and the memory of the proxy\n`)
      expect(stderr).to.equal('')
      github.clearCalls()
      for (const path of paths) expect(await through(path)).to.match(/^ghmesh; fwd=uri-miss; fwd-status=200/)
      expect(await through(`${hello}/nothing`)).to.match(/fwd-status=404/)
      for (const path of paths) expect(github.count(path.split('?')[0] as string)).to.equal(1)
      expect(readFileSync(join(cacheDir, 'identity.json'), 'utf8')).to.equal(identity)

      // Named by its directory, it goes through the proxy all the same.
      const again = (await ok(env, 'cache', 'clear', '--yes', '--json', '--cache-dir', cacheDir)).json()
      expect(again).to.include({ directory: cacheDir, proxy: proxy.child.pid })
      expect(await through('/user')).to.match(/^ghmesh; fwd=uri-miss/)
    })

    it('cache ls and verify: of the directory that the proxy uses, whatever the environment says', async () => {
      const cacheDir = commands.folder('cache')
      await start({}, '--cache-dir', cacheDir)
      await through(hello) // says that it is public
      await through(`${hello}/labels`)
      await through('/user')
      const elsewhere = { ...env, CACHE_DIR: commands.folder('elsewhere') }
      const { stdout } = await ok(elsewhere, 'cache', 'ls')
      expect(stdout).to.match(/^ {2}age +bytes +reach +etag +url\n/)
      expect(stdout).to.match(/^ +\d+s +\d+ {2}local {4}portable {2}\S+\/user$/m)
      expect(stdout).to.match(/^ +\d+s +\d+ {2}public {3}portable {2}\S+\/repos\/octocat\/hello-world\/labels$/m)
      expect((await ok(elsewhere, 'cache', 'verify')).stdout).to.match(/^\d+ records read, 0 damaged, 0 removed\n$/)
      const { code, stderr } = await run(elsewhere, 'cache', 'ls', '--cache-dir', elsewhere.CACHE_DIR)
      expect([code, stderr]).to.deep.equal([
        1,
        `ghmesh: there is no cache in ${elsewhere.CACHE_DIR}; choose another with --cache-dir, or fill one with "ghmesh get"\n`
      ])
    })

    it('changes are for the socket alone, by POST', async () => {
      await start({}, '--port', '0')
      const port = Number(
        /127\.0\.0\.1:(\d+)/.exec(
          (await ok(env, 'stats', '--json')).stdout +
            commands.printed().slice(commands.printed().lastIndexOf('listening on'))
        )?.[1]
      )
      const base = `http://127.0.0.1:${port}/ghmesh`
      const post = (page: string, headers = {}) => fetch(`${base}/${page}`, { method: 'POST', headers, body: '{}' })
      for (const page of ['clear', 'purge']) {
        for (const headers of [{}, { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }]) {
          expect((await post(page, headers)).status).to.equal(403)
        }
        expect((await fetch(`${base}/${page}`)).status).to.equal(403)
        expect((await askSocket(socketOf(env), { path: `/ghmesh/${page}` })).status).to.equal(405)
      }
      expect((await post('stats')).status).to.equal(405)
      expect((await post('nothing')).status).to.equal(404)
      const [open, own] = [
        await (await fetch(`${base}/stats`)).json(),
        await askSocket(socketOf(env), { path: '/ghmesh/stats' })
      ]
      expect(open).to.include.keys('pid', 'since', 'peers', 'stats').and.not.have.any.keys('cacheDir', 'addresses')
      expect(JSON.parse(own.text).cacheDir).to.equal(join(env.XDG_CACHE_HOME as string, 'ghmesh'))
      for (const body of [[], { target: 'x'.repeat(20_000) }]) {
        expect((await askSocket(socketOf(env), { path: '/ghmesh/purge', body })).status).to.equal(400)
      }
    })

    it('peers says so when the proxy has no secret, or nobody', async () => {
      await start({})
      const none = await run({ ...env, CACHE_P2P_SHARED_SECRET: secret }, 'peers')
      expect([none.code, none.stdout]).to.deep.equal([1, ''])
      expect(none.stderr).to.match(/^ghmesh: there is no secret, .*for the proxy \(process \d+\)/)
      const other = join(commands.folder('s'), 's')
      const alone = await startProxy(user({ CACHE_P2P_SHARED_SECRET: secret }), '--socket', other)
      const nobody = await ok(env, 'peers', '--socket', other)
      expect(nobody.stdout).to.match(/^(?:listening: \/ip4\/\S+\n)+$/)
      expect(nobody.stderr).to.match(/^ghmesh: the proxy \(process \d+\) has no connected members\n$/)
      const purged = await ok(env, 'purge', 'octocat/Hello-World', '--socket', other)
      expect(purged.stdout).to.equal('0 entries are stale here; 0 members were told\n')
      expect(purged.stderr).to.match(/^ghmesh: no member is connected to the proxy/)
      alone.child.kill('SIGTERM')
      await alone.ended
    })
  })

  describe('without a proxy', () => {
    it('peers: a member of a moment shows whom it meets', async () => {
      const member = await startMember('second')
      const env = user(together(member))
      const { stdout } = await ok(env, 'peers', '--wait-seconds', '2')
      expect(stdout).to.match(new RegExp(`\nsecond +${member.peerId} +direct +tcp`))
      const nobody = await ok(
        user({ ...together(member), CACHE_P2P_SHARED_SECRET: createSecret() }),
        'peers',
        '--wait-seconds',
        '0.3',
        '--json'
      )
      expect(nobody.json()).to.deep.include({ connected_peers: 0, peers: [] })
      expect(nobody.stderr).to.match(/^ghmesh: no members within 0\.3 s/)
      const [noSecret, noWay] = await Promise.all([
        run(user(), 'peers'),
        run(user({ CACHE_P2P_SHARED_SECRET: secret }), 'peers')
      ])
      expect([noSecret.code, noSecret.stderr]).to.deep.equal([
        2,
        'ghmesh: there is no secret, so there are no members; set CACHE_P2P_SHARED_SECRET\n'
      ])
      expect(noWay.code).to.equal(1)
      expect(noWay.stderr).to.match(/^ghmesh: there is no way to find members; set GITHUB_REPOSITORY/)
    })

    it('stats: what the directory tells', async () => {
      const env = user()
      await get(env, `${hello}/labels`, '/user')
      const directory = join(env.XDG_CACHE_HOME as string, 'ghmesh')
      const document = (await ok(env, 'stats', '--json')).json()
      expect(document).to.include({ directory, local: 1 })
      expect(document.cache_size).to.equal(document.public + document.private + document.local)
      expect(document.repositories['octocat/hello-world'].entries).to.be.at.least(1)
      const { stdout } = await ok(env, 'stats')
      expect(stdout)
        .to.match(new RegExp(`^No proxy was asked; ${directory} contains\n {2}cache_size: ${document.cache_size}\n`))
        .and.match(/^ {2}newest: \d+s ago\n {2}oldest: \d+s ago\n {2}octocat\/hello-world: \d entr/m)
      const watching = commands.ghmesh(['stats', '--watch', '0.05'], env)
      await watching.said(/^\S+Z cache_size=\d+ cache_bytes=\d+\n/m)
      watching.child.kill('SIGTERM')
      expect((await watching.ended).code).to.equal(0)
      const group = await run(env, 'stats', '--group')
      expect([group.code, group.stderr]).to.deep.equal([
        1,
        'ghmesh: no proxy is running, and only a proxy knows the figures of the group; start one with "ghmesh proxy"\n'
      ])
    })

    it('purge: the directory, and a member that hears of it', async () => {
      const member = await startMember('second')
      const env = user(together(member))
      await get({ ...env, CACHE_P2P_SHARED_SECRET: undefined }, `${hello}/labels`)
      await ask(member, `${hello}/labels`)
      expect(await ask(member, `${hello}/labels`)).to.equal('ghmesh; hit')
      const purged = next(member, 'purged')
      const { stdout, stderr } = await ok(env, 'purge', 'octocat/Hello-World', '--wait-seconds', '30')
      expect(stdout).to.match(/^\d entr(?:y is|ies are) stale here; 1 member was told\n$/)
      expect(stderr).to.equal('')
      await purged
      expect(await ask(member, `${hello}/labels`)).to.match(/fwd=stale; fwd-status=304/)
      expect((await ok(env, 'cache', 'ls', `${hello}/labels`)).stdout).to.match(/\/labels {2}\(purged\)\n$/)
      github.clearCalls()
      await get({ ...env, CACHE_P2P_SHARED_SECRET: undefined }, `${hello}/labels`)
      expect(github.calls.map(({ path, status }) => [path, status])).to.deep.equal([[`${hello}/labels`, 304]])
    })

    it('purge: says when no member heard, and refuses what is no target', async () => {
      const env = user()
      await get(env, `${hello}/labels`)
      const alone = await ok(env, 'purge', `${hello}/labels`)
      expect(alone.stdout).to.equal('1 entry is stale here; 0 members were told\n')
      expect(alone.stderr).to.match(/^ghmesh: there is no secret, so only this machine knows/)
      const noWay = await ok({ ...env, CACHE_P2P_SHARED_SECRET: secret }, 'purge', `${hello}/labels`)
      expect(noWay.stderr).to.match(/^ghmesh: there is no way to find members; set GITHUB_REPOSITORY/)
      const members = { CACHE_P2P_SHARED_SECRET: secret, IPFS_ACCELERATE_P2P_CACHE_DIR: commands.folder('members') }
      const nobody = await ok({ ...env, ...members }, 'purge', `${hello}/labels`, '--wait-seconds', '0.3')
      expect(nobody.stderr).to.match(/^ghmesh: no member was connected, .*; wait longer with --wait-seconds/)
      const wrong = await run(env, 'purge', 'nothing')
      expect(wrong.code).to.equal(2)
      expect(wrong.stderr).to.match(
        /^ghmesh: purge takes owner\/repo, a path such as \/repos\/octocat\/Hello-World, or a URL/
      )
      expect((await run(env, 'purge', 'a/b', '--cache-dir', join(commands.home, 'none'))).code).to.equal(1)
      expect(existsSync(join(commands.home, 'none'))).to.equal(false)
    })

    it('cache ls: newest first, by repository or beginning, as JSON, and nothing that tells who asked', async () => {
      const env = user()
      await get(env, '/user')
      await get(env, `${hello}/labels`)
      await get(env, `${hello}/readme`)
      const machine = JSON.parse(readFileSync(join(env.XDG_CACHE_HOME as string, 'ghmesh/identity.json'), 'utf8'))
      const database = new DatabaseSync(join(env.XDG_CACHE_HOME as string, 'ghmesh/cache.db'))
      const metas = database
        .prepare('SELECT meta FROM records')
        .all()
        .map(({ meta }) => JSON.parse(String(meta)))
      database.close()
      const viewers = metas.flatMap(({ entries }) =>
        entries.flatMap((entry: { confirmed: object }) => Object.keys(entry.confirmed))
      )
      expect(viewers).to.not.deep.equal([])
      const [all, some, none] = await Promise.all([
        ok(env, 'cache', 'ls', '--json'),
        ok(env, 'cache', 'ls', 'octocat/Hello-World', '--json'),
        ok(env, 'cache', 'ls', 'octocat/Hello')
      ])
      const documents = all.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(documents[0]).to.include({
        url: `${github.url}${hello.toLowerCase()}/readme`,
        received: false,
        purged: false
      })
      expect(documents.at(-1)).to.include({ url: `${github.url}/user`, reach: 'local', bodies: 1 })
      expect(Object.keys(documents[0])).to.have.members(
        'url accept as_of age_seconds bytes reach validator purged received bodies'.split(' ')
      )
      expect(some.stdout.trimEnd().split('\n')).to.have.length(documents.length - 1)
      expect(none.stdout.split('\n')).to.have.length(2)
      for (const hidden of [...viewers, machine.machineKey, machine.privateKey])
        expect(all.stdout).to.not.contain(hidden)
      const wrong = await run(env, 'cache', 'ls', 'what is it')
      expect([wrong.code, wrong.stderr]).to.deep.equal([
        2,
        'ghmesh: "what is it" is neither owner/repo nor the beginning of a URL or path; see ghmesh cache ls --help\n'
      ])
    })

    it('cache ls: streams 10,000 entries, and stops when its reader does', async () => {
      const directory = commands.folder('large')
      const store = filesystemStore({ directory })
      for (let n = 0; n < 10_000; n++) {
        const key = String(n).padStart(64, '0')
        const url = `https://api.github.com/repos/o/r/issues/${n}`
        await store.put(key, holdingRecord({ key, entries: [await entryOf('[]', { url, asOf: n })] }))
      }
      await store.close()
      const { stdout } = await ok(user(), 'cache', 'ls', '--cache-dir', directory)
      const lines = stdout.trimEnd().split('\n')
      expect(lines).to.have.length(10_001)
      expect([lines[1], lines.at(-1)].map((line) => line?.split('/').at(-1))).to.deep.equal(['9999', '0'])
      const reader = commands.ghmesh(['cache', 'ls', '--cache-dir', directory], user())
      await once(reader.child.stdout as NodeJS.ReadableStream, 'data')
      reader.child.stdout?.destroy()
      expect(await reader.ended).to.include({ code: 0, stderr: '' })
    })

    it('cache verify: finds damage, and removes it when it is told to', async () => {
      const env = user()
      await get(env, `${hello}/labels`, '/user', '/meta')
      const whole = await ok(env, 'cache', 'verify', '--json')
      expect(whole.json()).to.deep.include({ damaged: [], removed: 0 })
      const file = join(env.XDG_CACHE_HOME as string, 'ghmesh/cache.db')
      const database = new DatabaseSync(file)
      database.exec(
        `UPDATE bodies SET body = zeroblob(9) WHERE id = (SELECT id FROM records WHERE meta LIKE '%/labels"%')`
      )
      database.close()
      const damaged = `damaged: ${github.url}${hello.toLowerCase()}/labels: its body is not what was written\n`
      const { records } = whole.json()
      const found = await run(env, 'cache', 'verify')
      expect([found.code, found.stdout]).to.deep.equal([1, `${damaged}${records} records read, 1 damaged, 0 removed\n`])
      expect(found.stderr).to.match(/^ghmesh: .*cache verify --repair/)
      const repaired = await ok(env, 'cache', 'verify', '--repair')
      expect(repaired).to.include({ stdout: `${damaged}${records} records read, 1 damaged, 1 removed\n`, stderr: '' })
      expect((await ok(env, 'cache', 'verify')).stdout).to.equal(`${records - 1} records read, 0 damaged, 0 removed\n`)

      writeFileSync(file, 'x'.repeat(20_000))
      const broken = await run(env, 'cache', 'verify')
      expect(broken.code).to.equal(1)
      expect(broken.stderr).to.match(/^ghmesh: the cache in \S+ is damaged as a whole; ".*--repair" sets it aside/)
      const renewed = await ok(env, 'cache', 'verify', '--repair', '--json')
      expect(renewed.json()).to.deep.include({ renewed: true, records: 0 })
      expect(renewed.stderr).to.match(/is kept as \S+cache\.db\.damaged-\d+/)
      expect(readdirSync(join(file, '..')).some((name) => /damaged-\d+$/.test(name))).to.equal(true)
    })

    it('cache clear: only with --yes where nobody can be asked, and identities stay', async () => {
      const env = user()
      await get(env, `${hello}/labels`, '/user')
      const directory = join(env.XDG_CACHE_HOME as string, 'ghmesh')
      const identity = readFileSync(join(directory, 'identity.json'), 'utf8')
      const refused = await run(env, 'cache', 'clear')
      expect([refused.code, refused.stderr]).to.deep.equal([
        2,
        'ghmesh: cannot ask for confirmation without a terminal; --yes removes all entries without asking\n'
      ])
      const { removed } = (await ok(env, 'cache', 'clear', '--yes', '--json')).json()
      expect(removed).to.be.at.least(2)
      expect((await ok(env, 'cache', 'clear', '--yes')).stdout).to.equal(`0 records removed from ${directory}\n`)
      expect(readFileSync(join(directory, 'identity.json'), 'utf8')).to.equal(identity)
      github.clearCalls()
      await get(env, '/user')
      expect(github.count('/user')).to.equal(1)

      const other = join(commands.folder('s'), 's')
      const proxy = await startProxy({ ...env, CACHE_P2P_SHARED_SECRET: secret }, '--socket', other)
      expect((await ok(env, 'cache', 'clear', '--yes')).stderr).to.match(
        /keeps serving what it has in memory.*--socket\n$/
      )
      proxy.child.kill('SIGTERM')
      await proxy.ended
    })
  })

  if (existsSync('/usr/bin/script')) {
    describe('on a terminal', () => {
      // A shell that stays would be told of Ctrl-C as well, and dash ends of it whatever its command makes of it.
      const onTerminal = (env: Env, ...args: string[]) =>
        commands.start(
          '/usr/bin/script',
          ['-qec', ['exec', process.execPath, cli, ...args].join(' '), '/dev/null'],
          env
        )

      it('stats --watch takes its own lines back, until Ctrl-C', async () => {
        const env = user()
        await get(env, '/user')
        const watching = onTerminal(env, 'stats', '--watch', '0.05')
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal gets
        await watching.said(/cache_size: 1[\s\S]*\u001b\[\d+A\u001b\[J[\s\S]*cache_size: 1/)
        watching.child.stdin?.write('\u0003')
        const { code, by, stdout } = await watching.ended
        expect([code, by], stdout.slice(-500)).to.deep.equal([0, null])
      })

      it('cache clear asks', async () => {
        const env = user()
        await get(env, '/user')
        for (const [answer, code, said] of [
          ['n\n', 1, /nothing was removed/],
          ['\u0004', 1, /nothing was removed/],
          ['\u0003', 130, /stopped by SIGINT/],
          ['y\n', 0, /1 record removed/]
        ] as const) {
          const clearing = onTerminal(env, 'cache', 'clear')
          await clearing.said(/Remove all entries from .*\? \[y\/N\] /)
          clearing.child.stdin?.write(answer)
          const ended = await clearing.ended
          expect(ended.stdout).to.match(said)
          expect(ended.code, answer).to.equal(code)
        }
      })
    })
  }

  describe('say what is wrong', () => {
    const listening: Server[] = []
    after(() => Promise.all(listening.map((server) => new Promise((resolve) => server.close(resolve)))))
    async function listen(server: Server): Promise<string> {
      const socket = join(commands.folder('s'), 's')
      server.listen(socket)
      await once(server, 'listening')
      listening.push(server)
      return socket
    }

    // Each by itself: this process has to answer in seconds, and all the commands at once take the whole machine.
    const sockets: [name: string, place: () => string | Promise<string>, message: RegExp, code: number][] = [
      [
        'of another program',
        () => listen(createHttpServer((_req, res) => res.end('{"hello":1}'))),
        /a program other than ghmesh proxy listens on/,
        1
      ],
      [
        'of a program that does not speak HTTP',
        () => listen(createServer((client) => client.on('error', leftBefore).resume().end('SSH-2.0\r\n'))),
        /a program other than ghmesh proxy listens on/,
        1
      ],
      [
        'of a program that is silent',
        () => listen(createServer((client) => client.resume())),
        /does not respond; end it, or choose another --socket/,
        1
      ],
      ['that is a file', () => newFile(), /exists and is not a socket/, 1],
      [
        'that is not there',
        () => join(commands.folder('s'), 'none'),
        /no proxy listens on \S+none; start one with "ghmesh proxy --socket/,
        1
      ],
      ['whose path is too long', () => `/tmp/${'x'.repeat(200)}`, /the path of a socket can have at most 103 bytes/, 2]
    ]
    const leftBefore = () => {}
    function newFile(): string {
      const file = join(commands.folder('f'), 'file')
      writeFileSync(file, '')
      return file
    }
    for (const [name, place, message, code] of sockets) {
      it(`of a socket ${name}`, async () => {
        const env = user()
        const socket = await place()
        await Promise.all(
          [['peers'], ['stats'], ['purge', 'a/b'], ['cache', 'ls'], ['cache', 'clear', '--yes']].map(async (args) => {
            const ended = await run(env, ...args, '--socket', socket)
            expect([ended.code, ended.stdout], `${args} ${socket}`).to.deep.equal([code, ''])
            expect(ended.stderr)
              .to.match(message)
              .and.match(/^ghmesh: .*\n$/)
          })
        )
      })
    }

    it('of a cache folder whose path is too long for a socket: there is no proxy', async () => {
      const env = user({ XDG_CACHE_HOME: join(commands.folder('user'), 'x'.repeat(100)) })
      await get(env, '/user')
      expect((await ok(env, 'cache', 'ls')).stdout).to.match(/\/user\n$/)
      expect((await ok(env, 'stats')).stdout).to.match(/^No proxy was asked; /)
    })

    it('of a proxy that was killed: its directory is there', async () => {
      const env = user()
      const proxy = await startProxy(env)
      proxy.child.kill('SIGKILL')
      await proxy.ended
      expect(existsSync(socketOf(env))).to.equal(true)
      await get(env, '/user')
      expect((await ok(env, 'cache', 'ls')).stdout).to.match(/\/user\n$/)
      expect((await ok(env, 'stats')).stdout).to.match(/^No proxy was asked; /)
    })

    it('of a directory', async () => {
      const env = user()
      const foreign = commands.folder('foreign')
      new DatabaseSync(join(foreign, 'cache.db')).exec('CREATE TABLE theirs (x)')
      const damaged = commands.folder('damaged')
      writeFileSync(join(damaged, 'cache.db'), 'x'.repeat(20_000))
      const folder = commands.folder('folder')
      mkdirSync(join(folder, 'cache.db'))
      const none = join(commands.home, 'nowhere')
      const cases: [string, RegExp][] = [
        [foreign, /is no cache of ghmesh/],
        [damaged, /is damaged/],
        [folder, /cannot be used/],
        [none, /there is no cache in \S+nowhere; choose another with --cache-dir/]
      ]
      const all = [['stats'], ['purge', 'a/b'], ['cache', 'ls'], ['cache', 'verify'], ['cache', 'clear', '--yes']]
      await Promise.all(
        cases.flatMap(([directory, message]) =>
          all.map(async (args) => {
            const ended = await run(env, ...args, '--cache-dir', directory)
            expect(ended.code, `${args} ${directory} ${ended.stdout}`).to.equal(1)
            expect(ended.stderr)
              .to.match(message)
              .and.match(/^ghmesh: .*\n$/)
          })
        )
      )
      expect(readdirSync(foreign).filter((name) => !/-(?:wal|shm)$/.test(name))).to.deep.equal(['cache.db'])
      expect(existsSync(none)).to.equal(false)
      expect((await run(env, 'cache', 'ls')).stderr).to.match(/^ghmesh: there is no cache in \S+ghmesh; /)
    })

    it('of a directory that this user cannot look into', () => {
      const closed = commands.folder('closed')
      const isRoot = process.getuid?.() === 0
      if (process.platform === 'win32') return
      // Nothing is closed to root, so it becomes nobody for a moment.
      if (isRoot) process.seteuid?.(65_534)
      else chmodSync(closed, 0)
      try {
        expect(() => hasCache(closed)).to.throw(
          `cannot read ${closed} (EACCES): give yourself access, or choose another folder with --cache-dir`
        )
      } finally {
        if (isRoot) process.seteuid?.(0)
        else chmodSync(closed, 0o700)
      }
      expect(hasCache(closed)).to.equal(false)
    })

    it('of options', async () => {
      const cases: [string[], RegExp][] = [
        [['cache'], /^Usage: ghmesh cache/],
        [['cache', 'nope'], /unknown command 'nope'; see ghmesh cache --help/],
        [['cache', 'ls', '--nope'], /unknown option '--nope'; see ghmesh cache ls --help/],
        [['purge'], /missing required argument 'url-or-repository'; see ghmesh purge --help/],
        [['stats', '--socket', 's', '--cache-dir', 'd'], /cannot be used with option '--socket <path>'/],
        [['stats', '--watch', '0'], /at least 0\.01 seconds; see ghmesh stats --help/]
      ]
      const ended = await Promise.all(cases.map(([args]) => run(user(), ...args)))
      for (const [i, { code, stderr }] of ended.entries()) {
        expect(stderr).to.match(cases[i]?.[1] as RegExp)
        expect(code).to.equal(2)
      }
    })
  })

  it('every help has an example', async () => {
    const all = ['peers', 'stats', 'purge', 'cache', 'cache ls', 'cache verify', 'cache clear']
    for (const { code, stdout } of await Promise.all(all.map((one) => run({}, ...one.split(' '), '--help')))) {
      expect(code).to.equal(0)
      expect(stdout).to.match(/Example[\s\S]*\$ ghmesh /)
    }
  })

  it('filters know repositories and beginnings', () => {
    const urls = [
      'https://api.github.com/repos/o/r',
      'https://api.github.com/repos/o/r/issues?page=2',
      'https://ghe.example/api/v3/repos/o/r/labels',
      'https://api.github.com/repos/o/r2',
      'https://api.github.com/user'
    ]
    const found = (what: string) => urls.map((url) => Number(filterOf(what)(url))).join('')
    expect(found('O/R')).to.equal('11100')
    expect(found('/repos/o/')).to.equal('11110')
    expect(found('/user')).to.equal('00001')
    expect(found('https://api.github.com/repos/o/r/')).to.equal('01000')
  })

  it('what is shown can neither steer a terminal nor be a credential', () => {
    expect(shown('a\u001b[31m\u0007\u009b\u202eb\nc')).to.equal('a?[31m???b?c')
    expect(shown(`x ghp_${'a'.repeat(36)} ghm1_secret`)).to.equal('x *** ***')
    // An installation token since 2026-04: a JWT of some 500 characters behind its prefix.
    const jwt = `eyJhbGciOiJSUzI1NiJ9.${'a_-1'.repeat(60)}.${'Zz-_'.repeat(60)}`
    expect(shown(`x ghs_1234567_${jwt} y.`)).to.equal('x *** y.')
    // An app's own.
    expect(shown(`x ${jwt} y.`)).to.equal('x *** y.')
  })

  // Mocha runs suites in suites last.
  describe('all of them', () => {
    it('never printed a secret or a token', () => {
      const printed = commands.printed()
      expect(printed.length).to.be.greaterThan(5000)
      for (const hidden of [secret, alice, bob]) expect(printed).to.not.contain(hidden)
    })
  })
})
