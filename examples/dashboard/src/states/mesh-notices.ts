import type { Relay } from 'ghmesh'
import { isInLocalNetwork, isUnencrypted } from '../mesh/local-relay.ts'
import { weakSecret } from '../start/secret.ts'
import type { Notice } from './notices.ts'

/** Finding a relay and members takes a moment, which is no news. */
const patienceMs = 4000

interface Standing {
  relays: readonly Relay[]
  members: number
  hasSecret: boolean
  isWeakSecret: boolean
  runningForMs: number
  isSecurePage: boolean
  /** Whether the user lets this page reach the local network; undefined where browsers do not ask. */
  localNetwork?: PermissionState | undefined
}

const settings = { label: 'Check secret and relay', action: 'settings' } as const

/** What keeps members away, and what to do about it. */
export function meshNotices(standing: Standing): Notice[] {
  const { relays, members, hasSecret, isWeakSecret, runningForMs } = standing
  if (!hasSecret) return []
  const weak = isWeakSecret ? [weakNotice] : []
  const notices = relays.flatMap((relay) => relayNotice(relay, standing))
  if (notices.length > 0 || members > 0 || runningForMs < patienceMs) return [...notices, ...weak]
  if (relays.length === 0) {
    return [
      ...weak,
      {
        id: 'no-relay',
        tone: 'warning',
        title: 'No relay, so no members',
        text: 'A browser meets other members at a relay. Add the address of your team’s relay.',
        actions: [settings]
      }
    ]
  }
  return [
    ...weak,
    {
      id: 'no-members',
      tone: 'warning',
      title: 'No members yet',
      text: 'This page is connected to the relay, but nobody else with this secret is. Either you are the first, or your secret differs from your team’s: compare them.',
      actions: [settings]
    }
  ]
}

const weakNotice: Notice = {
  id: 'weak-secret',
  tone: 'warning',
  title: 'The secret of this group is weak',
  text: weakSecret,
  actions: [{ label: 'Change the secret', action: 'settings' }]
}

function relayNotice({ id, address, state, refused }: Relay, standing: Standing): Notice[] {
  const { runningForMs, isSecurePage, localNetwork } = standing
  const common = { id: `relay ${id}`, tone: 'warning' as const, actions: [settings] }
  if (refused === 'proof') {
    const text = 'It serves only other groups. Ask its operator to add your group, or use another relay.'
    return [{ ...common, title: 'The relay refuses this group', text: `${text} (${address})` }]
  }
  if (refused === 'place' && state !== 'reserved') {
    const text =
      'It cannot take another member. This page keeps trying; ask the operator of the relay to raise its limits.'
    return [{ ...common, title: 'The relay is full', text: `${text} (${address})` }]
  }
  if (state !== 'away' || runningForMs < patienceMs) return []
  // Where a browser asks, it lets a page that came over https connect without encryption to what it was allowed.
  const isRefused = isSecurePage && isUnencrypted(address) && !(isInLocalNetwork(address) && localNetwork)
  const text = [
    isRefused
      ? 'This page was loaded over https, and from there browsers allow only encrypted relays (wss).'
      : 'Check that it runs, that its address is correct, and that no firewall or proxy blocks WebSockets.',
    ...(localNetwork === 'denied' || (localNetwork === 'prompt' && isInLocalNetwork(address)) ? [permission] : []),
    withoutRelay(standing),
    `(${address})`
  ]
  return [{ ...common, title: 'The relay cannot be reached', text: text.join(' ') }]
}

const permission =
  'If it is in your local network, your browser connects only if you allow it: when it asks, or in its settings for this page.'

/** What still works. It has to agree with the number of members in the mesh panel. */
function withoutRelay({ relays, members }: Standing): string {
  if (relays.some(({ state }) => state === 'reserved')) return 'Another relay still works.'
  if (members === 0) return 'Until then you work alone.'
  const those = members === 1 ? 'one member' : `${members} members`
  return `You are still connected to ${those}, but nobody new can join you.`
}
