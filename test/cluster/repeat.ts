/**
 * Runs a round, and the next one a pause after it has ended, until the end is called; the end waits for a round that is
 * under way. A round that fails is no fault: what somebody changed meanwhile, the next one sees. It does not keep the
 * process running.
 */
export function repeat(round: () => Promise<unknown>, pauseMilliseconds: number): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let running: Promise<unknown> = Promise.resolve();
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = round().catch(() => undefined);
      void running.then(() => (stopped ? undefined : schedule()));
    }, pauseMilliseconds);
    timer.unref();
  };
  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
