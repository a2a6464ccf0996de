import { useState } from 'react'
import { Dashboard } from './dashboard.tsx'
import { useMesh } from './mesh/use-mesh.ts'
import type { Settings } from './start/settings.ts'
import { StartPage } from './start/start-page.tsx'
import { useRepositories } from './start/use-repositories.ts'
import { useSettings } from './start/use-settings.ts'
import { ThemeChoice } from './theme/theme-choice.tsx'
import { useTheme } from './theme/use-theme.ts'

/** Either the question how to take part, or the dashboard. */
export function App({ apiUrl }: { apiUrl: string }) {
  const { theme, setTheme } = useTheme()
  const [settings, keep] = useSettings(apiUrl)
  const repositories = useRepositories()
  const connection = useMesh(settings, apiUrl)
  const [isAsking, setAsking] = useState(false)
  const problem = settings && connection.state === 'failed' ? connection.message : undefined
  const themeChoice = <ThemeChoice theme={theme} setTheme={setTheme} />
  const save = (changed: Settings) => {
    setAsking(false)
    keep(changed)
  }

  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      {!settings || isAsking || problem !== undefined ? (
        <>
          <header className="header">
            <p className="header-name">Team dashboard</p>
            <div className="header-actions">{themeChoice}</div>
          </header>
          <StartPage
            // Another problem is about other settings.
            key={problem}
            settings={settings}
            problem={problem}
            apiUrl={apiUrl}
            save={save}
            cancel={isAsking && problem === undefined ? () => setAsking(false) : undefined}
          />
        </>
      ) : (
        <Dashboard
          apiUrl={apiUrl}
          settings={settings}
          connection={connection}
          repositories={repositories}
          openSettings={() => setAsking(true)}
          themeChoice={themeChoice}
        />
      )}
    </>
  )
}
