// Asks with got, axios or ky for what comes in on standard input, and prints what came back.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import process from 'node:process'
import { json } from 'node:stream/consumers'

const [kind, packages] = process.argv.slice(2)
const load = createRequire(`${packages}/`)
const told = await json(process.stdin)
const { base, socket, token, steps, timeoutSeconds } = told

const askWith = {
  got() {
    const { got } = load('got')
    return async (method, url, headers, body, timeout) => {
      const place = socket && !url.startsWith('http://unix:') ? `unix:${socket}:${url.slice(base.length)}` : url
      const answer = await got(place, {
        ...{ method, headers, body, responseType: 'buffer', throwHttpErrors: false, followRedirect: false },
        ...{ allowGetBody: true, enableUnixSockets: true, retry: { limit: 0 }, timeout: { request: timeout } }
      })
      return [answer.statusCode, answer.headers, answer.rawBody ?? answer.body]
    }
  },
  axios() {
    const { default: axios } = load('axios')
    return async (method, url, headers, data, timeout) => {
      const answer = await axios.request({
        ...{ method, url, headers, data, timeout, responseType: 'arraybuffer', maxRedirects: 0, proxy: false },
        ...{ validateStatus: () => true, ...(socket && { socketPath: socket }) }
      })
      return [answer.status, answer.headers.toJSON(), Buffer.from(answer.data)]
    }
  },
  ky() {
    const { default: ky } = load('ky')
    return async (method, url, headers, body, timeout) => {
      const answer = await ky(url, {
        method,
        headers,
        body,
        timeout,
        retry: 0,
        throwHttpErrors: false,
        redirect: 'manual'
      })
      return [answer.status, Object.fromEntries(answer.headers), Buffer.from(await answer.arrayBuffer())]
    }
  }
}
const ask = askWith[kind]()

async function run(step, before) {
  const headers = { 'user-agent': kind, ...step.headers }
  const own = step.token === undefined ? token : step.token
  if (own !== null) headers.authorization = `token ${own}`
  if (step.condition) headers['if-none-match'] = before.pages[0].headers.etag
  const pages = []
  for (let url = base + step.path; url !== undefined; ) {
    const timeout = url.includes('silent') ? 500 : timeoutSeconds * 1000
    const [status, got, body] = await ask(step.method ?? 'GET', url, headers, step.body, timeout)
    const text = body.length < 1e6 ? body.toString('base64') : ''
    pages.push({ status, headers: got, body: text, sha256: createHash('sha256').update(body).digest('hex') })
    url = step.follow ? /<([^>]+)>; rel="next"/.exec(got.link ?? '')?.[1] : undefined
  }
  return { pages }
}

const results = []
for (const step of steps) {
  results.push(await run(step, results.at(-1)).catch(({ message }) => ({ error: true, message })))
}
process.stdout.write(JSON.stringify(results))
