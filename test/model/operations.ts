import * as fc from 'fast-check'

export const size = 3
export const hello = '/repos/octocat/Hello-World'
const website = '/repos/octo-org/website'
const secretPlans = '/repos/octocat/secret-plans'

/** Bodies that differ by viewer, lists, single things, what may turn private, what always was, what is each viewer's own. */
export const paths = [
  hello,
  `${hello}/issues/1`,
  `${hello}/issues?per_page=5`,
  website,
  `${website}/issues/1`,
  `${secretPlans}/issues/1`,
  '/user'
] as const
export type Path = (typeof paths)[number]

/** What a story is about: a few paths, and what happens to them, so that much happens to each. */
export const subjects = {
  issue: {
    paths: [`${hello}/issues/1`],
    changes: ['hello issue'],
    writes: [`${hello}/issues/1`],
    purges: ['octocat/Hello-World', `${hello}/issues/1`]
  },
  list: {
    paths: [`${hello}/issues?per_page=5`, `${hello}/issues/1`],
    changes: ['hello list', 'hello issue'],
    writes: [`${hello}/issues/1`],
    purges: ['octocat/Hello-World', `${hello}/issues`]
  },
  repository: {
    paths: [hello],
    changes: ['hello', 'bob may edit hello', 'bob may not edit hello'],
    writes: [hello],
    purges: ['octocat/Hello-World']
  },
  hiding: {
    paths: [`${website}/issues/1`, website],
    changes: ['website issue', 'website private', 'website public', 'bob may read website', 'bob may not read website'],
    writes: [`${website}/issues/1`],
    purges: ['octo-org/website']
  },
  private: {
    paths: [`${secretPlans}/issues/1`, '/user'],
    changes: ['secret issue', 'bob may read secret', 'bob may not read secret'],
    writes: [`${secretPlans}/issues/1`],
    purges: ['octocat/secret-plans']
  }
} as const satisfies Record<string, { paths: Path[]; changes: string[]; writes: Path[]; purges: string[] }>
export type Subject = keyof typeof subjects
/** What others do at GitHub. */
export type Change = (typeof subjects)[Subject]['changes'][number]

/** The token of each. Bob has no access to what is private, unless a change gives it to him. */
export const viewers = { alice: 'sim-token-alice', bob: 'sim-token-bob', nobody: undefined } as const
export type Viewer = keyof typeof viewers

const member = fc.nat(size - 1)
const viewer = fc.constantFrom(...(Object.keys(viewers) as Viewer[]))
/** Which of the subject's. */
const which = fc.nat(3)
const second = 1000
const minute = 60 * second

const change = fc.record({ op: fc.constant('change' as const), which: fc.nat(4) })
/** By alice, through a member. */
const write = fc.record({ op: fc.constant('write' as const), member, which })
const purge = fc.record({ op: fc.constant('purge' as const), member, which })
const read = fc.record({
  op: fc.constant('read' as const),
  member,
  viewer,
  which,
  cache: fc.constantFrom(
    'default' as const,
    'default' as const,
    'default' as const,
    'no-cache' as const,
    'force-cache' as const
  )
})
/** Several ask at once, while GitHub's answer is on its way and something happens. */
const together = fc.record({
  op: fc.constant('together' as const),
  which,
  who: fc.array(fc.record({ member, viewer }), { minLength: 2, maxLength: 6 }),
  /** Where GitHub's answers wait: before it looks, or on their way back. */
  phase: fc.constantFrom('request' as const, 'response' as const),
  during: fc.array(fc.oneof(change, write, purge), { maxLength: 2 }),
  /** These ask after that, and before GitHub answers the others. */
  after: fc.array(fc.record({ member, viewer }), { maxLength: 3 })
})
const advance = fc.record({
  op: fc.constant('advance' as const),
  ms: fc.constantFrom(5 * second, 5 * second, 20 * second, 31 * second, 31 * second, 61 * second, 61 * minute)
})
const cut = fc.record({
  op: fc.constant('cut' as const),
  side: fc.uniqueArray(member, { maxLength: size - 1 })
})
const weather = fc.record({
  op: fc.constant('weather' as const),
  lost: fc.constantFrom(0, 0, 30),
  doubled: fc.constantFrom(0, 30),
  late: fc.constantFrom(0, 40)
})
const deliver = fc.record({ op: fc.constant('deliver' as const) })
const silent = fc.record({ op: fc.constant('silent' as const), members: fc.uniqueArray(member, { maxLength: 2 }) })
/** GitHub fails for everybody. */
const outage = fc.record({
  op: fc.constant('outage' as const),
  how: fc.constantFrom(undefined, undefined, 502 as const, 'reset' as const)
})
/** By so much, or behind by it. */
const ahead = (ms: number) => fc.integer({ min: -ms, max: ms })
/** Sets a member's clock. */
const skew = fc.record({
  op: fc.constant('skew' as const),
  member,
  ms: fc.oneof(ahead(6 * second), ahead(3 * minute))
})
/** Stops a member and starts it again, with what it had stored or without. */
const restart = fc.record({ op: fc.constant('restart' as const), member, keeps: fc.boolean() })

const operation = fc.oneof(
  { weight: 24, arbitrary: read },
  { weight: 5, arbitrary: together },
  { weight: 6, arbitrary: change },
  { weight: 3, arbitrary: write },
  { weight: 2, arbitrary: purge },
  { weight: 7, arbitrary: advance },
  { weight: 2, arbitrary: cut },
  { weight: 1, arbitrary: weather },
  { weight: 1, arbitrary: deliver },
  { weight: 1, arbitrary: silent },
  { weight: 1, arbitrary: outage },
  { weight: 1, arbitrary: skew },
  { weight: 1, arbitrary: restart }
)

type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never
export type Operation = ValueOf<typeof operation>

/** One run of the model: how the group is set up, and what happens. */
export const story = fc.record({
  seed: fc.nat(1_000_000),
  subject: fc.constantFrom(...(Object.keys(subjects) as Subject[])),
  share: fc.constantFrom('public' as const, 'group' as const),
  skews: fc.array(fc.oneof(fc.constant(0), ahead(6 * second), ahead(3 * minute)), { minLength: size, maxLength: size }),
  /** Which of them are pages, which cannot read the `Date` of an answer. */
  pages: fc.oneof(
    fc.constant(Array.from({ length: size }, () => false)),
    fc.array(fc.boolean(), { minLength: size, maxLength: size })
  ),
  operations: fc.array(operation, { maxLength: 60, size: 'max' })
})
export type Story = ValueOf<typeof story>
