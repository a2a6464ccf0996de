import type { GraphModel, GraphNode } from '../mesh/graph-model.ts'

const kinds = { browser: 'browser', node: 'Node', relay: 'relay' }

/** A picture of who is connected how, and the same as a list. */
export function MemberGraph({ graph: { nodes, drawn } }: { graph: GraphModel }) {
  if (nodes.length === 0) return <p className="empty">No connections yet.</p>
  return (
    <>
      <Picture nodes={drawn} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section className="members-list" aria-label="List of connections" tabIndex={0}>
        <table className="members">
          <caption className="visually-hidden">Connections of this page</caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">Connection</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ id, name, kind, standing }) => (
              <tr key={id} data-kind={kind}>
                <th scope="row">{name}</th>
                <td>{kinds[kind]}</td>
                <td>{standing}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

/** Rows of the picture are as high as text needs, whatever size the reader has chosen. */
const rowEm = 1.9
/** Room for this page and its name. */
const minRows = 3

/** Lines from this page to everybody: solid where the connection is direct, dashed where a relay is in between. */
function Picture({ nodes }: { nodes: GraphNode[] }) {
  const rows = Math.max(minRows, nodes.length)
  const middle = `${(rows * rowEm) / 2}em`
  return (
    <svg className="graph" height={`${rows * rowEm}em`} aria-hidden="true">
      {nodes.map(({ id, kind, name, path }, index) => {
        const y = `${(index + 0.5 + (rows - nodes.length) / 2) * rowEm}em`
        return (
          <g key={id} data-kind={kind} data-path={path}>
            {path !== 'away' && <line x1="12%" y1={middle} x2="44%" y2={y} />}
            <Mark kind={kind} x="44%" y={y} />
            <text x="44%" y={y} dx="1.1em" dy="0.35em">
              {name.length > 24 ? `${name.slice(0, 23)}…` : name}
            </text>
          </g>
        )
      })}
      <circle className="graph-you" cx="12%" cy={middle} r="0.8em" />
      <text x="12%" y={middle} dy="2em" textAnchor="middle">
        This page
      </text>
    </svg>
  )
}

/** A shape for each kind, so that colour is not all that tells them apart. */
function Mark({ kind, x, y }: { kind: GraphNode['kind']; x: string; y: string }) {
  return (
    <svg x={x} y={y} overflow="visible" aria-hidden="true">
      {kind === 'browser' && <circle r="0.5em" />}
      {kind === 'node' && <rect x="-0.5em" y="-0.5em" width="1em" height="1em" rx="0.2em" />}
      {kind === 'relay' && <rect x="-0.45em" y="-0.45em" width="0.9em" height="0.9em" transform="rotate(45)" />}
    </svg>
  )
}
