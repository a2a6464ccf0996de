import { useState } from 'preact/compat'
import { Dashboard } from './dashboard.tsx'
import { useMesh } from './github/use-mesh.ts'
import { later } from './later.tsx'
import { type Invitation, invitationLink, readInvitation } from './start/invitation.ts'
import { isRemembered, saveSettings } from './start/settings.ts'
import { examples, useRepositories } from './start/use-repositories.ts'
import { useSettings } from './start/use-settings.ts'
import type { Choice } from './start/use-start-form.ts'
import { isUnusable } from './start/validate.ts'
import { ThemeChoice } from './theme/theme-choice.tsx'
import { useTheme } from './theme/use-theme.ts'

const SettingsDrawer = later(async () => (await import('./start/settings-drawer.tsx')).SettingsDrawer)
const StartPage = later(async () => (await import('./start/start-page.tsx')).StartPage)

/** Either the question how to take part, or the dashboard. */
export function App({ apiUrl }: { apiUrl: string }) {
  const theme = useTheme()
  const [settings, keep] = useSettings(apiUrl)
  const repositories = useRepositories()
  const isWrong = settings !== undefined && isUnusable(settings)
  const [connection, tryAgain] = useMesh(isWrong ? undefined : settings, apiUrl, repositories.list)
  const [asking, setAsking] = useState<{ invitation?: Invitation }>()
  const failure = settings && connection.state === 'failed' ? connection.message : undefined
  const problem = isWrong ? 'Fix the highlighted fields.' : failure
  const linkOf = ({ settings, ...rest }: Omit<Choice, 'isRemembered'>) => {
    const link = invitationLink(location.href, { ...settings, secret: settings.secret ?? '', ...rest })
    return settings.secret === undefined ? link.replace(/#.*$/, '') : link
  }

  const save = (choice: Choice) => {
    setAsking(undefined)
    if (choice.apiUrl !== apiUrl) {
      saveSettings(choice.apiUrl, choice.settings, {
        isToBeRemembered: choice.isRemembered,
        wasRemembered: form.isRemembered
      })
      location.replace(linkOf(choice))
      return
    }
    repositories.add(choice.repositories.join(' '))
    keep(choice.settings, choice.isRemembered)
    // The same settings alone would make no other attempt.
    if (failure !== undefined) tryAgain()
  }
  const tryIt = () => {
    if (repositories.list.length === 0) repositories.add(examples)
    keep({ relays: [] }, false)
  }
  /** Takes the names of repositories, and invitations that end up in the same field. */
  const add = (text: string): boolean => {
    const invitation = readInvitation(text)
    if (invitation) setAsking({ invitation })
    return invitation !== undefined || repositories.add(text)
  }
  const form = { settings, isRemembered: isRemembered(apiUrl, settings), apiUrl, save }

  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      {!settings || problem !== undefined ? (
        <>
          <header className="header">
            <p className="header-name">Team dashboard</p>
            <div className="header-actions">
              <ThemeChoice {...theme} />
            </div>
          </header>
          <StartPage
            {...form}
            // Another problem is about other settings.
            key={problem}
            problem={problem}
            tryIt={tryIt}
            tryAgain={isWrong ? undefined : tryAgain}
          />
        </>
      ) : (
        <Dashboard
          apiUrl={apiUrl}
          settings={settings}
          connection={connection}
          repositories={{ ...repositories, add }}
          openSettings={() => setAsking({})}
          invitationLink={() => linkOf({ settings, repositories: repositories.list, apiUrl })}
          theme={theme}
        />
      )}
      {settings && problem === undefined && asking && (
        <SettingsDrawer {...form} {...asking} close={() => setAsking(undefined)} />
      )}
    </>
  )
}
