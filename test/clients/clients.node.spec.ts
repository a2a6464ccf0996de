import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { GitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createCommands } from '../commands.ts'
import { essence, placesIn, type Result } from './compare.ts'
import { curl } from './curl.ts'
import { steps } from './steps.ts'
import { clients, drive, has, plainSocket, repository, startProxy, startWorld, token } from './world.ts'

const drivers = join(import.meta.dirname, 'drivers')
const commands = createCommands()
after(() => commands.end())

/** Does something with a GitHub as it is, and with another one, just the same, behind a proxy. */
async function bothWays<T>(
  args: readonly string[],
  plainly: (github: GitHub) => Promise<T>,
  proxied: (github: GitHub, proxy: Awaited<ReturnType<typeof startProxy>>) => Promise<T>
): Promise<[plain: T, proxied: T]> {
  const first = await startWorld()
  const plain = await plainly(first).finally(() => first.stop())
  const second = await startWorld(first.port)
  try {
    const proxy = await startProxy(commands, second, args)
    return [plain, await proxied(second, proxy).finally(() => proxy.stop())]
  } finally {
    await second.stop()
  }
}

type Told = { base: string; socket?: string; token: string; steps: typeof steps; timeoutSeconds: number }

const node = (kind: string) => (told: Told) =>
  drive(process.execPath, [join(drivers, 'ask.mjs'), kind, join(clients, 'node')], told) as Promise<Result[]>
const python = (kind: string) => (told: Told) =>
  drive('python3', [join(drivers, 'ask.py'), kind], told) as Promise<Result[]>

/** Clients of HTTP, what they need, and the base by which they use a socket, if they can. */
const plain: [name: string, needs: string, run: (told: Told) => Promise<Result[]>, socketBase?: string][] = [
  ['curl', 'curl', curl, 'http://localhost'],
  ['requests', 'python', python('requests')],
  ['httpx', 'python', python('httpx'), 'http://localhost'],
  ['got', 'node', node('got'), 'http://localhost'],
  ['axios', 'node', node('axios'), 'http://localhost'],
  ['ky', 'node', node('ky')]
]

for (const [name, needs, run, socketBase] of plain) {
  for (const place of socketBase === undefined ? (['port'] as const) : (['port', 'socket'] as const)) {
    describe(`${name} through the ${place}`, () => {
      const taken = place === 'port' ? steps : steps.filter(({ leaves }) => !leaves)
      let seen: [unknown[], unknown[]]

      before(async function () {
        if (!has(needs)) return this.skip()
        const told = { token, steps: taken, timeoutSeconds: 60 }
        seen = await bothWays(
          [],
          async (github) => {
            const places = placesIn(github, github.url)
            return (await run({ ...told, base: github.url })).map((result) => essence(result, places))
          },
          async (github, { base, socket }) => {
            const where = place === 'socket' ? { base: socketBase as string, socket } : { base }
            const places = placesIn(github, where.base, socket)
            return (await run({ ...told, ...where })).map((result) => essence(result, places))
          }
        )
      })

      for (const [index, step] of taken.entries()) {
        it(step.name, () => {
          const [as, through] = seen.map((all) => all[index])
          expect(through).to.deep.equal(as)
          // A driver that fails at everything would agree with itself. fetch, and so ky, sends no body with GET.
          const mayFail = /broken off|breaks off/.test(step.name) || (name === 'ky' && /with a body/.test(step.name))
          if (!mayFail) expect(as).to.not.equal('an error')
        })
      }
    })
  }
}

/** Libraries for GitHub's API. */
const libraries: [name: string, needs: string, command: string, args: string[], flags: string[]][] = [
  ['PyGithub', 'python', 'python3', [join(drivers, 'pygithub.py')], ['--rewrite-urls']],
  [
    '@octokit/rest with throttling and retry',
    'node',
    process.execPath,
    [join(drivers, 'octokit.mjs'), join(clients, 'node')],
    []
  ],
  ['go-github', 'go', join(clients, 'go/client'), [], []],
  ['octokit.rb', 'ruby', 'ruby', [join(drivers, 'octokit.rb')], []]
]

for (const [name, needs, command, args, flags] of libraries) {
  it(`${name} through the port`, async function () {
    if (!has(needs)) return this.skip()
    const run = async (github: GitHub, base: string) => {
      const seen = await drive(command, args, { base, token })
      return JSON.parse(placesIn(github, base)(JSON.stringify(seen)))
    }
    const [plainly, through] = await bothWays(
      flags,
      (github) => run(github, github.url),
      (github, { base }) => run(github, base)
    )
    expect(Object.keys(plainly).length).to.be.greaterThan(60)
    for (const [step, value] of Object.entries(plainly)) expect(through[step], step).to.deep.equal(value)
  })
}

it('gh through the socket', async function () {
  if (!has('gh')) return this.skip()
  const asked = [
    ['api', repository],
    ['api', '--paginate', `${repository}/issues?per_page=5`, '--jq', '.[].number'],
    ['api', '--method', 'HEAD', '--include', `${repository}/labels`, '--silent'],
    ['api', '/repos/octocat/none'],
    ['api', 'graphql', '-f', 'query={ viewer { login } }'],
    ['issue', 'list', '--repo', 'octocat/Hello-World', '--limit', '3'],
    ['pr', 'list', '--repo', 'octocat/Hello-World'],
    ['repo', 'view', 'octocat/Hello-World'],
    ['run', 'list', '--repo', 'octocat/Hello-World'],
    ['release', 'list', '--repo', 'octocat/Hello-World'],
    ['api', `${repository}/issues/1`, '--method', 'PATCH', '--field', 'title=Other', '--jq', '.title'],
    ['api', `${repository}/issues/1`, '--jq', '.title']
  ]
  const run = async (github: GitHub, socket: string) => {
    const env = { ...process.env, GH_CONFIG_DIR: commands.folder('gh'), GH_TOKEN: token, NO_COLOR: '1' }
    const gh = promisify(execFile)
    await gh('gh', ['config', 'set', 'http_unix_socket', socket], { env })
    const seen: unknown[] = []
    for (const args of [...asked, ...asked]) {
      const ended = await gh('gh', args, { env }).catch((error) => error)
      const out = placesIn(github, github.url)(ended.stdout)
      // HEAD shows the headers, of which other tests know what is the same.
      seen.push([args, ended.code ?? 0, args.includes('HEAD') ? out.split(/\r?\n/)[0] : out, ended.stderr])
    }
    return seen
  }
  const path = join(commands.folder('s'), 'plain')
  const [plainly, through] = await bothWays(
    [],
    async (github) => {
      const server = await plainSocket(path, github)
      return run(github, path).finally(() => server.close())
    },
    (github, { socket }) => run(github, socket)
  )
  expect(through).to.deep.equal(plainly)
})
