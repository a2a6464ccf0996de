import { useEffect, useState, useSyncExternalStore } from 'react'
import { lastingTexts } from '../storage.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'ghmesh dashboard theme'
const prefersDark = matchMedia('(prefers-color-scheme: dark)')

function subscribe(listener: () => void) {
  prefersDark.addEventListener('change', listener)
  return () => prefersDark.removeEventListener('change', listener)
}

const kept = (): Theme => themes.find((theme) => theme === lastingTexts.read(key)) ?? 'system'

/** The theme that was chosen, and whether that means dark now. */
export function useTheme() {
  const [theme, setTheme] = useState(kept)
  const systemIsDark = useSyncExternalStore(subscribe, () => prefersDark.matches)
  useEffect(() => {
    lastingTexts.keep(key, theme)
    document.documentElement.dataset.theme = theme
  }, [theme])
  return { theme, setTheme, isDark: theme === 'system' ? systemIsDark : theme === 'dark' }
}
