import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { readDemo } from './program.mjs';

let browser, demo, context, page;
before(async () => {
  [browser, demo] = [await launch(), await readDemo()];
  const teacher = demo.person('homeroom_teacher', '5年2組');
  context = await sit(browser, demo.url, teacher);
  page = await context.newPage();
  await page.goto(`/classes/${teacher.class_id}/marks?subject=${encodeURIComponent('算数')}`);
});
after(() => browser.close());

const cell = (row, column) => page.locator('table.marks tbody tr').nth(row).locator('[data-cell]').nth(column);
const unsaved = () => page.locator('[data-unsaved]').textContent();

test('arrow keys and Enter go from cell to cell', async () => {
  await cell(0, 0).focus();
  for (const [key, row, column] of [['Enter', 1, 0], ['ArrowDown', 2, 0], ['ArrowUp', 1, 0], ['Shift+Enter', 0, 0], ['ArrowRight', 0, 1], ['ArrowLeft', 0, 0]]) {
    await page.keyboard.press(key);
    assert.ok(await cell(row, column).evaluate((field) => field === document.activeElement), key);
  }
});

test('a block of a spreadsheet goes in, and what is not saved is told', async () => {
  assert.match(await unsaved(), /変えたところだけ/);
  await cell(1, 0).focus();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '71\t31\r\n72\t未\r\n');
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  assert.deepEqual([await cell(1, 0).inputValue(), await cell(1, 1).inputValue(), await cell(2, 0).inputValue(), await cell(2, 1).inputValue()], ['71', '31', '72', '未']);
  assert.match(await unsaved(), /^保存していないところ [1-4]か所$/);
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.waitForLoadState();
  assert.deepEqual([await cell(1, 0).inputValue(), await cell(2, 1).inputValue()], ['71', '未']);
  assert.match(await unsaved(), /変えたところだけ/);
});
