import { readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

/** The SDK's browser file has others inside, whose licences lie beside it. */
const licencesOfTheMesh: Plugin = {
  name: 'licences of the mesh',
  generateBundle() {
    const beside = new URL(
      './THIRD_PARTY_LICENCES.txt',
      import.meta.resolve('ghmesh').replace(/index\.js$/, 'browser/')
    )
    this.emitFile({ type: 'asset', fileName: 'licences-of-ghmesh.txt', source: readFileSync(beside, 'utf8') })
  }
}

/** The icon with a number, for what needs attention; as files, for the policy in index.html allows no other images. */
const iconsWithCounts: Plugin = {
  name: 'icons with counts',
  generateBundle() {
    const icon = readFileSync(new URL('public/icon.svg', import.meta.url), 'utf8')
    for (const count of [...'123456789', 'many']) {
      const text = count === 'many' ? '9+' : count
      const badge = `<circle cx="22" cy="10" r="10" fill="#b3261e"/><text x="22" y="15" font-family="sans-serif" font-size="14" font-weight="700" text-anchor="middle" fill="#fff">${text}</text></svg>`
      this.emitFile({ type: 'asset', fileName: `icon-${count}.svg`, source: icon.trim().replace('</svg>', badge) })
    }
  }
}

export default defineConfig({
  // So that the files work in any folder of a server.
  base: './',
  plugins: [licencesOfTheMesh, iconsWithCounts],
  build: {
    target: 'es2023',
    // The policy in index.html allows no data: URLs.
    assetsInlineLimit: 0,
    license: { fileName: 'licences.md' },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Each changes at a time of its own, and browsers keep what did not change.
            { name: 'preact', test: /node_modules[\\/]preact[\\/]/ },
            { name: 'ghmesh', test: /core[\\/]dist[\\/]browser[\\/](?:ghmesh|local|all)/ }
          ]
        }
      }
    },
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: false
  }
})
