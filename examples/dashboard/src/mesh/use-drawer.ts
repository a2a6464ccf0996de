import { useRef, useState } from 'preact/compat'
import { lastingTexts } from '../storage.ts'

const key = 'ghmesh dashboard mesh'
/** Where it stands beside the board; elsewhere it would cover it. As in theme/layout.css. */
const hasRoom = () => matchMedia('(width >= 75rem)').matches

/** Whether the mesh is open, where there is room as the reader left it at the last visit. */
export function useDrawer() {
  const [isOpen, setOpen] = useState(() => lastingTexts.read(key) === 'open' && hasRoom())
  const button = useRef<HTMLButtonElement>(null)
  const toggle = () => {
    lastingTexts.keep(key, isOpen ? 'closed' : 'open')
    setOpen(!isOpen)
  }
  return {
    isOpen,
    toggle,
    /** Opens and closes it. */
    button,
    close() {
      toggle()
      button.current?.focus()
    }
  }
}
