import { CliError } from '../errors.ts'
import { createOutput } from '../output.ts'
import type { GroupFigures, ProxyFigures } from '../proxy/own-pages.ts'
import { documentText, shown } from '../terminal.ts'
import { figureDocument, figureLine, figureLines, figuresOf, sumOf } from './figures.ts'
import { folderFigures, folderLines } from './folder-figures.ts'
import { refreshing } from './screen.ts'
import { counted, table } from './show.ts'
import { type Place, type Source, sourceOf } from './source.ts'

export interface StatsFlags extends Place {
  group?: boolean
  /** Seconds between two looks. */
  watch?: number
  json?: boolean
}

/** What is known at one moment, in every form in which it can be printed. */
interface Look {
  document: object
  many: string[]
  one: string
}

/** `ghmesh stats`: the figures of the proxy, of the whole group, or of the cache directory. */
export async function stats(flags: StatsFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput({ json: flags.json })
  const source = await sourceOf(flags)
  const look = lookFor(source, flags.group ?? false)
  if (flags.watch === undefined) {
    const { document, many } = await look()
    if (flags.json) output.document(document)
    else for (const line of many) output.line(line)
    return 0
  }
  const { watch: seconds, json } = flags
  await refreshing({
    seconds,
    signal,
    async lines() {
      const { document, many, one } = await look()
      const at = new Date().toISOString()
      const text = json ? documentText({ at, ...document }) : `${at} ${one}`
      return json ? { one: text } : { many, one: text }
    }
  })
  return 0
}

function lookFor({ proxy, directory }: Source, group: boolean): () => Promise<Look> {
  if (!proxy) {
    if (group)
      throw new CliError(
        'no proxy is running, and only a proxy knows the figures of the group; start one with "ghmesh proxy"'
      )
    return async () => {
      const figures = await folderFigures(directory)
      const { cache_size, cache_bytes } = figures
      return {
        document: figures,
        many: folderLines(figures),
        one: `cache_size=${cache_size} cache_bytes=${cache_bytes}`
      }
    }
  }
  return group
    ? async () => groupLook(await proxy.ask<GroupFigures>('/ghmesh/group'))
    : async () => proxyLook(await proxy.ask<ProxyFigures>('/ghmesh/stats'))
}

function proxyLook({ stats, pid, version, since, uptimeSeconds }: ProxyFigures): Look {
  const figures = figuresOf(stats)
  return {
    document: { proxy: { pid, version, since, uptime_seconds: uptimeSeconds }, ...figureDocument(figures) },
    many: [
      `ghmesh proxy ${version}, process ${pid}, since ${since}`,
      ...figureLines(figures).map((line) => `  ${line}`)
    ],
    one: figureLine(figures)
  }
}

const columns = ['requests', 'hits', 'peer_hits', 'api_calls_made', 'api_calls_saved', 'hit_rate'] as const

function groupLook({ members, total }: GroupFigures): Look {
  const each = Object.entries(members).map(([name, stats]) => [name, figuresOf(stats)] as const)
  const sum = sumOf(total)
  const rows = each.map(([name, { plain }]) => [shown(name), ...columns.map((column) => String(plain[column]))])
  return {
    document: {
      members: Object.fromEntries(each.map(([name, figures]) => [name, figureDocument(figures)])),
      total: { members: each.length, ...sum.plain, rejected: sum.rejected }
    },
    many: [
      `${counted(each.length, 'member')} heard from recently`,
      ...table([['name', ...columns], ...rows]).map((line) => `  ${line}`),
      'Sum of all',
      ...figureLines(sum).map((line) => `  ${line}`)
    ],
    one: `members=${each.length} ${figureLine(sum)}`
  }
}
