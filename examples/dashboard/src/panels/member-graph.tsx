import { useMemo } from 'react'
import type { GraphModel } from '../mesh/graph-model.ts'
import { graphOptions } from './graph-options.ts'
import { useChart } from './use-chart.ts'

const kinds = { you: 'this page', browser: 'browser', node: 'Node', relay: 'relay' }

/** A picture of who is connected how, and the same as a list. */
export function MemberGraph({ graph, isDark }: { graph: GraphModel; isDark: boolean }) {
  // Round-trip times change all the time and are not in the picture.
  const drawn = JSON.stringify(graph.nodes.map(({ standing, ...node }) => node)) + JSON.stringify(graph.edges)
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again only when it would look different
  const options = useMemo(() => graphOptions(graph, isDark), [drawn, isDark])
  const chart = useChart(options)
  const others = graph.nodes.slice(1)
  return (
    <>
      <div className="graph" ref={chart} aria-hidden="true" />
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
          {others.map(({ id, name, kind, standing }) => (
            <tr key={id} data-kind={kind}>
              <th scope="row">{name}</th>
              <td>{kinds[kind]}</td>
              <td>{standing}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {others.length === 0 && <p className="empty">No connections yet.</p>}
    </>
  )
}
