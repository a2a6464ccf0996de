import { useEffect, useRef } from 'preact/compat'
import { graphOf } from '../mesh/graph-model.ts'
import { useLiveMesh } from '../mesh/live-context.tsx'
import { CopyInvitation } from '../start/copy-invitation.tsx'
import { Events } from './events.tsx'
import { Figures } from './figures.tsx'
import { MemberGraph } from './member-graph.tsx'
import { SavingsByDay } from './savings-by-day.tsx'
import { TrafficChart } from './traffic-chart.tsx'

interface MeshPanelProps {
  /** There is no mesh to look at yet. */
  isStarting: boolean
  hasSecret: boolean
  openSettings(): void
  invitationLink(): string
  close(): void
}

/** The mesh at work: who is there, who answers, and what that saves. */
export function MeshPanel({ isStarting, hasSecret, openSettings, invitationLink, close }: MeshPanelProps) {
  const live = useLiveMesh()
  const closeButton = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Where it covers the board, what had the focus is no longer to be seen.
    const panel = closeButton.current?.closest('aside')
    if (panel && getComputedStyle(panel).position === 'fixed') closeButton.current?.focus()
  }, [])
  const count = live.peers.length
  const members = isStarting ? 'Starting…' : `${count} ${count === 1 ? 'member' : 'members'} connected`
  return (
    <aside
      className="mesh"
      aria-labelledby="mesh-title"
      data-panel="mesh"
      onKeyDown={({ key, target }) => {
        // What is unfolded in it closes first.
        if (key === 'Escape' && !(target as Element).closest('details[open]')) close()
      }}
    >
      <section className="card">
        <header className="panel-head">
          <h2 id="mesh-title">Mesh</h2>
          <span className="quiet" role="status">
            {hasSecret ? members : 'Without a mesh'}
          </span>
          <button type="button" ref={closeButton} className="icon-button mesh-close" onClick={close}>
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Close the mesh</span>
          </button>
        </header>
        {hasSecret ? (
          <>
            {/* Above the graph, which grows as members come: a button that moves while it is pressed is not pressed. */}
            <CopyInvitation link={invitationLink} />
            <MemberGraph graph={graphOf(live.peers, live.relays)} />
          </>
        ) : (
          <p className="empty">
            This page gets everything from GitHub and keeps its own cache. With your team’s secret, all of you share
            what one of you has fetched.{' '}
            <button type="button" onClick={openSettings}>
              Join a mesh
            </button>
          </p>
        )}
      </section>
      <section className="card" aria-labelledby="figures-title">
        <h2 id="figures-title">Savings</h2>
        <Figures stats={live.stats} />
        <SavingsByDay savings={live.savings} />
      </section>
      <section className="card" aria-labelledby="traffic-title">
        <h2 id="traffic-title">Requests by source</h2>
        <TrafficChart minutes={live.traffic.minutes} />
      </section>
      <section className="card" aria-labelledby="events-title">
        <h2 id="events-title">Latest events</h2>
        <Events events={live.events} />
      </section>
    </aside>
  )
}
