// The song on the sheet: marked in the list, warnings about another hidden, answers held while it changes.
(() => {
  const PAUSE_MS = 700; // the second half of a double click would meet the next song's button
  const LOOK_MS = 400; // nobody decides on what just came by itself
  const LOST_MS = 5000; // a song that was picked and never came
  const root = document.documentElement;
  let song = null;
  let wanted = null; // picked last
  let asked = null; // picked, and not here yet: one at a time, for of two requests the later may arrive first
  const until = { pause: 0, look: 0, ask: 0 };
  let timer = 0;
  const mark = () => {
    for (const pick of document.querySelectorAll('#waiting [data-act="pick"]')) {
      const is = pick.dataset.id === (wanted ?? song);
      if (is === pick.hasAttribute('aria-current')) continue;
      if (is) pick.setAttribute('aria-current', 'true');
      else pick.removeAttribute('aria-current');
    }
  };
  const settle = () => {
    const now = performance.now();
    clearTimeout(timer);
    if (asked && until.ask <= now) {
      const lost = asked;
      asked = null;
      if (wanted !== lost && wanted !== song) return pick(wanted);
      wanted = null;
    }
    const left = Math.max(until.pause, until.look, asked ? until.ask : 0) - now;
    if (left > 0) {
      root.dataset.held = '';
      timer = setTimeout(settle, left);
    } else delete root.dataset.held;
    mark();
  };
  const hold = (why, ms) => {
    until[why] = performance.now() + ms;
    settle();
  };
  const pick = (id) => {
    const it = [...document.querySelectorAll('#waiting [data-act="pick"]')].find((each) => each.dataset.id === id);
    if (it) return it.click();
    wanted = null; // somebody has decided it
    settle();
  };
  const shown = (id) => {
    const [wasAsked, isPicked] = [id === asked, id === wanted];
    song = id;
    if (wasAsked || isPicked) asked = null;
    if (isPicked) wanted = null;
    if (isPicked) settle();
    else hold('look', LOOK_MS);
    if (wasAsked && wanted) pick(wanted);
  };
  const look = () => {
    const id = document.querySelector('#card [data-approval]')?.dataset.approval;
    if (!id) song = null;
    else if (id !== song) {
      if (song && document.querySelector('#card').getBoundingClientRect().top < 60) window.scrollTo({ top: 0 });
      shown(id);
    }
    mark();
    for (const warning of document.querySelectorAll('#overtaken [data-about]')) {
      warning.hidden = warning.dataset.about !== song;
    }
  };
  document.addEventListener('click', (event) => {
    const picked = event.target.closest?.('#waiting [data-act="pick"]')?.dataset.id;
    if (picked && (asked || picked !== song)) {
      wanted = picked;
      if (asked) {
        event.stopImmediatePropagation();
        event.preventDefault();
      } else {
        asked = picked;
        until.ask = performance.now() + LOST_MS;
      }
      settle();
    }
    if (!event.target.closest?.('#lm-answers button:not(#redo), #send')) return;
    if ('held' in root.dataset) {
      event.stopImmediatePropagation();
      event.preventDefault();
    } else hold('pause', PAUSE_MS);
  }, true);
  new MutationObserver(look).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ['data-approval'],
  });
})();
