/** At once or later. */
export type Awaitable<T> = T | Promise<T>

/** One test of an acceptance suite. */
export interface ContractTest {
  name: string
  /** Rejects with an Error that says what was expected. */
  run(): Promise<void>
}

/** Plain JSON with sorted keys, so that two values compare by what they say. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v
  ) ?? 'undefined'

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** Compares plain JSON by value, whatever the order of its keys. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [canonical(actual), canonical(expected)]
  assert(got === wanted, `${what}: expected ${wanted}, got ${got}`)
}

export function assertBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert(actual instanceof Uint8Array, `${what}: expected a Uint8Array`)
  const length = `${what}: expected ${expected.length} bytes, got ${actual.length}`
  assert(actual.length === expected.length, length)
  const at = expected.findIndex((byte, i) => actual[i] !== byte)
  assert(at < 0, `${what}: byte ${at} is ${actual[at]}, expected ${expected[at]}`)
}

/** Resolves to what `promise` rejected with; rejects when it did not. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`${what}: expected a rejection, got ${canonical(value)}`)
}

/** A rejection with this `code`; the class does not matter, so that an implementation needs no import of values. */
export async function assertCode(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await rejection(promise, what)
  const got = error instanceof Error && 'code' in error ? error.code : String(error)
  assert(got === code, `${what}: expected an Error with code ${code}, got ${got}`)
}

/** Everything that `items` gives, in a list. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
