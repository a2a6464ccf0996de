/**
 * Times subjects side by side: in every round each runs once, in an order that turns, so that a machine whose speed drifts
 * does so for all. In Node and in pages. Returns microseconds a call by subject and round.
 */
export async function measure(subjects, { rounds, callsPerRound, warmUpCalls = callsPerRound }) {
  const names = Object.keys(subjects)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  for (const name of names) for (let i = 0; i < warmUpCalls; i++) await subjects[name]()
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]
      const call = subjects[name]
      const start = performance.now()
      for (let n = 0; n < callsPerRound; n++) await call()
      times[name].push(((performance.now() - start) * 1000) / callsPerRound)
    }
  }
  return times
}

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median of a/b, round by round. */
export const ratio = (times, a, b) => median(times[a].map((time, round) => time / times[b][round]))
