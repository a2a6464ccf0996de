// For mocha: Node 22 reads TypeScript, but not `using`, so there esbuild writes that out.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

if (Number.parseInt(process.versions.node, 10) < 24) {
  const { transformSync } = await import('esbuild')
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
      const file = fileURLToPath(url)
      const text = readFileSync(file, 'utf8')
      if (!/\busing \w+ =/.test(text)) return nextLoad(url, context)
      const { code } = transformSync(text, { loader: 'ts', target: 'node22', sourcefile: file, sourcemap: 'inline' })
      return { format: 'module', source: code, shortCircuit: true }
    }
  })
}
