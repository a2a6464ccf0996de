// What pages get: one minified file with all that it needs, which a bundler takes as it is, or a `<script type="module">`.
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '..')

/** The code of that file, and the modules in it; with `own`, only what is ours, everything else left out. */
export async function bundleForPages({ own = false } = {}) {
  const bundle = await rolldown({
    cwd: root,
    input: 'packages/core/src/index.ts',
    platform: 'browser',
    external: own ? (name) => !/^(?:[./]|#platform$)/.test(name) : [],
    // The sources, for `dist` is being written at the same time.
    resolve: { alias: { '#platform': join(root, 'packages/core/src/platform/browser/browser.ts') } },
    transform: { target: 'es2023', define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' } }
  })
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    codeSplitting: false,
    comments: { legal: false }
  })
  const [{ code, modules }] = output
  return { code, modules }
}
