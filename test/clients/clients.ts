import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { GitHub } from '@ghmesh/github-sim'
import { type Places, placesIn, type Result } from './compare.ts'
import { curl } from './curl.ts'
import type { Step } from './steps.ts'
import { clients, drive, repository } from './world.ts'

const drivers = join(import.meta.dirname, 'drivers')

/** What a driver is told. */
export interface Told {
  base: string
  socket?: string
  token: string
  steps: readonly Step[]
  timeoutSeconds: number
}

const node = (kind: string) => (told: Told) =>
  drive(process.execPath, [join(drivers, 'ask.mjs'), kind, join(clients, 'node')], told) as Promise<Result[]>
const python = (kind: string) => (told: Told) =>
  drive('python3', [join(drivers, 'ask.py'), kind], told) as Promise<Result[]>

/** Clients of HTTP, what they need, and the base by which they use a socket, if they can. */
export const httpClients: [name: string, needs: string, run: (told: Told) => Promise<Result[]>, socketBase?: string][] =
  [
    ['curl', 'curl', curl, 'http://localhost'],
    ['requests', 'python', python('requests')],
    ['httpx', 'python', python('httpx'), 'http://localhost'],
    ['got', 'node', node('got'), 'http://localhost'],
    ['axios', 'node', node('axios'), 'http://localhost'],
    ['ky', 'node', node('ky')]
  ]

interface LibraryTold {
  base: string
  token: string
  /** Leaves out what changes anything. Default: false. */
  readsOnly?: boolean
}

/** What a library's driver saw, by step. */
type Seen = Record<string, unknown>

const library =
  (command: string, ...args: string[]) =>
  async (github: GitHub, told: LibraryTold): Promise<Seen> =>
    JSON.parse(placesIn(github, told.base)(JSON.stringify(await drive(command, args, told))))

/** Libraries for GitHub's API, what they need, and the options of the proxy that they need. */
export const libraries: [name: string, needs: string, run: ReturnType<typeof library>, flags: string[]][] = [
  ['PyGithub', 'python', library('python3', join(drivers, 'pygithub.py')), ['--rewrite-urls']],
  [
    '@octokit/rest with throttling and retry',
    'node',
    library(process.execPath, join(drivers, 'octokit.mjs'), join(clients, 'node')),
    []
  ],
  ['go-github', 'go', library(join(clients, 'go/client')), []],
  ['octokit.rb', 'ruby', library('ruby', join(drivers, 'octokit.rb')), []]
]

/** Commands of gh that change nothing. */
export const ghReads: readonly string[][] = [
  ['api', repository],
  ['api', '--paginate', `${repository}/issues?per_page=5`, '--jq', '.[].number'],
  ['api', '--method', 'HEAD', '--include', `${repository}/labels`, '--silent'],
  ['api', '/repos/octocat/none'],
  ['api', 'graphql', '-f', 'query={ viewer { login } }'],
  ['issue', 'list', '--repo', 'octocat/Hello-World', '--limit', '3'],
  ['pr', 'list', '--repo', 'octocat/Hello-World'],
  ['repo', 'view', 'octocat/Hello-World'],
  ['run', 'list', '--repo', 'octocat/Hello-World'],
  ['release', 'list', '--repo', 'octocat/Hello-World']
]

/** Runs commands of gh by a socket; to each its exit code, and what it printed. */
export async function runGh(
  commands: readonly string[][],
  { config, socket, token, places }: { config: string; socket: string; token: string; places: Places }
): Promise<unknown[]> {
  const env = { ...process.env, GH_CONFIG_DIR: config, GH_TOKEN: token, NO_COLOR: '1' }
  const gh = promisify(execFile)
  await gh('gh', ['config', 'set', 'http_unix_socket', socket], { env })
  const seen: unknown[] = []
  for (const args of commands) {
    const ended = await gh('gh', args, { env }).catch((error) => error)
    const out = places(ended.stdout)
    // HEAD shows the headers, of which other tests know what is the same.
    seen.push([args, ended.code ?? 0, args.includes('HEAD') ? out.split(/\r?\n/)[0] : out, ended.stderr])
  }
  return seen
}
