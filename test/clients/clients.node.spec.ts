import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GitHub } from '@ghmesh/github-sim'
import { expect } from 'chai'
import { createCommands, root } from '../support/commands.ts'
import { ghReads, httpClients, libraries, runGh } from './clients.ts'
import { essence, placesIn } from './compare.ts'
import { steps } from './steps.ts'
import { has, plainSocket, repository, startProxy, startWorld, token } from './world.ts'

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

for (const [name, needs, run, socketBase] of httpClients) {
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

for (const [name, needs, run, flags] of libraries) {
  it(`${name} through the port`, async function () {
    if (!has(needs)) return this.skip()
    const [plainly, through] = await bothWays(
      flags,
      (github) => run(github, { base: github.url, token }),
      (github, { base }) => run(github, { base, token })
    )
    expect(Object.keys(plainly).length).to.be.greaterThan(60)
    for (const [step, value] of Object.entries(plainly)) expect(through[step], step).to.deep.equal(value)
  })
}

// README: "docs/clients.md lists which"
it('docs/clients.md says which of them need --rewrite-urls, and how they fail without', async function () {
  const rows = readFileSync(join(root, 'docs/clients.md'), 'utf8').match(/^\| .* \| (yes|no): /gm) ?? []
  for (const [name, , , flags] of libraries) {
    const row = rows.find((line) => line.includes(name.replace('@octokit/rest with throttling and retry', 'Octokit')))
    if (flags.includes('--rewrite-urls')) expect(row, name).to.match(/ yes: $/)
    else if (row) expect(row, name).to.match(/ no: $/)
  }
  if (!has('python')) return this.skip()
  const github = await startWorld()
  const proxy = await startProxy(commands, github)
  const [[, , pyGithub] = []] = libraries
  try {
    const seen = await pyGithub?.(github, { base: proxy.base, token, readsOnly: true })
    expect(seen?.["issue's comments"]).to.match(/^AssertionError: /)
  } finally {
    await proxy.stop()
    await github.stop()
  }
})

it('gh through the socket', async function () {
  if (!has('gh')) return this.skip()
  const asked = [
    ...ghReads,
    ['api', `${repository}/issues/1`, '--method', 'PATCH', '--field', 'title=Other', '--jq', '.title'],
    ['api', `${repository}/issues/1`, '--jq', '.title']
  ]
  const run = (github: GitHub, socket: string) => {
    const places = placesIn(github, github.url)
    return runGh([...asked, ...asked], { config: commands.folder('gh'), socket, token, places })
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
