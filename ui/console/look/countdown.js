// Countdowns: seconds left as the server told them, counted on this machine's own clock.
(() => {
  const ends = new WeakMap();
  const tick = () => {
    for (const node of document.querySelectorAll('[data-left-s]')) {
      const told = node.dataset.leftS;
      const known = ends.get(node);
      if (!known || known.told !== told) ends.set(node, { told, at: performance.now() + told * 1000 });
      const left = (ends.get(node).at - performance.now()) / 1000;
      const text = `${Math.max(0, Math.ceil(left))} s`;
      if (node.textContent !== text) node.textContent = text;
      const bar = node.closest('.lm-undo');
      if (bar) bar.style.display = left <= 0 ? 'none' : '';
    }
  };
  setInterval(tick, 200);
})();
