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
  // What is installed reads like the sources, so a trace leads somewhere without a map, and there is a third less to install.
  sourcemap: false,
  clean: false,
  removeNodeProtocol: false, // `sqlite` exists as `node:sqlite` only
  bundle: true,
  skipNodeModulesBundle: true,
  external: [/^#/, /^node:/],
  silent: true,
  ...more
})

/** Loads node-datachannel when it is first used and not before, so that what is bundled runs without it. */
const lateNative: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'late-native',
  setup(build) {
    build.onResolve({ filter: /^node-datachannel(?:\/|$)/ }, ({ path, namespace }) =>
      namespace === 'late-native' ? { path, external: true } : { path, namespace: 'late-native' }
    )
    build.onLoad({ filter: /.*/, namespace: 'late-native' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`
    }))
  }
}

// The sources, for core may be building at the same time.
const sources = {
  'ghmesh/protocol': './packages/core/src/protocol/index.ts',
  'ghmesh/libp2p': './packages/core/src/libp2p/index.ts',
  'ghmesh/cache-folder': './packages/core/src/cache-folder/cache-folder.ts',
  'ghmesh/node-folder': './packages/core/src/platform/node/folders.ts',
  'ghmesh/node-sockets': './packages/core/src/platform/node/sockets.ts',
  'ghmesh/node-variables': './packages/core/src/platform/node/environment.ts',
  'ghmesh/node-version': './packages/core/src/platform/node/version.ts',
  ghmesh: './packages/core/src/index.ts',
  '#platform': './packages/core/src/platform/node/node.ts'
}

/** With all that it needs: nothing else comes along for whoever installs or copies it, and it starts in a fraction of the time. */
const selfContained = (dir: string, file: string, entry: string, more: Options = {}): Options => ({
  ...lib(dir, []),
  entry: { [file]: `${dir}/src/${entry}` },
  platform: 'node',
  outExtension: () => ({ js: '.mjs' }),
  splitting: false,
  sourcemap: false,
  skipNodeModulesBundle: false,
  noExternal: [/^(?!node:)/],
  external: [/^node:/],
  // What is CommonJS in there asks for Node's own modules by `require`.
  banner: { js: "import { createRequire as madeHere } from 'node:module'; const require = madeHere(import.meta.url);" },
  esbuildPlugins: [lateNative],
  esbuildOptions(options) {
    // Names stay, for those of errors are looked at.
    options.minifySyntax = true
    options.minifyWhitespace = true
    options.alias = sources
  },
  ...more
})

export default defineConfig([
  lib('packages/core', [
    'index.ts',
    'contract/index.ts',
    'protocol/index.ts',
    'libp2p/index.ts',
    'platform/node/node.ts',
    'platform/node/environment.ts',
    'cache-folder/cache-folder.ts',
    'platform/node/sockets.ts',
    'platform/node/folders.ts',
    'platform/node/version.ts',
    'platform/browser/browser.ts'
  ]),
  selfContained('packages/cli', 'bin', 'bin.ts', {
    // A command loads what it needs and no more.
    splitting: true,
    outExtension: () => ({ js: '.js' }),
    // An optional peer: whether it is there is for who installs the command to say.
    external: [/^node:/, '@libp2p/webrtc'],
    noExternal: [/^(?!node:|@libp2p\/webrtc$)/],
    metafile: true
  }),
  // GraphQL's parser is a hundredth of the 12 MB that its package takes.
  lib('packages/github-sim', ['index.ts', 'bin.ts'], { platform: 'node', noExternal: ['graphql'], metafile: true }),
  selfContained('relay', 'index', 'index.ts'),
  // It has all that is in the other, so its list of inputs is the one for the licences.
  { ...selfContained('relay', 'ghmesh-relay', 'bin.ts'), metafile: true }
])
