// Serves the files for pages, and an empty page, on this machine's loopback: where a page may use WebCrypto and locks.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const folder = new URL(import.meta.resolve('ghmesh')).pathname.replace(/index\.js$/, 'browser')
const server = createServer((req, res) => {
  const file = /^\/[\w-]+\.js$/.test(req.url ?? '') ? folder + req.url : ''
  const isLibrary = existsSync(file)
  res.writeHead(200, { 'content-type': isLibrary ? 'text/javascript' : 'text/html' })
  res.end(isLibrary ? readFileSync(file) : '<!doctype html><link rel="icon" href="data:,">')
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
