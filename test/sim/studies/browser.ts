/** The system's Chromium, for tests of pages; none is ever downloaded. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const found = [process.env['CHROMIUM'], ...PATHS].find((path) => path && existsSync(path));

/** Why there is no browser; null where there is one. */
export const noBrowser = found
  ? null
  : `no Chromium is installed: looked for $CHROMIUM, ${PATHS.join(', ')}`;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: found!, args: ['--no-sandbox'] });
}
