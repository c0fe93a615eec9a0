// The pictures of the pages: `node pictures.mjs FOLDER` writes `FOLDER/pages/PAGE-SIZE.png` and `FOLDER/class.png`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, screens, sit } from './browser.mjs';
import { pages, show } from './pages.mjs';
import { folder, readDemo, settings, start } from './program.mjs';

const shown = ['sign-in', 'classes', 'class', 'class-presenting', 'attendance', 'pupil', 'check-in', 'not-found'];
const sizes = {
  '1366x768': { viewport: screens.mouse['1366×768'] },
  '1080x810': { viewport: screens.touch['1080×810'], hasTouch: true },
  '390x844': { viewport: screens.touch['390×844'], hasTouch: true, isMobile: true },
};
const into = process.argv[2];
await mkdir(join(into, 'pages'), { recursive: true });

const data = await folder();
const server = await start(['demo', '--data', data.path, ...settings]);
const browser = await launch();
const demo = await readDemo(data.path);
for (const one of await pages(browser, demo)) {
  if (!shown.includes(one.name)) continue;
  for (const [size, options] of Object.entries(sizes)) {
    const context = await sit(browser, demo.url, one.as, options);
    const page = await context.newPage();
    await show(page, one, demo);
    // Whatever has the focus has it for nobody.
    await page.evaluate(() => document.activeElement?.blur());
    const path = join(into, 'pages', `${one.name}-${size}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled', caret: 'hide' });
    if (one.name === 'class' && size === '1366x768') {
      const foot = await page.locator('table.pupils tbody tr').nth(9).boundingBox();
      const clip = { x: 0, y: 0, width: 1366, height: Math.min(Math.round(foot.y + foot.height), 1000) };
      await page.screenshot({ path: join(into, 'class.png'), fullPage: true, clip });
    }
    await context.close();
  }
}
await browser.close();
await server.stop();
await data.remove();
