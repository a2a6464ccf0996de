// Run by the host's Node (any version from 18) before `npm start` and `npm test`: installs what the lockfile
// says when it changed, then builds when sources changed. Plain JavaScript, no dependency.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const hostNode = process.env.npm_node_execpath ?? process.execPath
const npmCli = process.env.npm_execpath

function run(cmd, args, env = process.env) {
  const { status, signal } = spawnSync(cmd, args, { cwd: root, stdio: 'inherit', env })
  if (status !== 0) {
    console.error(`setup: ${args.join(' ')} ended with ${status ?? signal}`)
    process.exit(status ?? 1)
  }
}
function files(dir, out = []) {
  for (const e of readdirSync(dir, { withFileTypes: true })) {
    if (e.name === 'node_modules' || e.name === 'dist' || e.name.startsWith('.')) continue
    const p = join(dir, e.name)
    if (e.isDirectory()) files(p, out)
    else if (/\.(ts|json|html|mjs)$/.test(e.name)) out.push(p)
  }
  return out
}
const hash = (paths, extra = '') => {
  const h = createHash('sha256').update(extra)
  for (const p of paths.sort()) h.update(p).update('\0').update(readFileSync(p))
  return h.digest('hex')
}
const read = (p) => (existsSync(p) ? readFileSync(p, 'utf8') : '')

const installStamp = join(root, 'node_modules/.ghmesh-install')
const want = hash([join(root, 'package-lock.json'), join(root, 'package.json')], `${process.platform}-${process.arch}`)
if (read(installStamp) !== want) {
  console.log('setup: installing dependencies (npm ci)')
  const env = { ...process.env, npm_config_loglevel: 'error', npm_config_engine_strict: 'false' }
  if (npmCli) run(hostNode, [npmCli, 'ci', '--include=dev', '--no-audit', '--no-fund'], env)
  else run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], env)
  writeFileSync(installStamp, want)
}

const buildStamp = join(root, 'node_modules/.ghmesh-build')
const sources = [...readdirSync(join(root, 'packages')).map((p) => join('packages', p)), 'relay'].flatMap((p) =>
  files(join(root, p, 'src'))
)
const ways = ['tsup.config.ts', 'tsconfig.base.json', 'scripts/build.mjs', 'scripts/pages.mjs', 'scripts/licences.mjs']
const wantBuild = hash([...sources, ...ways.map((file) => join(root, file))], want)
if (read(buildStamp) !== wantBuild || !existsSync(join(root, 'packages/core/dist/index.js'))) {
  console.log('setup: building')
  // On Windows what lies there is no program.
  const local = process.platform === 'win32' ? hostNode : join(root, 'node_modules/.bin/node')
  run(existsSync(local) ? local : hostNode, [join(root, 'scripts/build.mjs')])
  writeFileSync(buildStamp, wantBuild)
}
