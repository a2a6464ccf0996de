import { type Links, nodeId } from './links.ts'

/** The licenses the simulator knows: SPDX id and name by key. */
export const licenses: Record<string, { spdx: string; name: string; summary: string }> = {
  'apache-2.0': {
    spdx: 'Apache-2.0',
    name: 'Apache License 2.0',
    summary: 'A permissive license with a patent grant.'
  },
  'bsd-3-clause': { spdx: 'BSD-3-Clause', name: 'BSD 3-Clause "New" or "Revised" License', summary: 'Permissive.' },
  'gpl-3.0': { spdx: 'GPL-3.0', name: 'GNU General Public License v3.0', summary: 'Strong copyleft.' },
  mit: { spdx: 'MIT', name: 'MIT License', summary: 'A short and simple permissive license.' },
  unlicense: { spdx: 'Unlicense', name: 'The Unlicense', summary: 'A dedication to the public domain.' }
}

/** The short form, or null for a key that is not known. */
export function simpleLicense(key: string | null, { api }: Links) {
  const license = key === null ? undefined : licenses[key]
  if (key === null || !license) return null
  return {
    key,
    name: license.name,
    spdx_id: license.spdx,
    url: `${api}/licenses/${key}`,
    node_id: nodeId('License', Object.keys(licenses).indexOf(key) + 1)
  }
}

/** The text the simulator uses in place of a license's own words. */
function licenseText(key: string): string {
  const license = licenses[key]
  return `${license?.name ?? key}\n\nCopyright (c) [year] [fullname]\n\n${license?.summary ?? ''} (Sample text.)\n`
}

/** `GET /licenses/{license}`. */
export function fullLicense(key: string, links: Links) {
  const short = simpleLicense(key, links)
  if (!short) return undefined
  return {
    ...short,
    html_url: `http://choosealicense.com/licenses/${key}/`,
    description: licenses[key]?.summary ?? '',
    implementation: 'Create a text file named LICENSE in the root of your source code and copy the text into it.',
    permissions: ['commercial-use', 'modifications', 'distribution', 'private-use'],
    conditions: ['include-copyright'],
    limitations: ['liability', 'warranty'],
    body: licenseText(key),
    featured: key === 'mit'
  }
}
