import { type Theme, themes } from './use-theme.ts'

export function ThemeChoice({ theme, setTheme }: { theme: Theme; setTheme(theme: Theme): void }) {
  return (
    <select aria-label="Theme" value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
      {themes.map((name) => (
        <option key={name} value={name}>
          {{ system: 'System theme', light: 'Light', dark: 'Dark' }[name]}
        </option>
      ))}
    </select>
  )
}
