import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { createCommands, root } from './support/commands.ts'

const guide = readFileSync(join(root, 'docs/github-actions.md'), 'utf8')

describe('the workflow of docs/github-actions.md', () => {
  const commands = createCommands()
  after(() => commands.end())

  it('sends scripts to the proxy, although the runner sets GITHUB_API_URL itself', async () => {
    const [, workflow = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? []
    const [, port] = /ghmesh proxy --gh --port (\d+)/.exec(workflow) ?? []
    const step = workflow.split(/^ {6}- /m).find((one) => one.includes('./scripts/')) ?? ''
    const script = /run: (.*)/.exec(step)?.[1]?.replace(/\$\{\{ matrix\.part \}\}/, 'lint') ?? ''
    const wanted = Object.fromEntries(
      [...step.matchAll(/^ {10}(\w+): (.*)$/gm)].map(([, name, value]) => [name, value])
    )

    const folder = commands.folder('job')
    mkdirSync(join(folder, 'scripts'))
    writeFileSync(join(folder, 'scripts/lint.sh'), '#!/bin/sh\necho "$GITHUB_API_URL"\n', { mode: 0o755 })
    // GitHub's documentation, "Default environment variables": a workflow cannot overwrite those named GITHUB_*.
    const env = { ...process.env, ...wanted, GITHUB_API_URL: 'https://api.github.com' }
    const { stdout } = await promisify(execFile)('bash', ['-e', '-c', script], { cwd: folder, env })
    expect(stdout).to.equal(`http://127.0.0.1:${port}\n`)
  })
})
