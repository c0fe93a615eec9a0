// What a page looks like: measured in the browser, told in words.

/** Sentences about what is too wide, cut, squeezed or written over something else; none where all is well. */
export function faults(page) {
  return page.evaluate(() => {
    const found = [];
    const shown = (one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute('class') ?? ''}"> ${(one.textContent ?? '').trim().slice(0, 30)}`;
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !within(one, scrolls));
      found.push(`the page is ${root.scrollWidth} wide on a screen of ${root.clientWidth}: ${wide.slice(-3).map(shown).join(' / ')}`);
    }

    for (const one of document.body.querySelectorAll('*')) {
      const style = getComputedStyle(one);
      if (hidden(one) || !one.textContent.trim() || one.closest('svg')) continue;
      const cuts = (value) => value === 'hidden' || value === 'clip';
      if (cuts(style.overflowX) && one.scrollWidth > one.clientWidth + 1) found.push(`cut at the side: ${shown(one)}`);
      if (cuts(style.overflowY) && one.scrollHeight > one.clientHeight + 2) found.push(`cut at the foot: ${shown(one)}`);
    }

    const nodes = [...textNodes()];
    for (const node of nodes) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size;
      if (lines >= 4 && node.data.trim().length / lines < 3) found.push(`squeezed into ${lines} lines: 「${node.data.trim().slice(0, 20)}」`);
    }

    const texts = nodes.flatMap(boxes);
    texts.sort((a, b) => a.top - b.top);
    for (const [at, a] of texts.entries()) {
      for (let next = at + 1; next < texts.length && texts[next].top < a.bottom - 2; next += 1) {
        const b = texts[next];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - b.top;
        if (a.node !== b.node && a.afloat === b.afloat && across > 2 && down > 2) found.push(`one over the other: 「${a.text}」「${b.text}」`);
      }
    }
    return [...new Set(found)].slice(0, 12);

    function scrolls(one) { return ['auto', 'scroll'].includes(getComputedStyle(one).overflowX); }
    function within(one, is) {
      for (let up = one; up; up = up.parentElement) if (is(up)) return up;
      return null;
    }
    /** Left out of sight on purpose: for readers of screens, or folded. */
    function hidden(one) {
      return !one.checkVisibility?.({ visibilityProperty: true, opacityProperty: true })
        || within(one, (up) => up.matches('.seen-not') || getComputedStyle(up).clipPath === 'inset(50%)');
    }
    function* textNodes() {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        const parent = node.parentElement;
        // A reading may stand over its neighbours: that is what ruby is for.
        if (node.data.trim() && !parent.closest('script, style, title, option, textarea, ruby') && !hidden(parent)) yield node;
      }
    }
    /** The squares that the characters stand in, line by line, as far as they are in sight. */
    function boxes(node) {
      const parent = node.parentElement;
      const range = document.createRange();
      range.selectNodeContents(node);
      const size = parseFloat(getComputedStyle(parent).fontSize);
      const clips = [];
      for (let up = parent; up; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== 'visible') clips.push(up.getBoundingClientRect());
      }
      const floats = within(parent, (up) => {
        const style = getComputedStyle(up);
        return style.position === 'fixed' || style.position === 'sticky';
      });
      return [...range.getClientRects()].map((rect) => {
        const middle = (rect.top + rect.bottom) / 2;
        const box = { top: middle - size * 0.42, bottom: middle + size * 0.42, left: rect.left, right: rect.right };
        for (const clip of clips) {
          box.left = Math.max(box.left, clip.left);
          box.right = Math.min(box.right, clip.right);
          box.top = Math.max(box.top, clip.top);
          box.bottom = Math.min(box.bottom, clip.bottom);
        }
        return { ...box, node, afloat: floats !== null, text: node.data.trim().slice(0, 20) };
      }).filter((box) => box.right - box.left > 1 && box.bottom - box.top > 1);
    }
  });
}

/** Whatever is pressed and smaller than this, in pixels. */
export function smallTargets(page, least) {
  return page.evaluate((least) => {
    const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !one.closest('.seen-not, .skip');
    // A field within its label is as large as the label.
    const all = [...document.querySelectorAll('button, summary, select, input, a.button, label:has(> input)')]
      .filter((one) => seen(one) && !one.matches('label > input')).map((one) => [one.getBoundingClientRect(), one]);
    const small = all.filter(([rect]) => rect.width > 1 && Math.min(rect.width, rect.height) < least - 0.5);
    return small.map(([rect, one]) => `${Math.round(rect.width)}×${Math.round(rect.height)} ${one.outerHTML.slice(0, 90)}`).slice(0, 6);
  }, least);
}

/** Opens everything that is folded. */
export function unfold(page) {
  return page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
}
