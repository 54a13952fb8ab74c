const RELOADED_KEY = 'sekisho.reloaded';
const AT_MOST_EVERY_MS = 60_000;

/**
 * After an update of the server, an open page asks for files that are gone. Loading it again gets the new ones; once a minute at most, so that
 * a file which is really missing shows as an error and no endless loop.
 */
export function reloadOnceWhenOutdated(): void {
  window.addEventListener('vite:preloadError', (event) => {
    if (Date.now() - lastReload() < AT_MOST_EVERY_MS) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
    location.reload();
  });
}

const lastReload = (): number => Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
