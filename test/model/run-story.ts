import { cacheStatus } from 'ghmesh'
import { seeded } from '../../packages/github-sim/src/seed.ts'
import { below, type Group, type ModelMember, maxSkewMs, startGroup } from './group.ts'
import { type Change, hello, type Operation, type Story, size, subjects, type Viewer, viewers } from './operations.ts'

const second = 1000
/** GitHub's `Date` counts whole seconds, at the member that asked and at the one that is asked. */
const dateMs = 2 * second
const freshMs = 60 * second
/** `visibilityRecentMs`: so long after it was made private, members may be told of a repository. */
const visibilityMs = 30 * second
/** `confirmationMs`: so long a token's own look counts. */
const confirmationMs = 3600 * second
const notFoundMs = 10 * second
const staleIfErrorMs = 24 * 3600 * second
/** What takes longer has no answer. */
const hangsMs = 20_000

interface Asked {
  i: number
  member: ModelMember
  path: string
  viewer: Viewer
  cache: 'default' | 'no-cache' | 'force-cache'
  startedAt: number
  floor: number
  toldFloor: number
  /** As in `ModelMember`, when this was asked. */
  given: number
  refusedAt: number
}

/** Runs a story with real members and a real simulator. Rejects where an answer breaks a promise; says which, and where. */
export async function runStory(story: Story): Promise<void> {
  const random = seeded(story.seed)
  const group = await startGroup(story, random)
  let at = -1
  try {
    for (let i = 0; i < size; i++) await group.start(i, story.skews[i] ?? 0)
    await group.connect()
    await group.truth.note()
    const play = player(story, group)
    for (const operation of story.operations) {
      at++
      group.now++ // so that no two things of different operations happen in the same millisecond
      await play(operation)
      await group.quiet()
    }
  } catch (error) {
    throw new Error(`operation ${at}: ${error instanceof Error ? error.message : error}`, { cause: error })
  } finally {
    await group.stop()
  }
}

