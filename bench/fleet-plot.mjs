// Draws what `fleet.mjs --json FILE` measured, as SVG, and prints it as a table for docs/scale.md: `node bench/fleet-plot.mjs FILE [folder]`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as echarts from 'echarts'

const [file, folder = join(import.meta.dirname, '../docs/images')] = process.argv.slice(2)
if (file === undefined) throw new Error('which file? It comes from node bench/fleet.mjs --json FILE')
const rows = JSON.parse(readFileSync(file, 'utf8'))

const ways = {
  plain: 'plain fetch',
  'undici cache': "each alone, undici's cache",
  'one proxy': 'one central proxy',
  ghmesh: 'ghmesh'
}
const colours = { plain: '#8b949e', 'undici cache': '#bf8700', 'one proxy': '#8250df', ghmesh: '#1a7f37' }
const sizes = [...new Set(rows.map(({ size }) => size))].sort((a, b) => a - b)
const find = (way, size) => rows.find((row) => row.way === way && row.size === size)

/** One line for each way, over the number of members. Readable on a dark page too: it brings its own white. */
function draw({ name, title, figureOf, only = Object.keys(ways), y }) {
  const shown = only.filter((way) => sizes.some((size) => find(way, size)))
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 380 })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: 13 },
    title: { text: title, left: 16, top: 12, textStyle: { fontSize: 15, fontWeight: 600 } },
    legend: { bottom: 8, data: shown.map((way) => ways[way]) },
    grid: { left: 64, right: 32, top: 56, bottom: 78 },
    xAxis: { type: 'category', name: 'members', nameLocation: 'middle', nameGap: 26, data: sizes.map(String) },
    yAxis: { splitLine: { lineStyle: { color: '#eaeef2' } }, ...y },
    series: shown.map((way) => ({
      type: 'line',
      name: ways[way],
      symbolSize: 7,
      color: colours[way],
      lineStyle: { width: way === 'ghmesh' ? 3 : 2 },
      label: {
        show: way === 'ghmesh' || way === 'plain',
        position: 'top',
        formatter: ({ value }) => Number(value).toPrecision(3)
      },
      data: sizes.map((size) => {
        const row = find(way, size)
        return row ? figureOf(row, find('one member', size)) : null
      })
    }))
  })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.svg`), `${chart.renderToSVGString()}\n`)
  chart.dispose()
}

draw({
  name: 'fleet-units',
  title: 'Rate limit used by the whole fleet, in times what one member uses that reads the same',
  figureOf: (row, one) => Math.round((100 * row.units) / one.units) / 100,
  y: { type: 'log', min: 1 }
})
draw({
  name: 'fleet-processor',
  title: 'Processor time of a member, ms a second',
  only: ['plain', 'undici cache', 'ghmesh'],
  figureOf: ({ cpuMsPerMember, seconds }) => Math.round((10 * cpuMsPerMember) / seconds) / 10,
  y: { type: 'value', min: 0 }
})

const times = (value, of) => (value / of).toFixed(2)
const ms = ({ p50Ms, p99Ms } = {}) => (p50Ms === undefined ? '' : `${p50Ms.toFixed(1)}, ${Math.round(p99Ms)}`)
const columns = {
  members: ({ size }) => size,
  way: ({ way }) => ways[way],
  'units, in times one member': (row, one) => times(row.units, one.units),
  'in the time before': (row, one) => (row.first ? times(row.first.units, one.first.units) : ''),
  calls: (row, one) => times(row.calls, one.calls),
  'full answers a version': ({ byStatus, versions }) => times(byStatus[200] ?? 0, versions),
  'from GitHub: p50, p99 ms': ({ bySource }) => ms(bySource.github),
  'from members': ({ bySource }) => ms(bySource.member),
  'from the cache': ({ bySource }) => ms(bySource.cache),
  'processor, ms a second': ({ cpuMsPerMember, seconds }) => (cpuMsPerMember / seconds).toFixed(1),
  'sent to members, KB a second': ({ sentBytesPerMember, seconds }) => (sentBytesPerMember / 1000 / seconds).toFixed(1)
}
const line = (cells) => console.log(`| ${cells.join(' | ')} |`)
line(Object.keys(columns))
line(Object.keys(columns).map(() => '---:'))
for (const size of sizes)
  for (const way of Object.keys(ways)) {
    const row = find(way, size)
    if (row) line(Object.values(columns).map((column) => column(row, find('one member', size))))
  }
