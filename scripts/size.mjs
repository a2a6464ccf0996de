// What a page loads, in bytes of gzip: without a secret, and with one; and how much of it is our own code.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleForPages, loadedWith } from './pages.mjs'
import { root } from './tools.mjs'

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
 * Sizes in bytes: what is loaded without a secret and with one, our own code in both, with GitHub's first response, when a secret
 * is given, what a browser without Ed25519 loads besides, of which part how much before it is minified, and the largest of our files.
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
    answersGzipBytes: sizeOf(whole.filter(({ fileName }) => fileName.startsWith('answers-'))),
    groupGzipBytes: sizeOf(whole.filter(({ fileName }) => /^(?:members|libp2p)-/.test(fileName))),
    fallbackGzipBytes: sizeOf(all.filter(isFallback)),
    bytesByPart,
    files: sizes(own)
      .map(([file, bytes]) => ({ file: relative('', file), bytes }))
      .sort((a, b) => b.bytes - a.bytes)
  }
}

/** Where documents name sizes, in kB. */
const documented = [
  {
    file: 'README.md',
    text: /\b(\d+) kB \(gzip\) to cache for itself, and (\d+) kB more with a secret/,
    bytes: (sizes) => [sizes.localGzipBytes + sizes.answersGzipBytes, sizes.groupGzipBytes]
  },
  {
    file: 'docs/browsers.md',
    text: /\b(\d+) kB gzipped to cache for one page, (\d+) kB more with GitHub's first response, and another (\d+) kB,/,
    bytes: (sizes) => [sizes.localGzipBytes, sizes.answersGzipBytes, sizes.groupGzipBytes]
  },
  { file: 'docs/browsers.md', text: /loads another (\d+) kB, the library/, bytes: (sizes) => [sizes.fallbackGzipBytes] }
]

/** What documents say of these sizes and is wrong by more than 1 kB: a line for each. */
export function wrongDocumentedSizes(sizes) {
  return documented.flatMap(({ file, text, bytes }) => {
    const [, ...said] = text.exec(readFileSync(join(root, file), 'utf8')) ?? []
    if (said.length === 0) return [`${file} does not say ${text.source}`]
    const measured = bytes(sizes).map((count) => count / 1000)
    return measured.some((kB, i) => Math.abs(kB - said[i]) > 1)
      ? [`${file} says ${said.join(', ')} kB; measured ${measured.map((kB) => kB.toFixed(1)).join(', ')} kB`]
      : []
  })
}
