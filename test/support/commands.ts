import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
export const cli = join(root, 'packages/cli/dist/bin.js')

export interface Ended {
  code: number | null
  by: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  ended: Promise<Ended>
  /** Resolves once the output has it; rejects when the process ends without. */
  said(pattern: RegExp): Promise<void>
  /** All that it has printed so far. */
  printed(): string
}

// Node 22 warns of node:sqlite: scripts/node-22.mjs. `TEST_NODE_OPTIONS`: what every Node needs here.
const isOldNode = Number.parseInt(process.versions.node, 10) < 24
const { TEST_NODE_OPTIONS: needed = '' } = process.env
const nodeOptions = isOldNode ? `--disable-warning=ExperimentalWarning ${needed}` : needed
const quiet = nodeOptions === '' ? {} : { NODE_OPTIONS: nodeOptions }
// What would make a child a member of somebody else's group, or let it use somebody's token.
const foreign = /^(CI$|GH_|GITHUB_|GHMESH_|CACHE_|IPFS_ACCELERATE_|RUNNER_NAME$|XDG_|NODE_OPTIONS$|npm_)/

/** Real processes of one spec file, with a home of their own, and all that they ever printed. */
export function createCommands() {
  const home = mkdtempSync(join(tmpdir(), 'ghmesh-cli-'))
  const running = new Set<Running>()
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const homes = {
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    LOCALAPPDATA: join(home, 'cache')
  }
  let printed = ''

  function start(file: string, args: readonly string[], env: Record<string, string | undefined> = {}): Running {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...inherited, ...quiet, ...homes, ...env },
      stdio: ['pipe', 'pipe', 'pipe']
    })
    const out = { stdout: '', stderr: '' }
    const waiting = new Set<() => void>()
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        out[name] += text
        printed += text
        for (const look of waiting) look()
      })
    }
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => {
        running.delete(self)
        resolve({ code, by, ...out })
      })
    })
    const said = (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!pattern.test(out.stdout + out.stderr)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        void ended.then(({ code }) =>
          reject(new Error(`ended with ${code} before it said ${pattern}:\n${out.stdout}${out.stderr}`))
        )
      })
    const self: Running = { child, ended, said, printed: () => out.stdout + out.stderr }
    running.add(self)
    return self
  }

  return {
    home,
    folder: (name: string) => mkdtempSync(join(home, `${name}-`)),
    start,
    ghmesh: (args: readonly string[], env?: Record<string, string | undefined>) =>
      start(process.execPath, [cli, ...args], env),
    /** Everything that all of them printed. */
    printed: () => printed,
    async end() {
      for (const { child } of running) child.kill('SIGKILL')
      await Promise.all([...running].map(({ ended }) => ended))
      rmSync(home, { recursive: true, force: true })
    }
  }
}
