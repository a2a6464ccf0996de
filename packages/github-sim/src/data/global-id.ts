import { nodeId } from './links.ts'

/** Prefixes of the newer ids, as recorded responses have them. */
const prefixes = { Repository: 'R', Issue: 'I', PullRequest: 'PR', IssueComment: 'IC' }

type Type = keyof typeof prefixes

/** What has this number or a higher one was made after GitHub changed its ids, which old objects keep. */
export const firstYoungId = 1_000_000_000

/**
 * The id of a repository, or of something in one, in the form of its age
 * (https://docs.github.com/graphql/guides/migrating-graphql-global-node-ids).
 */
export const globalId = (type: Type, ...numbers: [repository: number, own?: number]): string =>
  forms(type, numbers)[(numbers.at(-1) as number) >= firstYoungId ? 'newer' : 'older']

/** Whether an id names the object: GitHub takes both forms of each. */
export function isGlobalId(id: unknown, type: Type, ...numbers: [repository: number, own?: number]): boolean {
  const { newer, older } = forms(type, numbers)
  return id === newer || id === older
}

function forms(type: Type, numbers: [repository: number, own?: number]) {
  return { older: nodeId(type, numbers.at(-1) as number), newer: `${prefixes[type]}_${packed(numbers as number[])}` }
}

/** MessagePack of a list: 0, and the numbers in 32 bits each. Not documented, but recorded ids of such large numbers are all so. */
function packed(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(2 + 5 * numbers.length)
  bytes.writeUInt8(0x91 + numbers.length, 0)
  for (const [i, number] of numbers.entries()) {
    bytes.writeUInt8(0xce, 2 + 5 * i)
    bytes.writeUInt32BE(number, 3 + 5 * i)
  }
  return bytes.toString('base64url')
}
