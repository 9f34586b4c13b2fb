/**
 * Tells those who wait that a task has changed: at once when this process changed it, by looking
 * when another one did.
 */

export type Changes = {
  /** Call it after the commit of the change. */
  announce(taskId: string): void;
  /**
   * Resolves with the next announcement for the task, after `timeoutMs`, or when `close` is called.
   */
  next(taskId: string, timeoutMs: number): Promise<void>;
  /** Wakes everybody, and from then on nobody waits. */
  close(): void;
  isClosed(): boolean;
};

export function createChanges(): Changes {
  const waiting = new Map<string, Set<() => void>>();
  let hasClosed = false;

  return {
    announce(taskId) {
      for (const wake of [...(waiting.get(taskId) ?? [])]) wake();
    },
    next(taskId, timeoutMs) {
      if (hasClosed || timeoutMs <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const group = waiting.get(taskId) ?? new Set();
        const wake = () => {
          clearTimeout(timer);
          group.delete(wake);
          if (group.size === 0) waiting.delete(taskId);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        group.add(wake);
        waiting.set(taskId, group);
      });
    },
    close() {
      hasClosed = true;
      for (const group of [...waiting.values()]) {
        for (const wake of [...group]) wake();
      }
    },
    isClosed: () => hasClosed,
  };
}
