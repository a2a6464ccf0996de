import { defineConfig, type Options } from 'tsup'

const lib = (dir: string, entry: string[], more: Options = {}): Options => ({
  name: dir,
  entry: entry.map((e) => `${dir}/src/${e}`),
  outDir: `${dir}/dist`,
  tsconfig: `${dir}/tsconfig.json`,
  format: ['esm'],
  platform: 'neutral',
  target: 'es2023',
  dts: false, // tsup 9's d.ts needs TypeScript 6's API; `tsc -b` (TypeScript 7) emits them
  sourcemap: true,
  // A trace names file and line all the same, in a third less to install.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
  clean: false,
  removeNodeProtocol: false, // `sqlite` exists as `node:sqlite` only
  bundle: true,
  skipNodeModulesBundle: true,
  external: [/^#/, /^node:/],
  silent: true,
  ...more
})

export default defineConfig([
  lib('packages/core', [
    'index.ts',
    'contract/index.ts',
    'protocol/index.ts',
    'platform/node.ts',
    'platform/node-cache-folder.ts',
    'platform/browser.ts'
  ]),
  lib('packages/cli', ['bin.ts'], { platform: 'node' }),
  lib('packages/github-sim', ['index.ts', 'bin.ts'], { platform: 'node' })
])
