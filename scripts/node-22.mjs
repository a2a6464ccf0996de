// For mocha on Node 22, which reads TypeScript, but not `using`: esbuild writes that out. It also warns of node:sqlite in every
// process (docs/decisions/0004-disk-format.md), which is not what specs look for in what a command prints.
import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.env.NODE_OPTIONS = '--disable-warning=ExperimentalWarning'
  const require = createRequire(import.meta.url)
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
      const file = fileURLToPath(url)
      const text = readFileSync(file, 'utf8')
      if (!/\busing \w+ =/.test(text)) return nextLoad(url, context)
      const { transformSync } = require('esbuild')
      const { code } = transformSync(text, { loader: 'ts', target: 'node22', sourcefile: file, sourcemap: 'inline' })
      return { format: 'module', source: code, shortCircuit: true }
    }
  })
}
