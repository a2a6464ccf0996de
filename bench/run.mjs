// Compares a hit of ghmesh with what else answers one, in one run. `--quick`: fewer rounds. `--json`: one document.
import { measure, median, ratio } from './measure.mjs'
import { startOrigin, startSubjects } from './subjects.mjs'

const quick = process.argv.includes('--quick')
const rounds = quick ? 9 : 31
const callsPerRound = quick ? 100 : 400
const aims = [
  ['memory', 'undici', 0.8],
  ['memory', 'floor', 2.5],
  ['memory', 'redis', undefined],
  ['disk', 'undici', 1.0]
]

const origin = await startOrigin()
const subjects = await startSubjects(origin)
const rows = []
try {
  for (const kind of ['memory', 'disk']) {
    const calls = Object.fromEntries(
      Object.entries(subjects[kind]).flatMap(([name, subject]) => (subject ? [[name, subject.call]] : []))
    )
    for (const [name, call] of Object.entries(calls)) {
      await call()
      const before = origin.state.calls
      const bytes = (await call()).byteLength
      if (bytes !== origin.state.body.length || origin.state.calls !== before)
        throw new Error(`${kind} ${name} is no hit: ${bytes} bytes`)
    }
    const times = await measure(calls, { rounds, callsPerRound })
    for (const [of, to, aim] of aims) {
      if (of !== kind) continue
      const measured = times[to] !== undefined
      rows.push({
        hit: kind,
        against: to,
        ghmeshMicroseconds: median(times.ghmesh),
        otherMicroseconds: measured ? median(times[to]) : null,
        ratio: measured ? ratio(times, 'ghmesh', to) : null,
        aim: aim ?? null
      })
    }
  }
} finally {
  await subjects.stop()
  await origin.stop()
}

if (process.argv.includes('--json'))
  console.log(
    JSON.stringify({ node: process.version, bodyBytes: origin.state.body.length, rounds, callsPerRound, rows })
  )
else {
  const cell = (value, digits = 1) => (value === null ? 'not installed' : value.toFixed(digits)).padStart(14)
  console.log(
    `${'10 KB hit'.padEnd(10)}${'against'.padEnd(10)}${'ghmesh µs'.padStart(14)}${'other µs'.padStart(14)}${'ratio'.padStart(14)}${'aim'.padStart(8)}`
  )
  for (const row of rows) {
    console.log(
      `${row.hit.padEnd(10)}${row.against.padEnd(10)}${cell(row.ghmeshMicroseconds)}${cell(row.otherMicroseconds)}${cell(row.ratio, 2)}${(row.aim ?? '').toString().padStart(8)}`
    )
  }
}