function player(story: Story, group: Group): (operation: Operation) => Promise<void> {
  const { github, network, truth, members } = group
  const subject = subjects[story.subject]
  const pick = <T>(all: readonly T[], which: number) => all[which % all.length] as T
  let edits = 0
  const memberAt = (i: number) => members[i] as ModelMember
  /** What other members saw bears the time of their clocks, and those of pages may be wrong. */
  const pagesMs = (i: number) => (story.pages.some((page, other) => page && other !== i) ? maxSkewMs : 0)
  /** Two sightings further apart than clocks may be wrong. */
  const moveOn = () => {
    group.now += dateMs + second
  }

  async function change(what: Change): Promise<void> {
    moveOn()
    const title = `edit ${++edits}`
    const [helloWorld, site, secret] = ['octocat/Hello-World', 'octo-org/website', 'octocat/secret-plans'].map((name) =>
      github.repository(name)
    )
    const [bob, website, secretPlans] = [viewers.bob, 'octo-org/website', 'octocat/secret-plans']
    const table: Record<Change, () => unknown> = {
      'hello issue': () => helloWorld?.editIssue(1, { title }),
      'hello list': () => helloWorld?.addIssue({ title }),
      hello: () => helloWorld?.update({ description: title }),
      'bob may edit hello': () => github.setRole(bob, 'octocat/Hello-World', 'push'),
      'bob may not edit hello': () => github.setRole(bob, 'octocat/Hello-World', 'pull'),
      'website issue': () => site?.editIssue(1, { title }),
      'secret issue': () => secret?.editIssue(1, { title }),
      'website private': () => site?.setVisibility('private'),
      'website public': () => site?.setVisibility('public'),
      'bob may read website': () => github.setRole(bob, website, 'pull'),
      'bob may not read website': () => github.setRole(bob, website, 'none'),
      'bob may read secret': () => github.setRole(bob, secretPlans, 'pull'),
      'bob may not read secret': () => github.setRole(bob, secretPlans, 'none')
    }
    table[what]()
    await truth.note()
  }

  async function write(i: number, path: string): Promise<void> {
    moveOn()
    const at = group.now
    const { mesh, floors } = memberAt(i)
    const body = JSON.stringify({ [path === hello ? 'description' : 'title']: `edit ${++edits}` })
    const headers = { authorization: `token ${viewers.alice}` }
    const answer = await mesh.fetch(github.url + path, { method: 'PATCH', headers, body }).catch(() => undefined)
    await truth.note()
    if (!answer?.ok) return
    for (const one of [path, ...(path.startsWith(hello) ? [`${hello}/issues?per_page=5`] : [])]) floors.set(one, at)
  }

  async function purge(i: number, target: string): Promise<void> {
    moveOn()
    const at = group.now
    const { mesh, floors } = memberAt(i)
    await mesh.purge(target.startsWith('/') ? github.url + target : target)
    for (const path of below(target)) floors.set(path, at)
  }

  function ask(i: number, path: string, viewer: Viewer, cache: Asked['cache'] = 'default') {
    const member = memberAt(i)
    const asked: Asked = {
      i,
      member,
      path,
      viewer,
      cache,
      startedAt: group.now,
      floor: (member.floors.get(path) ?? 0) - pagesMs(i),
      toldFloor: (member.toldFloors.get(path) ?? 0) - Math.max(pagesMs(i), group.unsureMs(member.clock)),
      given: member.given.get(`${path} ${viewer}`) ?? 0,
      refusedAt: member.refusedAt.get(`${path} ${viewer}`) ?? 0
    }
    const token = viewers[viewer]
    const headers = token === undefined ? undefined : { authorization: `token ${token}` }
    const knewTheTime = member.clock.knowsTheTime
    const answered = member.mesh.fetch(github.url + path, { cache, ...(headers && { headers }) }).then(
      async (response) => ({ response, body: await response.text() }),
      (error: unknown) => ({ error })
    )
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error(`member ${i} never answered ${viewer} for ${path}`)), hangsMs)
    return Promise.race([answered, late.promise])
      .finally(() => clearTimeout(timer))
      .then((answer) => ({ asked, answer, knewTheTime }))
  }

  function check({ asked, answer, knewTheTime }: Awaited<ReturnType<typeof ask>>): void {
    const { i, member, path, viewer, cache, startedAt, floor, toldFloor, given, refusedAt } = asked
    const fail = (what: string, more = ''): never => {
      const got =
        'error' in answer
          ? String(answer.error)
          : `${answer.response.status} ${answer.response.headers.get('cache-status')}`
      throw new Error(`${what}: member ${i}, ${viewer}, ${path}, ${cache}: ${got} ${more}`)
    }
    if ('error' in answer) {
      if (group.outage !== 'reset') fail('an error without a cause')
      return
    }
    const { response, body } = answer
    const { status } = response
    const said = cacheStatus(response)
    if (said?.detail?.startsWith('stale-') && group.outage === undefined) fail('stale without a cause')
    if (status === 502 && group.outage === 502) return
    const clockMs = dateMs + (knewTheTime ? pagesMs(i) : maxSkewMs)
    const isStale = said?.detail?.startsWith('stale-') === true
    const oldest = isStale
      ? startedAt - staleIfErrorMs
      : cache === 'force-cache'
        ? 0
        : said?.hit || said?.collapsed // which is as old as the call that it joined
          ? startedAt - freshMs
          : startedAt
    const isExact = cache === 'no-cache' && !isStale

    const name = `${path} ${viewer}`
    if (status !== 200) {
      const until = truth.shownUntil(path, viewer, status)
      if (until === undefined) fail('a status that GitHub never gave')
      else if (until < startedAt - (cache === 'no-cache' ? 0 : notFoundMs + clockMs)) fail('an old status')
      if (said?.forwardStatus === status) member.refusedAt.set(name, startedAt)
      return
    }
    const own = truth.shownUntil(path, viewer, 200, body)
    const lostAt = truth.lostAt(path, viewer)
    const anybodys = truth.shownAnybodyUntil(path, body)
    if (anybodys === undefined) return void fail('a body that GitHub never gave', body.slice(0, 200))
    // What it never saw itself it may have got while this member did not yet know that it had lost it.
    if (lostAt !== undefined && (own === undefined || !truth.canRead(path, viewer))) {
      const seenAt = startedAt - 1000 * Number(response.headers.get('age') ?? 0)
      if (refusedAt >= lostAt && seenAt + clockMs <= refusedAt) fail('private, and seen before it was refused')
      // What everybody could read is told for a while; what it saw itself counts for an hour.
      const confirmed = own === undefined ? 0 : confirmationMs
      const isOld = isStale || cache === 'force-cache'
      const until = lostAt + Math.max(visibilityMs + freshMs, confirmed) + (isOld ? staleIfErrorMs : 0) + clockMs
      if (startedAt > until) fail('private, long after access was lost', `${startedAt - lostAt} ms`)
      const bornAt = truth.shownAnybodyFrom(path, body) ?? 0
      if (own === undefined && bornAt > lostAt + visibilityMs + clockMs) fail('a private body that it never saw')
      if (anybodys < oldest - clockMs) fail('older than fresh')
      return
    }
    if (own === undefined) return void fail("another viewer's body")
    if (own < (isExact ? startedAt : oldest - clockMs))
      fail('older than fresh', `by ${startedAt - own} ms, clock off by ${member.clock.skewMs}`)
    if (isStale) return
    if ((own <= floor || own <= toldFloor) && cache === 'default')
      fail(
        'older than a write or purge',
        `${(Math.max(floor, toldFloor) - own) / 1000} s, clock off by ${member.clock.skewMs}`
      )
    // Members read GitHub's clock to a second: of two bodies that close, what another one saw may seem the newer one.
    const apartMs = pagesMs(i) + (said?.detail === 'peer' ? dateMs : 0)
    if (own + apartMs <= given) fail('older than what it gave before', `${(given - own) / 1000} s`)
    member.given.set(name, Math.max(member.given.get(name) ?? 0, truth.shownFrom(path, viewer, body) ?? 0))
  }

  const play = async (operation: Operation): Promise<void> => {
    switch (operation.op) {
      case 'read':
        return check(
          await ask(operation.member, pick(subject.paths, operation.which), operation.viewer, operation.cache)
        )
      case 'together': {
        const path = pick(subject.paths, operation.which)
        const hold = github.hold((call) => call.url === path && call.userAgent !== 'truth' && call.method === 'GET', {
          phase: operation.phase
        })
        const asking = operation.who.map(({ member, viewer }) => ask(member, path, viewer))
        try {
          await Promise.race([hold.arrived, Promise.all(asking)])
          for (const what of operation.during) await play(what)
          for (const { member, viewer } of operation.after) asking.push(ask(member, path, viewer))
        } finally {
          hold.release()
        }
        return (await Promise.all(asking)).forEach(check)
      }
      case 'change':
        return change(pick(subject.changes, operation.which))
      case 'write':
        return write(operation.member, pick(subject.writes, operation.which))
      case 'purge':
        return purge(operation.member, pick(subject.purges, operation.which))
      case 'advance':
        group.now += operation.ms
        return
      case 'cut':
        await network.cut(operation.side.map((i) => memberAt(i).transport.peerId))
        return group.connect()
      case 'weather':
        network.weather = { lost: operation.lost, doubled: operation.doubled, late: operation.late }
        return
      case 'deliver':
        return network.deliver()
      case 'silent':
        return network.silence(operation.members.map((i) => memberAt(i).transport.peerId))
      case 'outage':
        group.outage = operation.how
        return
      case 'skew':
        memberAt(operation.member).clock.skewMs = operation.ms
        return
      case 'restart': {
        const { mesh, store, clock } = memberAt(operation.member)
        await mesh.stop()
        await group.start(operation.member, clock.skewMs, operation.keeps ? store : undefined)
        return group.connect()
      }
    }
  }
  return play
}
