import type { WebDriver } from 'selenium-webdriver'

export interface WebKit {
  open(): Promise<WebDriver>
  stop(): Promise<void>
}

export function launchWebKit(): Promise<WebKit>
