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

export default defineConfig({
  // So that the files work in any folder of a server.
  base: './',
  plugins: [licencesOfTheMesh],
  build: {
    target: 'es2023',
    // The policy in index.html allows no data: URLs.
    assetsInlineLimit: 0,
    license: { fileName: 'licences.md' },
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: false
  }
})
