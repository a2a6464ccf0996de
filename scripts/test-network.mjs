// The tests of test/network, in a network of their own: it and everything in it goes with the run. Then all that runs in a page, in
// Firefox and in WebKit; and what differs on Windows, in Wine. Tools that are missing are installed where that is possible; what
// needs one that still is missing counts as skipped.
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import process from 'node:process'
import { ensureBrowser } from './browser.mjs'
import { office } from './office.mjs'
import { mocha, runSuites } from './suites.mjs'
import { tool } from './tools.mjs'
import { ensureWindowsNode, onWindows } from './wine.mjs'

const root = join(import.meta.dirname, '..')
const wine = 'wine64'
// The Debian package of each tool.
const packages = {
  gh: 'gh',
  ip: 'iproute2',
  nft: 'nftables',
  curl: 'curl',
  'firefox-esr': 'firefox-esr',
  WebKitWebDriver: 'webkit2gtk-driver',
  Xvfb: 'xvfb',
  [wine]: wine
}
// What a spec file needs, unless it is what makes networks.
const network = ['namespaces', 'ip', 'nft']
const webKit = ['WebKitWebDriver', 'Xvfb']
const needs = {
  'gh.node.spec.ts': ['gh'],
  'firefox.node.spec.ts': ['firefox-esr', 'namespaces', 'ip'],
  'webkit.node.spec.ts': webKit
}

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
const has = (tool) => works('sh', '-c', `PATH="$PATH:/usr/sbin:/sbin:/usr/lib/wine" command -v ${tool}`)

const missing = Object.keys(packages).filter((tool) => !has(tool))
if (missing.length > 0 && process.getuid?.() === 0 && has('apt-get')) {
  const wanted = missing.map((tool) => packages[tool])
  console.log(`test-network: installing ${wanted.join(' ')}`)
  const install = (names) => works('sh', '-c', `DEBIAN_FRONTEND=noninteractive apt-get install -y ${names.join(' ')}`)
  // What Wine recommends is for programs with windows.
  const asked = (name) => (name === wine ? `--no-install-recommends ${name}` : name)
  const groups = [wanted.filter((name) => name !== wine), wanted.filter((name) => name === wine).map(asked)]
  if (!groups.every(install)) {
    works('apt-get', 'update')
    // One by one: not every distribution has them all.
    for (const name of wanted) install([asked(name)])
  }
}

// `ip netns` keeps its names below /run, and the loopback device is down at first.
const enter = 'export PATH="$PATH:/usr/sbin:/sbin"; mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"'
const unshare = 'unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc'.split(' ')
const inNetwork = [...unshare, 'sh', '-c', enter, 'sh']
const separate = has('ip') && works(...inNetwork, 'true')
const there = new Set([...Object.keys(packages).filter(has), ...(separate ? ['namespaces'] : [])])

const files = globSync('test/network/**/*.spec.ts', { cwd: root }).sort()
const lacks = (file) => (needs[basename(file)] ?? network).filter((need) => !there.has(need))
const runs = files.filter((file) => lacks(file).length === 0)

// Unpacked out here: in there nobody can give files the owners that they are packed with.
if (separate) ensureBrowser()

let skipped = 0
for (const file of files.filter((one) => !runs.includes(one))) {
  const n = countIn(file)
  skipped += n
  console.log(`${file}: ${n} skipped for want of ${lacks(file).join(', ')}`)
}
const suites = runs.length > 0 ? [['network', ...(separate ? inNetwork : []), ...mocha(...runs)]] : []
// Firefox offers other members no loopback address: it needs an interface to meet them on.
const enterOffice = [...office.map((told) => `ip ${told}`), 'exec "$@"'].join(' && ')
const browsers = { firefox: needs['firefox.node.spec.ts'], webkit: webKit }
for (const [name, tools] of Object.entries(browsers)) {
  const wanted = tools.filter((need) => !there.has(need))
  if (wanted.length > 0) {
    skipped++
    console.log(`all that runs in a page, in ${name}: skipped for want of ${wanted.join(', ')}`)
    continue
  }
  const wtr = [...tool('wtr', { of: '@web/test-runner' }), '--config', `web-test-runner.${name}.config.mjs`]
  suites.push([name, ...(separate ? [...inNetwork, 'sh', '-c', enterOffice, 'sh'] : []), ...wtr])
}
// Without those that esbuild has to write out for Node 22: its program for Windows does not start in Wine 8.
const ofWindows = globSync(['packages/core/test/*.node.spec.ts', 'test/windows/*.spec.ts'], {
  cwd: root,
  exclude: ['packages/core/test/*discovery*', 'packages/core/test/transport-*']
})
if (there.has(wine)) {
  ensureWindowsNode()
  suites.push(['windows', ...(separate ? inNetwork : []), ...onWindows(mocha(...ofWindows.sort()).slice(1))])
} else {
  skipped++
  console.log(`what differs on Windows: skipped for want of ${wine}`)
}
await runSuites(suites, { skipped })

/** How many tests there are in a file. */
function countIn(file) {
  const dir = mkdtempSync(join(tmpdir(), 'ghmesh-count-'))
  const [command, ...args] = mocha('--dry-run', file)
  try {
    const env = { ...process.env, COUNTS_FILE: join(dir, 'counts.json') }
    spawnSync(command, args, { cwd: root, stdio: 'ignore', env })
    const { passed, skipped: pending } = JSON.parse(readFileSync(env.COUNTS_FILE, 'utf8'))
    return passed + pending
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
