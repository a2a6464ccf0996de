import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import type { Page, Result } from './compare.ts'
import type { Step } from './steps.ts'

interface Told {
  base: string
  socket?: string
  token: string
  steps: readonly Step[]
}

const run = promisify(execFile)

/** The steps by curl. */
export async function curl({ base, socket, token, steps }: Told): Promise<Result[]> {
  const results: Result[] = []
  for (const step of steps) {
    const before = results.at(-1)
    results.push(await take(step, before).catch(({ message }) => ({ error: true, message })))
  }
  return results

  async function take(step: Step, before: Result | undefined): Promise<Result> {
    const own = step.token === undefined ? token : step.token
    const headers = { ...step.headers, ...(own !== null && { authorization: `token ${own}` }) } as Record<
      string,
      string
    >
    if (step.condition) headers['if-none-match'] = before?.pages?.[0]?.headers.etag ?? ''
    const pages: Page[] = []
    for (let url: string | undefined = base + step.path; url !== undefined; ) {
      const method = step.method ?? 'GET'
      const args = ['--silent', '--include', '--http1.1', ...(method === 'HEAD' ? ['--head'] : ['--request', method])]
      args.push('--max-time', url.includes('silent') ? '0.5' : '60', ...(socket ? ['--unix-socket', socket] : []))
      for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`)
      if (step.body !== undefined) args.push('--data-binary', step.body)
      const { stdout } = await run('curl', [...args, url], { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 })
      pages.push(pageOf(stdout))
      url = step.follow ? /<([^>]+)>; rel="next"/.exec(pages.at(-1)?.headers.link ?? '')?.[1] : undefined
    }
    return { pages }
  }
}

function pageOf(printed: Buffer): Page {
  const end = printed.indexOf('\r\n\r\n')
  const [first = '', ...lines] = printed.subarray(0, end).toString().split('\r\n')
  const body = printed.subarray(end + 4)
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  )
  return {
    status: Number(first.split(' ')[1]),
    headers,
    body: body.length < 1e6 ? body.toString('base64') : '',
    sha256: createHash('sha256').update(body).digest('hex')
  }
}
