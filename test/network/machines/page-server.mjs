// Serves the one file for pages, and an empty page, on this machine's loopback: where a page may use WebCrypto and locks.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const file = readFileSync(new URL(import.meta.resolve('ghmesh')).pathname.replace(/index\.js$/, 'browser/ghmesh.js'))
const server = createServer((req, res) => {
  const isLibrary = req.url === '/ghmesh.js'
  res.writeHead(200, { 'content-type': isLibrary ? 'text/javascript' : 'text/html' })
  res.end(isLibrary ? file : '<!doctype html><link rel="icon" href="data:,">')
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
