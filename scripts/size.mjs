// The size of our own code as a browser gets it: the gzip of what packages/core/src adds to the minified file for pages.
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleForPages } from './pages.mjs'

const gzipBytes = (code) => gzipSync(code, { level: 9 }).byteLength

/** Of what a page loads, whose it is; the first that fits. */
const parts = {
  ghmesh: /packages\/core\/src\//,
  WebRTC: /webrtc/,
  gossipsub: /gossipsub/,
  'Noise and keys': /noise|@noble|@libp2p\/(crypto|peer-id)|asn1|@peculiar/,
  'other parts of libp2p': /node_modules\/(@libp2p\/|libp2p\/)/,
  'addresses and encodings': /multiformats|uint8|protons|cborg|varint|netmask|multiaddr/,
  rest: /./
}

/** Sizes in bytes: our own code, everything, of which part how much before it is minified, and the largest of our files. */
export async function measureSize() {
  const [own, whole] = await Promise.all([bundleForPages({ own: true }), bundleForPages()])
  const sizes = (modules) => Object.entries(modules).map(([file, { renderedLength }]) => [file, renderedLength])
  const bytesByPart = Object.fromEntries(Object.keys(parts).map((part) => [part, 0]))
  for (const [file, bytes] of sizes(whole.modules))
    bytesByPart[Object.keys(parts).find((part) => parts[part].test(file))] += bytes
  return {
    ownGzipBytes: gzipBytes(own.code),
    ownMinifiedBytes: Buffer.byteLength(own.code),
    wholeGzipBytes: gzipBytes(whole.code),
    wholeMinifiedBytes: Buffer.byteLength(whole.code),
    bytesByPart,
    files: sizes(own.modules)
      .map(([file, bytes]) => ({ file: relative('', file), bytes }))
      .sort((a, b) => b.bytes - a.bytes)
  }
}
