import { memo } from 'preact/compat'

/** A number from a name, the same each time (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}

const hair = [
  'M5 11a7 7 0 0 1 14 0q-3-3-7-3t-7 3z',
  'M5 12q0-8 7-8t7 8q-1-4-5-5-5 3-9 5z',
  'M4.5 15q-1-11 7.5-11t7.5 11q-1.5-5-2.5-6h-10q-1.5 2-2.5 6z'
]
const mouths = ['M9.5 15.5q2.5 2 5 0', 'M10 15.8h4', 'M9.5 15q2.5 3.5 5 0z']

/** A face drawn from the name: a photo would come from another server, which would learn who is looked at. */
export const Avatar = memo(function Avatar({ login }: { login: string }) {
  const hash = hashOf(login)
  const of = (list: readonly string[], shift: number) => list[(hash >>> shift) % list.length]
  return (
    <svg className="avatar" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="12" fill={`hsl(${hash % 360} 45% 62%)`} />
      <circle cx="12" cy="12.5" r="6.5" fill={`hsl(28 ${40 + ((hash >>> 4) % 25)}% ${48 + ((hash >>> 9) % 35)}%)`} />
      <path d={of(hair, 12)} fill={`hsl(${(hash >>> 6) % 50} 35% ${15 + ((hash >>> 15) % 40)}%)`} />
      <path d="M9.5 11.5v1.5M14.5 11.5v1.5" stroke="#222" strokeWidth="1.4" strokeLinecap="round" />
      <path d={of(mouths, 18)} fill="none" stroke="#222" strokeWidth="1" strokeLinecap="round" />
    </svg>
  )
})
