// The licences of what is bundled into a file, from esbuild's list of its inputs, which is removed then.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Writes `dist/THIRD_PARTY_LICENCES.txt` of a package whose bundle left its metafile. */
export function writeLicences(dist) {
  const metafile = join(root, dist, 'metafile-esm.json')
  const { inputs } = JSON.parse(readFileSync(metafile, 'utf8'))
  rmSync(metafile)
  const folders = new Set()
  for (const file of Object.keys(inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []
    if (folder) folders.add(folder)
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    const own = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim())
    return [`${name} ${version} (${license})`, ...own].join('\n\n')
  })
  writeFileSync(join(root, dist, 'THIRD_PARTY_LICENCES.txt'), `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
}
