import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { apiUrlOf, takeSecret } from './start/address.ts'
import './theme/index.css'

const apiUrl = apiUrlOf(location.search)
// Before anything is shown, so that the secret stands in the address bar as briefly as can be.
takeSecret(apiUrl)
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App apiUrl={apiUrl} />
  </StrictMode>
)
