// Debian's Chromium, and somebody who sits before it.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--font-render-hinting=none'];

/** Starts a browser with a new and empty profile. */
export function launch() {
  return chromium.launch({ executablePath: executable(), headless: true, args: flags });
}

function executable() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => folders.map((path) => join(path, name)));
  const there = found.find((path) => {
    try { accessSync(path, constants.X_OK); return true; } catch { return false; }
  });
  if (!there) throw new Error('there is no Chromium: run bin/setup');
  return there;
}

/** The screens that schools have: those with a mouse and those that are touched. */
export const screens = {
  mouse: { '1366×768': { width: 1366, height: 768 }, '320×640': { width: 320, height: 640 } },
  touch: { '1080×810': { width: 1080, height: 810 }, '810×1080': { width: 810, height: 1080 }, '390×844': { width: 390, height: 844 } },
};

/** A fresh window of somebody who is signed in, or of nobody. */
export async function sit(browser, url, person, options = {}) {
  const viewport = screens.mouse['1366×768'];
  const context = await browser.newContext({ viewport, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', baseURL: url, ...options });
  context.setDefaultTimeout(15_000);
  if (person) await signIn(context, url, person.token);
  return context;
}

/** Signs in as the form does. */
export async function signIn(context, url, code) {
  const answer = await context.request.post('/sign-in', { form: { code }, headers: { origin: url }, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`signing in was answered with ${answer.status()}`);
}
