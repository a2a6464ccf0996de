import type { Setting } from '../../options.ts'

const yesOrNo = (text: string): unknown =>
  ({ 1: true, true: true, yes: true, on: true, 0: false, false: false, no: false, off: false })[text.toLowerCase()] ??
  text
const list = (text: string): unknown => text.split(',').filter((part) => part.trim())

interface Variable extends Pick<Setting, 'option' | 'wanted'> {
  names: string[]
  read?: (text: string) => unknown
}

// Which variable stands for which option; of several the first that is set.
const variables: Variable[] = [
  { option: 'secret', names: ['CACHE_P2P_SHARED_SECRET', 'GHMESH_SECRET'] },
  { option: 'networking', names: ['CACHE_ENABLE_P2P'], read: yesOrNo },
  { option: 'repository', names: ['GITHUB_REPOSITORY', 'IPFS_ACCELERATE_GITHUB_REPO'] },
  { option: 'listenPort', names: ['CACHE_LISTEN_PORT'], read: Number },
  { option: 'name', names: ['RUNNER_NAME'] },
  { option: 'peersDir', names: ['IPFS_ACCELERATE_P2P_CACHE_DIR', 'GHMESH_PEERS_DIR'] },
  { option: 'forceLocalhost', names: ['IPFS_ACCELERATE_P2P_FORCE_LOCALHOST'], read: yesOrNo },
  { option: 'shareSameToken', names: ['GHMESH_SHARE_SAME_TOKEN'], read: yesOrNo },
  { option: 'mdns', names: ['GHMESH_MDNS'], read: yesOrNo },
  { option: 'announceIp', names: ['IPFS_ACCELERATE_PUBLIC_IP'] },
  { option: 'bootstrap', names: ['CACHE_BOOTSTRAP_PEERS'], read: list },
  {
    option: 'iceServers',
    names: ['GHMESH_ICE_SERVERS'],
    read: (text) => (list(text) as string[]).map((urls) => ({ urls: urls.trim() })),
    wanted: 'stun: and turn: URLs, separated by commas, such as stun:stun.example.com:3478'
  },
  { option: 'relays', names: ['GHMESH_RELAYS'], read: list },
  {
    option: 'ttlMs',
    names: ['CACHE_DEFAULT_TTL'],
    read: (text) => Number(text) * 1000,
    wanted: 'a number of seconds from 0 on'
  },
  {
    option: 'graphqlTtlMs',
    names: ['GHMESH_GRAPHQL_TTL'],
    read: (text) => Number(text) * 1000,
    wanted: 'a number of seconds from 0 on'
  },
  { option: 'cacheDir', names: ['IPFS_ACCELERATE_CACHE_DIR', 'CACHE_DIR'] },
  { option: 'token', names: ['GH_TOKEN', 'GITHUB_TOKEN'] },
  { option: 'apiUrl', names: ['GITHUB_API_URL'] }
]

/** The environment variables that `createMesh` reads. */
export const variableNames: readonly string[] = variables.flatMap(({ names }) => names)

/** What the environment says; of several variables for one option the first that is set, and an empty one is not set. */
export function readEnvironment(environment: Record<string, string | undefined>): Setting[] {
  return variables.flatMap(({ option, names, read = (text: string) => text, wanted }) => {
    const name = names.find((candidate) => environment[candidate]?.trim())
    const received = name === undefined ? undefined : environment[name]
    return received === undefined
      ? []
      : [{ option, value: read(received.trim()), received, said: `variable ${name}`, wanted }]
  })
}
