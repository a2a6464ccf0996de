import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { readState } from '../../packages/cli/src/proxy/state.ts'
import { bodyForTerminal, documentText, shown } from '../../packages/cli/src/terminal.ts'
import { createCommands, root } from '../support/commands.ts'

const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\rfake\nline\u2028x'
const steers = /[^\P{C}\n]|[\u2028\u2029]/u
const isRoot = process.getuid?.() === 0
const nobody = 65534

/** Each text in it, at any depth, with something that steers a terminal. */
const poisoned = (value: unknown): unknown => {
  if (typeof value === 'string') return value + evil
  if (Array.isArray(value)) return value.map(poisoned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner)]))
}

describe('what a stranger says on a terminal', () => {
  const commands = createCommands()
  after(() => commands.end())

  const stats = {
    peerId: 'p',
    requests: 1,
    rejected: { [`reason${evil}`]: 1 },
    quota: { [`core${evil}`]: { limit: 1, remaining: 1, resetAt: 1 } }
  }
  const peer = { id: 'p', name: 'n', path: 'direct', transport: 'tcp', rttMs: 1 }
  const relay = { id: 'r', address: '/ip4/127.0.0.1/tcp/1/p2p/r', state: 'reserved' }
  const figures = { stats, peers: [peer], relays: [relay], version: '1', cacheDir: '/nowhere', members: { n: stats } }
  const group = { members: { [`n${evil}`]: stats }, total: stats }

  /** Claims to be a proxy; `since` can be read as a date whatever it has in its brackets. */
  async function stranger(socket: string, since: string): Promise<Server> {
    const server = createServer((request, response) => {
      const answer = { ...(poisoned({ ...figures, ...group }) as object), pid: process.pid, since }
      if (request.method === 'POST') response.statusCode = 400
      response.end(JSON.stringify(request.method === 'POST' ? { message: `ghmesh: no${evil}` } : answer))
    })
    server.listen(socket)
    await once(server, 'listening')
    return server
  }

  for (const [what, since] of Object.entries({
    'that says when it began': '2026-04-01T00:00:00.000Z',
    'that says it with more': `2026-04-01 (${evil})`
  }))
    it(`does not steer it, from a socket ${what}`, async () => {
      const socket = join(commands.folder('stranger'), 's')
      const server = await stranger(socket, since)
      try {
        for (const args of [
          ['peers'],
          ['peers', '--json'],
          ['stats'],
          ['stats', '--json'],
          ['stats', '--group'],
          ['stats', '--group', '--json'],
          ['purge', 'o/r'],
          ['cache', 'ls'],
          ['cache', 'clear', '--yes'],
          ['proxy'],
          ['proxy', '--gh']
        ]) {
          const { stdout, stderr } = await commands.ghmesh([...args, '--socket', socket]).ended
          expect(stdout + stderr, args.join(' ')).to.match(/\S/)
          expect(stdout + stderr, args.join(' ')).to.not.match(steers)
          expect((stdout + stderr).split('\n'), args.join(' ')).to.not.include('line')
        }
        const watch = commands.ghmesh(['stats', '--watch', '0.05', '--socket', socket])
        await (since.includes('(') ? watch.ended : watch.said(/requests=1/))
        watch.child.kill('SIGTERM')
        const { stdout, stderr } = await watch.ended
        expect(stdout + stderr).to.not.match(steers)
      } finally {
        server.close()
        server.closeAllConnections()
      }
    })

  it('is one line of what can be seen, whatever it was, and a document still means the same', async () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(evil))
    await fc.assert(
      fc.asyncProperty(anything, anything, async (one, other) => {
        expect(shown(one)).to.not.match(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u)
        const document = documentText({ [one]: [other] }, 2)
        expect(document).to.not.match(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u)
        expect(JSON.parse(document)).to.deep.equal({ [one]: [other] })
        const bytes = Buffer.from(one)
        const chunks = [...bytes].map((_, i) => bytes.subarray(i, i + 1))
        const body = await text(Readable.from(chunks).pipe(bodyForTerminal()))
        expect(body).to.not.match(/[^\P{Cc}\n\t]|\p{Cf}|\p{Zl}|\p{Zp}/u)
      })
    )
  })

  it('has no way around that function', () => {
    const source = join(root, 'packages/cli/src')
    const direct = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /process\.std(?:out|err)|console\./.test(readFileSync(join(source, file), 'utf8')))
    // The two that print what they made themselves, the one that needs Node, and those that go through `terminal.ts`.
    expect(direct.sort()).to.deep.equal([
      'bin.ts',
      'commands/group.ts',
      'commands/secret.ts',
      'get.ts',
      'inspect/clear.ts',
      'inspect/list.ts',
      'inspect/screen.ts',
      'output.ts',
      'program.ts'
    ])
  })

  describe('and what stands beside a socket', () => {
    const state = (former: string) =>
      JSON.stringify({ pid: 1, since: '2026-04-01T00:00:00.000Z', gh: { former, configDir: 'c' } })

    it('counts only if nobody else can have written it', async () => {
      const folder = commands.folder('state')
      const socket = join(folder, 's')
      const file = `${socket}.json`
      writeFileSync(file, state('mine'), { mode: 0o600 })
      expect((await readState(socket))?.gh?.former).to.equal('mine')
      for (const mode of [0o620, 0o602, 0o666]) {
        chmodSync(file, mode)
        expect(await readState(socket), mode.toString(8)).to.equal(undefined)
      }
      if (!isRoot) return
      chmodSync(file, 0o600)
      chownSync(file, nobody, nobody)
      expect(await readState(socket)).to.equal(undefined)
    })

    it('is not followed elsewhere, and nobody waits at a pipe', async () => {
      const folder = commands.folder('state')
      writeFileSync(join(folder, 'elsewhere'), state('theirs'), { mode: 0o600 })
      symlinkSync(join(folder, 'elsewhere'), join(folder, 'link.json'))
      execFileSync('mkfifo', [join(folder, 'pipe.json'), join(folder, 'pipe.lock')])
      expect(await readState(join(folder, 'link'))).to.equal(undefined)
      expect(await readState(join(folder, 'pipe'))).to.equal(undefined)
    })

    it('a proxy listens only where nobody else can exchange its socket', async () => {
      const folder = commands.folder('place')
      const others = join(folder, 'others')
      mkdirSync(others)
      chmodSync(others, 0o777)
      const open = await commands.ghmesh(['proxy', '--socket', join(others, 's')]).ended
      expect(open.code).to.equal(1)
      expect(open.stderr).to.match(
        /^ghmesh: others can write to .*; choose a folder of your own, or run chmod go-w on it\n$/
      )
      chmodSync(others, 0o1777)
      const sticky = commands.ghmesh(['proxy', '--socket', join(others, 's')])
      await sticky.said(/listening on/)
      sticky.child.kill('SIGTERM')
      expect((await sticky.ended).code).to.equal(0)
      if (!isRoot) return
      chmodSync(others, 0o755)
      chownSync(others, nobody, nobody)
      const theirs = await commands.ghmesh(['proxy', '--socket', join(others, 's')]).ended
      expect(theirs.stderr).to.match(/belongs to another user/)
    })

    it('another user’s socket is not asked', async function () {
      if (!isRoot) this.skip()
      const socket = join(commands.folder('stranger'), 's')
      const server = await stranger(socket, '2026-04-01T00:00:00.000Z')
      try {
        chownSync(socket, nobody, nobody)
        for (const command of ['peers', 'stats', 'proxy']) {
          const { code, stderr } = await commands.ghmesh([command, '--socket', socket]).ended
          expect([code, stderr], command).to.deep.equal([1, `ghmesh: ${socket} belongs to another user\n`])
        }
      } finally {
        server.close()
        server.closeAllConnections()
      }
    })
  })
})
