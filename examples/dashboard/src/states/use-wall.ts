import { useEffect } from 'preact/compat'

/** Marks the whole page for a wall, where it is read from afar and nothing is clicked; Escape leads back. */
export function useWall(isWall: boolean, leave: () => void): void {
  useEffect(() => {
    if (!isWall) return
    document.documentElement.dataset.wall = 'true'
    const listen = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key === 'Escape' && !defaultPrevented) leave()
    }
    document.addEventListener('keydown', listen)
    return () => {
      delete document.documentElement.dataset.wall
      document.removeEventListener('keydown', listen)
    }
  }, [isWall, leave])
}
