// Notices show themselves for a while; what is chosen in a list goes into the address.
(() => {
  const SHOWN_MS = 5000;
  let hide = 0;
  const look = () => {
    const said = document.querySelector('#lm-notice .lm-said');
    if (said && said.dataset.at !== look.at) {
      look.at = said.dataset.at;
      said.classList.add('shown');
      clearTimeout(hide);
      hide = setTimeout(() => said.classList.remove('shown'), SHOWN_MS);
    }
  };
  document.addEventListener('click', (event) => {
    const url = event.target.closest?.('[data-url]')?.dataset.url;
    if (url) history.replaceState(null, '', url);
  });
  new MutationObserver(look).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ['data-at'],
  });
})();
