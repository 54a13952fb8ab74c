/*
 * Put into each page before its own scripts. Notes when what a reader came for was painted, and the tasks that kept the page from
 * answering: over 50 ms, by the browser's own account of long tasks.
 */
const watch = { contentMs: undefined, longTasks: [], selectors: [] };
globalThis.benchWatch = watch;

new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) watch.longTasks.push({ startTime, duration });
}).observe({ type: 'longtask', buffered: true });

watch.until = (selectors) => {
  const look = () => {
    if (!selectors.every((selector) => document.querySelector(selector) !== null)) return;
    observer.disconnect();
    // The task after the next frame: it was painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        watch.contentMs = performance.now();
      };
      port2.postMessage(undefined);
    });
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  look();
};

/** Longest task that began after a time, and how many there were. */
watch.tasksSince = (sinceMs) => {
  const since = watch.longTasks.filter(({ startTime }) => startTime >= sinceMs);
  return { count: since.length, longestMs: Math.max(0, ...since.map(({ duration }) => duration)) };
};

/** Bytes as they came over the network, by kind. */
watch.bytes = () => {
  const of = (kinds) =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => kinds.some((kind) => new URL(name).pathname.endsWith(kind)))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  const [page] = performance.getEntriesByType('navigation');
  const asked = performance
    .getEntriesByType('resource')
    .filter(({ name }) => new URL(name).pathname.startsWith('/v1/'))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  return { scripts: of(['.js']), loaded: page.encodedBodySize + of(['.js', '.css', '.svg']), answers: asked };
};
