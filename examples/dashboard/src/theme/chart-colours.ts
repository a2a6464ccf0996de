/** The colours of tokens.css that are painted on a canvas, where custom properties do not reach. */
const light = {
  ink: '#1b2430',
  quiet: '#566272',
  line: '#dde3ea',
  own: '#3b7ddd',
  members: '#1d9a6c',
  github: '#d08a1d',
  stale: '#9aa3ae',
  you: '#1f5fd0',
  browser: '#3b7ddd',
  node: '#1d9a6c',
  relay: '#8a5cc7'
}

const dark: typeof light = {
  ink: '#e6ebf1',
  quiet: '#9dabba',
  line: '#2b3541',
  own: '#6aa5f5',
  members: '#3fc492',
  github: '#e5a844',
  stale: '#7b8794',
  you: '#82b1ff',
  browser: '#6aa5f5',
  node: '#3fc492',
  relay: '#b48bea'
}

export const chartColours = (isDark: boolean): typeof light => (isDark ? dark : light)
