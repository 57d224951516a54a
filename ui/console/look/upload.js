// Recordings: each file goes to the API by itself, and its address is handed to the page's own button.
(() => {
  const ADDRESS = '/api/v1/recordings';
  const send = async (place) => {
    const files = [...place.querySelector('[data-files]').files];
    const told = place.querySelector('[data-progress]');
    const press = place.querySelector('[data-send]');
    if (!files.length) {
      told.textContent = 'Choose a file first.';
      return;
    }
    press.disabled = true;
    try {
      const kept = [];
      for (const [at, file] of files.entries()) {
        told.textContent = `Sending and measuring ${file.name} (${at + 1} of ${files.length})…`;
        const answer = await fetch(ADDRESS, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } });
        const body = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Error(`${file.name}: ${body.message ?? answer.status}`);
        kept.push(body.sha256);
        told.textContent = `${file.name}: ${Math.round(body.duration_s)} s, ${body.tempo_bpm} BPM, ${body.key}`;
      }
      const act = place.querySelector('[data-act]');
      act.dataset.sha256s = kept.join(',');
      act.dataset.name = files[0].name;
      act.click();
    } catch (error) {
      told.textContent = error.message;
    } finally {
      press.disabled = false;
    }
  };
  document.addEventListener('click', (event) => {
    const press = event.target.closest?.('.lm-upload [data-send]');
    if (press) send(press.closest('.lm-upload'));
  });
})();
