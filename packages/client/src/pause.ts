/** A pause that an abort ends. */

const SECONDS_MAX = 60;

export function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      },
      Math.min(Math.max(seconds, 0), SECONDS_MAX) * 1000,
    );
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
