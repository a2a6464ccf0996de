/** A generator of numbers from 0 to 1 that is the same in each run (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const repositories = 50
const issuesEach = 9
export const owner = 'fleet'

/** 500 resources: 450 issues, the same for all who may read them, and 50 repositories, whose `permissions` differ. */
export const resources = Array.from({ length: repositories }, (_, r) => [
  `/repos/${owner}/r${r}`,
  ...Array.from({ length: issuesEach }, (_, n) => `/repos/${owner}/r${r}/issues/${n + 1}`)
]).flat()

/** Which resource is read: the one of rank k with a probability of 1 to k (Zipf), ranks dealt out at random. */
export function zipf(random) {
  const dealt = seeded(7)
  const order = resources.map((path) => ({ path, at: dealt() })).sort((a, b) => a.at - b.at)
  let sum = 0
  const upTo = order.map((_, rank) => {
    sum += 1 / (rank + 1)
    return sum
  })
  return () => {
    const at = random() * sum
    return order[upTo.findIndex((end) => at < end)].path
  }
}

/**
 * What one member reads, and when: about one resource in `everySeconds`, and each twentieth second ten popular ones at the very moment at
 * which all others read them too, as dashboards and jobs do that a clock or a push starts.
 */
export function readsOf(member, seconds, everySeconds = 1) {
  const random = seeded(1000 + member)
  const next = zipf(random)
  const popular = zipf(seeded(99))
  const bursts = Array.from({ length: Math.ceil(seconds / 20) }, () => Array.from({ length: 10 }, popular))
  const reads = []
  for (let at = everySeconds * random(); at < seconds; at += everySeconds * (0.5 + random()))
    reads.push({ atMs: at * 1000, path: next() })
  for (const [n, paths] of bursts.entries()) for (const path of paths) reads.push({ atMs: n * 20_000 + 5000, path })
  return reads.filter(({ atMs }) => atMs < seconds * 1000).sort((a, b) => a.atMs - b.atMs)
}
