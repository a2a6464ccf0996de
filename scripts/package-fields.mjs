// Every published package has the files and fields that its page on npm is made of, and those that a release with provenance needs.
//
//   node scripts/package-fields.mjs                    what is missing; the repository can be, as long as it is missing everywhere
//   node scripts/package-fields.mjs --release [URL]    the same, but each needs a repository (this one)
//   node scripts/package-fields.mjs --repository URL   writes repository, homepage and bugs into each package.json
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/** A repository's address without what may follow it, or nothing where it is not `https://HOST/OWNER/NAME`. */
const repositoryOf = (url) => /^(https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+?)(?:\.git|\/)?$/.exec(url ?? '')?.[1]

const fieldsFor = (url, directory) => ({
  repository: { type: 'git', url: `git+${url}.git`, directory },
  homepage: `${url}#readme`,
  bugs: `${url}/issues`
})

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

function publishedPackages(root) {
  const folders = globSync(readJson(join(root, 'package.json')).workspaces, { cwd: root })
  return folders
    .map((folder) => folder.replaceAll('\\', '/'))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, fields: readJson(join(root, folder, 'package.json')) }))
    .filter(({ fields }) => !fields.private)
    .sort((a, b) => a.folder.localeCompare(b.folder))
}

export function brokenFields(root, { isRelease = false, repositoryUrl } = {}) {
  const packages = publishedPackages(root)
  const needsRepository = isRelease || packages.some(({ fields }) => fields.repository !== undefined)
  const broken = packages.flatMap(({ folder, fields }) =>
    [
      ...missingFields(root, fields),
      ...missingFiles(root, folder, fields),
      ...(needsRepository ? wrongRepository(folder, fields, repositoryUrl) : [])
    ].map((line) => `${fields.name}: ${line}`)
  )
  const urls = new Set(packages.flatMap(({ fields }) => fields.repository?.url ?? []))
  if (urls.size > 1) broken.push(`more than one repository: ${[...urls].join(', ')}`)
  return broken
}

function* missingFields(root, { name, description, license, engines, files, publishConfig }) {
  const workspace = readJson(join(root, 'package.json'))
  if (!name || !description) yield 'no description'
  if (license !== workspace.license) yield `license is not ${workspace.license}, as the workspace’s is`
  if (!engines?.node) yield 'no engines.node'
  if (!files) yield 'no files'
  else if (!files.includes('CHANGELOG.md')) yield 'files leaves out CHANGELOG.md'
  if (publishConfig?.access !== 'public') yield 'publishConfig.access is not "public"'
  if (publishConfig?.provenance !== true) yield 'publishConfig.provenance is not true'
}

function* missingFiles(root, folder, { name, version }) {
  const read = (file) => {
    const path = join(root, folder, file)
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  }
  const readme = read('README.md')
  if (readme === undefined) yield 'no README.md'
  else if (readme.split('\n')[0].trim() !== `# ${name}`) yield `README.md does not begin with "# ${name}"`
  // npm packs a LICENSE only from the package's own folder.
  const license = read('LICENSE')
  if (license === undefined) yield 'no LICENSE'
  else if (license !== readFileSync(join(root, 'LICENSE'), 'utf8')) yield 'LICENSE is not the workspace’s'
  const changelog = read('CHANGELOG.md')
  if (changelog === undefined) yield 'no CHANGELOG.md'
  else if (!changelog.split(/\r?\n/).includes(`## ${version}`)) yield `CHANGELOG.md has nothing about ${version}`
}

function* wrongRepository(folder, { repository, homepage, bugs }, wanted) {
  const url = repositoryOf(repository?.url?.replace(/^git\+/, ''))
  if (url === undefined) return yield 'no repository; set it with "node scripts/package-fields.mjs --repository URL"'
  if (wanted !== undefined && url !== repositoryOf(wanted))
    yield `repository is ${url}, but the release runs in ${wanted}`
  if (repository.directory !== folder) yield `repository.directory is ${repository.directory}`
  const right = fieldsFor(url, folder)
  for (const [field, value] of Object.entries({ homepage, bugs })) {
    if (value === undefined) yield `no ${field}`
    else if (value !== right[field]) yield `${field} does not belong to ${url}`
  }
}

function setRepository(root, url) {
  for (const { folder, fields } of publishedPackages(root)) {
    // Beside the licence, where a reader looks for them.
    const { license, repository: _, homepage: __, bugs: ___, ...rest } = fields
    const entries = Object.entries(rest)
    const place = entries.findIndex(([field]) => field === 'type') + 1
    entries.splice(place, 0, ...Object.entries({ license, ...fieldsFor(url, folder) }))
    const path = join(root, folder, 'package.json')
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
  }
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..')
  const { values, positionals } = parseArgs({
    options: { release: { type: 'boolean' }, repository: { type: 'string' } },
    allowPositionals: true
  })
  const [repositoryUrl] = positionals
  const url = repositoryOf(values.repository)
  if (values.repository !== undefined && url === undefined) {
    console.error('a repository is given as https://HOST/OWNER/NAME')
    process.exitCode = 2
  } else {
    if (url !== undefined) setRepository(root, url)
    const broken = brokenFields(root, { isRelease: values.release, repositoryUrl })
    for (const line of broken) console.error(line)
    process.exitCode = broken.length > 0 ? 1 : 0
  }
}
