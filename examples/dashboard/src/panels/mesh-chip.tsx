import type { RefObject } from 'preact/compat'
import { useLiveMesh } from '../mesh/live-context.tsx'
import { dayOf } from '../mesh/savings.ts'

interface MeshChipProps {
  /** Gets the focus back when what it opened is closed. */
  button: RefObject<HTMLButtonElement | null>
  isStarting: boolean
  hasSecret: boolean
  isOpen: boolean
  toggle(): void
}

/** The mesh in a few words; opens and closes the rest. */
export function MeshChip({ button, isStarting, hasSecret, isOpen, toggle }: MeshChipProps) {
  const { peers, savings } = useLiveMesh()
  const saved = savings.days[dayOf(Date.now())] ?? 0
  const members = isStarting ? 'Mesh starting…' : `${peers.length} ${peers.length === 1 ? 'member' : 'members'}`
  return (
    <button
      type="button"
      ref={button}
      className="mesh-chip"
      aria-expanded={isOpen}
      onClick={toggle}
      data-standing={peers.length > 0 ? 'together' : 'alone'}
      title="Saved today: requests to GitHub that you and the connected members did not need, as far as this browser has seen."
    >
      {hasSecret ? members : 'Without a mesh'} · {saved.toLocaleString('en')} saved today
    </button>
  )
}
