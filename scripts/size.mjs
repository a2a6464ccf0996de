// The size of our own code as a browser gets it: the gzip of what packages/core/src adds to a minified bundle.

import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** Bundles what `import { createMesh } from 'ghmesh'` brings to a page; with `own`, only what is ours, everything else left out. */
async function bundle(own) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: "export { createMesh } from './packages/core/src/index.ts'", resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    alias: { '#platform': './packages/core/src/platform/browser.ts' },
    packages: own ? 'external' : 'bundle',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' }
  })
  return { bytes: outputFiles[0].contents, metafile }
}

/** Of what a page loads, whose it is; the first that fits. */
const parts = {
  ghmesh: /^packages\/core\/src\//,
  WebRTC: /webrtc/,
  gossipsub: /gossipsub/,
  'Noise and keys': /noise|@noble|@libp2p\/(crypto|peer-id)|asn1|@peculiar/,
  'other parts of libp2p': /node_modules\/(@libp2p\/|libp2p\/)/,
  'addresses and encodings': /multiformats|uint8|protons|cborg|varint|netmask|multiaddr/,
  rest: /./
}

/** Sizes in bytes: our own code, everything, how that is made up, and the largest of our files. */
export async function measureSize() {
  const [own, whole] = await Promise.all([bundle(true), bundle(false)])
  const [output] = Object.values(own.metafile.outputs)
  const files = Object.entries(output.inputs)
    .map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }))
    .sort((a, b) => b.bytes - a.bytes)
  const byPart = Object.fromEntries(Object.keys(parts).map((part) => [part, 0]))
  for (const [file, { bytesInOutput }] of Object.entries(Object.values(whole.metafile.outputs)[0].inputs))
    byPart[Object.keys(parts).find((part) => parts[part].test(file))] += bytesInOutput
  return {
    ownGzipBytes: gzipSync(own.bytes, { level: 9 }).byteLength,
    ownMinifiedBytes: own.bytes.byteLength,
    wholeGzipBytes: gzipSync(whole.bytes, { level: 9 }).byteLength,
    wholeMinifiedBytes: whole.bytes.byteLength,
    minifiedBytesByPart: byPart,
    files
  }
}
