// What a page loads, in bytes of gzip: without a secret, and with one; and how much of it is our own code.
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleForPages, loadedWith } from './pages.mjs'

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

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0)
const sizeOf = (files) => sum(files.map(({ code }) => gzipBytes(code)))

/** What is loaded where the browser has no Ed25519. */
const isFallback = ({ modules }) => Object.keys(modules).some((file) => file.includes('/@noble/ed25519/'))

/**
 * Sizes in bytes: what is loaded without a secret and with one, our own code in both, what a browser without Ed25519 loads besides,
 * of which part how much before it is minified, and the largest of our files.
 */
export async function measureSize() {
  const [own, all] = await Promise.all([bundleForPages({ own: true }), bundleForPages()])
  const whole = all.filter((file) => !isFallback(file))
  const sizes = (files) =>
    files.flatMap(({ modules }) => Object.entries(modules).map(([file, { renderedLength }]) => [file, renderedLength]))
  const bytesByPart = Object.fromEntries(Object.keys(parts).map((part) => [part, 0]))
  for (const [file, bytes] of sizes(whole))
    bytesByPart[Object.keys(parts).find((part) => parts[part].test(file))] += bytes
  return {
    localGzipBytes: sizeOf(loadedWith(whole)),
    wholeGzipBytes: sizeOf(whole),
    ownLocalGzipBytes: sizeOf(loadedWith(own)),
    ownGzipBytes: sizeOf(own),
    fallbackGzipBytes: sizeOf(all.filter(isFallback)),
    bytesByPart,
    files: sizes(own)
      .map(([file, bytes]) => ({ file: relative('', file), bytes }))
      .sort((a, b) => b.bytes - a.bytes)
  }
}
