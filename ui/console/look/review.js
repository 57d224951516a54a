// The song on the sheet: marked in the list, warnings about another hidden, answers held while it changes.
(() => {
  const PAUSE_MS = 700; // the second half of a double click would meet the next song's button
  const LOOK_MS = 400; // nobody decides on what just came by itself
  const LOST_MS = 5000; // a song that was picked and never came
  const root = document.documentElement;
  let song = null;
  let wanted = null;
  let until = 0;
  let timer = 0;
  const mark = () => {
    for (const pick of document.querySelectorAll('#waiting [data-act="pick"]')) {
      const is = pick.dataset.id === (wanted ?? song);
      if (is === pick.hasAttribute('aria-current')) continue;
      if (is) pick.setAttribute('aria-current', 'true');
      else pick.removeAttribute('aria-current');
    }
  };
  const release = () => {
    const left = until - performance.now();
    clearTimeout(timer);
    if (left > 0) timer = setTimeout(release, left);
    else {
      wanted = null;
      delete root.dataset.held;
      mark();
    }
  };
  const hold = (ms) => {
    until = performance.now() + ms;
    root.dataset.held = '';
    release();
  };
  const shown = (id) => {
    const came = song && !wanted;
    song = id;
    if (came) hold(LOOK_MS);
    else if (wanted === id) {
      until = 0;
      release();
    }
  };
  const look = () => {
    const id = document.querySelector('#card [data-approval]')?.dataset.approval;
    if (id && id !== song) {
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
    if (picked && picked !== (wanted ?? song)) {
      wanted = picked;
      hold(LOST_MS);
      mark();
    }
    if (!event.target.closest?.('#lm-answers button:not(#redo), #send')) return;
    if ('held' in root.dataset) {
      event.stopImmediatePropagation();
      event.preventDefault();
    } else hold(PAUSE_MS);
  }, true);
  new MutationObserver(look).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ['data-approval'],
  });
})();
