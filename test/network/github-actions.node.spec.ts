import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { createSecret } from 'ghmesh'
import { root } from '../support/commands.ts'
import { world } from './world.ts'

const repository = 'octocat/Hello-World'
const guide = readFileSync(join(root, 'docs/github-actions.md'), 'utf8')

/** What a step of the guide's workflow runs, its expressions filled in as Actions does. */
function stepOf(pattern: RegExp): string {
  const workflow = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''
  const steps = workflow.split(/^ {6}(?=- |#)/m)
  const step = steps.find((one) => pattern.test(one)) ?? ''
  const script = /run: \|\n([\s\S]*)/.exec(step)?.[1] ?? /run: (.*)/.exec(step)?.[1]
  if (script === undefined) throw new Error(`no step of the guide has ${pattern}`)
  return script.replace(/\$\{\{ github\.event\.number \}\}/, '41')
}

describe('the workflow of docs/github-actions.md', () => {
  const here = world(['a', 'b', 'c'])

  it('three jobs on three runners, one after the other: one call each for all of them, and nothing left behind', async () => {
    const bin = here.lab.folder('bin')
    symlinkSync(join(root, 'packages/cli/bin/ghmesh.js'), join(bin, 'ghmesh'))
    const secret = createSecret()
    const job = (name: string) => {
      const folder = here.lab.folder(name)
      mkdirSync(join(folder, 'gh'))
      return {
        CI: 'true',
        PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`,
        RUNNER_NAME: name,
        RUNNER_TEMP: folder,
        XDG_CACHE_HOME: folder,
        GH_CONFIG_DIR: join(folder, 'gh'),
        GHMESH_SECRET: secret,
        GHMESH_MDNS: '0',
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: here.github.url,
        GH_TOKEN: 'sim-token-alice'
      }
    }
    const jobs = { a: job('runner-a'), b: job('runner-b'), c: job('runner-c') }
    const machines = ['a', 'b', 'c'] as const
    const run = async (machine: (typeof machines)[number], pattern: RegExp) => {
      const { code, stdout, stderr } = await here.lab.start(machine, 'sh', ['-ec', stepOf(pattern)], jobs[machine])
        .ended
      expect(code, stderr).to.equal(0)
      return stdout
    }
    await Promise.all(machines.map((machine) => run(machine, /Start the proxy/)))
    const script = 'until curl -s http://127.0.0.1:8181/ghmesh/stats | grep -q \'"connectedPeers":2\'; do :; done'
    for (const machine of machines) await here.lab.start(machine, 'sh', ['-c', script], jobs[machine]).ended

    const titles = []
    for (const machine of machines) titles.push(await run(machine, /gh api/))
    expect(new Set(titles).size).to.equal(1)
    expect(titles[0]).to.match(/\w/)
    expect(
      here.github.count(({ path, status }) => path === `/repos/${repository}/pulls/41` && status === 200)
    ).to.equal(1)
    for (const machine of machines) expect(await run(machine, /What it saved/)).to.match(/api_calls_saved/)
  })
})
