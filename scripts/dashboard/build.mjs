import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const dashboard = join(root, 'examples/dashboard')
const stamp = join(root, 'node_modules/.ghmesh-dashboard')

/** Where the built files are. */
export const builtDashboard = join(dashboard, 'dist')

function sources() {
  const within = (folder) =>
    readdirSync(join(dashboard, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  return [
    ...within('src'),
    ...within('public'),
    ...['index.html', 'package.json', 'vite.config.ts'].map((name) => join(dashboard, name)),
    join(root, 'packages/core/dist/browser/ghmesh.js'),
    join(root, 'package-lock.json')
  ].sort()
}

/** Builds the dashboard's static files, unless they are built of these very sources. */
export function buildDashboard() {
  const hash = createHash('sha256')
  for (const path of sources()) hash.update(path).update('\0').update(readFileSync(path))
  const wanted = hash.digest('hex')
  const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (built === wanted && existsSync(join(builtDashboard, 'index.html'))) return
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: dashboard,
    encoding: 'utf8'
  })
  if (status !== 0) throw new Error(`the dashboard could not be built:\n${stdout}${stderr}`)
  writeFileSync(stamp, wanted)
}
