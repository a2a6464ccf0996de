// Makes the next version of what `npx changeset` has noted: changelogs and package.json by changesets, then every other place
// that states a version. Nothing is published; look at it and commit it.
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const read = (path) => readFileSync(join(root, path), 'utf8')
const versionOf = (folder) => JSON.parse(read(`${folder}/package.json`)).version

function replace(path, pattern, replacement) {
  const text = read(path)
  const changed = text.replaceAll(pattern, replacement)
  if (changed !== text) writeFileSync(join(root, path), changed)
}

const before = versionOf('packages/core')
execFileSync(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], {
  cwd: root,
  stdio: 'inherit'
})
const version = versionOf('packages/core')
for (const folder of ['packages/core', 'relay'])
  replace(`${folder}/src/version.ts`, /^export const version = '.*'$/gm, `export const version = '${version}'`)
// The tarballs that documents install.
for (const path of globSync(['*.md', 'docs/**/*.md', 'examples/*/*.md', 'packages/*/README.md', 'relay/README.md'], {
  cwd: root
}))
  replace(path, /(\bghmesh(?:-[a-z-]+)?)-\d+\.\d+\.\d+[\w.-]*?\.tgz/g, `$1-${version}.tgz`)
// The lockfile has all of it already but our own versions.
const npm = process.env.npm_execpath
const [command, first] = npm ? [process.env.npm_node_execpath ?? process.execPath, [npm]] : ['npm', []]
execFileSync(
  command,
  [...first, 'install', '--package-lock-only', '--ignore-scripts', '--offline', '--loglevel=error'],
  {
    cwd: root,
    stdio: 'inherit'
  }
)
console.log(version === before ? `no changes are noted: it stays ${version}` : `${before} -> ${version}`)
