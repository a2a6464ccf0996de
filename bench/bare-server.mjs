// What every proxy is measured against: Node's HTTP server with the same answer in memory, and nothing else.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [socket, file] = process.argv.slice(2)
const { headers, body } = JSON.parse(readFileSync(file, 'utf8'))
createServer((_request, response) => response.writeHead(200, headers).end(body)).listen(socket, () =>
  console.log('listening')
)
