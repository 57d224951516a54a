// Keys of the review: A approve, R reject, D redo, L later, J K next and former, 1 2 take, U undo; never while typing.
(() => {
  const press = (selector) => document.querySelector(selector)?.click();
  const isTyping = (node) => node.isContentEditable || ['TEXTAREA', 'SELECT'].includes(node.tagName)
    || (node.tagName === 'INPUT' && !['radio', 'checkbox', 'button'].includes(node.type));
  const step = (by) => {
    const songs = [...document.querySelectorAll('#waiting [data-act="pick"]')];
    const at = songs.findIndex((song) => song.hasAttribute('aria-current'));
    songs[(at + by + songs.length) % songs.length]?.click();
  };
  const reject = () => {
    const why = document.querySelector('#why textarea, #why input');
    if (why && !why.value.trim()) why.focus();
    else press('#reject');
  };
  const take = (number) => document.querySelectorAll('#take input[type=radio]')[number - 1]?.click();
  const keys = {
    a: () => press('#approve'), r: reject, d: () => press('#redo'), l: () => press('#later'),
    j: () => step(1), k: () => step(-1), u: () => press('#undos [data-act="undo"]'),
    1: () => take(1), 2: () => take(2),
  };
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isTyping(event.target)) event.target.blur();
    if (!document.querySelector('#lm-review') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || event.repeat) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
