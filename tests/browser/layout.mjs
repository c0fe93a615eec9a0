// What a page looks like: measured in the browser, told in words.

/** Sentences about what is too wide, cut or written over something else; none where all is well. */
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

    const texts = [...textNodes()].flatMap(boxes);
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
        if (node.data.trim() && !parent.closest('script, style, title, option, textarea') && !hidden(parent)) yield node;
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
        }
        return { ...box, node, afloat: floats !== null, text: node.data.trim().slice(0, 20) };
      }).filter((box) => box.right - box.left > 1);
    }
  });
}

/** Whether a finger can hit everything that it may press: what is smaller than 24 px has room around it. */
export function smallTargets(page, least) {
  return page.evaluate((least) => [...document.querySelectorAll('button, summary, select, input, a.button, label:has(> input)')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !one.closest('.seen-not') && !(one.matches('input') && one.closest('label')))
    .filter((one) => one.matches('.skip') === false)
    .map((one) => [one.getBoundingClientRect(), one])
    .filter(([rect]) => rect.width > 1 && (rect.width < least - 0.5 || rect.height < least - 0.5))
    .map(([rect, one]) => `${Math.round(rect.width)}×${Math.round(rect.height)} ${one.outerHTML.slice(0, 90)}`).slice(0, 6), least);
}
