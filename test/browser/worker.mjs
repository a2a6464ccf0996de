// A module that runs as a Worker, a SharedWorker or a service worker, without a bundler.
import { createMesh } from '/packages/core/dist/browser/ghmesh.js'
import { serve } from './worker-member.mjs'

serve(createMesh)
