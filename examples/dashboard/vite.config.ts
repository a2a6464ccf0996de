import { defineConfig } from 'vite'

export default defineConfig({
  // So that the files work in any folder of a server.
  base: './',
  build: {
    target: 'es2023',
    // The policy in index.html allows no data: URLs.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false
  }
})
