import type { Action, Notice } from './notices.ts'

/** Says what is wrong and offers what helps; screen readers hear of it when it appears. */
export function NoticeList({ notices, act }: { notices: Notice[]; act(action: Action): void }) {
  return (
    <div className="notices" role="status">
      {notices.map(({ id, tone, title, text, actions, link }) => (
        <div key={id} className="notice" data-tone={tone} data-notice={id}>
          <div className="notice-text">
            <strong>{title}</strong>
            <p>{text}</p>
          </div>
          <div className="notice-actions">
            {actions.map(({ label, action }) => (
              <button key={action} type="button" onClick={() => act(action)}>
                {label}
              </button>
            ))}
            {link && <NoticeLink {...link} />}
          </div>
        </div>
      ))}
    </div>
  )
}

/** Elsewhere in a new tab, for leaving this page leaves the mesh; another address of this page in this one. */
function NoticeLink({ label, url }: { label: string; url: string }) {
  const isElsewhere = new URL(url, location.href).origin !== location.origin
  return (
    <a href={url} {...(isElsewhere && { target: '_blank', rel: 'noopener' })}>
      {label}
    </a>
  )
}
