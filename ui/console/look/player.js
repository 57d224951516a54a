// Players: one plays at a time; the waveform is the slider. Delegated, so that cards may come and go.
(() => {
  const playerOf = (node) => node.closest?.('.lm-player');
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;
  const draw = (player) => {
    const audio = player.querySelector('audio');
    const share = audio.duration ? audio.currentTime / audio.duration : 0;
    player.querySelector('.front').style.clipPath = `inset(0 ${100 - share * 100}% 0 0)`;
    player.querySelector('.lm-wave').setAttribute('aria-valuenow', String(Math.round(share * 100)));
    const length = audio.duration ? ` / ${clock(audio.duration)}` : '';
    player.querySelector('time').textContent = clock(audio.currentTime) + length;
    player.classList.toggle('playing', !audio.paused);
  };
  const seek = (player, share) => {
    const audio = player.querySelector('audio');
    if (audio.duration) audio.currentTime = Math.min(1, Math.max(0, share)) * audio.duration;
  };
  const toggle = (player) => {
    const audio = player.querySelector('audio');
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  };
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-play]')) toggle(playerOf(event.target));
  });
  document.addEventListener('pointerdown', (event) => {
    const wave = event.target.closest?.('.lm-wave');
    if (!wave) return;
    const box = wave.getBoundingClientRect();
    seek(playerOf(wave), (event.clientX - box.left) / box.width);
  });
  document.addEventListener('keydown', (event) => {
    const wave = event.target.closest?.('.lm-wave');
    const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (!wave || !step) return;
    playerOf(wave).querySelector('audio').currentTime += step;
    event.preventDefault();
  });
  for (const name of ['play', 'pause', 'timeupdate', 'loadedmetadata', 'emptied', 'seeked']) {
    document.addEventListener(name, (event) => {
      const player = playerOf(event.target);
      if (player) draw(player);
      if (name === 'play') {
        document.querySelectorAll('audio, video').forEach((other) => other !== event.target && other.pause());
      }
    }, true);
  }
})();
