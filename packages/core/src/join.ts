import { memberIssue } from './discovery/github-issue.ts'
import { MeshError } from './errors.ts'
import { createAudit } from './exchange/audit.ts'
import { createAnnounce } from './flow/announce.ts'
import { createAskMembers } from './flow/ask-members.ts'
import { type Group, openGroup } from './group/group.ts'
import { looksGuessable } from './group/secret.ts'
import type { Mesh } from './mesh.ts'
import { createNetwork } from './network/network.ts'
import { type Company, type Start, startHere } from './start.ts'
import { localMesh } from './tabs/local-mesh.ts'
import { meshOfTabs } from './tabs/mesh-of-tabs.ts'
import { mayShareTabs, nameAmongTabs } from './tabs/name.ts'
import { throughLeader } from './tabs/through-leader.ts'

const guessable =
  'the secret looks guessable: a relay or a reader of the registry could find it by trying; "ghmesh secret" makes a strong one'

const groupFlow = { createAskMembers, createAnnounce, createAudit }

/** Starts a member of the group that a secret makes; the first of several is the member's own. */
export async function join(start: Start, secrets: readonly string[]): Promise<Mesh> {
  const { platform, options, warn } = start
  const { now = Date.now, limits } = options
  const groups = await Promise.all(secrets.map((one) => openGroup(one, now, limits.proofLifetimeMs)))
  if (secrets.some(looksGuessable)) warn(new MeshError('ERR_INVALID_OPTION', guessable))
  const startMember = () => startHere(start, amongMembers(start, groups as [Group, ...Group[]]))
  if (!platform.hasTabs || !mayShareTabs(options)) return (await startMember()).mesh
  return meshOfTabs({
    name: await nameAmongTabs(options, groups),
    start: async () => localMesh(await startMember()),
    startFollower: async (leader) =>
      localMesh(await startHere(start, { connects: false, groupFlow, members: () => throughLeader(leader) })),
    answerMs: limits.tabAnswerMs,
    doneMs: limits.tabDoneMs,
    seekMs: limits.tabAnswerMs + limits.membersBudgetMs + limits.leaseWaitMs
  })
}

/** Connected to members by this process or tab itself. */
function amongMembers({ platform, options, token, warn }: Start, groups: readonly [Group, ...Group[]]): Company {
  const { repository, relays = [] } = options
  return {
    connects: true,
    groupFlow,
    members:
      ({ privateKey }, name, connected) =>
      (own) => {
        const transport = options.transport ?? platform.libp2pTransport({ ...options, privateKey, onWarning: warn })
        const registry =
          repository === undefined
            ? []
            : [memberIssue({ ...options, fetch: own.fetch, repository, groups, token, connected, onWarning: warn })]
        const discovery = options.discovery ?? [...platform.defaultDiscovery(options, warn, groups[0].id), ...registry]
        return createNetwork(
          {
            groups,
            transport,
            discovery,
            relays,
            name,
            isHidden: platform.isHidden,
            sharesSameToken: options.shareSameToken ?? true
          },
          own
        )
      }
  }
}
