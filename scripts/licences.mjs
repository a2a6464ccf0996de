// The licences of what is bundled into a file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Writes `THIRD_PARTY_LICENCES.txt` into a folder, for a bundle made of these files. */
export function writeLicences(dist, inputs) {
  const folders = new Set()
  for (const file of inputs) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/')) ?? []
    if (folder) folders.add(folder)
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(resolve(root, folder, 'package.json'), 'utf8'))
    const files = readdirSync(resolve(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    const own = files.map((file) => readFileSync(resolve(root, folder, file), 'utf8').trim())
    return [`${name} ${version} (${license})`, ...own].join('\n\n')
  })
  writeFileSync(join(root, dist, 'THIRD_PARTY_LICENCES.txt'), `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
}
