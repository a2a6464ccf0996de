// The size of our own code as a browser gets it: the gzip of what packages/core/src adds to the minified file for pages.
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleForPages } from './pages.mjs'

const gzipBytes = (code) => gzipSync(code, { level: 9 }).byteLength

/** Sizes in bytes: our own code, everything, and the largest of our files. */
export async function measureSize() {
  const [own, whole] = await Promise.all([bundleForPages({ own: true }), bundleForPages()])
  const files = Object.entries(own.modules)
    .map(([file, { renderedLength }]) => ({ file: relative('', file), bytes: renderedLength }))
    .sort((a, b) => b.bytes - a.bytes)
  return {
    ownGzipBytes: gzipBytes(own.code),
    ownMinifiedBytes: Buffer.byteLength(own.code),
    wholeGzipBytes: gzipBytes(whole.code),
    files
  }
}
